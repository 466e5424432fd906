"""Where a trend is heading: the value at a later period with its range, and how likely a target will be met by then.

Methods E6: the newest level plus a slope shrunk towards none (its prior spread is 2 % of the level a period) and damped
by 0.85 a period, with random-walk noise of 0.8 standard deviations of the changes a root period. Six hundred seeded
draws; the same history always gives the same outlook. Three words: likely above 0.8, unlikely below 0.2, else open.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

#: Complete periods below which nothing is foretold.
LEAST = 8
_DRAWS = 600
_DAMPING = 0.85
_SLOPE_PRIOR = 0.02
_NOISE = 0.8
_SEED = 20240101


class Word(StrEnum):
    """What may be said of a future target."""

    LIKELY = "likely"
    OPEN = "open"
    UNLIKELY = "unlikely"


@dataclass(frozen=True)
class Outlook:
    """The middle and an 80 % range of the value ``ahead`` periods after the newest, from ``draws`` of it."""

    ahead: int
    value: float
    low: float
    high: float
    draws: tuple[float, ...]

    def probability_above(self, line: float) -> float:
        return sum(draw > line for draw in self.draws) / len(self.draws)

    def word(self, *, above: float | None = None, below: float | None = None) -> Word:
        """Whether a line will be kept: exactly one of ``above`` and ``below``."""
        chance = self.probability_above(above) if above is not None else 1 - self.probability_above(below or 0.0)
        return word_of(chance)


def word_of(chance: float) -> Word:
    """A probability as one of the three words."""
    return Word.LIKELY if chance > 0.8 else Word.UNLIKELY if chance < 0.2 else Word.OPEN


def outlook(
    values: Sequence[float | None], ahead: int, bounds: tuple[float, float] = (-math.inf, math.inf)
) -> Outlook | None:
    """Look ``ahead`` periods past the complete periods given, oldest first; None with fewer than eight of them."""
    known = np.array([value for value in values if value is not None], dtype=float)
    if len(known) < LEAST or ahead < 1:
        return None
    level, slope = _level_and_slope(known)
    dice = np.random.default_rng(_SEED)
    slopes = slope[0] + slope[1] * dice.standard_normal(_DRAWS)
    growth = sum(_DAMPING**step for step in range(1, ahead + 1))
    spread = _NOISE * float(np.std(np.diff(known), ddof=1)) * math.sqrt(ahead)
    draws = np.clip(level + slopes * growth + spread * dice.standard_normal(_DRAWS), *bounds)
    low, value, high = (float(each) for each in np.quantile(draws, (0.1, 0.5, 0.9)))
    return Outlook(ahead, value, low, high, tuple(draws.tolist()))


def _level_and_slope(known: np.ndarray) -> tuple[float, tuple[float, float]]:
    """The newest level (mean of the last three) and the slope with its spread, shrunk towards no slope."""
    level = float(known[-3:].mean())
    places = np.arange(len(known)) - (len(known) - 1) / 2
    steepness = float((places @ known) / (places @ places))
    left = known - known.mean() - steepness * places
    error = float((left @ left) / max(len(known) - 2, 1) / (places @ places))
    prior = (_SLOPE_PRIOR * max(abs(level), 1e-12)) ** 2
    weight = prior / (prior + error)
    return level, (steepness * weight, math.sqrt(error * weight))


def ending(
    so_far: float | None,
    n_so_far: int,
    usual_n: float,
    complete: Sequence[float | None],
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Outlook | None:
    """Where the running period will end: what has come so far, and the rest as the outlook says, weighed by n.

    ``usual_n`` is how many rows a whole period has lately. It holds for values that are means over their rows.
    """  # fmt: skip
    ahead = outlook(complete, 1, bounds)
    if ahead is None or usual_n <= 0:
        return None
    if so_far is None:
        return ahead
    rest = max(0.0, usual_n - n_so_far)
    draws = [(so_far * n_so_far + draw * rest) / (n_so_far + rest) for draw in ahead.draws]
    low, value, high = (float(each) for each in np.quantile(draws, (0.1, 0.5, 0.9)))
    return Outlook(1, value, low, high, tuple(draws))
