"""Will a goal be met by its day: better than the pace line, sure where it says so, and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.analysis import pace


def worlds(dice: np.random.Generator, count: int) -> list[tuple[np.ndarray, int]]:
    """12 weeks at 100 and 9 of a fix that works at once, late, slowly or not; met is below 70 in the last four."""
    found, week = [], np.arange(1, 10)
    for _ in range(count):
        fall, shape = dice.uniform(-0.55, 0.05), int(dice.integers(3))
        late = np.where(week > dice.integers(1, 7), 1 + fall, 1.0)
        path = (1 + fall * week / 9, late, 1 + fall * (1 - np.exp(-week / 3)))[shape]
        values = 100 * np.concatenate([np.ones(12), path]) * np.exp(dice.normal(0, 0.08, 21))
        found.append((values, int(values[-4:].mean() < 70)))
    return found


@pytest.mark.parametrize("week", [3, 5, 7])
def test_the_forecast_is_nearer_the_truth_than_the_pace_line_and_right_where_it_is_sure(week: int) -> None:
    told, brier, brier_of_pace = [], [], []
    for values, met in worlds(np.random.default_rng(1), 200):
        chance = pace.chance(list(values[: 12 + week]), 9 - week, 70, True)
        assert chance is not None
        told.append((chance, met))
        brier.append((chance - met) ** 2)
        brier_of_pace.append((int(values[11 + week] <= 100 - 30 * week / 9) - met) ** 2)
    assert np.mean(brier) < 0.75 * np.mean(brier_of_pace)
    unlikely = [met for chance, met in told if chance < 0.2]
    likely = [met for chance, met in told if chance > 0.8]
    assert np.mean(unlikely) < 0.3
    assert not likely or np.mean(likely) > 0.8


def test_weeks_that_are_over_keep_their_value() -> None:
    """One week is left and all of it is 60: (90 + 60 + 60 + 60)/4 = 67.5."""
    values = [60.0] * 5 + [90.0, 60.0, 60.0]
    assert pace.chance([60.0] * 8, 1, 61, True) == 1
    assert pace.chance([60.0] * 8, 1, 61, False) == 0
    assert pace.chance(values, 0, 61, True) is None
    assert pace.chance([60.0] * 7, 2, 61, True) is None


def test_events_needed_by_hand() -> None:
    """7.85 · (1 + 1/0.6) / ln²(0.6) = 7.85 · 2.667 / 0.2609 = 80."""
    assert pace.needed_events(-0.4) == 80
    assert pace.needed_events(-0.2) > 300


def test_the_side_of_a_goal_by_hand() -> None:
    """10 lower, the value reaches 3 up and the goal 4 down: 10/5 of 1.96 standard errors."""
    assert pace.side(60, 57, 63, 70, 4, 9, True) == pytest.approx(0.999956, abs=1e-5)
    assert pace.side(60, 57, 63, 70, 4, 9, False) == pytest.approx(1 - 0.999956, abs=1e-5)
    assert pace.side(70, 67, 73, 70, 0, 0, True) == pytest.approx(0.5)
    assert pace.side(60, 60, 60, 70, 0, 0, True) == 1
