"""Parts of a number by hour of the week and by age: they hold the rows the charts count, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import false
from world import ENGINES, World, period

from dashboard import kpis
from dashboard.backlog_ages import open_work
from dashboard.engine import Facts
from dashboard.hours import hours
from dashboard.parts import BANDS, AgeBand, HourOfWeek, Part, part_of
from dashboard.per_ticket import per_ticket
from dashboard.readings import tickets
from dashboard.scope import Grain, Period, Scope


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def listed(world: World, name: str, asked: Period, part: Part, **more: object) -> list[str]:
    found = tickets(world.facts(), kpis.catalogue()[name], Scope(), asked, part=part, **more)  # type: ignore[arg-type]
    return sorted(found["ticket_id"])


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "UTC"])
def test_every_hour_of_the_week_lists_what_its_cell_counts(world: World, zone: str) -> None:
    """A quarter with a change of the clock in it, in zones off by a part of an hour too; nothing is lost or twice."""
    dice = Random(zone)
    for number in range(120):
        moment = datetime(2025, 9, 28) + timedelta(seconds=dice.randrange(96 * 86400))
        world.add("ticket", ticket_id=f"t{number:03d}", created_at=moment)
    asked = Period(date(2025, 10, 1), date(2026, 1, 1), Grain.QUARTER, zone)
    counts = hours(world.facts(), "tickets_created", Scope(), asked).counts
    found: list[str] = []
    cells = [(day, hour) for day in range(7) for hour in range(24) if counts[day][hour] or dice.random() < 0.05]
    for day, hour in cells:
        here = listed(world, "tickets_created", asked, HourOfWeek(day, hour))
        assert len(here) == counts[day][hour], (day, hour)
        found += here
    assert len(found) == len(set(found)) == sum(map(sum, counts)) > 100


def test_the_hour_the_clock_says_twice_is_two_hours_and_the_one_it_leaves_out_none() -> None:
    """Paris goes back on 26 October 2025 at 03:00 and forward on 30 March at 02:00, both Sundays."""
    back = Period(date(2025, 10, 20), date(2025, 10, 27), Grain.WEEK, "Europe/Paris")
    assert HourOfWeek(6, 2).spans(back) == [(datetime(2025, 10, 26, 0), datetime(2025, 10, 26, 2))]
    forward = Period(date(2025, 3, 24), date(2025, 3, 31), Grain.WEEK, "Europe/Paris")
    assert HourOfWeek(6, 2).spans(forward) == []
    assert HourOfWeek(6, 3).spans(forward) == [(datetime(2025, 3, 30, 1), datetime(2025, 3, 30, 2))]


def test_a_period_without_an_end_has_no_hours() -> None:
    assert HourOfWeek(0, 9).spans(period("all")) == []


def test_every_age_lists_what_its_bar_counts(world: World) -> None:
    """Edges belong to the band they begin; where the data of a source end, or nobody says when, as on the page."""
    end = datetime(2025, 2, 1)
    ages = [0, 0.5, 1, 2.9, 3, 6.999, 7, 13, 14, 29.9, 30, 31, 400]
    for number, days in enumerate([*ages, *ages, *ages]):
        source = ("a", "b", "c")[number // len(ages)]
        until = {"a": end + timedelta(days=40), "b": end - timedelta(days=2), "c": None}[source]
        made = min(end, until or end) - timedelta(days=days, seconds=0 if days else 1)
        name = f"{source}:{number}"
        world.add("ticket", ticket_id=name, source=source, created_at=made, observed_until=until)
        world.add("open_spell", ticket_id=name, opened_at=made, ended_at=None)
    asked = period("2025-01")
    bars = dict(open_work(world.facts(), Scope(), asked).bands())
    lists = [listed(world, "backlog", asked, AgeBand(place)) for place in range(len(BANDS))]
    assert [len(some) for some in lists] == [bars[name] for name in BANDS] == [6, 6, 6, 6, 6, 9]
    assert len({name for some in lists for name in some}) == len(ages) * 3


def test_a_part_keeps_the_group_and_the_file_of_every_metric(world: World) -> None:
    for number, team in enumerate(["A", "A", "B"]):
        world.add("ticket", ticket_id=f"t{number}", team=team, created_at=datetime(2025, 1, 6, 9 + number))
    asked, monday = period("2025-01"), HourOfWeek(0, 9)
    assert listed(world, "tickets_created", asked, monday, group=[("team", "A")]) == ["t0"]
    assert listed(world, "tickets_created", asked, monday, group=[("team", "B")]) == []
    table = per_ticket(world.facts(), Scope(), kpi=kpis.catalogue()["tickets_created"], period=asked, part=monday)
    assert [name for piece in table.pieces for name in piece["ticket_id"]] == ["t0"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("monday-09", "Monday 09:00–10:00"),
        ("sunday-23", "Sunday 23:00–24:00"),
        ("age-0-1", "open for 0–1 days"),
        ("age-30", "open for 30 days or more"),
    ],
)
def test_a_part_stands_in_a_link_and_comes_back(code: str, words: str) -> None:
    part = part_of(code)
    assert part is not None
    assert (part.code, part.words) == (code, words)


@pytest.mark.parametrize("code", [None, "", "monday-24", "age-2", "'; drop table ticket"])
def test_what_is_no_code_is_no_part(code: str | None) -> None:
    assert part_of(code) is None


def test_wall_clock_hours_are_those_of_the_zone() -> None:
    (span,) = HourOfWeek(0, 9).spans(Period(date(2025, 1, 6), date(2025, 1, 13), Grain.WEEK, "Asia/Kathmandu"))
    assert span[0].replace(tzinfo=UTC).astimezone(ZoneInfo("Asia/Kathmandu")).isoformat() == "2025-01-06T09:00:00+05:45"


def test_an_hour_of_a_week_without_an_end_and_an_age_at_no_moment_hold_nothing() -> None:
    monday_nine, youngest = HourOfWeek(0, 9), AgeBand(0)
    for endless in (Period(None, None), Period(date(2025, 1, 1), None), Period(None, date(2025, 1, 1))):
        assert monday_nine.spans(endless) == []
    (created,) = kpis.named(["tickets_created"])
    for none in (monday_nine.rows(cast(Facts, None), created, Period(None, None)), youngest._of_source(None, None)):
        assert str(none) == str(false())
