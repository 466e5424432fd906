"""Targets that look beyond one period: each reading against its own group, its own KPI, and the very days asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from test_targets import only, read, week, weeks_of
from told import month, reading
from world import World, period

from dashboard import kpis, readings
from dashboard.course import course_of, judged
from dashboard.kpis.target import Relative, Trending
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope, next_start
from dashboard.verdict import Verdict

DOWN = only(Trending("down", because="t"))


def two_ways(folder: Path) -> World:
    """Thirteen weeks: urgent tickets take ten minutes less each week, low ones ten more and none in the first three."""
    world = World("sqlite", folder)
    for number in range(13):
        done = datetime(2026, 1, 7, 12) + timedelta(weeks=number)
        for place in range(40):
            is_urgent = place < 20
            if number < 3 and not is_urgent:
                continue
            took = (220 - 10 * number if is_urgent else 100 + 10 * number) + (5 if place % 2 else -5)
            word = "urgent" if is_urgent else "low"
            world.add("ticket", created_at=done, resolved_at=done, resolution_minutes=float(took), priority=word)
    return world


def test_a_trend_of_a_group_is_that_groups_and_no_others(tmp_path: Path) -> None:
    found = read(two_ways(tmp_path), DOWN, [week(12)], by=("priority",))
    assert {each.group[0][1]: each.verdict for each in found} == {"urgent": Verdict.MEETS, "low": Verdict.MISSES}


def test_a_trend_of_a_kpi_is_that_kpis_beside_others_with_and_without_one(tmp_path: Path) -> None:
    world = weeks_of([220 - 10 * number for number in range(13)], tmp_path)
    asked = kpis.named(["tickets_resolved", "mttr", "mttr_median"])
    up = only(Trending("up", because="t"))
    found = readings.read(world.facts(), asked, Scope(), [week(12)], targets={"mttr": DOWN, "mttr_median": up})
    assert {each.kpi.name: each.verdict for each in found} == {
        "tickets_resolved": Verdict.NO_TARGET,
        "mttr": Verdict.MEETS,
        "mttr_median": Verdict.MISSES,
    }


@pytest.mark.parametrize(
    ("last", "line"),
    [
        (date(2026, 1, 14), 0.7 * (100 + 300) / 2),  # the last day belongs to the baseline
        (date(2026, 1, 13), 0.7 * 100),  # the day after it does not
    ],
)
def test_a_baseline_ends_with_its_last_day(last: date, line: float, tmp_path: Path) -> None:
    world = weeks_of([100, 300, 100], tmp_path)  # resolved on the Wednesdays 7, 14 and 21 January
    (found,) = read(world, only(Relative(-0.3, date(2026, 1, 7), last, date(2026, 6, 1), because="t")), [week(2)])
    assert found.target is not None
    assert found.target.lines == (pytest.approx(line),)


def test_thirteen_periods_and_no_more_and_none_before_the_calendar() -> None:
    assert len(course_of(week(0))) == 13
    third_of_year_two = date(2, 3, 1)
    march = Period(third_of_year_two, next_start(third_of_year_two, Grain.MONTH), Grain.MONTH, "UTC")
    assert [each.start and each.start.month for each in course_of(march)] == [1, 2, 3]
    assert course_of(period("2025-01"))[-1] == period("2025-01")
    assert course_of(Period(date(2025, 1, 1), None)) == course_of(Period(None, date(2025, 1, 1))) == []


FALLING = [220.0 - 10 * number for number in range(13)]
(MTTR,) = kpis.named(["mttr"])


def held(found: Reading, target: Trending | Relative, verdict: str = Verdict.NOT_ENOUGH) -> Reading:
    """As a reading comes that one period cannot judge."""
    return replace(found, target=target, verdict=verdict, point_verdict=None)


def on_course(values: list[float], rows: int = 400, at: int = 12, **spoilt: object) -> Reading:
    """The thirteenth month against twelve before it; ``spoilt`` are fields of the reading at one place."""
    past = [reading("mttr", value, rows, month(place)) for place, value in enumerate(values)]
    past[at] = replace(past[at], **spoilt)  # type: ignore[arg-type]
    (found,) = judged([held(past[12], Trending("down", because="t"), past[12].verdict)], lambda kpi, asked: past)
    return found


def test_a_level_course_is_too_close_to_call_and_has_not_gone_down() -> None:
    found = on_course([200.0] * 13, verdict=Verdict.NOT_ENOUGH)
    assert (found.verdict, found.point_verdict) == (Verdict.TOO_CLOSE, Verdict.MISSES)


@pytest.mark.parametrize(
    "spoilt", [{"n": MTTR.enough - 1}, {"value": None}, {"verdict": Verdict.SO_FAR}, {"data_from": date(2025, 1, 1)}]
)
def test_a_period_that_says_nothing_is_no_point_of_a_course(spoilt: dict[str, object]) -> None:
    wild = [*FALLING[:10], 5000.0, *FALLING[11:]]
    now = {"verdict": Verdict.NOT_ENOUGH}
    past = [reading("mttr", value, 400, month(place)) for place, value in enumerate(wild)]
    for says, changed in ((Verdict.TOO_CLOSE, {}), (Verdict.MEETS, spoilt)):
        past[10] = replace(past[10], **changed)  # type: ignore[arg-type]
        (found,) = judged([held(replace(past[12], **now), Trending("down", because="t"))], lambda kpi, asked: past)  # type: ignore[arg-type]
        assert found.verdict == says


def test_months_with_just_enough_rows_are_a_course_and_with_one_less_they_are_none() -> None:
    told = [on_course(FALLING, n, verdict=Verdict.NOT_ENOUGH).verdict for n in (MTTR.enough, MTTR.enough - 1)]
    assert told == [Verdict.MEETS, Verdict.NOT_ENOUGH]


def test_a_course_does_not_speak_for_a_month_that_says_nothing_itself() -> None:
    assert on_course(FALLING, verdict=Verdict.SO_FAR).verdict == Verdict.SO_FAR
    assert on_course(FALLING, verdict=Verdict.NO_READING, value=None).verdict == Verdict.NO_READING
    few = on_course(FALLING, verdict=Verdict.NOT_ENOUGH, n=MTTR.enough - 1)
    assert (few.verdict, few.point_verdict) == (Verdict.NOT_ENOUGH, None)


def test_a_month_nobody_read_is_no_point_of_a_course() -> None:
    past = [reading("mttr", value, 400, month(place)) for place, value in enumerate(FALLING)]
    for first, says in ((5, Verdict.MEETS), (6, Verdict.NOT_ENOUGH)):  # eight months are enough, seven are not
        (found,) = judged([held(past[12], Trending("down", because="t"))], lambda kpi, asked, first=first: past[first:])  # type: ignore[misc]
        assert found.verdict == says


#: January 2023 to be halved by July.
HALVED = Relative(-0.5, date(2023, 1, 1), date(2023, 1, 31), date(2023, 7, 1), because="t")


def on_baseline(now: Reading, base: Reading | None, verdict: str = Verdict.NOT_ENOUGH) -> Reading:
    january = Period(date(2023, 1, 1), date(2023, 2, 1), Grain.ALL, "UTC")
    other = [] if base is None else [replace(base, period=january)]
    (found,) = judged([held(now, HALVED, verdict)], lambda kpi, asked: other)
    return found


ENOUGH = MTTR.enough
BASE, NOW = reading("mttr", 200, 4000, month(0)), reading("mttr", 60, 4000, month(11))


def test_a_baseline_needs_a_value_of_enough_rows() -> None:
    assert on_baseline(NOW, BASE).verdict == Verdict.MEETS
    assert on_baseline(NOW, replace(BASE, n=ENOUGH)).verdict == Verdict.MEETS
    for base in (None, replace(BASE, n=ENOUGH - 1), replace(BASE, value=None)):
        found = on_baseline(NOW, base)
        assert (found.verdict, found.point_verdict, found.target) == (Verdict.NOT_ENOUGH, None, HALVED)


def test_a_change_is_compared_and_yet_not_judged_where_the_reading_itself_says_too_little() -> None:
    assert on_baseline(replace(NOW, n=ENOUGH), BASE).verdict == Verdict.MEETS
    assumed = replace(NOW, kpi=replace(MTTR, grade="assumed"))
    for now, says in ((replace(NOW, n=ENOUGH - 1), Verdict.NOT_ENOUGH), (assumed, Verdict.NOT_ENOUGH), (NOW, "so far")):
        found = on_baseline(now, BASE, says)
        assert (found.verdict, found.point_verdict) == (says, Verdict.MEETS)
        assert found.target is not None
        assert found.target.lines == (100,)


def test_all_of_time_is_past_every_due_day() -> None:
    missed = reading("mttr", 190, 4000, month(3))
    ever = replace(missed, period=Period(None, None), data_from=None)
    assert [on_baseline(each, BASE).verdict for each in (missed, ever)] == [Verdict.NOT_DUE, Verdict.MISSES]
