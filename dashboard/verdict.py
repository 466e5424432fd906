"""When a reading is called on target, and when a change is called real. Words, never a bare colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scipy import special

from dashboard.kpis.kpi import Unit
from dashboard.kpis.statistic import Estimate, Z
from dashboard.kpis.target import Relative, Target

if TYPE_CHECKING:
    from dashboard.readings import Reading

#: A verdict needs to be right nine times in ten.
SURE = 0.90
#: Fewer complete periods than these show no trend.
LEAST_PERIODS = 8


class Verdict(StrEnum):
    """What may be said of a reading against its target."""

    MEETS = "meets"
    MISSES = "misses"
    TOO_CLOSE = "too close to call"
    NOT_ENOUGH = "not enough data"
    NO_TARGET = "no target"
    NO_READING = "no reading"
    SO_FAR = "so far"
    NOT_DUE = "not due yet"


def judge(estimate: Estimate, target: Target | None, enough: int, whole: bool = True) -> Verdict:
    """Weigh the evidence: meets when P(target met) ≥ 0.90, misses when ≤ 0.10, else too close to call."""
    if estimate.value is None:
        return Verdict.NO_READING
    if not whole:
        return Verdict.SO_FAR
    if target is None:
        return Verdict.NO_TARGET
    if estimate.n < target.enough(enough):
        return Verdict.NOT_ENOUGH
    if estimate.is_exact:
        return judge_point(estimate.value, target) or weighed(target.chance(estimate))
    return weighed(target.chance(estimate))


def weighed(chance: float | None) -> Verdict:
    """What may be said when a target is met with this probability; None: nobody can tell."""
    if chance is None:
        return Verdict.NOT_ENOUGH
    if chance >= SURE:
        return Verdict.MEETS
    # 1 − 0.9 is not 0.1 in floating point; the line itself belongs to "misses".
    return Verdict.MISSES if chance <= 1 - SURE + 1e-12 else Verdict.TOO_CLOSE


def rising(points: Sequence[tuple[int, float]]) -> float | None:
    """P(slope > 0) of values at their places in time: least squares, Student's t with n − 2 degrees of freedom.

    None for fewer than eight points. With 13 or fewer, least squares covers as well as what corrects for memory
    (Turner 2021, doi 10.1186/s12874-021-01364-0).
    """
    n = len(points)
    if n < LEAST_PERIODS:
        return None
    middle, level = (sum(axis) / n for axis in zip(*points, strict=True))
    spread = sum((place - middle) ** 2 for place, _ in points)
    slope = sum((place - middle) * (value - level) for place, value in points) / spread
    left = sum((value - level - slope * (place - middle)) ** 2 for place, value in points)
    error = math.sqrt(left / (n - 2) / spread)
    if error <= 1e-12 * max(abs(level), abs(slope)):
        return 0.5 if abs(slope) <= error else float(slope > 0)
    return float(special.stdtr(n - 2, slope / error))


def changed_enough(reading: Reading, target: Relative) -> float | None:
    """P(the change asked for is there), both sides uncertain; None where one has no interval.

    The difference to the line has the MOVER interval of two independent estimates (Zou and Donner 2008); a normal as
    wide as that interval on the side of zero gives the probability.
    """
    base, value, low, high = target.baseline, reading.value, reading.low, reading.high
    if base is None or base.low is None or base.high is None or value is None or low is None or high is None:
        return None
    share = 1 + target.change
    difference = value - share * base.value
    if difference < 0:
        reach = math.hypot(high - value, share * (base.value - base.low))
    else:
        reach = math.hypot(value - low, share * (base.high - base.value))
    below = float(difference < 0) if reach == 0 else float(special.ndtr(-difference * Z / reach))
    return below if target.change < 0 else 1 - below


def judge_point(value: float | None, target: Target | None) -> Verdict | None:
    """What comparing the bare value would say; None where there is nothing to compare."""
    met = None if value is None or target is None else target.is_met_by(value)
    if met is None:
        return None
    return Verdict.MEETS if met else Verdict.MISSES


@dataclass(frozen=True)
class Change:
    """A reading minus the one before, in the KPI's unit.

    ``low`` and ``high`` bound the difference at 95 % (MOVER, Zou and Donner 2008); ``is_real`` when they exclude
    zero. All three are None where nothing can be tested: a complete stock, assumed minutes, fewer rows than the KPI
    needs for a status.
    """

    difference: float
    low: float | None = None
    high: float | None = None
    is_real: bool | None = None


def change(now: Reading, before: Reading | None) -> Change | None:
    """Compare two readings of whole periods; None where there is nothing to compare."""
    if before is None or now.value is None or before.value is None:
        return None
    if not (is_complete(now) and is_complete(before)):
        return None
    difference = now.value - before.value
    if min(now.n, before.n) < now.kpi.enough and now.kpi.unit is not Unit.COUNT:
        return Change(difference)
    if now.low is None or now.high is None or before.low is None or before.high is None or now.kpi.grade == "assumed":
        return Change(difference)
    low = difference - math.hypot(now.value - now.low, before.high - before.value)
    high = difference + math.hypot(now.high - now.value, before.value - before.low)
    return Change(difference, low, high, low > 0 or high < 0)


def is_complete(reading: Reading) -> bool:
    """Whether the data cover the whole period; one that began before they did looks like a rise afterwards."""
    if reading.verdict == Verdict.SO_FAR or not reading.period.whole:
        return False
    start, data_from = reading.period.start, reading.data_from
    return start is None or data_from is None or start >= data_from
