"""Hours of the week on the wall clock, exact in the nights the clock is changed, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from world import ENGINES, World

from dashboard.hours import Hours, hours
from dashboard.scope import Grain, Period, Scope
from dashboard.widgets import hours as panel

ALWAYS = Period(None, None, Grain.ALL, "Europe/Paris")
SUNDAY = 6


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def created(world: World, *moments: str, **more: object) -> None:
    for moment in moments:
        world.add("ticket", created_at=datetime.fromisoformat(moment), **more)


def filled(found: Hours) -> dict[tuple[int, int], int]:
    return {(d, h): count for d, row in enumerate(found.counts) for h, count in enumerate(row) if count}


def test_the_night_the_clock_goes_forward_has_no_two_o_clock(world: World) -> None:
    """Paris, 30 March 2025: 00:59 UTC is 01:59, 01:00 UTC is 03:00."""
    created(world, "2025-03-30T00:59:59", "2025-03-30T01:00", "2025-03-30T21:59")
    assert filled(hours(world.facts(), "tickets_created", Scope(), ALWAYS)) == {
        (SUNDAY, 1): 1,
        (SUNDAY, 3): 1,
        (SUNDAY, 23): 1,
    }


def test_the_night_the_clock_goes_back_has_it_twice(world: World) -> None:
    """Paris, 26 October 2025: 00:30 and 01:30 UTC both read 02:30."""
    created(world, "2025-10-26T00:30", "2025-10-26T01:30", "2025-10-26T02:00")
    assert filled(hours(world.facts(), "tickets_created", Scope(), ALWAYS)) == {(SUNDAY, 2): 2, (SUNDAY, 3): 1}


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "UTC"])
def test_zones_off_by_parts_of_an_hour_agree_with_counting_one_by_one(world: World, zone: str) -> None:
    dice, by_hand = Random(zone), [[0] * 24 for _ in range(7)]
    for _ in range(60):
        moment = datetime(2025, 1, 1) + timedelta(seconds=dice.randrange(365 * 86400))
        created(world, moment.isoformat())
        local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        by_hand[local.weekday()][local.hour] += 1
    found = hours(world.facts(), "tickets_created", Scope(), Period(None, None, Grain.ALL, zone))
    assert [list(row) for row in found.counts] == by_hand


def test_the_rows_are_those_of_the_kpi(world: World) -> None:
    created(world, "2025-01-06T08:00", "2025-01-06T08:59", team="A")
    created(world, "2025-01-06T08:00", excluded_because="spam", team="A")
    created(world, "2025-01-06T08:00", team="B")
    created(world, "2025-01-05T23:59", "2025-01-13T00:00", team="A")
    world.add("ticket", team="A")  # undated
    week = Period(date(2025, 1, 6), date(2025, 1, 13), Grain.WEEK, "UTC")
    found = hours(world.facts(), "tickets_created", Scope.of({"team": ["A"]}), week)
    assert filled(found) == {(0, 8): 2}
    assert hours(world.facts(), "tickets_created", Scope.of({"team": ["A"]}), ALWAYS).n == 4
    assert hours(world.facts(), "tickets_resolved", Scope(), week).n == 0


def test_the_words_and_the_table_say_what_the_cells_say(world: World) -> None:
    created(world, "2025-01-07T08:00", "2025-01-07T08:30", "2025-01-08T23:00")
    found = hours(world.facts(), "tickets_created", Scope(), Period(None, None, Grain.ALL, "UTC"))
    assert panel.words(found) == "n = 3; the fullest hour is Tuesday 08:00–09:00 with 2."
    table = panel.table(found)
    assert (table.loc[8, "Tuesday"], table.loc[23, "Wednesday"], table.drop(columns="Hour").to_numpy().sum()) == (
        2,
        1,
        3,
    )
    assert panel.words(Hours(((0,) * 24,) * 7)) == "n = 0."


def week_of(**cells: int) -> Hours:
    """``d1h5=3``: three rows on Tuesday at five."""
    counts = [[0] * 24 for _ in range(7)]
    for name, count in cells.items():
        day, hour = name.removeprefix("d").split("h")
        counts[int(day)][int(hour)] = count
    return Hours(tuple(map(tuple, counts)))


def test_of_equal_hours_the_earliest_is_the_busiest() -> None:
    assert week_of(d3h2=4, d1h5=4, d6h0=3).busiest() == (1, 5, 4)
    assert week_of(d2h7=4, d2h3=4).busiest() == (2, 3, 4)
    assert week_of(d6h23=1).busiest() == (6, 23, 1)
    assert (week_of().busiest(), week_of(d0h0=2, d6h23=3).n) == (None, 5)


@pytest.mark.parametrize(
    ("zone", "hour", "before", "after"),
    [
        ("UTC", 12, 8, 0),
        ("Australia/Eucla", 20, 2, 6),  # + 8:45, so the clock strikes at 12:15 UTC
        ("Asia/Kolkata", 17, 4, 4),  # + 5:30
        ("America/Guyana", 8, 6, 2),  # − 3:45 until 1975, so it struck at 12:45 UTC
    ],
)
def test_the_clock_strikes_on_the_very_minute(world: World, zone: str, hour: int, before: int, after: int) -> None:
    for minute in (0, 14, 15, 29, 30, 44, 45, 59):
        world.add("ticket", created_at=datetime(1970, 1, 5, 12, minute))
    found = hours(world.facts(), "tickets_created", Scope(), Period(None, None, Grain.ALL, zone))
    assert (found.counts[0][hour], found.counts[0][hour + 1], found.n) == (before, after, 8)


def test_a_period_open_at_one_end_still_ends_at_the_other(world: World) -> None:
    for day in (1, 2, 3):
        world.add("ticket", created_at=datetime(2025, 1, day, 12))
    second = date(2025, 1, 2)
    told = [
        hours(world.facts(), "tickets_created", Scope(), Period(*each)).n for each in ((second, None), (None, second))
    ]
    assert told == [2, 1]
