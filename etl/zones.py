"""When the clocks of a zone change: which local times occur twice, and which never. By the IANA rules of ``zoneinfo``.

``etl.expressions.to_utc`` resolves such times while a file is read; what it met is counted here afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from etl.errors import UsageError, nearest

#: The years whose changes are known here; clocks before are refused anyway.
_FIRST, _LAST = 1990, 2100
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Change:
    """One change of a zone's clocks: the local times from ``start`` until ``end`` occur twice, or never."""

    start: datetime
    end: datetime
    is_repeat: bool


@dataclass(frozen=True)
class Repeating:
    """The months and the hours of the day in which a local time may occur twice."""

    months: frozenset[int]
    hours: frozenset[int]


def checked(name: str) -> str:
    """The name, if it is one of a time zone. Raises UsageError with the nearest otherwise."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"'{name}' is not a time zone.", _like(name), "Write one such as Europe/Dublin.") from error
    return name


def _like(name: str) -> str:
    from zoneinfo import available_timezones

    known = available_timezones()
    city = {each.rpartition("/")[2].lower(): each for each in sorted(known) if "/" in each}
    found = city.get(name.strip().replace(" ", "_").lower())
    if found:
        return f"Did you mean '{found}'?"
    said = nearest(name, known)
    return said if said.startswith("Did") else ""


@lru_cache(maxsize=64)
def changes(zone: str) -> tuple[Change, ...]:
    """Every change of a zone's clocks, in order."""
    return tuple(_changes(ZoneInfo(zone)))


def _changes(zone: ZoneInfo) -> Iterator[Change]:
    moment, end = datetime(_FIRST, 1, 1, tzinfo=UTC), datetime(_LAST, 1, 1, tzinfo=UTC)
    day = timedelta(days=1)
    before = _offset(zone, moment)
    while moment < end:
        after = _offset(zone, moment + day)
        if after != before:
            instant = _found(zone, moment, moment + day, before).replace(tzinfo=None)
            first, last = sorted((instant + before, instant + after))
            yield Change(first, last, after < before)
        moment, before = moment + day, after


def _found(zone: ZoneInfo, low: datetime, high: datetime, before: timedelta) -> datetime:
    """The instant, to the minute, at which the offset is no longer ``before``."""
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high.replace(second=0, microsecond=0)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    found = moment.astimezone(zone).utcoffset()
    return found if found is not None else timedelta(0)


@lru_cache(maxsize=64)
def repeating(zone: str) -> Repeating:
    """Where to look for local times that occur twice; a little more than there are."""
    months: set[int] = set()
    hours: set[int] = set()
    for change in changes(zone):
        if not change.is_repeat:
            continue
        moment = change.start
        while moment < change.end:
            months.add(moment.month)
            hours.add(moment.hour)
            moment += timedelta(minutes=30)
    return Repeating(frozenset(months), frozenset(hours))


@lru_cache(maxsize=64)
def days(zone: str) -> dict[datetime, tuple[Change, ...]]:
    """The local days, at 00:00, some of whose times occur twice or never, with their changes."""
    found: dict[datetime, tuple[Change, ...]] = {}
    for change in changes(zone):
        day = change.start.replace(hour=0, minute=0)
        while day < change.end:
            found[day] = (*found.get(day, ()), change)
            day += timedelta(days=1)
    return found


def change_at(zone: str, local: datetime) -> Change | None:
    """The change that makes a local time occur twice or never; None for all other times."""
    of_day = days(zone).get(local.replace(hour=0, minute=0, second=0, microsecond=0), ())
    return next((each for each in of_day if each.start <= local < each.end), None)
