"""Process behaviour: limits by hand, each rule by an example, and how often a stable trend cries wolf."""

import numpy as np
import pytest

from dashboard.analysis.behaviour import Method, Rule, Signal, behaviour, moving_range

#: Ups and downs of 2 around 10: every moving range is 2, the mean 10, so the limits are 10 ± 2.66 × 2 = 4.68 and 15.32.
CALM = [9.0, 11.0] * 6


def weigh(values: list[float | None], **how: object):  # type: ignore[no-untyped-def]
    return behaviour(values, [100] * len(values), **how)  # type: ignore[arg-type]


def test_limits_by_hand() -> None:
    found = weigh(CALM)
    assert (found.centre, found.method, found.baseline) == (10, Method.XMR, 12)
    assert found.low[0] == pytest.approx(10 - 2.66 * 2)
    assert found.high[-1] == pytest.approx(10 + 2.66 * 2)
    assert found.is_stable
    assert not found.is_provisional


@pytest.mark.parametrize(("value", "is_signal"), [(15.3, False), (15.4, True), (4.7, False), (4.6, True)])
def test_beyond_the_limits(value: float, is_signal: bool) -> None:
    found = weigh([*CALM, value])
    assert found.signals == ((Signal(12, Rule.BEYOND, value > 10),) if is_signal else ())
    assert found.centre == 10  # a new point never moves the limits


def test_a_run_of_eight_on_one_side() -> None:
    assert weigh([*CALM[:-1], *[11.0] * 7]).is_stable
    assert weigh([*CALM[:-1], 9.0, *[10.5] * 8]).signals == (Signal(19, Rule.RUN, True),)


def test_three_of_four_nearer_the_limit() -> None:
    """Half way to the limit lies at 12.66."""
    assert weigh([*CALM, 12.7, 9.0, 12.7, 12.7]).signals == (Signal(15, Rule.NEAR, True),)
    assert weigh([*CALM, 12.7, 9.0, 12.7, 12.6]).is_stable
    assert weigh([*CALM, 12.7, 9.0, 12.7, 12.7], rules=(Rule.BEYOND,)).is_stable


def test_too_few_periods_have_no_limits_and_eight_are_provisional() -> None:
    assert weigh(CALM[:7]).centre is None
    assert not weigh(CALM[:7]).is_stable
    assert weigh(CALM[:8]).is_provisional


def test_a_small_period_is_no_signal_and_part_of_no_limit() -> None:
    values: list[float | None] = [*CALM, 100.0, None]
    found = behaviour(values, [100] * 12 + [3, 0], floor=30)
    assert found.is_stable
    assert found.centre == 10


def test_neighbours_that_resemble_each_other_get_wider_limits() -> None:
    slow = [10.0, 10.2, 10.6, 11.0, 11.2, 11.0, 10.6, 10.2, 9.8, 9.4, 9.2, 9.4]
    found = weigh([*slow, 9.8])
    assert found.method is Method.DEVIATION
    spread = float(np.std(slow, ddof=1))
    assert found.high[0] == pytest.approx(np.mean(slow) + 3 * spread)


def test_a_share_on_few_rows_has_wider_limits_of_its_own() -> None:
    """Laney: p̄ ± 3 σᵢ σz, with σᵢ = √(p̄(1 − p̄)/nᵢ) and σz the mean moving range of the z scores over 1.128."""
    shares, counts = [0.4, 0.6] * 6, [100] * 11 + [25]
    found = behaviour(shares, counts, is_share=True, bounds=(0, 1))
    pooled = sum(s * n for s, n in zip(shares, counts, strict=True)) / sum(counts)
    scores = [(s - pooled) / (pooled * (1 - pooled) / n) ** 0.5 for s, n in zip(shares, counts, strict=True)]
    wider = moving_range(scores) / 1.128
    assert found.method is Method.LANEY
    assert found.high[0] == pytest.approx(min(1, pooled + 3 * wider * (pooled * (1 - pooled) / 100) ** 0.5))
    assert found.low[11] == max(0, pooled - 3 * wider * (pooled * (1 - pooled) / 25) ** 0.5)


def test_a_constant_is_stable() -> None:
    assert weigh([5.0] * 15).is_stable
    assert behaviour([1.0] * 15, [40] * 15, is_share=True, bounds=(0, 1)).is_stable


def test_false_alarms_are_as_often_as_told() -> None:
    """A stable KPI, 26 periods after a baseline of 20: a signal in about 0.35 of the trends (methods, E3)."""
    dice = np.random.default_rng(7)
    trends = [behaviour(list(dice.normal(100, 10, 46)), [100] * 46) for _ in range(1000)]
    plain = [found for found in trends if found.method is Method.XMR]
    rate = sum(any(signal.place >= 20 for signal in found.signals) for found in plain) / len(plain)
    assert 0.28 <= rate <= 0.42


def test_a_shift_of_a_third_is_found_within_four_periods() -> None:
    """Methods, E3: a fall of 30 % is found within four weeks in nearly every trend."""
    dice = np.random.default_rng(11)
    found = 0
    for _ in range(300):
        values = [*dice.normal(100, 10, 20), *dice.normal(70, 10, 4)]
        found += any(signal.place >= 20 for signal in behaviour(values, [100] * 24).signals)
    assert found / 300 > 0.9
