"""A made-up help desk whose true minutes are known, to test what is claimed of the investigation tax.

``simulate`` lives the tickets (``lives.py``) and hands over the truth: how often each signal was planted and how many
minutes each sighting cost. ``Simulated.rows`` are the same lives as partial facts, for the derivation. It shares its
signal families with the estimators: it proves that arithmetic recovers what was planted, not that a customer's desk is
like this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tax.lives import Action, Desk, Event

from dashboard.kpis.effort import PRIORS
from dashboard.kpis.scenario import lognormal_mean, spread
from etl.vocabulary import Signal

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SIGNALS: tuple[Signal, ...] = tuple(Signal)
#: Minutes of answering beside the tax: one answer, and one word of it (40 a minute).
MINUTES_AN_ANSWER = 2.0
MINUTES_A_WORD = 1 / 40
#: How much one action differs from the next of its kind, and one agent from the next (standard deviation ÷ mean).
ACTION_SPREAD = 0.8
AGENT_SPREAD = 0.25
#: A timer is off by this much, and now and then left open over lunch or night.
TIMER_SPREAD = 0.15
TIMER_LEFT_OPEN = 0.02


@dataclass(frozen=True)
class World:
    """How far the truth is from the shipped minutes.

    ``scale`` times the shipped minutes is true; a share ``untraced`` of the actions has extra work that leaves no trace
    (as long again on average). ``handoffs`` is the chance that a ticket changes hands, for what-if tests. ``drawn``: the
    true mean minutes of each signal are a draw from its shipped range (right on average over seeds, never in one);
    else they are its shipped mean exactly.
    """

    name: str
    scale: float = 1.0
    untraced: float = 0.0
    handoffs: float = 0.35
    drawn: bool = True


PRIORS_RIGHT = World("priors right")
TWICE = World("true minutes twice the priors", scale=2.0)
UNTRACED = World("untraced work", untraced=0.3)
BOTH = World("twice the priors and untraced work", scale=2.0, untraced=0.3)
WORLDS = (PRIORS_RIGHT, TWICE, UNTRACED, BOTH)


class Tracked(NamedTuple):
    """Time tracking on some tickets: ``minutes`` of all handling (context and answers), as the timers show it."""

    rows: Integers
    minutes: Floats


@dataclass(frozen=True, eq=False)
class Simulated:
    """The truth of one world. Arrays have one row a ticket, in the order of the tickets' numbers (1, 2, 3 …)."""

    world: World
    seed: int
    actions: Sequence[Action]  # what cost context minutes, in order of time inside a ticket
    action_minutes: Floats  # what each of ``actions`` truly cost
    told: Sequence[Event]  # the lives as events, by ticket and time
    answers: Integers  # substantive answers written
    answer_words: Integers
    answer_minutes: Floats  # what writing them truly cost
    recurrence: Integers  # 1 for the first ticket of an issue, 2 for the next …
    priors: Floats  # the shipped mean minutes of each signal
    true_means: Floats  # the true mean minutes of each signal in this world, untraced work left out

    @property
    def tickets(self) -> int:
        return len(self.answers)

    @cached_property
    def counts(self) -> Floats:
        """Tickets × signals, in the order of ``SIGNALS``: sightings, and for ``words_reread`` the words."""
        found = np.zeros((self.tickets, len(SIGNALS)))
        np.add.at(found, (self._ticket_of, self._signal_of), [a.quantity for a in self.actions])
        return found

    @cached_property
    def true_minutes(self) -> Floats:
        """The true investigation tax of each ticket, in agent minutes."""
        return np.bincount(self._ticket_of, weights=self.action_minutes, minlength=self.tickets)

    @property
    def handled_minutes(self) -> Floats:
        """All agent minutes of each ticket: the tax and the answering."""
        return self.true_minutes + self.answer_minutes

    @property
    def words(self) -> Floats:
        """Words read again before pick-ups, of each ticket."""
        return self.counts[:, SIGNALS.index(Signal.WORDS_REREAD)]

    @cached_property
    def rework(self) -> Floats:
        """Tickets × signals: the part of ``counts`` done by somebody other than the first owner."""
        found = np.zeros((self.tickets, len(SIGNALS)))
        np.add.at(found, (self._ticket_of, self._signal_of), [a.quantity * a.is_rework for a in self.actions])
        return found

    def estimate(self, minutes: Floats | None = None) -> Floats:
        """Assumed minutes of each ticket: the counts times ``minutes`` of each signal (the shipped means)."""
        return np.asarray(self.counts @ (self.priors if minutes is None else minutes))

    def tracked(self, n: int, seed: int = 0) -> Tracked:
        """``n`` tickets with a person's touch, drawn evenly, with what timers say they took in all."""
        dice = np.random.default_rng([self.seed, seed, 1])
        touched = np.flatnonzero(self.counts[:, 0] > 0)
        rows = np.sort(dice.choice(touched, min(n, len(touched)), replace=False))
        minutes = self.handled_minutes[rows] * _scatter(dice, TIMER_SPREAD, len(rows))
        left_open = dice.random(len(rows)) < TIMER_LEFT_OPEN
        return Tracked(rows, minutes + left_open * dice.uniform(240, 960, len(rows)))

    def audited(self, rows: Integers, seed: int = 0) -> Floats:
        """What an auditor writes down as context minutes of each ticket of ``rows``."""
        dice = np.random.default_rng([self.seed, seed, 2])
        return self.true_minutes[rows] * _scatter(dice, TIMER_SPREAD, len(rows))

    def events(self) -> list[dict[str, Any]]:
        """One dictionary an event, with the names of ``etl.staging.loaded_event``."""
        return [event._asdict() for event in self.told]

    @cached_property
    def _ticket_of(self) -> Integers:
        return np.array([a.ticket - 1 for a in self.actions], dtype=np.int64)

    @cached_property
    def _signal_of(self) -> Integers:
        return np.array([SIGNALS.index(a.signal) for a in self.actions], dtype=np.int64)


