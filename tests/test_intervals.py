"""Intervals and chances of each statistic by hand: skewed means, bunched events, ranks, and what has not ended yet."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy import special, stats
from sqlalchemy import literal_column

from dashboard.kpis.ranked import Quantile, _log_normal
from dashboard.kpis.rates import EventRate, ScaleMean
from dashboard.kpis.statistic import Count, Mean, NetScore, Proportion, RatioOfSums, skewness, wilson
from dashboard.kpis.survival import CensoredMedian

X = literal_column("x")
Z = 1.959963984540054
SKEWED = [1.0, 1, 2, 2, 3, 3, 4, 20]


def sums(values: Sequence[float]) -> dict[str, float]:
    powers = {"total": 1, "squares": 2, "cubes": 3}
    return {"n": len(values), **{name: sum(value**power for value in values) for name, power in powers.items()}}


def hall(value: float, error: float, n: int, skew: float, x: float) -> float:
    """P(mean > x), Hall 1992: Student's t of g(t) = t + k t²/3 + k² t³/27 + k/6 with k = skewness / √n."""
    t, k = (value - x) / error, skew / math.sqrt(n)
    return float(stats.t.cdf(t + k * t**2 / 3 + k**2 * t**3 / 27 + k / 6, n - 1))


def test_a_mean_of_skewed_rows_has_halls_interval() -> None:
    found = Mean(X).finish(sums(SKEWED))
    error = float(np.std(SKEWED, ddof=1)) / math.sqrt(8)
    for x in (2.0, 4.5, 9.0):
        assert found.probability_above(x) == pytest.approx(hall(4.5, error, 8, float(stats.skew(SKEWED)), x))
    # The interval ends where that chance is 97.5 % and 2.5 %; to the right it is longer, as the rows are.
    assert found.low is not None
    assert found.high is not None
    assert found.probability_above(found.low) == pytest.approx(0.975)
    assert found.probability_above(found.high) == pytest.approx(0.025)
    assert found.high - 4.5 > 4.5 - found.low


def test_a_mean_stays_between_the_least_and_the_most_it_can_be() -> None:
    free, row = Mean(X).finish(sums(SKEWED)), sums(SKEWED)
    assert free.low is not None
    assert free.high is not None
    kept = Mean(X, least=free.low + 0.1, most=free.high - 0.1).finish(row)
    assert (kept.low, kept.high) == pytest.approx((free.low + 0.1, free.high - 0.1))
    wide = Mean(X, least=free.low - 0.1, most=free.high + 0.1).finish(row)
    assert (wide.low, wide.high) == (free.low, free.high)
    assert Mean(X, least=0, most=9).finish({"n": 1, "total": 7.0, "squares": 49.0}).low is None


def test_skewness_is_scipys_and_never_more_than_a_sample_can_have() -> None:
    centred = [value - 4.5 for value in SKEWED]
    second, third = (sum(value**power for value in centred) for power in (2, 3))
    assert skewness(third, second, second, 8) == pytest.approx(float(stats.skew(SKEWED)))
    most = 6 / math.sqrt(7)  # (n − 2) / √(n − 1)
    assert (skewness(1e9, 1.0, 1.0, 8), skewness(-1e9, 1.0, 1.0, 8)) == pytest.approx((most, -most))
    assert skewness(1.0, 1e-10, 1.0, 8) == 0  # a spread that is nothing beside the values is rounding
    assert skewness(1.0, 1.1e-10, 1.0, 8) != 0


def test_equal_rows_leave_no_doubt_on_either_side() -> None:
    found = Mean(X).finish(sums([2.0, 2.0, 2.0]))
    assert [found.probability_above(x) for x in (1.9, 2.0, 2.1)] == [1.0, 0.0, 0.0]


def test_a_ratio_of_sums_has_halls_interval_of_its_residuals() -> None:
    of, per = [1.0, 2, 3, 30, 5], [2.0, 3, 4, 10, 6]
    row = {"n": 5.0}
    for name in ("of", "per", "of_of", "of_per", "per_per", "of_of_of", "of_of_per", "of_per_per", "per_per_per"):
        parts = name.split("_")
        row[name] = sum(math.prod({"of": a, "per": b}[part] for part in parts) for a, b in zip(of, per, strict=True))
    ratio = 41 / 25
    left = [a - ratio * b for a, b in zip(of, per, strict=True)]
    error = math.sqrt(sum(each**2 for each in left) * 5 / 4) / 25
    found = RatioOfSums(X, X).finish(row)
    for x in (1.0, 1.64, 3.0):
        assert found.probability_above(x) == pytest.approx(hall(ratio, error, 5, float(stats.skew(left)), x))
    assert found.low is not None
    assert found.low < 1.5
    assert RatioOfSums(X, X, least=1.5).finish(row).low == 1.5
    alone = RatioOfSums(X, X).finish({**row, "n": 1})
    assert (alone.value, alone.low, alone.events) == (ratio, None, 41)


