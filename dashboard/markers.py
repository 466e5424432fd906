"""What happened when: releases, incidents, notes, and the days of initiatives, to be marked on a trend.

A sibling of ``readings`` that runs queries: what is marked is no KPI, has no statistic and no scope of tickets, only a
day and a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Table, func, inspect, or_, select

from dashboard.engine import Facts
from dashboard.scope import Period, Scope
from etl.tables import change, incident
from etl.vocabulary import ChangeOutcome


class Kind(StrEnum):
    """What a marker stands for."""

    RELEASE = "release"
    UNDONE = "change that failed or was rolled back"
    INCIDENT = "incident"
    NOTE = "note"
    INITIATIVE = "start or due day of an initiative"


#: How many of a kind are called.
_MANY = {
    Kind.UNDONE: "changes that failed or were rolled back",
    Kind.INITIATIVE: "start and due days of initiatives",
}
_UNDONE = (ChangeOutcome.FAILED, ChangeOutcome.ROLLED_BACK)


@dataclass(frozen=True, order=True)
class Marker:
    """Something that happened on a local day. ``kpi`` names the one it concerns; None: all of them.

    ``begins_anew``: the limits of normal variation rest on nothing before that day.
    """

    day: date
    kind: Kind
    text: str
    kpi: str | None = None
    begins_anew: bool = False


def markers(facts: Facts, scope: Scope, periods: Sequence[Period]) -> tuple[Marker, ...]:
    """Changes and incidents of the stretch the periods cover, oldest first.

    Where the scope names products, only those of them and those of no product count.
    """
    starts = [start for period in periods if (start := period.instants()[0]) is not None]
    ends = [end for period in periods if (end := period.instants()[1]) is not None]
    if not starts or not ends:
        return ()
    zone = ZoneInfo(periods[0].timezone)
    with facts.connect() as connection:
        known = inspect(connection)
        there = [table for table in (change, incident) if known.has_table(table.name)]
    found = [each for table in there for each in _of(facts, table, scope, min(starts), max(ends), zone)]
    return tuple(sorted(found, key=lambda marker: (marker.day, marker.kind, marker.text)))


def _of(facts: Facts, table: Table, scope: Scope, start: datetime, end: datetime, zone: ZoneInfo) -> Iterable[Marker]:
    is_change = table is change
    happened = func.coalesce(change.c.deployed_at, change.c.started_at) if is_change else incident.c.started_at
    detail = change.c.outcome if is_change else incident.c.severity
    statement = select(happened.label("happened"), table.c.title, detail.label("detail")).where(
        happened >= start, happened < end
    )
    products = dict(scope.filters).get("product")
    if products:
        statement = statement.where(or_(table.c.product.in_(products), table.c.product.is_(None)))
    if is_change:  # one that was called off never happened
        statement = statement.where(func.coalesce(change.c.outcome, "") != ChangeOutcome.CANCELLED)
    for row in facts.rows(statement):
        day = row["happened"].replace(tzinfo=UTC).astimezone(zone).date()
        kind = Kind.INCIDENT if not is_change else Kind.UNDONE if row["detail"] in _UNDONE else Kind.RELEASE
        words = [str(row["title"] or "(no title)"), *([str(row["detail"])] if row["detail"] and not is_change else [])]
        yield Marker(day, kind, ", ".join(words))


def within(found: Iterable[Marker], period: Period, kpi: str) -> list[Marker]:
    """The markers of one period that concern a KPI."""
    start, end = period.start or date.min, period.end or date.max
    return [each for each in found if start <= each.day < end and each.kpi in (None, kpi)]


def counted(found: Sequence[Marker]) -> str:
    """``7 releases, 1 incident``."""
    by_kind = {kind: sum(each.kind is kind for each in found) for kind in Kind}
    return ", ".join(
        f"{count} {kind if count == 1 else _MANY.get(kind, f'{kind}s')}" for kind, count in by_kind.items() if count
    )
