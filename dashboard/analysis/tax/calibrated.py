"""The tax from time tracking: the minutes of each signal fitted to what timers say of some tickets.

Methods A3: a non-negative Bayesian regression of tracked minutes on signals, answers and answer words, in two stages.
Stage one fits one common scale for all assumed minutes, stage two shrinks each signal to its scaled assumption.
Long tickets scatter more (weights 1/f^1.5) and timers go wrong (Huber, 3.5). The interval is a bootstrap of tickets,
80 of them, widened by 1.15: unwidened it covered too little of four simulated worlds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from dashboard.analysis.tax.assumed import Counts, Priors
from dashboard.analysis.tax.estimate import Floats, Grade, Minutes
from dashboard.kpis.scenario import Prior, lognormal_mean, spread

#: Fewer tracked tickets than this say too little of ten signals.
ENOUGH = 100
#: A timer left open over lunch or night is no work: one entry counts four hours at most.
LONGEST_ENTRY = 240.0
#: What answering itself takes, so that it is not taken for rebuilding context: an answer, and forty words of it.
ANSWERING: dict[str, Prior] = {"answers": (1.0, 2.0, 4.0), "answer_words": (0.5, 1.0, 2.0)}
WORDS = 40.0
_POWER = 1.5
_HUBER = 3.5
_BOOTSTRAPS = 80
_WIDER = 1.15
#: No timer is truer than a thousandth of what it shows: where signals go together on every ticket (an answer to each
#: look at the history) the assumed minutes must still decide between them; residuals of nothing would silence them.
_FINEST = 1e-3
_Z = 1.959963984540054
_SEED = 20_240_101


@dataclass(frozen=True)
class Tracked:
    """Tickets with time tracking, a row each; signals in the order of the priors."""

    counts: Floats
    answers: Floats
    answer_words: Floats
    minutes: Floats


def tracked_minutes(entries: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Tracked minutes of each ticket from single entries, none longer than four hours."""
    found: dict[str, float] = {}
    for ticket_id, minutes in entries:
        if minutes > 0:
            found[ticket_id] = found.get(ticket_id, 0.0) + min(minutes, LONGEST_ENTRY)
    return found


@dataclass(frozen=True)
class Fit:
    """Fitted minutes of one sighting of each signal, how many times the assumption they are in all, and its error.

    ``bootstraps`` are the same minutes fitted to tickets drawn again, a row each. ``error`` is the median share by
    which a tracked ticket's minutes miss the fit.
    """

    signals: tuple[str, ...]
    minutes: Floats
    scale: float
    error: float
    n: int
    bootstraps: Floats
    seen: Floats  # the counts of all tracked tickets together
    handled: float  # their minutes, as fitted: the timers' slips smoothed out

    def total(self, counts: Counts, n: int) -> Minutes:
        """The minutes of ``n`` tickets with these counts."""
        vector = np.array([counts.get(name, 0.0) for name in self.signals])
        value = float(self.minutes @ vector)
        half = _Z * _WIDER * float((self.bootstraps @ vector).std(ddof=1))
        return Minutes(Grade.CALIBRATED, n, value, max(0.0, value - half), value + half, rests_on=self.n)

    @property
    def share(self) -> float:
        """Of the handled time of the tracked tickets, how much rebuilt context."""
        return float(self.minutes @ self.seen) / self.handled

    @property
    def share_low(self) -> float:
        return max(0.0, self.share - self._share_half)

    @property
    def share_high(self) -> float:
        return min(1.0, self.share + self._share_half)

    @property
    def _share_half(self) -> float:
        """The handled time is nearly certain beside what of it was context; its chance is left out."""
        return _Z * _WIDER * float((self.bootstraps @ self.seen).std(ddof=1)) / self.handled

    def by_signal(self) -> Mapping[str, float]:
        """The minutes of one sighting."""
        return dict(zip(self.signals, self.minutes.tolist(), strict=True))


def stopped(n: int) -> str | None:
    """Why nothing can be fitted; None where it can."""
    if n == 0:
        return "needs time tracking (worklogs) on 100 tickets; none is loaded"
    return None if n >= ENOUGH else f"needs time tracking on {ENOUGH} tickets; there are {n}"


