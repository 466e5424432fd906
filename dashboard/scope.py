"""Which facts count (``Scope``) and when (``Period``); both round-trip through a URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from etl.errors import UsageError, nearest

#: Every dimension, the feed that brings it, in the order shown. Each is a column of ``etl.tables.ticket``.
DIMENSIONS: dict[str, str] = {
    "team": "the group or assignment column of the help desk export",
    "priority": "the priority column of the help desk export",
    "channel": "the channel (via, contact type) column of the help desk export",
    "product": "a product column or custom field of the help desk export",
    "category": "a category, type or form column of the help desk export",
    "region": "the accounts, or a region column of the help desk export",
    "account": "the organisation or account column of the help desk export",
    "account_tier": "the accounts (organisations with their tier)",
    "source": "any load",
    "escalated": "group history with tiers mapped in supportkpi.toml, or the help desk's own escalation mark",
}


def dimension(name: str) -> str:
    """Return the name if it is a dimension; raises UsageError with the nearest one otherwise."""
    if name not in DIMENSIONS:
        raise UsageError(f"There is no dimension '{name}'.", nearest(name, DIMENSIONS), "")
    return name


@dataclass(frozen=True)
class Scope:
    """Filters: of each dimension named, the values that count. No dimension twice; empty means everything.

    >>> Scope.of({"team": ["Billing"]}).as_query()
    {'team': ['Billing']}
    """

    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, filters: Mapping[str, list[str] | tuple[str, ...]]) -> Scope:
        """Build a scope from a mapping of dimension to values, in the fixed order of DIMENSIONS."""
        for name in filters:
            dimension(name)
        return cls(tuple((name, tuple(filters[name])) for name in DIMENSIONS if filters.get(name)))

    def as_query(self) -> dict[str, list[str]]:
        """The scope as URL parameters."""
        return {name: list(values) for name, values in self.filters}

    def words(self) -> str:
        """The scope in words: ``team: Billing; priority: high or urgent``; empty for everything."""
        return "; ".join(f"{name.replace('_', ' ')}: {' or '.join(values)}" for name, values in self.filters)


class Grain(StrEnum):
    """How long one period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    ALL = "all"


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, order=True)
class Period:
    """A half-open stretch of local days, ``start`` to ``end`` (exclusive), in a named zone.

    ``whole`` is False for a period cut off by the end of the data: it is shown "so far" and never judged.
    ``start`` and ``end`` may both be None with grain ``all``: everything, undated facts included.
    """

    start: date | None
    end: date | None
    grain: Grain = Grain.ALL
    timezone: str = "UTC"
    whole: bool = True

    def instants(self) -> tuple[datetime | None, datetime | None]:
        """Start and end as naive UTC timestamps, exact over daylight-saving changes."""
        return _midnight(self.start, self.timezone), _midnight(self.end, self.timezone)

    def previous(self) -> Period | None:
        """The period of equal kind just before; None for all of time."""
        if self.start is None or self.end is None:
            return None
        if self.grain is Grain.ALL:
            return Period(self.start - (self.end - self.start), self.start, self.grain, self.timezone)
        start = start_of(self.start - timedelta(days=1), self.grain, WEEKDAYS[self.start.weekday()])
        return Period(start, self.start, self.grain, self.timezone)


def _midnight(day: date | None, timezone: str) -> datetime | None:
    if day is None:
        return None
    local = datetime.combine(day, time(), ZoneInfo(timezone))
    return local.astimezone(UTC).replace(tzinfo=None)


def start_of(day: date, grain: Grain, week_start: str = "monday") -> date:
    """The first day of the period that holds ``day``."""
    if grain is Grain.WEEK:
        return day - timedelta(days=(day.weekday() - WEEKDAYS.index(week_start)) % 7)
    if grain is Grain.MONTH:
        return day.replace(day=1)
    if grain is Grain.QUARTER:
        return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return day


def next_start(start: date, grain: Grain) -> date:
    """The first day of the following period, given the first day of one."""
    if grain is Grain.DAY:
        return start + timedelta(days=1)
    if grain is Grain.WEEK:
        return start + timedelta(days=7)
    months = 1 if grain is Grain.MONTH else 3
    index = start.year * 12 + start.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def periods(
    start: date,
    end: date,
    grain: Grain,
    timezone: str = "UTC",
    week_start: str = "monday",
    until: date | None = None,
) -> tuple[Period, ...]:
    """Cut ``start`` to ``end`` (exclusive) into periods of a grain, oldest first.

    The first and last are cut at the edges asked for and then are not ``whole``; so is one that reaches past
    ``until``, the first local day that the data does not fully cover.
    """
    if grain is Grain.ALL:
        return (Period(start, end, grain, timezone, until is None or end <= until),)
    found = []
    first = start_of(start, grain, week_start)
    while first < end:
        following = next_start(first, grain)
        whole = first >= start and following <= end and (until is None or following <= until)
        found.append(Period(max(first, start), min(following, end), grain, timezone, whole))
        first = following
    return tuple(found)


def latest_whole(
    until: date, grain: Grain, count: int, timezone: str = "UTC", week_start: str = "monday"
) -> tuple[Period, ...]:
    """The last ``count`` complete periods before ``until`` (exclusive), oldest first."""
    end = start_of(until, grain, week_start)
    found: list[Period] = []
    while len(found) < count:
        start = start_of(end - timedelta(days=1), grain, week_start)
        found.append(Period(start, end, grain, timezone))
        end = start
    return tuple(reversed(found))
