"""Small worlds for the minute-by-minute oracle: how Hypothesis makes them, and how they are told to the loader."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import history
from clock_oracle import Change, Cycle, Hours, Policy, Ticket, World
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert

from etl.staging import BY_NAME

DAY = 1440
LENGTH = 14 * DAY
#: Clocks change in New York on Sunday 8 March, in Dublin on Sunday 29 March, on Lord Howe (by half an hour) on Sunday
#: 5 April, in Cairo on Friday 24 April and, back again, on Friday 30 October 2026.
BEGINNINGS = [datetime(2026, 3, 1), datetime(2026, 3, 25), datetime(2026, 4, 15), datetime(2026, 10, 20)]

STATUSES = ("new", "open", "waiting_customer", "waiting_other", "resolved", "closed")
AGENTS = ("ann", "bob", "zoe")  # zoe has left: the newest list of users calls her a customer
OTHERS = ("kim", "-1")  # the customer, and the help desk's own rules


def _days(opens: int, closes: int, *days: int) -> tuple[tuple[int, int], ...]:
    return tuple((day * DAY + opens, day * DAY + closes) for day in days)


def _office(name: str, zone: str, *stretches: tuple[tuple[int, int], ...], off: tuple[date, ...] = ()) -> Hours:
    return Hours(name, zone, tuple(pair for group in stretches for pair in group), frozenset(off))


WORKDAYS = (0, 1, 2, 3, 4)
#: As ``supportkpi.toml`` can say them: the same hours each day.
DECLARED = [
    _office("declared", "Europe/Dublin", _days(540, 1020, *WORKDAYS), off=(date(2026, 3, 17), date(2026, 4, 6))),
    _office("declared", "Africa/Cairo", _days(22 * 60, 30 * 60, 6, 0, 1, 2, 3, 4), off=(date(2026, 4, 20),)),
    _office("declared", "Asia/Kolkata", _days(0, DAY, *range(7)), off=(date(2026, 3, 4), date(2026, 10, 20))),
]
#: As help desks export them.
LOADED = [
    # Two stretches a day, the minutes odd.
    _office("10", "America/New_York", _days(487, 720, *WORKDAYS), _days(765, 1051, *WORKDAYS), off=(date(2026, 3, 9),)),
    # Round the clock: a holiday takes a day of it, not a week.
    _office("11", "Africa/Cairo", ((0, 7 * DAY),), off=(date(2026, 4, 24), date(2026, 10, 29))),
    # Over the end of the week, through the hours the clocks skip and repeat.
    _office(
        "12", "Australia/Lord_Howe", ((6 * DAY + 1300, 7 * DAY + 400),), _days(60, 700, 1, 3), _days(90, 150, 5, 6)
    ),
    _office("13", "Asia/Kathmandu", _days(555, 1080, *WORKDAYS)),
]
#: Which schedule each team of these worlds is under; nobody knows that of the last.
TEAMS = ("dublin", "cairo", "nowhere")

minutes = st.integers(0, LENGTH - 1)


@st.composite
def _changes(draw: st.DrawFn, created: int) -> tuple[Change, ...]:
    later = st.integers(created, LENGTH - 1) | st.integers(created, min(created + 90, LENGTH - 1))
    status = st.builds(Change, later, st.just("status"), st.sampled_from(STATUSES))
    owner = st.builds(Change, later, st.just("owner"), st.sampled_from([*AGENTS, None]))
    team = st.builds(Change, later, st.just("team"), st.sampled_from([*TEAMS[:2], *TEAMS, None]))
    words = st.sampled_from(("public_message", "public_message", "private_note"))
    said = st.builds(Change, later, words, st.none(), st.sampled_from(AGENTS))
    asked = st.builds(Change, later, st.just("public_message"), st.none(), st.sampled_from(OTHERS))
    told = draw(st.lists(status | status | owner | team | said | asked, max_size=11))
    first = Change(created, "public_message", None, "kim")
    return (first, *sorted(told, key=lambda change: change.minute))


@st.composite
def _cycles(draw: st.DrawFn, created: int) -> tuple[Cycle, ...]:
    found = []
    for clock in draw(st.lists(st.sampled_from(["first_reply", "next_reply", "resolution"]), max_size=2, unique=True)):
        starts = draw(st.lists(st.integers(created, LENGTH - 1), min_size=1, max_size=3, unique=True))
        for started in starts:
            due = started + draw(st.integers(1, 3 * DAY))
            met = draw(st.none() | st.integers(started, LENGTH - 1))
            verdict = draw(st.none() | st.just(met <= due)) if met is not None else None
            found.append(Cycle(clock, started, due, met, verdict))
    return tuple(found)


@st.composite
def _tickets(draw: st.DrawFn, number: str, names: list[str]) -> Ticket:
    created = draw(minutes)
    rows = draw(st.lists(st.integers(created, LENGTH - 1), max_size=3, unique=True).map(sorted)) if names else []
    return Ticket(
        number,
        created,
        requester="kim",
        status=draw(st.sampled_from(("new", "open"))),
        owner=draw(st.sampled_from([None, *AGENTS])),
        team=draw(st.sampled_from([None, *TEAMS[:2], *TEAMS])),
        changes=draw(_changes(created)),
        schedules=tuple((minute, draw(st.sampled_from(names))) for minute in rows),
        cycles=draw(_cycles(created)),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """One to eight tickets in two weeks around a change of the clocks; the last one is there to see the end."""
    declared = {f"office {n}": hours for n, hours in enumerate(draw(st.permutations(DECLARED)))}
    loaded = {hours.name: hours for hours in draw(st.lists(st.sampled_from(LOADED), max_size=3, unique=True))}
    standard = draw(st.sampled_from([None, *declared]))
    tickets = [draw(_tickets(str(n), list(loaded))) for n in range(1, draw(st.integers(1, 8)) + 1)]
    if len(tickets) > 2 and draw(st.booleans()):
        tickets[1] = _merged(tickets[1], tickets[0].number)
    clocks = [Policy("first_reply", draw(st.integers(1, 900)), draw(st.booleans()))]
    clocks.append(Policy("resolution", draw(st.integers(1, 2000)), draw(st.booleans())))
    last = Ticket("99", LENGTH, "kim", "new", "ann", "dublin", (Change(LENGTH, "public_message", None, "kim"),))
    return World(
        begins=draw(st.sampled_from(BEGINNINGS)),
        ends=LENGTH,
        tickets=(*tickets, last),
        hours={**declared, **loaded},
        of_team={"dublin": "office 0", "cairo": "office 1"},
        # The only schedule a help desk exports is that of all its tickets.
        standard=standard or (next(iter(loaded)) if len(loaded) == 1 else None),
        staff=frozenset(AGENTS),
        policies=tuple(clocks),
    )


def _merged(ticket: Ticket, into: str) -> Ticket:
    fields = {name: getattr(ticket, name) for name in ticket.__dataclass_fields__}
    return Ticket(**{**fields, "merged_into": into})


class Gathered(history.Desk):
    """A desk that takes its rows in one go, and can be used again."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.gathered: dict[str, list[dict[str, Any]]] = {}

    def put(self, fact: str, **values: Any) -> None:
        self.rows += 1
        row = dict.fromkeys(c.name for c in BY_NAME[fact].columns)
        self.gathered.setdefault(fact, []).append({**row, "load_id": 1, "source": "desk", "row": self.rows, **values})

    def build(self, **settings: Any) -> history.Published:
        for fact, rows in self.gathered.items():
            self.connection.execute(delete(BY_NAME[fact]))
            self.connection.execute(insert(BY_NAME[fact]), rows)
        return super().build(**settings)

    def forget(self) -> None:
        """Back to an empty desk."""
        self.connection.rollback()
        for fact in self.gathered:
            self.connection.execute(delete(BY_NAME[fact]))
        self.gathered.clear()
        self.connection.commit()
        self.connection.exec_driver_sql("detach facts")
        self.connection.exec_driver_sql("attach ':memory:' as facts")
        self.connection.commit()