def fit(tracked: Tracked, priors: Priors, seed: int = _SEED) -> Fit | str:
    """Fit the minutes; or the reason why they cannot be."""
    n = len(tracked.minutes)
    reason = stopped(n)
    if reason is not None:
        return reason
    answered = [tracked.answers, tracked.answer_words / WORDS]
    design = np.column_stack([tracked.counts, *answered])
    known = [*priors.values(), *ANSWERING.values()]
    mean = np.array([lognormal_mean(*prior) for prior in known])
    deviation = mean * np.array([math.sqrt(math.expm1(spread(prior[0], prior[2]) ** 2)) for prior in known])
    told = design @ mean > 0
    regression = _Regression(design[told], tracked.minutes[told], mean, np.maximum(deviation, 1e-6 * mean))
    everywhere = np.ones(int(told.sum()))
    minutes, scale = regression.solve(everywhere)
    dice = np.random.default_rng(seed)
    drawn = dice.multinomial(len(everywhere), everywhere / len(everywhere), size=_BOOTSTRAPS)
    again = np.array([regression.solve(times.astype(float))[0] for times in drawn])
    fitted = regression.design @ minutes
    error = float(np.median(np.abs(regression.minutes - fitted) / np.maximum(fitted, 1e-9)))
    signals = tuple(priors)
    seen = tracked.counts[told].sum(axis=0)
    return Fit(signals, minutes[: len(signals)], scale, error, n, again[:, : len(signals)], seen, float(fitted.sum()))


@dataclass(frozen=True)
class _Regression:
    """Tracked minutes and what may explain them; ``mean`` and ``deviation`` are the assumed minutes."""

    design: Floats
    minutes: Floats
    mean: Floats
    deviation: Floats

    def solve(self, times: Floats) -> tuple[Floats, float]:
        """Both stages, each ticket counted so many times."""
        expected = self.design @ self.mean
        scale = self._scale(expected, times)
        weights = times / (scale * expected) ** _POWER
        centre, width = scale * self.mean, np.maximum(scale * self.deviation, 1e-9)
        found = centre
        for _ in range(3):
            robust, variance = self._robust(self.minutes - self.design @ found, weights)
            found = self._shrunk(weights * robust / variance, centre, width)
        return found, scale

    def _scale(self, expected: Floats, times: Floats) -> float:
        """Stage one: how many times the assumed minutes the tracked ones are."""
        weights = times / expected**_POWER
        scale = float(weights @ (self.minutes * expected) / (weights @ expected**2))
        for _ in range(6):
            robust, _ = self._robust(self.minutes - scale * expected, weights)
            each = weights * robust
            scale = float(each @ (self.minutes * expected) / (each @ expected**2))
        return max(scale, 1e-3)

    def _robust(self, residuals: Floats, weights: Floats) -> tuple[Floats, float]:
        """Huber's weights, and the variance of a residual of weight one."""
        standard, counted = np.abs(residuals) * np.sqrt(weights), weights > 0
        finest = _FINEST * float(np.median((self.minutes * np.sqrt(weights))[counted]))
        size = max(1.4826 * float(np.median(standard[counted])), finest) or 1.0
        robust = np.minimum(1.0, _HUBER / np.maximum(standard / size, 1e-12))
        return robust, size**2

    def _shrunk(self, weights: Floats, centre: Floats, width: Floats) -> Floats:
        """Stage two: weighted least squares, each coefficient drawn to its scaled assumption, none below zero."""
        rows = np.sqrt(weights)[:, None]
        # The normal equations through one triangular matrix: lsq_linear then sees a row a coefficient, not a ticket.
        above = np.column_stack([rows * self.design, np.sqrt(weights) * self.minutes])
        below = np.column_stack([np.diag(1 / width), centre / width])
        triangle = np.asarray(np.linalg.qr(np.vstack([above, below]), mode="r"))[: len(centre)]
        solved = optimize.lsq_linear(triangle[:, :-1], triangle[:, -1], bounds=(0, np.inf), method="bvls")
        return np.asarray(solved.x)