def test_shares_of_none_and_of_all_end_exactly_at_the_edge() -> None:
    assert (wilson(0, 20)[0], wilson(20, 20)[1]) == (0.0, 1.0)
    found = Proportion(of=X).finish({"n": 20, "events": 5})
    # Jeffreys: Beta(5.5, 15.5); nothing lies below 0 or above 1.
    told = [found.probability_above(x) for x in (-1, 0.25, 2)]
    assert told == [1.0, pytest.approx(float(stats.beta.sf(0.25, 5.5, 15.5))), 0.0]
    assert Count().finish({"n": 3}).probability_above(-1) == 1.0


def test_a_net_score_by_hand() -> None:
    """60 of 100 up, 10 down; with ¾ more at each end and three answers more: 60.75/103 − 10.75/103."""
    found = NetScore(X, X).finish({"n": 100, "promoters": 60, "detractors": 10})
    up, down = 60.75 / 103, 10.75 / 103
    error = math.sqrt((up + down - (up - down) ** 2) / 103)
    assert (found.low, found.high) == pytest.approx((100 * (up - down - Z * error), 100 * (up - down + Z * error)))
    assert found.probability_above(40) == pytest.approx(float(special.ndtr((up - down - 0.4) / error)))
    for promoters, detractors, edge in ((5, 0, "high"), (0, 5, "low")):
        end = NetScore(X, X).finish({"n": 5, "promoters": promoters, "detractors": detractors})
        assert getattr(end, edge) == end.value == (100 if promoters else -100)


def test_events_that_come_in_bunches_tell_less() -> None:
    """0, 0 and 6: mean 2, variance 12, so six times bunched, and as much as one event alone tells: χ² of it, ×6 ÷ 3."""
    found = EventRate(X).finish({"n": 3, "events": 6.0, "squares": 36.0})
    assert (found.value, found.events) == (2, 6)
    assert (found.low, found.high) == pytest.approx((2 * 0.025318, 2 * 5.571643), rel=1e-5)
    assert found.probability_above(2) == pytest.approx(float(special.gammaincc(1.5, 2 * 3 / 6)))
    assert found.probability_above(-1) == 1.0
    even = EventRate(X).finish({"n": 3, "events": 6.0, "squares": 12.0})  # 2, 2 and 2: no more even than chance
    assert (even.low, even.high) == pytest.approx((4.404 / 2 / 3, 26.119 / 2 / 3), rel=1e-3)
    one = EventRate(X).finish({"n": 1, "events": 10.0, "squares": 100.0})
    assert (one.low, one.high) == pytest.approx((4.795, 18.39), rel=1e-3)
    none = EventRate(X).finish({"n": 10, "events": 0.0, "squares": 0.0})
    assert (none.low, none.high) == pytest.approx((0, 0.3689), rel=1e-3)
    assert EventRate(X).finish({"n": 0, "events": None, "squares": None}).value is None


def on_scale(values: list[float], **edges: float) -> dict[str, float]:
    usual = {"least_lowest": 1.0, "most_lowest": 1.0, "least_highest": 5.0, "most_highest": 5.0}
    return {**sums(values), **usual, **edges}


def test_answers_on_two_scales_have_no_mean_and_no_interval_leaves_the_one() -> None:
    scale = ScaleMean(X, X, X)
    found = scale.finish(on_scale([1.0, 5.0]))
    assert (found.value, found.low, found.high) == (3, 1, 5)
    assert scale.finish(on_scale([3.0])).value == 3
    for edge in ({"most_lowest": 2.0}, {"least_highest": 4.0}):
        assert scale.finish(on_scale([1.0, 4.0], **edge)).value is None
    assert scale.finish({"n": 0}).value is None


