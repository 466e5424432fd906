"""What the same test says at times without a change: p-values that mean what they say (methods, C).

Negative-control calibration, as Schuemie and others (2014): a model's p is replaced by its rank among the p's at many
working hours in which nothing was changed. Outages that have nothing to do with a change happen there too, so a rise
must be rarer than those.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard.analysis.changes.clock import Clock, Flags, Floats, Ints

#: No change of the product may lie within so many hours of a placebo time.
FREE = 72
#: Placebo times × series wanted, and the fewest with which p-values are told at all.
WANTED, LEAST = 4_800, 400
#: Below this many of the smallest, a straight line on log–log paper goes on.
TAIL = 20


def times(clock: Clock, changed: Ints, first: int, most: int) -> Ints:
    """Working hours free of changes, from ``first`` on, evenly thinned to ``most``."""
    near = around(clock.hours, changed, FREE, FREE)
    free = clock.at_work & ~near
    free[:first] = False
    free[max(0, clock.hours - FREE) :] = False
    found = np.flatnonzero(free).astype(np.int64)
    if len(found) <= most:
        return found
    return found[np.linspace(0, len(found) - 1, most).round().astype(np.int64)]


def around(hours: int, changed: Ints, before: int, after: int) -> Flags:
    """The hours within so many before and after any change."""
    steps = np.zeros(hours + 1, dtype=np.int64)
    np.add.at(steps, np.clip(changed - before, 0, hours), 1)
    np.subtract.at(steps, np.clip(changed + after, 0, hours), 1)
    found: Flags = np.cumsum(steps[:hours]) > 0
    return found


@dataclass(frozen=True)
class Calibration:
    """The p's at placebo times, ascending, and the slope of their tail."""

    sorted: Floats
    slope: float

    @classmethod
    def of(cls, p: Floats) -> Calibration:
        """Learn from the p's at placebo times."""
        found = np.sort(p)
        if len(found) <= TAIL:
            return cls(found, 1.0)
        # Hill's estimator of the tail; never steeper than the model itself.
        steps = np.log(found[TAIL]) - np.log(found[:TAIL])
        return cls(found, float(np.clip(TAIL / max(steps.sum(), 1e-9), 0.05, 1.0)))

    @property
    def n(self) -> int:
        """Times × series it rests on."""
        return len(self.sorted)

    @property
    def is_enough(self) -> bool:
        """Whether p-values can be told at all."""
        return self.n >= LEAST

    def p(self, raw: Floats) -> Floats:
        """The share of placebo times with a p as small or smaller."""
        rank = np.searchsorted(self.sorted, raw, side="right")
        ranked = np.minimum(1.0, (rank + 1) / (self.n + 1))
        if self.n <= TAIL:
            return ranked
        edge = self.sorted[TAIL]
        line = (TAIL + 1) / (self.n + 1) * np.exp(self.slope * (np.log(raw) - np.log(edge)))
        return np.where(raw < edge, np.minimum(line, ranked.clip((TAIL + 1) / (self.n + 1))), ranked)

    def raw(self, p: float) -> float:
        """The model's p that stands for a calibrated one: the way back, for power."""
        share = (TAIL + 1) / (self.n + 1)
        if self.n <= TAIL or p >= share:
            place = int(np.clip(p * (self.n + 1) - 1, 0, self.n - 1))
            return float(self.sorted[place])
        return float(self.sorted[TAIL] * (p / share) ** (1 / self.slope))
