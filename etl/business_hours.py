"""When an office is open, and how many minutes of that lie between two instants.

A schedule is cut into working intervals in UTC, one an open day, exact over changes of the clocks: zoneinfo turns
each local opening and closing into an instant of its own. Business minutes from A to B are the minutes open by B less
those open by A, so the same table serves every duration of every ticket.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from etl.settings import Schedule

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class WorkingInterval:
    """A stretch the office is open, naive UTC, and the minutes it had been open before."""

    opens_at: datetime
    closes_at: datetime
    minutes_before: float


def working_intervals(schedule: Schedule, first: date, last: date) -> list[WorkingInterval]:
    """Every open stretch from the local day ``first`` to the local day ``last``, in order.

    A closing time at or before the opening time is on the next day (a night shift belongs to the day it starts on,
    and a holiday removes the shift that starts on it). Stretches that touch or overlap are one.
    """
    stretches = [
        _stretch(schedule, day)
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
        if WEEKDAYS[day.weekday()] in schedule.days and day not in schedule.holidays
    ]
    return _accumulated(_joined([(opens, closes) for opens, closes in stretches if opens < closes]))


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


def _stretch(schedule: Schedule, day: date) -> tuple[datetime, datetime]:
    closing_day = day if schedule.closes > schedule.opens else day + timedelta(days=1)
    return _instant(schedule, day, schedule.opens), _instant(schedule, closing_day, schedule.closes)


def _instant(schedule: Schedule, day: date, clock: time) -> datetime:
    """A local clock time as naive UTC. An hour the clocks skip is read with the offset before the change."""
    local = datetime.combine(day, clock, tzinfo=ZoneInfo(schedule.timezone))
    return local.astimezone(UTC).replace(tzinfo=None)


def _joined(stretches: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Stretches in order, none overlapping: a day that is open round the clock touches the next."""
    joined: list[tuple[datetime, datetime]] = []
    for opens, closes in sorted(stretches):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return joined


def _accumulated(stretches: Sequence[tuple[datetime, datetime]]) -> list[WorkingInterval]:
    before = 0.0
    intervals = []
    for opens, closes in stretches:
        intervals.append(WorkingInterval(opens, closes, before))
        before += (closes - opens) / _MINUTE
    return intervals
