"""The repeat rate corrected by people: some pairs of tickets drawn by how alike they are, and judged by reading both.

Methods B v. Words alone miss repeats and make some up. A person reads 200 pairs, most of them where the machine is
likely to be wrong; the corrected rate weighs each stratum by its size, so that it is unbiased whatever the machine's
error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import special

#: From here on a pair that was not flagged is a near miss (methods B v).
NEAR = 0.12


class Stratum(StrEnum):
    """What a pair is drawn from."""

    FLAGGED = "flagged"
    NEAR = "near miss"
    LOW = "low"


#: Pairs to judge of each stratum (methods B v): 200 in all.
SIZES = {Stratum.FLAGGED: 80, Stratum.NEAR: 80, Stratum.LOW: 40}
#: No estimate rests on fewer judged pairs of a stratum, unless it has no more.
LEAST = 20


@dataclass(frozen=True)
class Pair:
    """A ticket, the earlier one it may repeat, how alike they are, and whether it is counted as a repeat now."""

    ticket_id: str
    earlier_ticket_id: str
    score: float
    is_flagged: bool

    @property
    def stratum(self) -> Stratum:
        if self.is_flagged:
            return Stratum.FLAGGED
        return Stratum.NEAR if self.score > NEAR else Stratum.LOW


@dataclass(frozen=True)
class Draw:
    """Pairs drawn, in an order that tells nothing; and how many pairs each stratum has."""

    seed: int
    pairs: tuple[Pair, ...]
    sizes: Mapping[Stratum, int]


@dataclass(frozen=True)
class Corrected:
    """Repeats ÷ tickets with a 95 % interval; ``naive`` is what the flags alone say. ``reason``: why there is none."""

    n: int
    judged: int
    naive: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


def draw(pairs: Sequence[Pair], seed: int) -> Draw:
    """Draw without replacement from each stratum; the same pairs and seed give the same draw."""
    dice = np.random.default_rng(seed)
    ordered = sorted(pairs, key=lambda pair: (pair.ticket_id, pair.earlier_ticket_id))
    drawn: list[Pair] = []
    sizes = {}
    for stratum, wanted in SIZES.items():
        mine = [pair for pair in ordered if pair.stratum is stratum]
        sizes[stratum] = len(mine)
        drawn += [mine[place] for place in dice.permutation(len(mine))[:wanted]]
    # In the order of their names, so that the sheet does not tell which were flagged.
    return Draw(seed, tuple(sorted(drawn, key=lambda pair: (pair.ticket_id, pair.earlier_ticket_id))), sizes)


def estimate(drawn: Draw, answers: Mapping[str, bool], tickets: int) -> Corrected:
    """The share of ``tickets`` that repeat an earlier one, from ``answers``: whether each drawn ticket does, by its id.

    Stratified mean of counts over all tickets (Cochran, *Sampling techniques*, 5.3 and 5.6): tickets without a pair
    repeat nothing. Each stratum's share is (k + ½) ÷ (m + 1) in the variance alone, so that a stratum judged all alike
    still counts as uncertain; the interval is Student's t with the degrees of freedom of Satterthwaite.
    """
    reason = _stopped(drawn, answers, tickets)
    judged = sum(pair.ticket_id in answers for pair in drawn.pairs)
    if reason is not None:
        return Corrected(tickets, judged, reason=reason)
    total, parts = 0.0, []
    for stratum, size in drawn.sizes.items():
        said = [answers[pair.ticket_id] for pair in drawn.pairs if pair.stratum is stratum]
        if not said:
            continue
        total += size * sum(said) / len(said)
        smooth = (sum(said) + 0.5) / (len(said) + 1)
        left = 1 - len(said) / size  # a stratum judged to the last pair is certain
        parts.append((size**2 * left * smooth * (1 - smooth) / len(said), len(said) - 1))
    variance = sum(part for part, _ in parts)
    half = _t(parts, variance) * math.sqrt(variance) if variance else 0.0
    naive, value = drawn.sizes[Stratum.FLAGGED] / tickets, total / tickets
    # No fewer than were seen, no more than there are pairs.
    low = max(total - half, float(sum(answers[pair.ticket_id] for pair in drawn.pairs))) / tickets
    high = min(total + half, float(sum(drawn.sizes.values()))) / tickets
    return Corrected(tickets, judged, naive, value, min(low, value), max(high, value))


def _stopped(drawn: Draw, answers: Mapping[str, bool], tickets: int) -> str | None:
    """The rule that stands against an estimate."""
    if not tickets:
        return "there are no tickets"
    missing = [pair.ticket_id for pair in drawn.pairs if pair.ticket_id not in answers]
    if missing:
        named = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        return f"{len(missing)} of the {len(drawn.pairs)} pairs drawn are not judged: {named}"
    for stratum, size in drawn.sizes.items():
        have = sum(pair.stratum is stratum for pair in drawn.pairs)
        if have < min(LEAST, size):
            return f"{have} pairs of the stratum “{stratum.value}” are too few, it takes {min(LEAST, size)}"
    return None


def _t(parts: Sequence[tuple[float, int]], variance: float) -> float:
    """Student's t of 95 % with Satterthwaite's degrees of freedom."""
    spread = sum(part**2 / max(degrees, 1) for part, degrees in parts)
    return float(special.stdtrit(variance**2 / spread, 0.975))
