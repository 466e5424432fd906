"""When a reading is called on target, and when a change is called real."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import literal_column

from dashboard import kpis
from dashboard.kpis.statistic import Estimate, Proportion
from dashboard.kpis.target import Above, Below, Target
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope
from dashboard.verdict import Verdict, change, judge, judge_point

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
