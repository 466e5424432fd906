"""One seeded source of chance for everything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Thing = TypeVar("Thing")


class Dice:
    """Plain words over ``numpy.random.default_rng``; only ``random`` and ``standard_normal`` are drawn."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def share(self) -> float:
        """A number from 0 to 1."""
        return float(self._rng.random())

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.share() < probability

    def between(self, low: float, high: float) -> float:
        """Evenly between two numbers."""
        return low + (high - low) * self.share()

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.share() * (high - low + 1))

    def pick(self, things: Sequence[Thing]) -> Thing:
        """One of them, each as likely."""
        return things[int(self.share() * len(things))]

    def weighted(self, weights: Sequence[tuple[Thing, float]]) -> Thing:
        """One of them, by weight."""
        mark = self.share() * sum(weight for _, weight in weights)
        for thing, weight in weights:
            mark -= weight
            if mark < 0:
                return thing
        return weights[-1][0]

    def skewed(self, median: float, spread: float) -> float:
        """A lognormal draw: half of them under ``median``, a long tail above."""
        return median * math.exp(spread * float(self._rng.standard_normal()))

    def shuffled(self, things: Sequence[Thing]) -> list[Thing]:
        """All of them in a new order."""
        return [thing for _, thing in sorted(((self.share(), thing) for thing in things), key=lambda pair: pair[0])]
