"""Each kind of target judged, the one in force found, and what looks beyond its own period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy import special
from world import World

from dashboard import charts_trend, kpis, readings, verdict, wording
from dashboard.course import course_of
from dashboard.exports import records
from dashboard.kpis.history import Commitment, Origin, Segment, TargetHistory, of_catalogue, segment
from dashboard.kpis.kpi import Unit
from dashboard.kpis.statistic import Estimate
from dashboard.kpis.target import Above, Baseline, Below, Between, Direction, Every, Relative, Target, Trending
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope, next_start, periods
from dashboard.story import Story
from dashboard.verdict import Verdict, judge, judge_point
from etl.settings import Home


def normal(value: float, error: float, n: int = 100) -> Estimate:
    """An estimate whose P(true value > x) is that of a normal: 1.2816 errors are 90 %."""
    return Estimate(n, value, above=lambda x: float(special.ndtr((value - x) / error)))


BETWEEN = Between(70, 80, because="test")
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("target", "estimate", "verdict", "point"),
    [
        (Above(70, because="t"), normal(71.29, 1), Verdict.MEETS, Verdict.MEETS),  # 1.29 errors above: 0.901
        (Above(70, because="t"), normal(71.27, 1), Verdict.TOO_CLOSE, Verdict.MEETS),  # 0.898
        (Below(70, because="t"), normal(71.29, 1), Verdict.MISSES, Verdict.MISSES),
        (Below(70, because="t"), normal(68, 1), Verdict.MEETS, Verdict.MEETS),
        (BETWEEN, normal(75, 1), Verdict.MEETS, Verdict.MEETS),
        (BETWEEN, normal(60, 1), Verdict.MISSES, Verdict.MISSES),  # too little
        (BETWEEN, normal(90, 1), Verdict.MISSES, Verdict.MISSES),  # too much
        (BETWEEN, normal(79.5, 1), Verdict.TOO_CLOSE, Verdict.MEETS),  # 0.691
        (BETWEEN, normal(75, 5), Verdict.TOO_CLOSE, Verdict.MEETS),  # one error to either line: 0.683
        (Every(because="t"), Estimate(3, 1.0), Verdict.MEETS, Verdict.MEETS),  # three of three, and none is a sample
        (Every(because="t"), Estimate(300, 299 / 300), Verdict.MISSES, Verdict.MISSES),
        (Trending("down", because="t"), normal(75, 1), Verdict.NOT_ENOUGH, None),  # one period is no trend
        (Relative(-0.3, date(2026, 1, 1), date(2026, 3, 31), date(2026, 6, 30), because="t"), normal(7, 1), Verdict.NOT_ENOUGH, None),
    ],
)  # fmt: skip
def test_each_kind_judges_one_period(
    target: Target, estimate: Estimate, verdict: Verdict, point: Verdict | None
) -> None:
    assert judge(estimate, target, 30) == verdict
    assert judge_point(estimate.value, target) == point


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Above(0.7, because="t"), "above 70 %"),
        (Between(0.7, 0.8, because="t"), "between 70 % and 80 %"),
        (Every(because="t"), "every one (100 %)"),
        (Trending("down", because="t"), "trending down"),
        (
            Relative(-0.3, date(2026, 1, 1), date(2026, 3, 31), date(2026, 6, 30), because="t"),
            "30 % below 1 Jan 2026 to 31 Mar 2026 by 30 Jun 2026",
        ),
    ],
)
def test_each_kind_in_words(target: Target, words: str) -> None:
    assert wording.target(target, Unit.PERCENT) == words


def test_what_no_target_can_be() -> None:
    with pytest.raises(ValueError, match="low end"):
        Between(2, 1, because="t")
    with pytest.raises(ValueError, match="low end"):
        Between(2, 2, because="t")
    with pytest.raises(ValueError, match="sideways"):
        Trending("sideways", because="t")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="less than all"):
        Relative(-1, date(2026, 1, 1), date(2026, 3, 31), date(2026, 6, 30), because="t")
    with pytest.raises(ValueError, match="a change"):
        Relative(0, date(2026, 1, 1), date(2026, 3, 31), date(2026, 6, 30), because="t")
    with pytest.raises(ValueError, match="before the day"):
        Relative(-0.3, date(2026, 1, 1), date(2026, 3, 31), date(2026, 3, 31), because="t")
    one_day = Relative(1, date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 2), because="t")
    assert (one_day.lines, one_day.is_met_by(2)) == ((), None)  # twice as much, of what nobody has read yet


@pytest.mark.parametrize(
    ("target", "met", "missed"),
    [
        (Above(70, because="t"), [70.1], [70]),
        (Below(70, because="t"), [69.9], [70]),
        (BETWEEN, [70.1, 79.9], [70, 80]),
        (Every(because="t"), [1], [0.99]),
        (Relative(0.5, MARCH, MARCH, APRIL, Baseline(2), because="t"), [3.1], [3, 2.9]),
        (Relative(-0.5, MARCH, MARCH, APRIL, Baseline(2), because="t"), [0.9], [1, 1.1]),
    ],
)
def test_a_value_on_the_line_has_not_met_it(target: Target, met: list[float], missed: list[float]) -> None:
    assert [target.is_met_by(value) for value in (*met, *missed)] == [True] * len(met) + [False] * len(missed)


def test_growth_is_a_line_to_stay_above_and_is_said_so() -> None:
    more = Relative(0.5, MARCH, date(2026, 3, 31), date(2026, 6, 30), Baseline(0.4), because="t")
    assert (more.above, more.below) == (pytest.approx(0.6), None)
    assert wording.target(more, Unit.PERCENT) == "above 60 % by 30 Jun 2026 (50 % above 1 Mar 2026 to 31 Mar 2026)"
    less = Relative(-0.5, MARCH, date(2026, 3, 31), date(2026, 6, 30), Baseline(0.4), because="t")
    assert (less.above, less.below) == (None, 0.2)


def test_without_a_distribution_there_is_no_chance_and_outside_a_range_there_is_none_either() -> None:
    assert [each.chance(Estimate(100, 75)) for each in (Above(70, because="t"), Below(70, because="t"), BETWEEN)] == [
        *(None, None, None)
    ]
    assert BETWEEN.chance(normal(60, 1)) == pytest.approx(0, abs=1e-9)
    assert Every(because="t").chance(Estimate(0)) is None
    assert judge(Estimate(1, 1.0), Every(because="t"), 30) == Verdict.MEETS  # one event is enough to be every one


@pytest.mark.parametrize(
    ("target", "near", "far"),
    [
        (Above(70, margin=2, because="t"), 71, 72),
        (Below(70, margin=2, because="t"), 69, 68),
        (Between(70, 80, margin=2, because="t"), 79, 75),
        (Above(70, margin=2, because="t"), 70.1, 70),  # the line itself is missed, not near
        (Below(70, margin=2, because="t"), 69.9, 70),
        (Between(70, 80, margin=2, because="t"), 71, 72),
        (Between(70, 80, margin=2, because="t"), 71.9, 69),
        (Between(70, 80, because="t"), None, 70.5),
        (Below(70, because="t"), None, 69.5),
        (Every(because="t"), None, 1),
        (Above(70, because="t"), None, 70.5),
    ],
)
def test_the_warning_band_lies_before_the_line(target: Target, near: float | None, far: float) -> None:
    assert near is None or target.is_near(near)
    assert not target.is_near(far)


def history(*commitments: tuple[Origin, date | None, Segment, Target | None]) -> TargetHistory:
    return TargetHistory(tuple(Commitment(target, origin, since, part) for origin, since, part, target in commitments))


A, B, C = (Above(value, because="test") for value in (0.1, 0.2, 0.3))
URGENT = (("priority", "urgent"),)


def test_the_target_of_a_day_is_the_last_one_set_before_it() -> None:
    found = history((Origin.JOURNAL, MARCH, (), B), (Origin.CATALOGUE, None, (), A), (Origin.JOURNAL, APRIL, (), C))
    assert [found.in_force(day) for day in (date(2026, 2, 28), MARCH, date(2026, 3, 31), APRIL)] == [A, B, B, C]


def test_the_journal_is_over_the_file_is_over_the_catalogue_however_old() -> None:
    found = history((Origin.JOURNAL, MARCH, (), C), (Origin.FILE, APRIL, (), B), (Origin.CATALOGUE, None, (), A))
    assert found.in_force(date(2027, 1, 1)) == C
    assert found.in_force(date(2026, 2, 1)) == A


def test_of_two_for_one_day_the_later_written_holds_and_none_takes_away() -> None:
    assert history((Origin.FILE, MARCH, (), A), (Origin.FILE, MARCH, (), B)).in_force(MARCH) == B
    assert history((Origin.CATALOGUE, None, (), A), (Origin.FILE, MARCH, (), None)).in_force(MARCH) is None


def test_the_later_day_holds_even_where_it_was_written_first() -> None:
    found = history((Origin.JOURNAL, APRIL, (), C), (Origin.JOURNAL, MARCH, (), B))
    assert [found.in_force(day) for day in (MARCH, APRIL, None)] == [B, C, C]  # None: of all that were ever set


def test_where_a_target_was_set_and_which_kinds_ever_were() -> None:
    assert [each.words for each in Origin] == ["catalogue", "targets.toml", "journal"]
    found = history((Origin.CATALOGUE, None, (), A), (Origin.JOURNAL, MARCH, (), Trending("down", because="t")))
    assert [found.has(kind) for kind in (Above, Trending, Below)] == [True, True, False]
    assert of_catalogue(None) == TargetHistory()


def test_a_segment_has_its_own_and_all_others_the_general_one() -> None:
    found = history((Origin.CATALOGUE, None, (), A), (Origin.FILE, MARCH, URGENT, B))
    assert found.in_force(APRIL, URGENT) == B
    assert found.in_force(date(2026, 2, 1), URGENT) == A  # not yet
    assert found.in_force(APRIL, (("priority", "high"),)) == A
    assert found.in_force(APRIL, segment([("team", "Cards"), ("priority", "urgent")])) == A  # not exactly that segment
    assert found.segments == (URGENT,)


def weeks_of(minutes: Sequence[float], folder: Path, spread: float = 30) -> World:
    """Tickets resolved in successive weeks from 5 Jan 2026 on, 40 each, half ``spread`` above the mean, half below."""
    world = World("sqlite", folder)
    for number, mean in enumerate(minutes):
        done = datetime(2026, 1, 7, 12) + timedelta(weeks=number)
        for place in range(40):
            took = mean + (spread if place % 2 else -spread)
            world.add(
                "ticket",
                created_at=done - timedelta(minutes=took),
                resolved_at=done,
                resolution_minutes=took,
                priority="urgent" if place < 20 else "low",
                observed_until=datetime(2027, 1, 1),
            )
    end = datetime(2026, 1, 12) + timedelta(weeks=len(minutes))
    world.add("ticket", created_at=datetime(2026, 1, 4), resolved_at=None, observed_until=end)
    world.add("ticket", created_at=end, resolved_at=None, observed_until=end)
    return world


def read(
    world: World, target: TargetHistory, when: Sequence[Period], by: tuple[str, ...] = (), where: Scope | None = None
) -> list[Reading]:
    return readings.read(world.facts(), kpis.named(["mttr"]), where or Scope(), when, by=by, targets={"mttr": target})


def week(number: int) -> Period:
    start = date(2026, 1, 5) + timedelta(weeks=number)
    return Period(start, next_start(start, Grain.WEEK), Grain.WEEK, "UTC")


def only(target: Target) -> TargetHistory:
    return history((Origin.FILE, None, (), target))


def test_a_reading_is_held_to_the_target_of_its_last_day(tmp_path: Path) -> None:
    world = weeks_of([100, 100], tmp_path)
    strict, easy = Below(50, because="t"), Below(200, because="t")
    sunday = date(2026, 1, 18)  # the last day of the second week
    found = read(world, history((Origin.FILE, None, (), easy), (Origin.FILE, sunday, (), strict)), [week(0), week(1)])
    assert [(each.target, each.verdict) for each in found] == [(easy, Verdict.MEETS), (strict, Verdict.MISSES)]
    lines = charts_trend.trend({"": Story.alone(found)}).data
    assert [list(line.y) for line in lines if line.line.shape == "hvh"] == [[200, 50]]  # the line steps, in minutes


def test_a_reading_of_a_segment_is_held_to_the_segments_target(tmp_path: Path) -> None:
    world = weeks_of([100], tmp_path)
    general, urgent = Below(200, because="t"), Below(50, because="t")
    held = history((Origin.FILE, None, (), general), (Origin.FILE, None, URGENT, urgent))
    cut = {each.group[0][1]: each.target for each in read(world, held, [week(0)], by=("priority",))}
    assert cut == {"urgent": urgent, "low": general}
    one, two = Scope.of({"priority": ["urgent"]}), Scope.of({"priority": ["urgent", "low"]})
    assert [read(world, held, [week(0)], where=scope)[0].target for scope in (Scope(), one, two)] == [
        *(general, urgent, general)
    ]


def test_a_trend_is_judged_over_the_periods_its_chart_shows(tmp_path: Path) -> None:
    # Thirteen weeks, ten minutes less each week: a straight line down.
    world = weeks_of([220 - 10 * number for number in range(13)], tmp_path)
    (down,) = read(world, only(Trending("down", because="t")), [week(12)])
    (up,) = read(world, only(Trending(Direction.UP, because="t")), [week(12)])
    assert (down.verdict, down.point_verdict) == (Verdict.MEETS, Verdict.MEETS)
    assert (up.verdict, up.point_verdict) == (Verdict.MISSES, Verdict.MISSES)
    # Asked with others or alone: the same status.
    assert read(world, only(Trending("down", because="t")), [week(3), week(12)])[1].verdict == Verdict.MEETS
    # In the seventh week only seven are complete: too few for a trend.
    assert read(world, only(Trending("down", because="t")), [week(6)])[0].verdict == Verdict.NOT_ENOUGH
    assert records.record(down)["target_words"] == "trending down"
    assert records.record(down)["target"] is None


def test_a_trend_of_a_group_is_that_groups(tmp_path: Path) -> None:
    world = weeks_of([220 - 10 * number for number in range(13)], tmp_path)
    found = read(world, only(Trending("down", because="t")), [week(12)], by=("priority",))
    assert [each.verdict for each in found] == [Verdict.MEETS, Verdict.MEETS]


def test_the_slope_is_that_of_scipy() -> None:
    # y = 1, 3, 2, 5, 4, 6, 8, 7 at 0…7: slope 0.9286; scipy.stats.linregress gives p = 0.00045 two-sided.
    points = list(enumerate([1.0, 3, 2, 5, 4, 6, 8, 7]))
    rising = verdict.rising(points)
    from scipy import stats

    fit = stats.linregress(*zip(*points, strict=True))
    assert fit.slope == pytest.approx(0.9286, abs=1e-4)
    assert rising == pytest.approx(1 - fit.pvalue / 2)
    assert verdict.rising(points[:7]) is None
    assert verdict.rising([(place, 3.0) for place in range(8)]) == 0.5  # level is neither


def test_a_level_line_is_seldom_called_a_trend() -> None:
    """Thirteen independent weeks without a trend: "meets" is said about as often as 1 in 10, as at any line."""
    noise = np.random.default_rng(3).normal(size=(2_000, 13))
    said = [(verdict.rising(list(enumerate(row))) or 0) >= verdict.SURE for row in noise]
    assert sum(said) / 2_000 == pytest.approx(0.10, abs=0.02)


def relative(by: date) -> TargetHistory:
    return only(Relative(-0.3, date(2026, 1, 5), date(2026, 1, 18), by, because="t"))


@pytest.mark.parametrize(
    ("now", "by", "says"),
    [
        (120, date(2026, 2, 1), Verdict.MEETS),  # 30 % below 200 is 140
        (160, date(2026, 2, 1), Verdict.MISSES),
        (141, date(2026, 2, 1), Verdict.TOO_CLOSE),
        (160, date(2026, 2, 2), Verdict.NOT_DUE),  # the week ends the day before it is due
        (120, date(2026, 2, 2), Verdict.MEETS),
    ],
)
def test_a_change_against_a_baseline(now: float, by: date, says: Verdict, tmp_path: Path) -> None:
    world = weeks_of([200, 200, 180, now], tmp_path)
    (found,) = read(world, relative(by), [week(3)])
    assert found.verdict == says
    assert found.target is not None
    assert found.target.lines == (pytest.approx(140),)
    assert found.point_verdict == (Verdict.MEETS if now < 140 else Verdict.MISSES)
    assert "below 2 h 20 min" in wording.target(found.target, found.kpi.unit)


def test_a_change_counts_the_uncertainty_of_its_baseline() -> None:
    """Hand reckoning: 130 (124–136) against 0.7 · 200 (188–212): difference −10, reach √(6² + 8.4²) = 10.32."""
    target = Relative(-0.3, MARCH, date(2026, 3, 31), APRIL, Baseline(200, 188, 212), because="t")
    (kpi,) = kpis.named(["mttr"])
    about = {"kpi": kpi, "scope": Scope(), "period": week(0), "group": (), "immature": 0, "reason": None}
    told = {"n": 50, "value": 130, "low": 124, "high": 136, "verdict": "", "point_verdict": None}
    reading = Reading(**about, **told, target=target, interval="", as_of=None, data_from=None)  # type: ignore[arg-type]
    assert verdict.changed_enough(reading, target) == pytest.approx(
        float(special.ndtr(10 * 1.959964 / 10.3228)), abs=1e-4
    )


def test_a_baseline_the_data_do_not_cover_is_none(tmp_path: Path) -> None:
    world = weeks_of([200, 100], tmp_path)
    early = only(Relative(-0.3, date(2025, 12, 1), date(2026, 1, 11), date(2026, 1, 13), because="t"))
    (found,) = read(world, early, [week(1)])
    assert (found.verdict, found.point_verdict) == (Verdict.NOT_ENOUGH, None)
    assert found.target is not None
    assert found.target.lines == ()


def test_a_trend_looks_at_thirteen_periods_of_its_own_length() -> None:
    (march,) = periods(date(2026, 3, 1), date(2026, 4, 1), Grain.MONTH, "UTC")
    found = course_of(march)
    assert (len(found), found[0].start, found[-1]) == (13, date(2025, 3, 1), march)
    assert course_of(Period(None, None)) == []


def test_near_the_line_is_a_word_behind_the_status(tmp_path: Path) -> None:
    world = weeks_of([100], tmp_path)
    (near,) = read(world, only(Below(130, margin=40, because="t")), [week(0)])
    (far,) = read(world, only(Below(300, margin=40, because="t")), [week(0)])
    assert [wording.status(each) for each in (near, far)] == ["✓ meets, near the line", "✓ meets"]
    assert [records.record(each)["near_line"] for each in (near, far)] == [True, False]


def test_every_layer_comes_together_in_the_home(tmp_path: Path) -> None:
    from dashboard import journal, settings

    home = Home(tmp_path)
    home.targets_file.write_text(
        "[[csat]]\nabove = 0.9\nsince = 2026-01-01\n[[csat]]\nabove = 0.8\nsegment = { team = 'Cards' }\n"
        "[mttr]\ntrending = 'down'\n"
    )
    journal.open(home).add_target(
        "csat", "between", {"between": [0.7, 0.8]}, because="agreed", who="Ana", since=date(2026, 2, 1)
    )
    journal.open(home).add_target("nps", "above", {"above": 0.0}, because="a line at zero", who="Ana")
    assert settings.in_force(settings.targets(home))["nps"] == Above(0, because="a line at zero")
    journal.open(home).add_target("gone", "above", {"above": 1}, because="a KPI of another version", who="Ana")
    csat = settings.targets(home)["csat"]
    on = [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 1)]
    assert [csat.in_force(day).lines for day in on] == [(0.95,), (0.9,), (0.7, 0.8)]  # type: ignore[union-attr]
    assert csat.in_force(on[2], (("team", "Cards"),)) == Above(0.8, because="set in targets.toml")
    assert settings.in_force(settings.targets(home))["mttr"] == Trending("down", because="set in targets.toml")
