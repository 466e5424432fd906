"""How tickets of low, middle and high tax fared, compared like with like: within the same topic and priority.

Association, not cause: what makes a ticket hard may make both its tax and its time long. Tickets of one topic and
priority are ranked by tax and cut into thirds; each stratum weighs in every third by all its tickets, so that no third
is made of harder topics. The interval is that of a stratified mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dashboard.analysis.tax.estimate import Floats, Integers

THIRDS = ("low tax", "middle tax", "high tax")
#: A stratum smaller than this is left out: its thirds would hold a ticket or two each.
LEAST = 15
_Z = 1.959963984540054
#: The least scatter of a share, in squares: that of 0 in n would be none, and its interval a point. Two failures beside
#: it, as Agresti and Coull add them, give the three in n that 0 in n leaves open.
_LEAST_SQUARES = 2.0


@dataclass(frozen=True)
class Third:
    """One outcome of one third: its standardised mean with a 95 % interval."""

    name: str
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Compared:
    """One outcome over the three thirds, and high minus low with its interval; None where too little is known."""

    thirds: tuple[Third, ...]
    difference: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_apart(self) -> bool | None:
        """Whether high and low differ by more than chance."""
        return None if self.low is None or self.high is None else self.low > 0 or self.high < 0


def thirds(tax: Floats, strata: Sequence[object]) -> tuple[Integers, Integers]:
    """Of each ticket its third (0, 1, 2; −1 where its stratum is too small) and its stratum as a number.

    Tickets of equal tax fall in by their order, so that no third is empty.
    """
    codes: dict[object, int] = {}
    stratum = np.array([codes.setdefault(each, len(codes)) for each in strata], dtype=np.int64)
    found = np.full(len(tax), -1, dtype=np.int64)
    order = np.lexsort((np.arange(len(tax)), tax, stratum))
    edges = np.flatnonzero(np.diff(stratum[order], prepend=-1, append=len(codes)))
    for start, end in pairwise(edges):
        size = end - start
        if size >= LEAST:
            found[order[start:end]] = (np.arange(size) * 3) // size
    return found, stratum


def compare(
    outcome: Floats, third: Integers, stratum: Integers, least: float, most: float, enough: int = 6
) -> Compared:
    """One outcome by third; NaN is not known. ``least`` and ``most`` are what it can be at all.

    With fewer than ``enough`` tickets in a third nothing is compared.
    """
    known = (third >= 0) & ~np.isnan(outcome)
    outcome, third, stratum = outcome[known], third[known], stratum[known]
    used = [each for each in np.unique(stratum) if _is_in_all(third[stratum == each])]
    few = min((int((third[np.isin(stratum, used)] == place).sum()) for place in range(3)), default=0)
    if not used or few < enough:
        return Compared(tuple(Third(name, int((third == place).sum())) for place, name in enumerate(THIRDS)))
    inside = np.isin(stratum, used)
    outcome, third, stratum = outcome[inside], third[inside], stratum[inside]
    found, errors = [], []
    for place, name in enumerate(THIRDS):
        floor = _LEAST_SQUARES if (least, most) == (0, 1) else 0.0
        mean, error = _standardised(outcome, third == place, stratum, used, floor)
        low, high = max(least, mean - _Z * error), min(most, mean + _Z * error)
        found.append(Third(name, int((third == place).sum()), mean, low, high))
        errors.append(error)
    difference = (found[2].value or 0.0) - (found[0].value or 0.0)
    half = _Z * math.hypot(errors[0], errors[2])
    return Compared(tuple(found), difference, difference - half, difference + half)


def _is_in_all(third: Integers) -> bool:
    """At least two tickets in each third: without, a stratum has no variance."""
    return all(int((third == place).sum()) >= 2 for place in range(3))


def _standardised(
    outcome: Floats, here: np.ndarray, stratum: Integers, used: Sequence[int], floor: float
) -> tuple[float, float]:
    """The mean of one third, each stratum weighed by all its tickets, and its standard error.

    The scatter inside strata is pooled: three tickets that happen to be alike do not make their stratum certain.
    """
    mean = squares = inverse = 0.0
    for each in used:
        weight = float((stratum == each).mean())
        some = outcome[here & (stratum == each)]
        mean += weight * float(some.mean())
        squares += float(((some - some.mean()) ** 2).sum())
        inverse += weight**2 / len(some)
    return mean, math.sqrt(max(squares, floor) / (int(here.sum()) - len(used)) * inverse)
