"""One ticket from its first moment to its last: what was so when, what happened, and every clock that ran.

Runs its own queries, a sibling of ``readings``: events are rows that no reading counts, so no KPI can bring them.
It tells what the facts hold and decides nothing; how a KPI counts the ticket stands in ``standing``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from dashboard.engine import Facts
from etl.tables import open_spell, sla_clock, survey, ticket, ticket_event
from etl.vocabulary import DONE, DROPPED, Event, Status

Row = Mapping[str, Any]

#: Whose turn it is to act in a status, as the derivation of the four buckets has it (``etl/derive/turn.sql``).
_CUSTOMER, _OTHER, _US, _UNOWNED, _DONE = "with customer", "with others", "with us", "unowned", "done"
TURNS = (_US, _UNOWNED, _CUSTOMER, _OTHER, _DONE)


@dataclass(frozen=True)
class Stretch:
    """Something that was so from one moment to another: a status, an owner, a team, whose turn it was."""

    lane: str
    value: str | None
    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> float:
        """How long it lasted, around the clock."""
        return (self.ends_at - self.starts_at).total_seconds() / 60


@dataclass(frozen=True)
class Mark:
    """Something that happened at one moment. ``by`` is the role of who did it, where it is told."""

    lane: str
    what: str
    happened_at: datetime
    by: str | None = None


@dataclass(frozen=True)
class Clock:
    """A duration KPIs are counted from: its two ends, and its minutes by each clock; None: not known."""

    label: str
    starts_at: datetime
    ends_at: datetime
    calendar: float | None
    business: float | None
    active: float | None


@dataclass(frozen=True)
class Timeline:
    """Everything the facts hold of one ticket. Times are UTC, oldest first."""

    ticket: Row
    events: tuple[Row, ...]
    stretches: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    clocks: tuple[Clock, ...]
    targets: tuple[Row, ...]  # rows of sla_clock
    surveys: tuple[Row, ...]
    spells: tuple[Row, ...]  # rows of open_spell

    @property
    def is_done(self) -> bool:
        """Whether it needs nothing more from support."""
        return self.ticket["status"] in {*DONE, *DROPPED}


def timeline(facts: Facts, ticket_id: str) -> Timeline | None:
    """The timeline of a ticket; None where there is no such ticket."""
    found = facts.rows(select(ticket).where(ticket.c.ticket_id == ticket_id))
    if not found:
        return None
    row = found[0]
    events = _of(facts, ticket_event, ticket_id, "occurred_at", "sequence")
    surveys = _of(facts, survey, ticket_id, "sent_at")
    until = _until(row, events)
    return Timeline(
        ticket=row,
        events=tuple(events),
        stretches=tuple(_stretches(row, events, until)),
        marks=tuple(_marks(row, events, surveys)),
        clocks=tuple(_clocks(row)),
        targets=tuple(_of(facts, sla_clock, ticket_id, "dated_at", "clock", "cycle")),
        surveys=tuple(surveys),
        spells=tuple(_of(facts, open_spell, ticket_id, "opened_at")),
    )


def _of(facts: Facts, table: Any, ticket_id: str, *order: str) -> list[dict[str, Any]]:
    columns = [table.c[name] for name in order]
    return facts.rows(select(table).where(table.c.ticket_id == ticket_id).order_by(*columns))


def _until(row: Row, events: Sequence[Row]) -> datetime | None:
    """The moment up to which its history is drawn: its end once it is done, else the newest its source tells of."""
    known = [event["occurred_at"] for event in events if event["occurred_at"] is not None]
    ends = [row[name] for name in ("created_at", "resolved_at", "closed_at") if row[name] is not None]
    if row["status"] not in DONE and row["observed_until"] is not None:
        ends.append(row["observed_until"])
    return max([*known, *ends], default=None)


def _changes(row: Row, events: Sequence[Row], kind: Event) -> list[tuple[datetime, str | None]]:
    """The value from creation on, then each new one with its moment; without history, the value of today."""
    own = [event for event in events if event["kind"] == kind and event["occurred_at"] is not None]
    start = row["created_at"] or (own[0]["occurred_at"] if own else None)
    if start is None:
        return []
    first = own[0]["old_value"] if own else row[kind.value]
    return [(start, first), *((max(event["occurred_at"], start), event["new_value"]) for event in own)]


def _joined(lane: str, changes: Sequence[tuple[datetime, str | None]], until: datetime) -> Iterator[Stretch]:
    """Stretches from changes: what took no time is left out, and what did not change is one."""
    ends = [*(moment for moment, _ in changes[1:]), until]
    kept: list[Stretch] = []
    for (start, value), end in zip(changes, ends, strict=True):
        if end <= start:
            continue
        if kept and kept[-1].value == value:
            kept[-1] = Stretch(lane, value, kept[-1].starts_at, end)
        else:
            kept.append(Stretch(lane, value, start, end))
    yield from kept


def _stretches(row: Row, events: Sequence[Row], until: datetime | None) -> Iterator[Stretch]:
    if until is None:
        return
    for kind in (Event.STATUS, Event.TEAM, Event.OWNER):
        changes = _changes(row, events, kind)
        if any(value is not None for _, value in changes):
            yield from _joined(kind.value, changes, until)
    if row["with_us_minutes"] is not None:
        yield from _turns(row, events, until)


def _turns(row: Row, events: Sequence[Row], until: datetime) -> Iterator[Stretch]:
    """Whose turn it was; drawn only where the facts hold the buckets, so that picture and figures agree."""
    told = sorted(
        [
            *((moment, place, "status", value) for place, (moment, value) in _placed(row, events, Event.STATUS)),
            *((moment, place, "owner", value) for place, (moment, value) in _placed(row, events, Event.OWNER)),
        ],
        key=lambda change: change[:2],
    )
    status, owner = Status.OPEN.value, None
    changes: list[tuple[datetime, str | None]] = []
    for moment, place, kind, value in told:
        if kind == "status":
            status = value or (status if place < 0 else Status.OPEN.value)
        else:
            owner = value
        changes.append((moment, turn_of(status, owner is None and row["unowned_minutes"] is not None)))
    end = row["resolved_at"] if row["status"] in DONE and row["resolved_at"] is not None else until
    yield from _joined("turn", [change for change in changes if change[0] < end], end)


def _placed(row: Row, events: Sequence[Row], kind: Event) -> Iterator[tuple[int, tuple[datetime, str | None]]]:
    """Changes with their place among all events; the beginning comes before any."""
    places = [-1, *(place for place, event in enumerate(events) if event["kind"] == kind)]
    yield from zip(places, _changes(row, events, kind), strict=False)


def turn_of(status: str, is_unowned: bool) -> str:
    """Whose turn it is to act in one status."""
    if status in {*DONE, *DROPPED}:
        return _DONE
    if status == Status.WAITING_CUSTOMER:
        return _CUSTOMER
    if status == Status.WAITING_OTHER:
        return _OTHER
    return _UNOWNED if is_unowned else _US


_MARKED = {
    Event.PUBLIC_MESSAGE: "message",
    Event.PRIVATE_NOTE: "private note",
    Event.ESCALATION: "escalation",
    Event.LINK: "link",
}


def _marks(row: Row, events: Sequence[Row], surveys: Sequence[Row]) -> Iterator[Mark]:
    """Messages and notes by role only, escalations, links, reopens and answers: never what anyone wrote."""
    done = False
    for event in events:
        kind, moment = event["kind"], event["occurred_at"]
        if moment is None:
            continue
        by = event["actor_role"]
        if kind in _MARKED:
            lane = _MARKED[Event(kind)]
            detail = f"{lane} {event['new_value']}" if kind in (Event.LINK, Event.ESCALATION) else lane
            yield Mark("escalation" if kind == Event.LINK else lane, detail, moment, by)
        elif kind == Event.STATUS:
            is_done = event["new_value"] in DONE
            if (done or event["old_value"] in DONE) and not is_done and event["new_value"] not in DROPPED:
                yield Mark("escalation", "reopened", moment, by)
            done = is_done
    if row["escalated_at"] is not None:
        yield Mark("escalation", "first functional escalation", row["escalated_at"])
    for answer in surveys:
        if answer["answered_at"] is not None:
            yield Mark("message", f"{answer['kind']} answer", answer["answered_at"], "customer")


def _clocks(row: Row) -> Iterator[Clock]:
    """First reply, first resolution and resolution, where known; an end nobody dated is its minutes after creation."""
    named = {
        "First reply": ("first_reply_at", "first_reply"),
        "First resolution": ("first_resolved_at", "first_resolution"),
        "Resolution": ("resolved_at", "resolution"),
    }
    for label, (end_name, prefix) in named.items():
        start, end = row["created_at"], row[end_name]
        minutes = {kind: row[f"{prefix}_{kind}minutes"] for kind in ("", "business_", "active_")}
        if end is None and start is not None and minutes[""] is not None:
            end = start + timedelta(minutes=minutes[""])
        if start is not None and end is not None:
            yield Clock(label, start, end, minutes[""], minutes["business_"], minutes["active_"])
