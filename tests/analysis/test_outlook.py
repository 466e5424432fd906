"""Where a trend is heading: no trend stays, a trend goes on and flattens, and the range holds what it says."""

import numpy as np
import pytest
from scipy import stats

from dashboard.analysis.outlook import Word, _level_and_slope, ending, outlook, word_of


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


def test_a_straight_line_goes_on_and_flattens_by_hand() -> None:
    """1, 2 … 8: the level is (6 + 7 + 8)/3 = 7, the slope exactly 1, so 7 + 0.85 and then 0.85² more."""
    line = [float(n) for n in range(1, 9)]
    near, far = outlook(line, 1), outlook(line, 2)
    assert near is not None
    assert far is not None
    assert (near.low, near.value, near.high) == pytest.approx((7.85, 7.85, 7.85))
    assert (far.ahead, far.value) == (2, pytest.approx(7 + 0.85 + 0.85**2))
    level = outlook([10.0] * 8, 4)
    assert level is not None
    assert set(level.draws) == {10.0}
    assert (level.probability_above(10), level.probability_above(9.9)) == (0, 1)  # on the line is not above it


def test_an_uncertain_slope_is_shrunk_towards_none_and_adds_to_the_range() -> None:
    values = [10.0, 12, 9, 13, 11, 15, 12, 14, 16, 13]
    fit = stats.linregress(range(10), values)
    level = (14 + 16 + 13) / 3
    prior = (0.02 * level) ** 2
    weight = prior / (prior + fit.stderr**2)
    growth, noise = 0.85 + 0.85**2 + 0.85**3, 0.8 * float(np.std(np.diff(values), ddof=1)) * 3**0.5
    ahead = outlook(values, 3)
    assert ahead is not None
    # The middle and the spread of 600 draws: within two hundredths and three standard errors of what they are drawn from.
    spread = (noise**2 + growth**2 * fit.stderr**2 * weight) ** 0.5
    assert ahead.value == pytest.approx(level + fit.slope * weight * growth, abs=spread / 10)
    assert np.std(ahead.draws) == pytest.approx(spread, rel=0.05)
    assert (ahead.low, ahead.high) == pytest.approx(tuple(np.quantile(ahead.draws, (0.1, 0.9))))
    (steepness, error) = _level_and_slope(np.array(values))[1]
    assert (steepness, error) == pytest.approx((fit.slope * weight, fit.stderr * weight**0.5))


def test_the_lines_between_the_words_are_open() -> None:
    told = [word_of(chance) for chance in (0.801, 0.8, 0.2, 0.199)]
    assert told == [Word.LIKELY, Word.OPEN, Word.OPEN, Word.UNLIKELY]


def test_a_period_without_rows_ends_as_foretold_and_an_idle_kpi_not_at_all() -> None:
    values = [0.9, 0.88, 0.92, 0.9] * 3
    assert ending(None, 0, 100, values) == outlook(values, 1)
    assert ending(0.5, 10, 0, values) is None
    assert ending(0.5, 10, 100, values[:7]) is None
    assert outlook(values, 0) is None


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
