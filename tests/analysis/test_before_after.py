"""Before and after on simulated truth: coverage, false positives, regression to the mean, a control, and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.analysis.before_after import Effect, effect

BEFORE, AFTER = 26, 12
POST = [False] * BEFORE + [True] * AFTER


def noise(dice: np.random.Generator, n: int, rho: float = 0.3, spread: float = 0.1) -> np.ndarray:
    """AR(1) of this standard deviation."""
    steps = dice.normal(0, spread * np.sqrt(1 - rho**2), n)
    found = np.empty(n)
    found[0] = dice.normal(0, spread)
    for place in range(1, n):
        found[place] = rho * found[place - 1] + steps[place]
    return found


def found(values: np.ndarray, post: list[bool] = POST, **more: object) -> Effect:
    told = effect(list(np.exp(values)), post, **more)  # type: ignore[arg-type]
    assert told is not None
    return told


def test_a_step_without_noise_is_told_by_hand() -> None:
    """100, 99, 98 … on the scale of logs, and a fall of 30 % on the day: the trend is no part of it."""
    values = [100 * 0.99**week * (0.7 if week >= 10 else 1) for week in range(16)]
    told = effect(values, [week >= 10 for week in range(16)])
    assert told is not None
    assert (told.change, told.low, told.high) == pytest.approx((-0.3, -0.3, -0.3), abs=1e-6)
    assert (told.n, told.is_plain, told.is_relative) == (16, False, True)


def test_few_points_are_told_by_least_squares_and_fewer_not_at_all() -> None:
    """Differences, by hand: flat at 10 with residuals ±1 before, 20 after; the step is near 10."""
    values = [9.0, 11, 9, 11, 20, 20, 20]
    told = effect(values, [False] * 4 + [True] * 3, relative=False)
    design = np.column_stack([np.ones(7), np.arange(7), [0] * 4 + [1] * 3])
    beta, left, *_ = np.linalg.lstsq(design, np.array(values), rcond=None)
    error = np.sqrt(left[0] / 4 * np.linalg.inv(design.T @ design)[2, 2])
    assert told is not None
    assert told.is_plain
    assert (told.change, told.high) == pytest.approx((beta[2], beta[2] + 2.7764451 * error))
    assert effect([10.0] * 11, [False] * 8 + [True] * 3).is_plain  # type: ignore[union-attr]
    assert not effect([10.0] * 12, [False] * 9 + [True] * 3).is_plain  # type: ignore[union-attr]
    assert effect([10.0] * 6, [False] * 3 + [True] * 3) is None
    assert effect([10.0] * 6, [False] * 4 + [True] * 2) is None
    assert effect([10.0, 9, 8, 7, 6, 0, 4], [False] * 4 + [True] * 3) is None  # no log of nothing


def test_coverage_and_false_positives_beside_a_trend() -> None:
    """26 + 12 weeks, ρ = .3, −1 % a week: the interval holds the truth in at least 88 %, and cries wolf in 12 % at most."""
    dice = np.random.default_rng(7)
    covered = wolves = 0
    for _ in range(250):
        y = noise(dice, BEFORE + AFTER) + np.log(0.99) * np.arange(BEFORE + AFTER)
        wolves += found(y).is_real
        with_effect = found(y + np.log(0.8) * np.array(POST))
        covered += with_effect.low <= -0.2 <= with_effect.high
    assert covered / 250 >= 0.88
    assert wolves / 250 <= 0.12


def test_launched_after_the_worst_weeks_the_dropped_weeks_take_away_what_would_have_mended_itself() -> None:
    """No effect at all: a plain before and after reads about −15 %, the four weeks left out at most 6 % false alarms."""
    dice = np.random.default_rng(11)
    naive, wolves, steps = [], 0, []
    for _ in range(200):
        long = noise(dice, 90, spread=0.15)
        worst = max(range(BEFORE, 90 - AFTER), key=lambda day: long[day - 4 : day].mean())
        y = long[worst - BEFORE : worst + AFTER]
        naive.append(np.exp(y[BEFORE:]).mean() / np.exp(y[BEFORE - 4 : BEFORE]).mean() - 1)
        told = found(y, drop=4)
        wolves += told.is_real
        steps.append(told.change)
        assert told.n == BEFORE + AFTER - 4
    assert np.mean(naive) == pytest.approx(-0.15, abs=0.05)
    assert wolves / 200 <= 0.06
    assert abs(np.mean(steps)) < 0.03


def test_a_control_takes_away_what_happened_to_everybody() -> None:
    dice = np.random.default_rng(5)
    fall = np.log(0.7) * np.array(POST)
    treated, other = noise(dice, 38, spread=0.03), noise(dice, 38, spread=0.03)
    assert found(treated + fall).is_real
    both = found(treated + fall, control=list(np.exp(other + fall)))
    assert not both.is_real
    only = found(treated + fall, control=list(np.exp(other)))
    assert only.change == pytest.approx(-0.3, abs=0.08)
    gaps = found(treated, control=[None, *np.exp(other)[1:]])
    assert gaps.n == 37
