"""Business minutes: Python, SQL and counting minute by minute must agree, over changes of the clocks too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import history
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.business_hours import WEEKDAYS, business_minutes, working_intervals
from etl.settings import Schedule

DUBLIN = Schedule(timezone="Europe/Dublin", holidays=(date(2026, 3, 17),))


def _between(start: datetime, end: datetime, schedule: Schedule = DUBLIN) -> float:
    week = working_intervals(schedule, start.date() - timedelta(days=3), end.date() + timedelta(days=3))
    return business_minutes(week, start, end)


def test_from_friday_afternoon_to_monday_morning() -> None:
    # Friday 16:00–17:00 and Monday 9:00–9:30; the seconds count.
    assert _between(datetime(2026, 3, 6, 16), datetime(2026, 3, 9, 9, 30, 30)) == 60 + 30.5


def test_a_holiday_is_closed() -> None:
    assert _between(datetime(2026, 3, 17, 0), datetime(2026, 3, 18, 0)) == 0


def test_nine_in_dublin_is_eight_in_utc_once_the_clocks_went_forward() -> None:
    assert _between(datetime(2026, 3, 30, 7, 30), datetime(2026, 3, 30, 8, 30)) == 30


def test_a_night_shift_loses_the_hour_the_clocks_skip() -> None:
    nights = Schedule(timezone="Europe/Dublin", days=WEEKDAYS, opens=time(22), closes=time(6))
    # 28 March 22:00 to 29 March 06:00 by the clock, but 01:00 to 02:00 never was.
    assert _between(datetime(2026, 3, 28, 12), datetime(2026, 3, 29, 12), nights) == 7 * 60


def test_round_the_clock_is_calendar_time() -> None:
    always = Schedule(timezone="Europe/Dublin", days=WEEKDAYS, opens=time(0), closes=time(0))
    assert _between(datetime(2026, 3, 28), datetime(2026, 3, 30), always) == 2 * 24 * 60


def _minute_by_minute(schedule: Schedule, start: datetime, end: datetime) -> int:
    """Ask the wall clock each minute whether the office is open (day shifts only)."""
    zone, open_minutes, moment = ZoneInfo(schedule.timezone), 0, start
    while moment < end:
        local = moment.replace(tzinfo=UTC).astimezone(zone)
        is_day = WEEKDAYS[local.weekday()] in schedule.days and local.date() not in schedule.holidays
        open_minutes += is_day and schedule.opens <= local.time().replace(tzinfo=None) < schedule.closes
        moment += timedelta(minutes=1)
    return open_minutes


zones = st.sampled_from(["Europe/Dublin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
minutes_of_day = st.integers(0, 23 * 60 + 59).map(lambda m: time(m // 60, m % 60))
days_open = st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(tuple)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    opens, closes = sorted(draw(st.lists(minutes_of_day, min_size=2, max_size=2, unique=True)))
    holidays = tuple(draw(st.lists(st.dates(date(2026, 3, 20), date(2026, 4, 10)), max_size=2)))
    return Schedule(timezone=draw(zones), days=draw(days_open), opens=opens, closes=closes, holidays=holidays)


#: Around the changes of March (Europe), April (Lord Howe) and March (New York) 2026.
starts = st.sampled_from([datetime(2026, 3, 7), datetime(2026, 3, 28), datetime(2026, 4, 4)])
spans = st.tuples(st.integers(0, 2000), st.integers(0, 3000))


@settings(deadline=None, max_examples=40)
@given(schedule=schedules(), start=starts, span=spans)
def test_python_agrees_with_a_wall_clock(schedule: Schedule, start: datetime, span: tuple[int, int]) -> None:
    begin = start + timedelta(minutes=span[0])
    end = begin + timedelta(minutes=span[1])
    assert _between(begin, end, schedule) == pytest.approx(_minute_by_minute(schedule, begin, end))


@settings(deadline=None, max_examples=6, suppress_health_check=list(HealthCheck))
@given(schedule=schedules(), start=starts, cases=st.lists(spans, min_size=8, max_size=8))
def test_sql_agrees_with_python(schedule: Schedule, start: datetime, cases: list[tuple[int, int]]) -> None:
    with history.desk() as desk:
        expected = {}
        for number, (before, length) in enumerate(cases):
            begin = start + timedelta(minutes=before, seconds=0.25)
            end = begin + timedelta(minutes=length, seconds=30.5)
            desk.ticket(str(number), created_at=begin, resolved_at=end, status="resolved")
            expected[str(number)] = pytest.approx(_between(begin, end, schedule))
        published = desk.build(schedules={"office": schedule.model_dump()}, groups={"default_schedule": "office"})
        found = {number: row["resolution_business_minutes"] for number, row in published.tickets().items()}
        assert found == expected


def test_a_team_without_a_schedule_has_no_business_minutes() -> None:
    with history.desk() as desk:
        desk.ticket("1", team="Dublin", resolved_at=history.at(30), status="resolved")
        desk.ticket("2", team="Lisbon", resolved_at=history.at(30), status="resolved")
        published = desk.build(schedules={"office": {"timezone": "UTC"}}, groups={"schedule": {"Dublin": "office"}})
        found = {number: row["resolution_business_minutes"] for number, row in published.tickets().items()}
        assert found == {"1": 30, "2": None}
