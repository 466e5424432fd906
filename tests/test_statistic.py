"""Intervals against published values and against chance itself; quantiles against numpy; edges of each kind."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import literal_column
from world import ENGINES, World

from dashboard.kpis.scenario import Scenario, drawn_minutes, lognormal_mean
from dashboard.kpis.statistic import Count, Mean, NetScore, Proportion, RatioOfSums, wilson

anything = literal_column("x")
share, mean, nps = Proportion(of=anything), Mean(of=anything), NetScore(promoters=anything, detractors=anything)


def test_wilson_as_published() -> None:
    # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
    for k, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("observed", "n"), [(0.96, 1825), (0.98, 203), (1.0, 73)])
def test_the_smallest_sample_that_shows_csat_above_95_percent(observed: float, n: int) -> None:
    """The table of the definitions."""
    assert wilson(observed * n, n)[0] > 0.95
    assert wilson(observed * (n - 2), n - 2)[0] < 0.95


def test_nothing_over_nothing_is_no_reading() -> None:
    empty = dict.fromkeys(
        ["n", "events", "total", "squares", "promoters", "detractors", "of", "per", "of_of", "of_per", "per_per"]
    )
    for statistic in (share, mean, nps, RatioOfSums(anything, anything), Scenario(())):
        assert statistic.finish(empty).value is None
    assert Count().finish({"n": 0}).value == 0


@pytest.mark.parametrize(("p", "n"), [(0.95, 20), (0.95, 200), (0.7, 30), (0.05, 100)])
def test_wilson_covers_what_it_says(p: float, n: int) -> None:
    hits = np.random.default_rng(1).binomial(n, p, 4_000)
    covered = [low <= p <= high for low, high in (wilson(int(k), n) for k in hits)]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.035)


@pytest.mark.parametrize("n", [10, 30, 100])
@pytest.mark.parametrize("mix", [(0.9, 0.07, 0.03), (0.6, 0.3, 0.1), (0.5, 0.2, 0.3)])
def test_the_nps_interval_covers_what_it_says(n: int, mix: tuple[float, float, float]) -> None:
    """Exactly, over every possible sample; methods E1: at least 0.93 from ten answers on."""
    truth, covered = 100 * (mix[0] - mix[2]), 0.0
    for up in range(n + 1):
        for down in range(n + 1 - up):
            found = nps.finish({"n": n, "promoters": up, "detractors": down})
            if found.low <= truth <= found.high:
                ways = math.comb(n, up) * math.comb(n - up, down)
                covered += ways * mix[0] ** up * mix[1] ** (n - up - down) * mix[2] ** down
    assert round(covered, 2) >= 0.93


def test_the_nps_margin_of_the_definitions() -> None:
    found = nps.finish({"n": 100, "promoters": 60, "detractors": 10})
    assert found.value == 50
    assert (found.high - found.low) / 2 == pytest.approx(13.1, abs=0.2)


def test_the_mean_and_its_t_interval() -> None:
    values = [2.0, 4.0, 9.0]
    found = mean.finish({"n": 3, "total": sum(values), "squares": sum(value**2 for value in values)})
    error = math.sqrt(((2 - 5) ** 2 + (4 - 5) ** 2 + (9 - 5) ** 2) / 2 / 3)
    assert found.value == 5
    assert found.high == pytest.approx(5 + 4.302653 * error, rel=1e-6)  # t, 2 degrees of freedom
    assert found.probability_above(5) == pytest.approx(0.5)


def test_equal_values_have_no_spread_and_one_value_no_interval() -> None:
    third = 1 / 3
    found = mean.finish({"n": 3, "total": 3 * third, "squares": 3 * third * third})
    assert (found.low, found.high) == pytest.approx((third, third))
    assert mean.finish({"n": 1, "total": 7.0, "squares": 49.0}).low is None


def test_exact_poisson_as_published() -> None:
    # Garwood 1936: 10 events, 4.795 to 18.39; none, 0 to 3.689.
    ten, none = Count().finish({"n": 10}), Count().finish({"n": 0})
    assert (ten.low, ten.high) == pytest.approx((4.795, 18.39), rel=1e-3)
    assert (none.low, none.high) == pytest.approx((0, 3.689), rel=1e-3)


def test_a_ratio_of_sums_divides_last() -> None:
    pairs = [(1.0, 10.0), (30.0, 100.0)]
    row = {"n": 2, "of": 31.0, "per": 110.0, "of_of": 901.0, "of_per": 3010.0, "per_per": 10100.0}
    found = RatioOfSums(anything, anything).finish(row)
    ratio = 31 / 110
    assert found.value == ratio
    spread = sum((of - ratio * per) ** 2 for of, per in pairs)
    assert (found.high - found.low) / 2 == pytest.approx(12.7062 * math.sqrt(spread * 2) / 110, rel=1e-5)


def test_how_likely_a_target_is_met() -> None:
    found = share.finish({"n": 200, "events": 140})
    assert found.probability_above(0.7) == pytest.approx(0.5, abs=0.03)
    assert found.probability_above(0.6) > 0.99
    assert Count().finish({"n": 100}).probability_above(100) == pytest.approx(0.5, abs=0.03)


def test_drawn_minutes_have_the_quantiles_and_the_mean_they_were_given() -> None:
    draws = drawn_minutes(((3, 6, 12),))[:, 0]
    assert np.quantile(draws, [0.1, 0.5, 0.9]) == pytest.approx([3, 6, 12], rel=0.05)
    assert draws.mean() == pytest.approx(lognormal_mean(3, 6, 12), rel=0.05)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("n", [1, 2, 5, 20, 101])
def test_quantiles_equal_numpys(engine: str, n: int, tmp_path: Path) -> None:
    values = np.random.default_rng(n).lognormal(5, 2, n)
    world = World(engine, tmp_path)
    world.table("ticket", "resolution_minutes\n" + "\n".join(map(repr, map(float, values))), resolved_at="2025-01-10")
    for name, share in (("mttr_median", 0.5), ("mttr_p90", 0.9)):
        assert world.read(name, "2025-01").value == pytest.approx(np.quantile(values, share), rel=1e-12)
    world.close()


def test_the_interval_of_a_median_covers_what_it_says() -> None:
    """The ranks the oracle shares with the KPI, on samples whose true median is known."""
    from oracle import _quantile

    samples = np.random.default_rng(3).exponential(1, (2_000, 40))
    found = [_quantile(list(sample), 50) for sample in samples]
    covered = np.mean([one.low <= math.log(2) <= one.high for one in found])
    assert 0.94 <= covered <= 0.99


def test_a_duration_has_no_interval_below_zero() -> None:
    # Two tickets of 1 and 99 minutes: mean 50, t = 12.7 on one degree of freedom reaches far below nothing.
    row = {"n": 2, "total": 1.0 + 99.0, "squares": 1.0**2 + 99.0**2}
    of = literal_column("minutes")
    assert Mean(of).finish(row).low == pytest.approx(50 - 12.7062 * 49)
    assert Mean(of, least=0).finish(row).low == 0
