"""When an office is open, and how many minutes of that lie between two instants.

An instant is in office hours when the clock on the office's wall stands in an open stretch of the week and its date is
no holiday. Nothing else is needed to be exact over changes of the clocks: for each span in which the zone keeps one
offset, the open local stretches are moved by that offset. An hour the clocks skip was never on the wall, an hour they
repeat was there twice. Business minutes from A to B are the minutes open by B less those open by A, so one table
serves every duration of every ticket.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from etl.settings import Schedule

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = 7 * 24 * 60  # minutes
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)

Stretch = tuple[datetime, datetime]  # from, until (the latter not included)


@dataclass(frozen=True)
class OfficeHours:
    """Any weekly schedule: ``stretches`` are minutes since Monday 00:00 on the wall; the end may pass the week's end.

    ``holidays`` are local dates: all of such a day is closed, midnight to midnight, and nothing else.
    """

    timezone: str
    stretches: tuple[tuple[float, float], ...]
    holidays: frozenset[date] = frozenset()

    @classmethod
    def of(cls, schedule: Schedule) -> OfficeHours:
        """A schedule of ``supportkpi.toml``. A closing time at or before the opening time is on the next day."""
        opens, closes = _minutes(schedule.opens), _minutes(schedule.closes)
        closes += 0 if closes > opens else 24 * 60
        days = (WEEKDAYS.index(day) * 24 * 60 for day in schedule.days)
        return cls(schedule.timezone, tuple((day + opens, day + closes) for day in days), frozenset(schedule.holidays))

    @property
    def weekly_minutes(self) -> float:
        """Minutes open in a week without holidays or changes of the clocks."""
        monday = datetime.combine(date(2001, 1, 8), time())
        week = _clipped(_joined(_every_week(self.stretches, monday, monday + 7 * _DAY)), monday, monday + 7 * _DAY)
        return sum((until - since) / _MINUTE for since, until in week)


@dataclass(frozen=True)
class WorkingInterval:
    """A stretch the office is open, naive UTC, and the minutes it had been open before."""

    opens_at: datetime
    closes_at: datetime
    minutes_before: float


def working_intervals(hours: Schedule | OfficeHours, first: date, last: date) -> list[WorkingInterval]:
    """Every open stretch from the local day ``first`` to the end of the local day ``last``, in order.

    Stretches that touch or overlap are one. Raises ZoneInfoNotFoundError or ValueError for a zone nobody knows.
    """
    office = OfficeHours.of(hours) if isinstance(hours, Schedule) else hours
    begin, end = (datetime.combine(day, time()) for day in (first, last + _DAY))
    local = _clipped(_joined(_every_week(office.stretches, begin, end)), begin, end)
    local = _without(local, [datetime.combine(day, time()) for day in sorted(office.holidays)])
    ends = [until for _, until in local]
    found: list[Stretch] = []
    for since, until, offset in _offsets(office.timezone, begin - 2 * _DAY, end + 2 * _DAY):
        place = bisect_right(ends, since + offset)
        for opens, closes in _clipped(local[place:], since + offset, until + offset):
            found.append((opens - offset, closes - offset))
    return _accumulated(_joined(found))


def business_minutes(intervals: Sequence[WorkingInterval], start: datetime, end: datetime) -> float:
    """Minutes the office was open from ``start`` to ``end`` (naive UTC); negative when they are the wrong way round.

    >>> office = Schedule(timezone="UTC")
    >>> week = working_intervals(office, date(2026, 3, 2), date(2026, 3, 8))
    >>> business_minutes(week, datetime(2026, 3, 2, 16), datetime(2026, 3, 3, 10))
    120.0
    """
    return _open_by(intervals, end) - _open_by(intervals, start)


def _open_by(intervals: Sequence[WorkingInterval], instant: datetime) -> float:
    place = bisect_right([interval.opens_at for interval in intervals], instant) - 1
    if place < 0:
        return 0.0
    current = intervals[place]
    return current.minutes_before + (min(instant, current.closes_at) - current.opens_at) / _MINUTE


def _minutes(clock: time) -> float:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second) / _MINUTE


def _every_week(stretches: Sequence[tuple[float, float]], begin: datetime, end: datetime) -> Iterator[Stretch]:
    """The weekly stretches as local times, from the week before ``begin`` (its last may reach over) to ``end``."""
    monday = datetime.combine(begin.date() - (begin.weekday() + 7) * _DAY, time())
    while monday < end:
        for opens, closes in stretches:
            yield monday + opens * _MINUTE, monday + closes * _MINUTE
        monday += 7 * _DAY


def _clipped(stretches: Sequence[Stretch], begin: datetime, end: datetime) -> list[Stretch]:
    """The parts of sorted stretches between two times."""
    kept: list[Stretch] = []
    for since, until in stretches:
        if since >= end:
            break
        if until > begin:
            kept.append((max(since, begin), min(until, end)))
    return kept


def _without(stretches: Sequence[Stretch], days: Sequence[datetime]) -> list[Stretch]:
    """Sorted stretches less sorted local days, each 24 hours on the wall from its midnight."""
    kept: list[Stretch] = []
    for opens, closes in stretches:
        since = opens
        for day in days[bisect_right(days, opens - _DAY) : bisect_left(days, closes)]:
            if since < day:
                kept.append((since, day))
            since = max(since, day + _DAY)
        if since < closes:
            kept.append((since, closes))
    return kept


def _offsets(timezone: str, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The spans (naive UTC) in which a zone keeps one offset, each with the offset, exact to the second."""
    zone = ZoneInfo(timezone)

    def offset_at(instant: datetime) -> timedelta:
        return instant.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta()

    since, here, offset = begin, begin, offset_at(begin)
    while here < end:
        following = min(here + timedelta(hours=6), end)
        if offset_at(following) != offset:
            before, after = here, following
            while after - before > timedelta(seconds=1):
                middle = _halfway(before, after)
                before, after = (middle, after) if offset_at(middle) == offset else (before, middle)
            yield since, after, offset
            since, offset, following = after, offset_at(after), after
        here = following
    yield since, end, offset


def _halfway(before: datetime, after: datetime) -> datetime:
    return before + timedelta(seconds=(after - before) // timedelta(seconds=2))


def _joined(stretches: Iterator[Stretch] | Sequence[Stretch]) -> list[Stretch]:
    """Stretches in order, none overlapping: a day that is open round the clock touches the next."""
    joined: list[Stretch] = []
    for opens, closes in sorted(stretches):
        if opens >= closes:
            continue
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return joined


def _accumulated(stretches: Sequence[Stretch]) -> list[WorkingInterval]:
    before = 0.0
    intervals = []
    for opens, closes in stretches:
        intervals.append(WorkingInterval(opens, closes, before))
        before += (closes - opens) / _MINUTE
    return intervals
