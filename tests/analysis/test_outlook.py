"""Where a trend is heading: no trend stays, a trend goes on and flattens, and the range holds what it says."""

import numpy as np
import pytest

from dashboard.analysis.outlook import Word, ending, outlook


def test_a_level_stays_and_the_range_widens() -> None:
    values = [10.0, 11.0, 9.0, 10.0] * 3
    near, far = outlook(values, 1), outlook(values, 9)
    assert near is not None
    assert far is not None
    assert near.value == pytest.approx(10, abs=0.7)
    assert far.high - far.low > near.high - near.low


def test_the_same_history_gives_the_same_outlook() -> None:
    values = [float(n % 5) for n in range(14)]
    assert outlook(values, 3) == outlook(values, 3)


def test_too_little_history_gives_none() -> None:
    assert outlook([1.0] * 7, 1) is None
    assert outlook([1.0, None] * 7, 1) is None
    assert outlook([1.0] * 8, 1) is not None


def test_three_words() -> None:
    ahead = outlook([10.0, 10.5, 9.5, 10.0] * 4, 1)
    assert ahead is not None
    assert [ahead.word(below=line) for line in (20.0, 10.0, 5.0)] == [Word.LIKELY, Word.OPEN, Word.UNLIKELY]
    assert ahead.word(above=5.0) is Word.LIKELY


def test_no_share_leaves_its_bounds() -> None:
    ahead = outlook([0.99, 0.97, 1.0, 0.98] * 3, 8, bounds=(0.0, 1.0))
    assert ahead is not None
    assert max(ahead.draws) <= 1


def test_the_running_period_keeps_what_has_come() -> None:
    """80 of usually 100 rows at 0.5; the last 20 come as before, at about 0.9: 0.8·0.5 + 0.2·0.9 = 0.58."""
    end = ending(0.5, 80, 100, [0.9, 0.88, 0.92, 0.9] * 3)
    assert end is not None
    assert end.value == pytest.approx(0.58, abs=0.01)
    over = ending(0.5, 130, 100, [0.9] * 8)
    assert over is not None
    assert over.value == 0.5


def test_the_range_holds_about_four_in_five() -> None:
    dice = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        walk = 100 + np.cumsum(dice.normal(0, 0.3, 21)) + dice.normal(0, 2, 21)
        ahead = outlook(list(walk[:20]), 1)
        assert ahead is not None
        held += ahead.low <= walk[20] <= ahead.high
    assert 0.7 <= held / 200 <= 0.95
