"""When a reading is called on target, and when a change is called real. Words, never a bare colour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dashboard.kpis.kpi import Unit
from dashboard.kpis.statistic import Estimate
from dashboard.kpis.target import Target

if TYPE_CHECKING:
    from dashboard.readings import Reading

#: A verdict needs to be right nine times in ten.
SURE = 0.90


class Verdict(StrEnum):
    """What may be said of a reading against its target."""

    MEETS = "meets"
    MISSES = "misses"
    TOO_CLOSE = "too close to call"
    NOT_ENOUGH = "not enough data"
    NO_TARGET = "no target"
    NO_READING = "no reading"
    SO_FAR = "so far"


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
    if not (_is_complete(now) and _is_complete(before)):
        return None
    difference = now.value - before.value
    if min(now.n, before.n) < now.kpi.enough and now.kpi.unit is not Unit.COUNT:
        return Change(difference)
    if now.low is None or now.high is None or before.low is None or before.high is None or now.kpi.grade == "assumed":
        return Change(difference)
    low = difference - math.hypot(now.value - now.low, before.high - before.value)
    high = difference + math.hypot(now.high - now.value, before.value - before.low)
    return Change(difference, low, high, low > 0 or high < 0)


def _is_complete(reading: Reading) -> bool:
    """Whether the data cover the whole period; one that began before they did looks like a rise afterwards."""
    if reading.verdict == Verdict.SO_FAR or not reading.period.whole:
        return False
    start, data_from = reading.period.start, reading.data_from
    return start is None or data_from is None or start >= data_from