def tell(world: World, desk: history.Desk, *, by_old_values: bool) -> history.Published:
    """Load a world. What a ticket was created with is told by events, or by the old value of its first changes."""
    for name, hours in world.hours.items():
        if not name.startswith("office"):
            _tell_schedule(name, hours, desk)
    for load, role in ((1, "agent"), (2, "customer")):
        desk.put("person", original_id="zoe", role=role, load_id=load)
    for agent in AGENTS[:2]:
        desk.put("person", original_id=agent, role="agent")
    for ticket in world.tickets:
        _tell_ticket(world, ticket, desk, by_old_values=by_old_values and ticket.number != "99")
    declared = {name: _declared(hours) for name, hours in world.hours.items() if name.startswith("office")}
    groups = {"schedule": world.of_team, "default_schedule": world.standard if world.standard in declared else None}
    policies = [{"clock": p.clock, "minutes": p.minutes, "business_hours": p.business} for p in world.policies]
    return desk.build(schedules=declared, groups=groups, sla=policies)


def _declared(hours: Hours) -> dict[str, Any]:
    """A schedule whose days are alike, as a section of the settings."""
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    opens, closes = (edge % DAY for edge in hours.stretches[0])
    clocks = {name: f"{edge // 60:02}:{edge % 60:02}" for name, edge in (("opens", opens), ("closes", closes))}
    days = [weekdays[since // DAY] for since, _ in hours.stretches]
    return {"timezone": hours.zone, "days": days, "holidays": sorted(hours.holidays), **clocks}


def _tell_schedule(name: str, hours: Hours, desk: history.Desk) -> None:
    for opens, closes in hours.stretches:
        # An end past the end of the week is told as help desks tell it: before its beginning.
        edges = {"opens_minute": opens, "closes_minute": closes if closes <= 7 * DAY else closes - 7 * DAY}
        desk.put("schedule", original_id=name, name=f"Schedule {name}", timezone=hours.zone, **edges)
    for day in hours.holidays:
        noon = datetime(day.year, day.month, day.day)
        desk.put("holiday", schedule=name, first_day=noon, last_day=noon)


def _tell_ticket(world: World, ticket: Ticket, desk: history.Desk, *, by_old_values: bool) -> None:
    now = {"status": ticket.status, "owner": ticket.owner, "team": ticket.team}
    told = {c.kind for c in ticket.changes} if by_old_values else set()
    for kind, value in now.items():
        # Of a status that never changed there is no history but its first word.
        if kind not in told and value is not None and (not by_old_values or kind == "status"):
            _tell_change(world, ticket, Change(ticket.created, kind, value), desk)
    for change in ticket.changes:
        _tell_change(world, ticket, change, desk, old_value=now.get(change.kind) if by_old_values else None)
        if change.kind in now:
            now[change.kind] = change.value
    for minute, name in ticket.schedules:
        desk.put("ticket_schedule", original_id=ticket.number, schedule=name, starts_at=at(world, minute))
    for number, cycle in enumerate(ticket.cycles):
        clocks = {
            "started_at": at(world, cycle.started),
            "due_at": at(world, cycle.due),
            "met_at": at(world, cycle.met),
        }
        desk.put("sla", original_id=ticket.number, clock=cycle.clock, is_met=cycle.is_met, **clocks)
        # The same file loaded again tells the same.
        if number == 0:
            desk.put("sla", original_id=ticket.number, clock=cycle.clock, is_met=cycle.is_met, load_id=2, **clocks)
    words = {**now, "requester": ticket.requester, "merged_into": ticket.merged_into}
    desk.ticket(ticket.number, created_at=at(world, ticket.created), **words)


def _tell_change(world: World, ticket: Ticket, change: Change, desk: history.Desk, **values: Any) -> None:
    when = at(world, change.minute)
    desk.event(0, change.kind, change.value, number=ticket.number, occurred_at=when, actor=change.actor, **values)


def at(world: World, minute: int | None) -> datetime | None:
    """A minute of the world as an instant."""
    return None if minute is None else world.begins + timedelta(minutes=minute)
