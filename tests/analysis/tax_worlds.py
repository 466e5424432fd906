"""Made-up tickets whose true minutes are known: counts drawn together, every action with its own true minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.analysis.tax import assumed, signals
from dashboard.kpis.scenario import lognormal_mean, spread

Floats = NDArray[np.float64]
PRIORS = signals.priors()
MEANS = np.array(list(assumed.means(PRIORS).values()))
#: How often each signal is seen on a ticket, about as on the sample desk; the last are words read again.
RATES = np.array([1.0, 1.6, 0.6, 0.2, 0.15, 0.5, 0.5, 0.12, 0.15, 130.0])
ACTION_SPREAD, TIMER_SPREAD = 0.8, 0.15


class World(NamedTuple):
    """True minutes are ``scale`` times the shipped ones; a share ``untraced`` of actions takes as long again unseen."""

    name: str
    scale: float = 1.0
    untraced: float = 0.0


WORLDS = (
    World("priors right"),
    World("twice the priors", 2.0),
    World("untraced work", 1.0, 0.3),
    World("twice and untraced", 2.0, 0.3),
)


@dataclass(frozen=True)
class Lived:
    """The truth, a row a ticket."""

    counts: Floats
    true_minutes: Floats
    answers: Floats
    answer_words: Floats
    answer_minutes: Floats
    dice: np.random.Generator

    def tracked(self, n: int) -> tuple[NDArray[np.int64], Floats]:
        """What timers say of ``n`` tickets: one in fifty was left open."""
        rows = self.dice.choice(len(self.counts), n, replace=False)
        minutes = (self.true_minutes + self.answer_minutes)[rows] * _scatter(self.dice, TIMER_SPREAD, n)
        return rows, minutes + (self.dice.random(n) < 0.02) * self.dice.uniform(240, 960, n)


def _scatter(dice: np.random.Generator, ratio: float | Floats, size: int | tuple[int, ...]) -> Floats:
    sigma = np.sqrt(np.log1p(np.asarray(ratio) ** 2))
    return np.exp(dice.standard_normal(size) * sigma - sigma**2 / 2)


def live(world: World, seed: int, tickets: int = 1500) -> Lived:
    """One world. Its true minutes of each signal are a draw from the shipped range, times its scale."""
    dice = np.random.default_rng([seed, 7])
    hard = _scatter(dice, 1.0, tickets)[:, None]
    counts = dice.poisson(RATES * hard).astype(float)
    counts[:, 0] = 1.0
    counts[:, -1] *= counts[:, 6] > 0  # words are read again at pick-ups only
    drawn = np.array(
        [prior[1] * np.exp(dice.standard_normal() * spread(prior[0], prior[2])) for prior in PRIORS.values()]
    )
    answers = 1.0 + dice.poisson(0.8, tickets)
    words = answers * _scatter(dice, 0.5, tickets) * 70
    speed = _scatter(dice, 0.25, tickets)
    # The mean of so many actions of one kind scatters less: the spread of an action over the root of their number.
    actions = np.minimum(counts, 30)
    ratio = ACTION_SPREAD / np.sqrt(np.maximum(actions, 1))
    traced = counts * drawn * world.scale * _scatter(dice, ratio, counts.shape)
    extra = traced * dice.binomial(actions.astype(int), world.untraced) / np.maximum(actions, 1)
    answering = (2.0 * answers + words / 40) * _scatter(dice, ACTION_SPREAD, tickets) * speed
    return Lived(counts, (traced + extra).sum(axis=1) * speed, answers, words, answering, dice)


def counts_of(lived: Lived) -> dict[str, float]:
    """Everything seen, by signal."""
    return dict(zip(signals.NAMES, lived.counts.sum(axis=0), strict=True))


def half_known_means(scale: float) -> Floats:
    """The shipped means times a scale, for tests by hand."""
    return scale * np.array([lognormal_mean(*prior) for prior in PRIORS.values()])