def test_a_quantile_between_two_ranks_and_the_chances_on_either_side() -> None:
    """The 90th of 8 lies at rank 6.3 from 0: three tenths from the seventh to the eighth value."""
    row = {"n": 8, "floor": 10.0, "ceiling": 20.0, "low": None, "high": None}
    assert Quantile(X, 90).finish(row).value == pytest.approx(13)
    for bounds in ({"low": 5.0}, {"high": 30.0}):
        half = Quantile(X, 90).finish({**row, **bounds})
        assert (half.low, half.high, half.above) == (None, None, None)
    above = _log_normal(100, 50, 300)
    assert above(60) == pytest.approx(float(special.ndtr(math.log(100 / 60) * Z / math.log(2))))
    assert above(200) == pytest.approx(float(special.ndtr(math.log(100 / 200) * Z / math.log(3))))
    assert (above(100), above(0), above(-1)) == (0.5, 1.0, 1.0)


def test_a_quantile_without_spread_or_at_nothing_is_compared_as_it_is() -> None:
    level, nothing, down = _log_normal(100, 100, 100), _log_normal(0, 0, 0), _log_normal(100, 0, 300)
    assert [level(x) for x in (99, 100, 101)] == [1.0, 0.5, 0.0]
    assert [nothing(x) for x in (-1, 0, 1)] == [1.0, 0.0, 0.0]
    assert down(50) == 1.0  # an interval that begins at nothing has no logarithm


#: Ended after 100, 200 and 300; open for 180 and for ten days. Left: 4/5, then 4/5 · 2/3 = 8/15, then 4/15.
CENSORED = [(100.0, 1, 1), (180.0, 0, 1), (200.0, 1, 1), (300.0, 1, 1), (14400.0, 0, 1)]


def test_the_chance_of_a_censored_median_is_greenwoods_on_the_log_log_scale() -> None:
    found = CensoredMedian(X, X, X).finish({"counts": CENSORED})
    assert (found.n, found.events, found.value) == (5, 3, 300)
    left, variance = 8 / 15, 1 / (5 * 4) + 1 / (3 * 2)
    error = math.sqrt(variance) / -math.log(left)
    apart = math.log(-math.log(0.5)) - math.log(-math.log(left))
    assert found.probability_above(250) == pytest.approx(float(special.ndtr(apart / error)))
    assert found.probability_above(200) == found.probability_above(250)  # nothing ends in between
    assert (found.probability_above(99.9), found.probability_above(0)) == (1.0, 1.0)


def test_where_all_have_ended_nobody_is_left() -> None:
    found = CensoredMedian(X, X, X).finish({"counts": [(10.0, 1, 4), (20.0, 1, 4)]})
    assert found.value == 10  # exactly half are left, and half is reached
    assert found.probability_above(20) == 0.0
    assert CensoredMedian(X, X, X).finish({"counts": None}).n == 0


def test_a_median_beyond_sight_is_over_the_longest_so_far() -> None:
    for longest, words in ((1440.0, "over 1.0 days"), (1439.0, "over 24.0 hours"), (90.0, "over 1.5 hours")):
        found = CensoredMedian(X, X, X).finish({"counts": [(60.0, 0, 2), (longest, 0, 1)]})
        assert (found.value, found.events, found.beyond) == (None, 0, longest)
        assert found.reason is not None
        assert found.reason.endswith(words)
    some = CensoredMedian(X, X, X).finish({"counts": [(10.0, 1, 1), (500.0, 0, 4)]})
    assert (some.value, some.events, some.beyond, some.high) == (None, 1, 500, None)


def test_a_median_of_which_one_end_is_not_known_has_no_interval() -> None:
    few = CensoredMedian(X, X, X).finish({"counts": [(10.0, 1, 1), (20.0, 1, 1), (30.0, 0, 1)]})
    assert (few.value, few.low, few.high, few.events) == (20, None, None, 2)
    many = CensoredMedian(X, X, X).finish({"counts": [(float(minutes), 1, 1) for minutes in range(1, 31)]})
    assert many.value == 15
    assert many.low is not None
    assert many.high is not None
    assert many.low < 15 < many.high


def test_while_none_has_ended_all_are_left() -> None:
    found = CensoredMedian(X, X, X).finish({"counts": [(50.0, 0, 1), *CENSORED]})
    assert [found.probability_above(x) for x in (0, 49, 50, 60, 99)] == [1.0] * 5
    assert found.probability_above(100) < 1


def test_a_ratio_over_nothing_is_no_reading() -> None:
    row = {"n": 5, "of": 3.0, "per": 0.0, "of_of": 1.0, "of_per": 0.0, "per_per": 0.0}
    assert (RatioOfSums(X, X).finish(row).n, RatioOfSums(X, X).finish(row).value) == (5, None)
    assert RatioOfSums(X, X).finish({**row, "n": 0}).value is None
    assert RatioOfSums(X, X, least=0).finish({**row, "n": 1, "per": 2.0}).low is None
