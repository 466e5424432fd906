"""What the clocks of a help desk must show, found by walking every minute of it.

Plain Python that knows nothing of the loader: a small world (tickets with their changes, schedules, people, target
clocks) goes in, figures come out. No intervals, no sums of differences, no SQL: for each minute it looks at the wall
of the office, at the status and at the owner, and counts. Minutes are whole and counted from ``World.begins``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DONE = ("resolved", "closed")
OURS = ("new", "open")
UNKNOWN = "nobody knows"


@dataclass(frozen=True)
class Hours:
    """A schedule: stretches of the week in minutes since Monday 00:00, by the wall clock of ``zone``."""

    name: str
    zone: str
    stretches: tuple[tuple[int, int], ...]
    holidays: frozenset[date] = frozenset()

    def is_open(self, instant: datetime) -> bool:
        """Whether the wall clock stands in an open stretch of a day that is no holiday."""
        wall = instant.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone))
        minute = wall.weekday() * 1440 + wall.hour * 60 + wall.minute
        # A stretch that runs over the end of the week is also met a week later.
        is_in = any(a <= minute < b or a <= minute + 10080 < b for a, b in self.stretches)
        return is_in and wall.date() not in self.holidays


@lru_cache(maxsize=256)
def open_minutes(hours: Hours, begins: datetime, length: int) -> bytes:
    """One byte a minute: 1 where the office is open."""
    return bytes(hours.is_open(begins + timedelta(minutes=n)) for n in range(length))


@dataclass(frozen=True)
class Change:
    """``kind`` is status, owner, team, public_message or private_note; ``value`` what it became; ``actor`` who wrote."""

    minute: int
    kind: str
    value: str | None = None
    actor: str | None = None


@dataclass(frozen=True)
class Cycle:
    """One run of a target clock the help desk kept. ``is_met`` None: the export does not say."""

    clock: str
    started: int
    due: int
    met: int | None
    is_met: bool | None


@dataclass(frozen=True)
class Ticket:
    """``status``, ``owner`` and ``team`` are those it was created with; changes are in order."""

    number: str
    created: int
    requester: str
    status: str
    owner: str | None
    team: str | None
    changes: tuple[Change, ...]
    schedules: tuple[tuple[int, str], ...] = ()  # from when, name
    merged_into: str | None = None
    cycles: tuple[Cycle, ...] = ()


@dataclass(frozen=True)
class Policy:
    clock: str
    minutes: int
    business: bool


@dataclass(frozen=True)
class World:
    begins: datetime
    ends: int  # the newest moment anybody tells of
    tickets: tuple[Ticket, ...]
    hours: dict[str, Hours]  # every schedule by name
    of_team: dict[str, str]  # team → name of its schedule
    standard: str | None  # the schedule of everything else
    staff: frozenset[str]  # agents, those who left too
    policies: tuple[Policy, ...] = ()
    beyond: int = 15 * 1440  # minutes after the end in which clocks still to fall due are looked for

    def thread(self, ticket: Ticket) -> list[Change]:
        """Its own changes, and what was written on tickets merged into it."""
        children = [t for t in self.tickets if t.merged_into == ticket.number]
        moved = [c for child in children for c in self.thread(child) if c.kind in ("public_message", "private_note")]
        return [*ticket.changes, *moved]


@dataclass
class Figures:
    """Everything measured of one ticket, in minutes and counts."""

    minutes: dict[str, int | None] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    clocks: list[tuple[str, int, str, int, int | None, bool | None]] = field(default_factory=list)


def figures(world: World, ticket: Ticket) -> Figures:
    """All figures of a ticket that was not merged into another."""
    day = _Diary(world, ticket)
    found = Figures()
    for name, mark in (("first_reply", day.replied), ("first_resolution", day.solved), ("resolution", day.last_solved)):
        found.minutes[f"{name}_minutes"] = None if mark is None else mark - ticket.created
        found.minutes[f"{name}_business_minutes"] = day.business(
            mark, (*OURS, *DONE, "waiting_customer", "waiting_other")
        )
        found.minutes[f"{name}_active_minutes"] = day.business(mark, (*OURS, "waiting_other"))
    found.minutes |= day.waits()
    found.minutes |= _under_last_schedule(world, ticket)
    found.counts = day.counts()
    found.clocks = sorted([*day.kept_clocks(), *day.own_clocks()], key=str)
    return found


def _under_last_schedule(world: World, ticket: Ticket) -> dict[str, int | None]:
    """Business minutes of a ticket walked again as if its last schedule had been its only one."""
    day = _Diary(world, ticket)
    day.schedule = [day.schedule[-1]] * day.length
    day.is_open = day.find_open()
    every = (*OURS, *DONE, "waiting_customer", "waiting_other")
    marks = {"first_reply": day.replied, "first_resolution": day.solved, "resolution": day.last_solved}
    found = {f"{name}_last_schedule_minutes": day.business(mark, every) for name, mark in marks.items()}
    business = {name: minutes for name, minutes in day.waits().items() if name.endswith("_business_minutes")}
    return found | {name.replace("_business_", "_last_schedule_"): minutes for name, minutes in business.items()}


def _line(ticket: Ticket, kind: str, first: str | None, length: int) -> list[str | None]:
    """Its value in every minute of the world (before the creation too, which nobody looks at)."""
    line: list[str | None] = [first] * length
    for change in ticket.changes:
        if change.kind == kind:
            line[change.minute :] = [change.value] * (length - change.minute)
    return line


class _Diary:
    """One ticket, minute by minute from its creation to the end of the world and beyond."""

    def __init__(self, world: World, ticket: Ticket) -> None:
        self.world, self.ticket = world, ticket
        self.length = world.ends + world.beyond
        self.status = _line(ticket, "status", ticket.status, self.length)
        self.owner = _line(ticket, "owner", ticket.owner, self.length)
        self.schedule = self._schedules()
        self.is_open = self.find_open()
        replies = [c.minute for c in world.thread(ticket) if c.kind == "public_message" and c.actor in world.staff]
        self.replies = sorted(replies)
        self.replied = next((minute for minute in self.replies if minute >= ticket.created), None)
        self.solved: int | None = next(self._solves(), None)
        self.last_solved: int | None = max(self._solves(told_again=True), default=None)
        self.is_done = self.status[world.ends] in DONE
        self.ends = self.last_solved if self.is_done else world.ends

    def _schedules(self) -> list[str]:
        if self.ticket.schedules:
            line = [self.ticket.schedules[0][1]] * self.length  # the first reaches back to the creation
            for minute, name in self.ticket.schedules:
                line[minute:] = [name] * (self.length - minute)
            return line
        line = []
        teams = _line(self.ticket, "team", self.ticket.team, self.length)
        named = [team for team in (self.ticket.team, *self._values("team")) if team]
        now = self._of_team(named[0]) if named else self.world.standard or UNKNOWN
        for team in teams:
            now = self._of_team(team) if team else self.world.standard or now  # in no team it stays where it was
            line.append(now)
        return line

    def _of_team(self, team: str) -> str:
        return self.world.of_team.get(team) or self.world.standard or UNKNOWN

    def find_open(self) -> list[int | None]:
        known = {n: open_minutes(h, self.world.begins, self.length) for n, h in self.world.hours.items()}
        return [known[name][n] if name in known else None for n, name in enumerate(self.schedule)]

    def _values(self, kind: str) -> list[str | None]:
        return [change.value for change in self.ticket.changes if change.kind == kind]

    def _statuses(self) -> Iterable[tuple[int, str | None, str | None]]:
        """Each change of status: when, from what, to what."""
        before: str | None = self.ticket.status
        for change in self.ticket.changes:
            if change.kind == "status":
                yield change.minute, before, change.value
                before = change.value

    def _solves(self, *, told_again: bool = False) -> Iterator[int]:
        """Each time it was done; ``told_again``: a resolve of what is done already counts too, a close does not."""
        for minute, before, after in self._statuses():
            if after in DONE and (before not in DONE or (told_again and after == "resolved")):
                yield minute

    def business(self, mark: int | None, statuses: Sequence[str]) -> int | None:
        """Minutes open from creation to ``mark`` in one of these statuses; None where a schedule is not known."""
        if mark is None:
            return None
        created = self.ticket.created
        if None in self.is_open[created : max(mark, created + 1)]:
            return None
        return sum(bool(self.is_open[n]) and self.status[n] in statuses for n in range(created, mark))

    def waits(self) -> dict[str, int | None]:
        """Whose turn it was until the last solve, or until now; and the sums Zendesk calls by names of its own."""
        names = ("with_us", "unowned", "with_customer", "with_other")
        if self.ends is None:
            return {}
        spent = range(self.ticket.created, self.ends)
        told = dict.fromkeys(names, 0)
        business: dict[str, int | None] = dict.fromkeys(names, 0)
        for n in spent:
            if (bucket := self._bucket(n)) is not None:
                told[bucket] += 1
                business[bucket] = (business[bucket] or 0) + (self.is_open[n] or 0)
        if None in self.is_open[self.ticket.created : max(self.ends, self.ticket.created + 1)]:
            business = dict.fromkeys(names)
        minutes: dict[str, int | None] = {f"{name}_minutes": told[name] for name in names}
        return minutes | {f"{name}_business_minutes": business[name] for name in names}

    def _bucket(self, minute: int) -> str | None:
        status = self.status[minute]
        if status in OURS:
            return "with_us" if self.owner[minute] else "unowned"
        return {"waiting_customer": "with_customer", "waiting_other": "with_other"}.get(str(status))

    def counts(self) -> dict[str, int]:
        steps = list(self._statuses())
        reopened = [n for n, (_, before, after) in enumerate(steps) if before in DONE and after not in DONE]
        return {
            "public_replies": len(self.replies),  # one-touch is 1, two-touch is 2, and 0 is neither
            "status_reopens": len(reopened),
            "reopens": sum(not self._is_slip(steps[n][0], steps[n + 1 :]) for n in reopened),
            "owner_stations": self._stations("owner", self.ticket.owner),
            "team_stations": self._stations("team", self.ticket.team),
        }

    def _is_slip(self, minute: int, later: Sequence[tuple[int, str | None, str | None]]) -> bool:
        """Solved again within ten minutes, and nobody said a word to the customer. A solve of the same minute that
        stands before the reopen is no second one."""
        again = [m for m, before, after in later if after in DONE and before not in DONE]
        return bool(again) and again[0] - minute <= 10 and not any(minute <= m <= again[0] for m in self.replies)

    def _stations(self, kind: str, first: str | None) -> int:
        stations, before = int(first is not None), first
        for value in self._values(kind):
            stations += value is not None and value != before
            before = value
        return stations

    def kept_clocks(self) -> Iterable[tuple[str, int, str, int, int | None, bool | None]]:
        """The help desk's own clocks: (clock, cycle, basis, due, met, whether it was met)."""
        for clock in {cycle.clock for cycle in self.ticket.cycles}:
            of_clock = sorted((c for c in self.ticket.cycles if c.clock == clock), key=lambda c: c.started)
            for number, cycle in enumerate(of_clock, start=1):
                yield clock, number, "vendor", cycle.due, cycle.met, self._verdict(cycle)

    def _verdict(self, cycle: Cycle) -> bool | None:
        if cycle.is_met is not None:
            return cycle.is_met
        if cycle.met is not None:
            return cycle.met <= cycle.due
        # Still waiting: a breach once it is overdue, unless the ticket was done before it fell due.
        until = self.last_solved if self.is_done and self.last_solved is not None else self.world.ends
        return False if cycle.due < until else None

    def own_clocks(self) -> Iterable[tuple[str, int, str, int, int | None, bool | None]]:
        kept = {cycle.clock for cycle in self.ticket.cycles}
        for policy in self.world.policies:
            met = self.replied if policy.clock == "first_reply" else self.last_solved
            # Done without a word by a person: no first reply can be judged.
            if policy.clock in kept or (policy.clock == "first_reply" and met is None and self.is_done):
                continue
            due = self._due(policy)
            if due is not None:
                verdict = met <= due if met is not None else (False if due < self.world.ends else None)
                yield policy.clock, 1, "policy", due, met, verdict

    def _due(self, policy: Policy) -> int | None:
        """The end of the minute in which the target is used up; None where a schedule on the way is not known."""
        if not policy.business:
            return self.ticket.created + policy.minutes
        left = policy.minutes
        for n in range(self.ticket.created, self.length):
            is_open = self.is_open[n]
            if is_open is None:
                return None
            left -= is_open
            if not left:
                return n + 1
        raise AssertionError("the target lies beyond what was looked at")


def backlog(world: World) -> list[int]:
    """Open tickets at each midnight (UTC) of the world."""
    counted = [t for t in world.tickets if t.merged_into is None]
    diaries = [(t, _line(t, "status", t.status, world.ends)) for t in counted]
    midnights = range(0, world.ends, 1440)
    return [sum(t.created <= n and status[n] not in DONE for t, status in diaries) for n in midnights]
