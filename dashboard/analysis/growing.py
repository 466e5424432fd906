"""Which issues and topics grow: accounts of this week against the eight before, false alarms held down (methods, C).

The forecast of a week is negative binomial: counting, the noise of the level, and what weeks of such a cluster vary
beyond that. One list of discoveries is made of all clusters there are, by Benjamini and Hochberg: a week in which
nothing grows raises an alarm in one of twenty at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dashboard.analysis.changes.expected import at_least

Floats = NDArray[np.float64]

#: Weeks that tell what is usual, and the fewest that do.
WEEKS, LEAST_WEEKS = 8, 4
#: The share of weeks without growth that may raise an alarm, and so of false ones among several.
RATE = 0.05
#: No growth is told below these.
LEAST_RATIO, LEAST_ACCOUNTS = 1.5, 3
#: A cluster's own variation counts as much as that of all when it had so many accounts a week.
_OWN = 10.0
#: How much variation is estimated is itself uncertain; measured on made-up weeks, this keeps the rate.
_CAUTION = 1.6
_Z = 1.959964


@dataclass(frozen=True)
class Grown:
    """One cluster: the accounts of this week, of each week before, how surprising that is, and whether it is told."""

    place: int  # in the order given
    seen: int
    before: tuple[int, ...]
    expected: float
    low: float
    high: float
    p: float
    q: float
    is_told: bool

    @property
    def is_new(self) -> bool:
        """Nobody wrote of it in the weeks before."""
        return not any(self.before)

    @property
    def ratio(self) -> float:
        """Seen over expected."""
        return self.seen / self.expected


def grown(seen: Sequence[int], before: Sequence[Sequence[int]]) -> list[Grown]:
    """All clusters, the most surprising first; none where fewer than four weeks before are known."""
    weeks = len(before[0]) if before else 0
    if weeks < LEAST_WEEKS:
        return []
    now, past = np.asarray(seen, dtype=float), np.asarray(before, dtype=float)
    total = past.sum(axis=1)
    mean = (total + 0.5) / weeks
    beyond = spread(past)
    # The level itself is told by so many weeks of such variation.
    variance = mean + mean**2 * (1 / (total + 0.5) + beyond * (1 + 1 / weeks))
    p = at_least(now, mean, variance)
    q = stats.false_discovery_control(p)
    error = np.sqrt(1 / (now + 0.5) + 1 / (total + 0.5) + beyond)
    middle = np.log((now + 0.5) / mean)
    told = (q <= RATE) & (now >= LEAST_ACCOUNTS) & (now >= LEAST_RATIO * mean)
    found = [
        Grown(
            i, int(now[i]), tuple(int(each) for each in past[i]), float(mean[i]),
            float(np.exp(middle[i] - _Z * error[i])), float(np.exp(middle[i] + _Z * error[i])),
            float(p[i]), float(q[i]), bool(told[i]),
        )
        for i in range(len(now))
    ]  # fmt: skip
    return sorted(found, key=lambda each: (not each.is_told, each.p, each.place))


def spread(past: Floats) -> Floats:
    """How much the weeks of each cluster vary beyond counting, as a squared share of its mean; drawn to that of all."""
    weeks, mean = past.shape[1], past.mean(axis=1)
    own = (past.var(axis=1) * weeks / (weeks - 1) - mean) / np.maximum(mean**2, 1e-9)
    # Clusters with few accounts tell little of it, but large ones must not tell it alone.
    trust = (mean / (1 + mean)) ** 2
    pooled = max(0.0, float((own * trust).sum() / trust.sum())) * _CAUTION if trust.sum() else 0.0
    own = np.clip(own, 0.0, None)
    weight = mean / (mean + _OWN)
    found: Floats = np.maximum(pooled, weight * own + (1 - weight) * pooled)
    return found
