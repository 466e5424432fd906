"""When a reading is called on target, and when a change is called real."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import special
from sqlalchemy import literal_column

from dashboard import kpis
from dashboard.kpis.statistic import Estimate, Proportion
from dashboard.kpis.target import Above, Baseline, Below, Relative, Target, Trending
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope
from dashboard.verdict import Verdict, change, changed_enough, is_complete, judge, judge_point, rising

share = Proportion(of=literal_column("x"))
above_70, below_10 = Above(0.70, because="test"), Below(0.10, because="test")


@pytest.mark.parametrize(
    ("k", "n", "target", "verdict"),
    [
        (320, 400, above_70, Verdict.MEETS),
        (240, 400, above_70, Verdict.MISSES),
        (280, 400, above_70, Verdict.TOO_CLOSE),
        (29, 29, above_70, Verdict.NOT_ENOUGH),
        (20, 400, below_10, Verdict.MEETS),
        (80, 400, below_10, Verdict.MISSES),
        (0, 0, above_70, Verdict.NO_READING),
        (320, 400, None, Verdict.NO_TARGET),
    ],
)
def test_the_four_verdicts_and_why_there_is_none(k: int, n: int, target: Target | None, verdict: Verdict) -> None:
    assert judge(share.finish({"n": n, "events": k}), target, enough=30) == verdict


def test_a_period_still_running_is_not_judged() -> None:
    assert judge(share.finish({"n": 400, "events": 400}), above_70, 30, whole=False) == Verdict.SO_FAR


@pytest.mark.parametrize(("p", "verdict"), [(0.90, Verdict.MEETS), (0.10, Verdict.MISSES), (0.11, Verdict.TOO_CLOSE)])
def test_the_lines_themselves_belong_to_the_verdict(p: float, verdict: Verdict) -> None:
    assert judge(Estimate(100, 1.0, above=lambda x: p), Above(0, because="test"), 30) == verdict


def test_no_distribution_is_not_enough_data() -> None:
    assert judge(Estimate(100, 1.0), above_70, 30) == Verdict.NOT_ENOUGH


def test_the_bare_comparison_a_board_expects() -> None:
    assert judge_point(0.70, above_70) == Verdict.MISSES  # above means above
    assert judge_point(0.09, below_10) == Verdict.MEETS
    assert judge_point(None, above_70) is None


def test_a_team_below_its_target_is_seldom_called_on_target() -> None:
    """Methods E4: true 66 % against 70 %, n = 200: wrongly on target at most in 3 of 100."""
    hits = np.random.default_rng(4).binomial(200, 0.66, 2_000)
    called = [judge(share.finish({"n": 200, "events": int(k)}), above_70, 30) for k in hits]
    assert called.count(Verdict.MEETS) / 2_000 <= 0.03


def week(number: int, whole: bool = True) -> Period:
    return Period(
        date.fromisocalendar(2025, number, 1), date.fromisocalendar(2025, number + 1, 1), Grain.WEEK, "UTC", whole
    )


def reading(k: int, n: int, period: Period, name: str = "fcr") -> Reading:
    (kpi,) = kpis.named([name])
    found = share.finish({"n": n, "events": k})
    about = {"kpi": kpi, "scope": Scope(), "period": period, "group": (), "immature": 0, "target": None, "reason": None}
    bounds = {"value": found.value, "low": found.low, "high": found.high}
    told = {"n": n, **bounds, "verdict": Verdict.NO_TARGET, "point_verdict": None}
    return Reading(**about, **told, interval="", as_of=None, data_from=date(2024, 1, 1))  # type: ignore[arg-type]


def test_a_difference_with_its_mover_interval() -> None:
    # Newcombe 1998, Statistics in Medicine 17:873, method 10: 56/70 − 48/80 is 0.2, 0.0524 to 0.3339.
    found = change(reading(56, 70, week(45)), reading(48, 80, week(44)))
    assert found is not None
    assert (found.difference, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert found.is_real


def test_within_normal_variation() -> None:
    found = change(reading(72, 100, week(45)), reading(70, 100, week(44)))
    assert found is not None
    assert found.is_real is False


def test_what_may_not_be_compared() -> None:
    now, before = reading(56, 70, week(45)), reading(48, 80, week(44))
    assert change(now, None) is None
    assert change(now, reading(0, 0, week(44))) is None
    assert change(reading(56, 70, week(45, whole=False)), before) is None
    began_in_the_middle = replace(before, data_from=date(2025, 10, 29))
    assert change(now, began_in_the_middle) is None


def test_assumed_minutes_differ_but_never_for_real() -> None:
    found = change(reading(56, 70, week(45), "investigation_tax"), reading(48, 80, week(44), "investigation_tax"))
    assert found is not None
    assert (found.low, found.is_real) == (None, None)


def test_too_few_rows_are_not_compared() -> None:
    # 29 of 29 against 15 of 30 would be far beyond chance; FCR needs 30 tickets to say anything.
    found = change(reading(29, 29, week(45)), reading(15, 30, week(44)))
    assert found is not None
    assert (found.difference, found.low, found.is_real) == (0.5, None, None)


def test_exactly_as_many_rows_as_asked_for_are_judged() -> None:
    assert [judge(Estimate(n, 1.0, above=lambda x: 0.95), above_70, 30) for n in (29, 30)] == [
        *(Verdict.NOT_ENOUGH, Verdict.MEETS)
    ]


def test_what_is_no_sample_is_judged_by_its_bare_value() -> None:
    told = [Estimate(1, value, above=lambda x: 0.5, is_exact=True) for value in (0.71, 0.70)]
    assert [judge(each, above_70, 1) for each in told] == [Verdict.MEETS, Verdict.MISSES]
    assert judge(told[0], Trending("down", because="test"), 1) == Verdict.NOT_ENOUGH  # one value is no trend


def test_a_straight_line_is_certain_however_flat_and_rounding_is_no_slope() -> None:
    assert [rising([(place, way * 0.1 * place) for place in range(8)]) for way in (1, -1)] == [1.0, 0.0]
    # 0.3 eight times over has a mean of 0.3 only up to the last digit.
    assert {rising([(place, level) for place in range(8)]) for level in (0.1 + 0.2, 1e9 / 3, 0.7)} == {0.5}


#: A share of 0.5 (0.44 to 0.53) that was 0.6 (0.58 to 0.68) in the days it is compared with.
BASE = Baseline(0.6, 0.58, 0.68)


def against(
    share_of_base: float, value: float = 0.5, base: Baseline | None = BASE, **given: float | None
) -> float | None:
    bounds = {"value": value, "low": value - 0.06, "high": value + 0.03}
    found = replace(reading(50, 100, week(45)), **{**bounds, **given})  # type: ignore[arg-type]
    target = Relative(share_of_base - 1, date(2025, 1, 1), date(2025, 1, 31), date(2025, 12, 31), base, because="test")
    return changed_enough(found, target)


@pytest.mark.parametrize(
    ("share_of_base", "sure"),
    [
        # Still above the line 0.75 · 0.6 = 0.45 by 0.05: reach √(0.06² + (0.75 · 0.08)²) = 0.0849.
        (0.75, special.ndtr(-0.05 * 1.959964 / math.hypot(0.06, 0.75 * 0.08))),
        # Below 0.9 · 0.6 = 0.54 by 0.04: reach √(0.03² + (0.9 · 0.02)²) = 0.0350.
        (0.90, special.ndtr(0.04 * 1.959964 / math.hypot(0.03, 0.9 * 0.02))),
        # To be a tenth more, 0.66, and 0.16 short of it: reach √(0.03² + (1.1 · 0.02)²).
        (1.10, 1 - special.ndtr(0.16 * 1.959964 / math.hypot(0.03, 1.1 * 0.02))),
    ],
)
def test_a_change_is_weighed_on_the_side_of_the_line_it_lies(share_of_base: float, sure: float) -> None:
    assert against(share_of_base) == pytest.approx(float(sure), abs=1e-6)


def test_growth_is_sure_beyond_its_line() -> None:
    # 0.9 against 1.1 · 0.6 = 0.66: above by 0.24, reach √(0.06² + (1.1 · 0.08)²) = 0.1065, so 4.4 errors.
    assert against(1.1, 0.9) == pytest.approx(float(special.ndtr(0.24 * 1.959964 / 0.10651)), abs=1e-6)


def test_two_values_without_spread_are_compared_as_they_are() -> None:
    base = Baseline(200, 200, 200)
    told = [against(0.5, value, base, low=value, high=value) for value in (99.5, 100, 100.5)]
    assert told == [1.0, 0.0, 0.0]  # the line itself is not below the line


@pytest.mark.parametrize("missing", ["low", "high"])
def test_a_change_is_not_weighed_without_every_bound(missing: str) -> None:
    bounds: dict[str, float | None] = {"low": 0.44, "high": 0.53, missing: None}
    assert against(0.9, **bounds) is None  # type: ignore[arg-type]
    assert against(0.9, base=replace(BASE, **{missing: None})) is None
    assert against(0.9, base=None) is None


def bounded(
    value: float, low: float | None, high: float | None, number: int, n: int = 100, name: str = "fcr"
) -> Reading:
    return replace(reading(50, 100, week(number), name), value=value, low=low, high=high, n=n)


@pytest.mark.parametrize(
    ("now", "before", "is_real"),
    [
        ((5, 2, 9), (0, -9, 4), False),  # 5 − √(3² + 4²) is 0 itself: not beyond it
        ((5, 2.1, 9), (0, -9, 4), True),
        ((0, -9, 3), (5, 1, 9), False),  # and from above: −5 + √(3² + 4²)
        ((0, -9, 2.9), (5, 1, 9), True),
    ],
)
def test_a_difference_is_real_when_its_interval_leaves_out_zero(
    now: tuple[float, float, float], before: tuple[float, float, float], is_real: bool
) -> None:
    found = change(bounded(*now, 45), bounded(*before, 44))
    assert found is not None
    assert found.is_real is is_real


@pytest.mark.parametrize("missing", ["now.low", "now.high", "before.low", "before.high"])
def test_a_difference_without_every_bound_is_not_tested(missing: str) -> None:
    sides = {"now": bounded(0.9, 0.85, 0.95, 45), "before": bounded(0.5, 0.45, 0.55, 44)}
    side, bound = missing.split(".")
    sides[side] = replace(sides[side], **{bound: None})  # type: ignore[arg-type]
    found = change(sides["now"], sides["before"])
    assert found is not None
    assert (found.difference, found.low, found.is_real) == (pytest.approx(0.4), None, None)


def test_just_enough_rows_are_compared_and_a_count_always_is() -> None:
    told = [change(bounded(0.9, 0.85, 0.95, 45, n), bounded(0.5, 0.45, 0.55, 44, 40)) for n in (29, 30)]
    assert [each and each.is_real for each in told] == [None, True]
    few = [bounded(value, value - 1, value + 1, number, 3, "tickets_created") for value, number in ((9, 45), (3, 44))]
    counted = change(*few)
    assert counted is not None
    assert counted.is_real  # nine against three is no question of how many rows there were
    none = change(replace(few[1], period=week(45), value=0.0, low=0.0, high=3.7, n=0), few[0])
    assert none is not None
    assert none.is_real  # and neither is none against nine


def test_nothing_now_is_no_change() -> None:
    assert change(reading(0, 0, week(45)), reading(48, 80, week(44))) is None


def test_a_period_is_complete_when_the_data_cover_it_from_its_first_day() -> None:
    found = reading(56, 70, week(45))
    assert found.period.start is not None
    late = found.period.start + timedelta(days=1)
    assert [is_complete(replace(found, data_from=day)) for day in (found.period.start, late, None)] == [
        *(True, False, True)
    ]
    assert not is_complete(replace(found, verdict=Verdict.SO_FAR))
    assert is_complete(replace(found, period=Period(None, None)))
