"""Seconds since 1970 and the hours an office keeps. Kept apart from the product's own calendar on purpose:
the planted facts must not lean on the code that is to find them."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_DAY = date(2024, 5, 1)
LAST_DAY = date(2025, 11, 9)  # a Sunday: ISO week 45 of 2025 is the last complete one
REPORTING_ZONE = ZoneInfo("Europe/Dublin")


def seconds(moment: str) -> int:
    """``2025-03-18 14:10`` (UTC) as seconds since 1970."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())


def iso(at: int) -> str:
    """Seconds since 1970 as Zendesk writes them: ``2025-03-18T14:10:00Z``."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(at: int, zone: ZoneInfo = REPORTING_ZONE) -> datetime:
    """The local clock of a zone at an instant."""
    return datetime.fromtimestamp(at, zone)


def month(at: int) -> str:
    """The calendar month of an instant in the reporting zone: ``2025-03``."""
    return local(at).strftime("%Y-%m")


def quarter(at: int) -> str:
    """The calendar quarter of an instant in the reporting zone: ``2025-Q1``."""
    there = local(at)
    return f"{there.year}-Q{(there.month + 2) // 3}"


START = seconds("2024-05-01 00:00")
END = seconds("2025-11-10 00:00")  # no person acts after this
EXPORTED = seconds("2025-11-10 00:02")  # the nightly automation of that night is the last thing in the exports
DAY = 86_400


class Office:
    """When the people of a team are at work, local clock times, as stretches of UTC seconds."""

    def __init__(self, zone: str, opens: time, closes: time, holidays: tuple[date, ...]) -> None:
        self.zone = ZoneInfo(zone)
        self.opens, self.closes, self.holidays = opens, closes, holidays
        self._starts: list[int] = []
        self._ends: list[int] = []
        day = FIRST_DAY - timedelta(days=4)
        while day < LAST_DAY + timedelta(days=200):
            if day.weekday() < 5 and day not in holidays:
                self._starts.append(int(datetime.combine(day, opens, self.zone).timestamp()))
                self._ends.append(int(datetime.combine(day, closes, self.zone).timestamp()))
            day += timedelta(days=1)

    def is_open(self, at: int) -> bool:
        """Whether people are at work at this instant."""
        place = bisect_right(self._starts, at) - 1
        return place >= 0 and at < self._ends[place]

    def after(self, at: int, minutes: float) -> int:
        """The instant at which so many working minutes have passed since ``at``."""
        left = round(minutes * 60)
        place = max(bisect_right(self._starts, at) - 1, 0)
        while True:
            begin = max(at, self._starts[place])
            if begin < self._ends[place]:
                if begin + left < self._ends[place]:
                    return begin + left
                left -= self._ends[place] - begin
            place += 1


DUBLIN = Office(
    "Europe/Dublin",
    time(8),
    time(17),
    (date(2024, 12, 25), date(2024, 12, 26), date(2025, 1, 1), date(2025, 3, 17), date(2025, 4, 21)),
)
NEW_YORK = Office(
    "America/New_York",
    time(9),
    time(18),
    (date(2024, 7, 4), date(2024, 11, 28), date(2024, 12, 25), date(2025, 1, 1), date(2025, 7, 4)),
)
IT_DESK = Office("America/New_York", time(7), time(19), NEW_YORK.holidays)
