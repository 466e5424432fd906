"""The tax from an audit: some tickets drawn by predicted minutes, their true minutes written down by a person.

Methods A3. Tickets are drawn with a chance in proportion to the minutes predicted of them (monetary-unit sampling, as
auditors draw invoices), so T̂ = P · mean(y / p̂) is unbiased however wrong the predictions are; they only decide how wide
its t interval is. The draw is systematic over a shuffled order: a fixed seed gives it again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from dashboard.analysis.tax.estimate import Floats, Grade, Minutes

#: Tickets to draw, and how many where money is told of the result.
DRAWN = 60
DRAWN_FOR_MONEY = 80
#: No audit rests on fewer: below, the t interval of a skewed ratio covers too little.
LEAST = 30


@dataclass(frozen=True)
class Drawn:
    """One ticket of a sample: what was predicted of it, and how often it was hit (a long one may be hit twice)."""

    ticket_id: str
    predicted: float
    times: int = 1


@dataclass(frozen=True)
class Sample:
    """A draw: all an estimate needs beside the answers. ``total`` are all predicted minutes, of ``n`` tickets."""

    seed: int
    n: int
    total: float
    drawn: tuple[Drawn, ...]

    @property
    def size(self) -> int:
        """How many hits it has: what the sample was asked to be."""
        return sum(each.times for each in self.drawn)


def draw(tickets: Sequence[str], predicted: Floats, size: int, seed: int) -> Sample:
    """Draw ``size`` hits among tickets with predicted minutes; the same seed gives the same sample.

    Tickets of which nothing is predicted cannot be drawn: no person touched them.
    """
    keep = np.flatnonzero(predicted > 0)
    total = float(predicted[keep].sum())
    if len(keep) == 0:
        return Sample(seed, len(tickets), 0.0, ())
    dice = np.random.default_rng(seed)
    order = dice.permutation(keep)
    points = (dice.random() + np.arange(size)) * (total / size)
    places = np.searchsorted(np.cumsum(predicted[order]), points, side="right")
    rows, times = np.unique(order[np.minimum(places, len(order) - 1)], return_counts=True)
    # In the order of their names, so that the sheet does not tell which weigh most.
    drawn = sorted(
        (Drawn(tickets[row], float(predicted[row]), int(count)) for row, count in zip(rows, times, strict=True)),
        key=lambda each: each.ticket_id,
    )
    return Sample(seed, len(tickets), total, tuple(drawn))


def unanswered(sample: Sample, answers: Mapping[str, float]) -> list[str]:
    """The tickets of a sample that no answer stands beside."""
    return [each.ticket_id for each in sample.drawn if each.ticket_id not in answers]


def estimate(sample: Sample, answers: Mapping[str, float], for_money: bool = False) -> Minutes:
    """The minutes of all tickets the sample was drawn from; ``answers`` are the audited minutes of each."""
    reason = stopped(sample, answers, for_money)
    if reason is not None:
        return Minutes(Grade.AUDITED, sample.n, rests_on=len(answers), reason=reason)
    ratio, half = _ratio(sample, answers)
    low, high = max(0.0, ratio - half) * sample.total, (ratio + half) * sample.total
    return Minutes(Grade.AUDITED, sample.n, ratio * sample.total, low, high, rests_on=len(sample.drawn))


def stopped(sample: Sample, answers: Mapping[str, float], for_money: bool = False) -> str | None:
    """The rule that stands against an estimate; None where there is one."""
    missing = unanswered(sample, answers)
    if missing:
        named = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        return f"{len(missing)} of the {len(sample.drawn)} tickets drawn have no answer: {named}"
    if sample.size < LEAST:
        return f"an audit needs {LEAST} tickets drawn, this one has {sample.size}"
    if for_money and sample.size < DRAWN_FOR_MONEY:
        return f"money needs an audit of {DRAWN_FOR_MONEY} tickets, this one drew {sample.size}"
    return None


def _ratio(sample: Sample, answers: Mapping[str, float]) -> tuple[float, float]:
    """True over predicted minutes, and half of its 95 % t interval."""
    hits = [answers[each.ticket_id] / each.predicted for each in sample.drawn for _ in range(each.times)]
    ratios = np.array(hits)
    error = float(ratios.std(ddof=1)) / math.sqrt(len(ratios))
    return float(ratios.mean()), float(special.stdtrit(len(ratios) - 1, 0.975)) * error