def simulate(world: World, seed: int, tickets: int) -> Simulated:
    """Live ``tickets`` tickets in ``world``; the same arguments give the same world."""
    dice = np.random.default_rng([seed, 0])
    desk = Desk(Random(seed), handoffs=world.handoffs)
    for number in range(1, tickets + 1):
        desk.live(number)
    means, true_means = _minutes(world, dice)
    speeds = dict(zip(desk.agents, _scatter(dice, AGENT_SPREAD, len(desk.agents)), strict=True))
    answers = np.zeros(tickets, dtype=np.int64)
    answer_words = np.zeros(tickets, dtype=np.int64)
    answer_minutes = np.zeros(tickets)
    for answer, by_chance in zip(desk.answers, _scatter(dice, ACTION_SPREAD, len(desk.answers)), strict=True):
        row = answer.ticket - 1
        answers[row] += 1
        answer_words[row] += answer.words
        answer_minutes[row] += (MINUTES_AN_ANSWER + MINUTES_A_WORD * answer.words) * by_chance * speeds[answer.agent]
    return Simulated(
        world=world,
        seed=seed,
        actions=desk.actions,
        action_minutes=_cost(world, desk.actions, true_means, speeds, dice),
        told=desk.told,
        answers=answers,
        answer_words=answer_words,
        answer_minutes=answer_minutes,
        recurrence=np.array(desk.recurrence, dtype=np.int64),
        priors=means,
        true_means=true_means,
    )


def _minutes(world: World, dice: np.random.Generator) -> tuple[Floats, Floats]:
    """The shipped mean of each signal, and its true mean: a draw from the shipped range, times the world's scale."""
    ranges = [PRIORS[str(signal)] for signal in SIGNALS]
    means = np.array([lognormal_mean(*each) for each in ranges])
    drawn = np.array([likely * np.exp(dice.standard_normal() * spread(low, high)) for low, likely, high in ranges])
    return means, world.scale * (drawn if world.drawn else means)


def _cost(
    world: World, actions: Sequence[Action], means: Floats, speeds: dict[str, float], dice: np.random.Generator
) -> Floats:
    mean = means[[SIGNALS.index(a.signal) for a in actions]] * [a.quantity for a in actions]
    traced = mean * _scatter(dice, ACTION_SPREAD, len(actions))
    extra = mean * _scatter(dice, ACTION_SPREAD, len(actions)) * (dice.random(len(actions)) < world.untraced)
    return np.asarray((traced + extra) * [speeds[a.agent] for a in actions])


def _scatter(dice: np.random.Generator, spread_to_mean: float, size: int) -> Floats:
    """Log-normal factors with mean 1."""
    sigma = np.sqrt(np.log1p(spread_to_mean**2))
    return np.exp(dice.standard_normal(size) * sigma - sigma**2 / 2)
