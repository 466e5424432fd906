"""The tax from assumed minutes: the total and its range, how far each assumption moves it, and what changed.

Methods A2 and A3: total = Σ count × minutes, the minutes of a signal the same on every ticket, drawn once and shared by
all groups, so that a range does not shrink with the number of tickets. The draws are those of the KPI itself
(``dashboard.kpis.scenario``): page and reading cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dashboard.analysis.tax.estimate import Floats, Grade, Minutes
from dashboard.kpis.scenario import Prior, drawn_minutes, lognormal_mean

Counts = Mapping[str, float]
Priors = Mapping[str, Prior]
#: The scenario range reaches from the tenth to the ninetieth of a hundred draws, as the minutes themselves are given.
_EDGES = (0.1, 0.9)


def means(priors: Priors) -> dict[str, float]:
    """The mean minutes of one sighting of each signal."""
    return {name: lognormal_mean(*prior) for name, prior in priors.items()}


def by_signal(counts: Counts, priors: Priors) -> dict[str, float]:
    """The minutes of each signal; they add up to the total."""
    return {name: counts.get(name, 0.0) * mean for name, mean in means(priors).items()}


def total(counts: Counts, priors: Priors, n: int) -> Minutes:
    """The minutes of ``n`` tickets together, with the scenario range."""
    low, high = np.quantile(_outcomes(counts, priors), _EDGES)
    value = sum(by_signal(counts, priors).values())
    return Minutes(Grade.ASSUMED, n, value, float(low), float(high))


def _outcomes(counts: Counts, priors: Priors) -> Floats:
    vector = np.array([counts.get(name, 0.0) for name in priors])
    return np.asarray(drawn_minutes(tuple(priors.values())) @ vector)


@dataclass(frozen=True)
class Swing:
    """How far the total moves when the minutes of one signal go from low to high, the others at their mean."""

    signal: str
    count: float
    prior: Prior
    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


def swings(counts: Counts, priors: Priors) -> list[Swing]:
    """The tornado: signals by how much of the total's uncertainty is theirs; c·(high − low), widest first."""
    here = by_signal(counts, priors)
    value = sum(here.values())
    found = []
    for name, prior in priors.items():
        count, rest = counts.get(name, 0.0), value - here[name]
        found.append(Swing(name, count, prior, rest + count * prior[0], rest + count * prior[2]))
    return sorted((swing for swing in found if swing.count), key=lambda swing: -swing.width)


def what_if(counts: Counts, minutes: Mapping[str, float]) -> float:
    """The total if one sighting of each signal took these minutes."""
    return sum(counts.get(name, 0.0) * each for name, each in minutes.items())


def saved(before: Counts, n_before: int, now: Counts, n_now: int, priors: Priors) -> Minutes:
    """Minutes a ticket fewer than before, times the tickets there are now; negative where there are more.

    The range is that of the minutes alone, shared by both periods: chance in which tickets came is not in it.
    """
    if not n_before or not n_now:
        return Minutes(Grade.ASSUMED, n_now, reason="one of the two periods has no ticket that counts here")
    fewer = {name: before.get(name, 0.0) / n_before * n_now - now.get(name, 0.0) for name in priors}
    return total(fewer, priors, n_now)
