"""How many accounts are expected in the hours after a moment, and how unlikely it is to see so many or more.

The four weeks before, one day left out and the three days after other changes removed, tell the level; the hour of the
week tells when. The forecast is negative binomial: the noise of counting, the noise of the level, and what windows of
such a series vary beyond that (methods, C).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import stats

from dashboard.analysis.changes.arrivals import LONG, SHORT, Arrivals
from dashboard.analysis.changes.clock import Flags, Floats, Ints

#: Hours of the baseline, and those left out between it and the moment.
BASELINE, GAP = 28 * 24, 24
#: How much of the baseline must be left when the days after other changes are removed.
LEAST_LEFT = 0.2
#: Series with fewer windows than this lean on the median of all of them for how much they vary.
_OWN = 60.0
#: No window counts for more than so many standard deviations when variation is measured: one outage is not the rule.
_WINSOR = 3.0
#: Smallest p told.
_TINY = 1e-300


@dataclass(frozen=True)
class Forecast:
    """What is expected in one kind of window from each of some hours on. ``is_told``: the baseline was long enough."""

    length: int
    seen: Ints
    mean: Floats
    before: Ints  # accounts in the baseline
    spread: float  # φ: variation beyond counting, as a squared share of the mean
    is_told: Flags

    @property
    def variance(self) -> Floats:
        """Of the forecast: counting, the level's own noise, and variation beyond."""
        return self.mean + self.mean**2 * (1 / (self.before + 0.5) + self.spread)

    @cached_property
    def p(self) -> Floats:
        """The chance of so many or more."""
        return at_least(self.seen, self.mean, self.variance)


def at_least(seen: Ints | Floats, mean: Floats, variance: Floats) -> Floats:
    """P(X ≥ seen) of a negative binomial with this mean and variance."""
    over = np.maximum(variance - mean, 1e-9 * mean)
    size = mean**2 / over
    found: Floats = np.clip(
        stats.nbinom.sf(np.asarray(seen, dtype=np.float64) - 1, size, mean / (mean + over)), _TINY, 1.0
    )
    return found


@dataclass(frozen=True)
class Level:
    """One series ready to be asked: accounts by window, all of them and those of quiet hours only."""

    length: int
    seen: Ints
    quiet: Ints
    weight: Floats  # running sum of busyness
    quiet_weight: Floats

    @classmethod
    def of(cls, arrivals: Arrivals, length: int, busy: Floats, hidden: Flags) -> Level:
        """Count windows of one length; ``hidden`` are the hours after changes of the product."""
        hours = len(busy)
        quiet = arrivals.without(hidden)
        sums = (np.concatenate(([0.0], np.cumsum(each))) for each in (busy, np.where(hidden, 0.0, busy)))
        return cls(length, arrivals.accounts(hours, length), quiet.accounts(hours, length), *sums)

    def baseline(self, hours: Ints) -> tuple[Ints, Floats, Flags]:
        """Accounts and busyness of the quiet windows of the four weeks before, and whether enough of them is left."""
        blocks = BASELINE // self.length
        first = hours - GAP - blocks * self.length
        is_there = first >= 0
        starts = np.maximum(first, 0)[:, None] + np.arange(blocks) * self.length
        accounts = self.quiet[np.minimum(starts, len(self.quiet) - 1)].sum(axis=1)
        begin, end = np.maximum(first, 0), np.maximum(hours - GAP, 0)
        quiet, whole = self.quiet_weight[end] - self.quiet_weight[begin], self.weight[end] - self.weight[begin]
        return accounts, quiet, is_there & (quiet >= LEAST_LEFT * np.maximum(whole, 1e-9))

    def forecast(self, hours: Ints, spread: float) -> Forecast:
        """What is expected from each of these hours on, and what came."""
        accounts, quiet, is_told = self.baseline(hours)
        end = np.minimum(hours + self.length, len(self.seen))
        ahead = self.weight[end] - self.weight[np.minimum(hours, end)]
        mean = np.where(is_told, (accounts + 0.5) / np.maximum(quiet, 1e-9) * ahead, 1.0)
        # A window that still runs is compared with the part of it that has passed.
        is_long_enough = hours + SHORT <= len(self.seen)
        seen = self.seen[np.minimum(hours, len(self.seen) - 1)]
        return Forecast(self.length, seen, np.maximum(mean, 1e-9), accounts, spread, is_told & is_long_enough)


def own_spread(level: Level, hours: Ints) -> tuple[float, int]:
    """φ of one series from quiet windows that do not overlap, by moments; and how many windows told it."""
    found = level.forecast(hours, 0.0)
    kept = found.is_told
    mean, before = found.mean[kept], found.before[kept]
    if not len(mean):
        return 0.0, 0
    usual = mean + mean**2 / (before + 0.5)
    off = np.clip(found.seen[kept] - mean, -_WINSOR * np.sqrt(usual), _WINSOR * np.sqrt(usual))
    return max(0.0, float((off**2 - usual).sum() / (mean**2).sum())), len(mean)


def spreads(own: Sequence[tuple[float, int]]) -> list[float]:
    """φ of each series, drawn to the median of all: the fewer windows it has, the more."""
    told = [value for value, windows in own if windows]
    middle = float(np.median(told)) if told else 0.0
    return [(value * windows + middle * _OWN) / (windows + _OWN) for value, windows in own]


def both(short: Forecast, long: Forecast) -> Floats:
    """One p of two looks at the same hours: twice the smaller (Bonferroni)."""
    found: Floats = np.minimum(1.0, 2 * np.minimum(short.p, long.p))
    return found


WINDOWS = (SHORT, LONG)
