"""The hours that are looked at, and how busy each hour of the week usually is on the wall clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

WEEK = 168
#: The even week is mixed in with this many tickets, so that an hour nobody ever wrote in is rare, not impossible.
EVEN = 84.0
_FIRST_OF_WORK, _LAST_OF_WORK, _FRIDAY = 9, 17, 4


@dataclass(frozen=True)
class Clock:
    """Whole hours from ``start`` (naive UTC); ``of_week`` is the hour of the local week of each, Monday 0:00 as 0."""

    start: datetime
    of_week: Ints

    @classmethod
    def of(cls, start: datetime, end: datetime, zone: str) -> Clock:
        """All hours that begin before ``end``, the first one whole."""
        whole = start.replace(minute=0, second=0, microsecond=0)
        hours = max(0, -int((whole - end) // timedelta(hours=1)))
        local = pd.date_range(whole.replace(tzinfo=UTC), periods=hours, freq="h").tz_convert(zone)
        return cls(whole, np.asarray(local.day_of_week * 24 + local.hour, dtype=np.int64))

    @property
    def hours(self) -> int:
        """How many hours there are."""
        return len(self.of_week)

    def place(self, moment: datetime) -> int:
        """The first hour that begins at a moment or after it: what came before in the same hour is not after it."""
        return -int((self.start - moment) // timedelta(hours=1))

    def moment(self, hour: int) -> datetime:
        """When an hour begins, naive UTC."""
        return self.start + timedelta(hours=int(hour))

    @property
    def at_work(self) -> Flags:
        """The hours from 9 to 17 on Mondays to Fridays, when most changes are made."""
        day, hour = self.of_week // 24, self.of_week % 24
        found: Flags = (day <= _FRIDAY) & (hour >= _FIRST_OF_WORK) & (hour < _LAST_OF_WORK)
        return found


def busyness(clock: Clock, hours: Ints, counts: Ints) -> Floats:
    """How busy each hour of the clock is expected to be, 1 on average, from tickets by hour of the week."""
    seen = np.bincount(clock.of_week[hours], weights=counts, minlength=WEEK)
    there = np.maximum(np.bincount(clock.of_week, minlength=WEEK), 1)
    level = counts.sum() / max(clock.hours, 1)
    # An hour of the week that came ten times with no ticket is not told to be empty for ever.
    smooth = (seen + EVEN / WEEK) / (there * level + EVEN / WEEK) if level > 0 else np.ones(WEEK)
    found: Floats = smooth[clock.of_week]
    return found / found.mean() if len(found) else found
