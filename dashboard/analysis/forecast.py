"""Where the running period will end, and whether a target will be met by its day; from readings.

A mean over rows ends as what has come so far and the rest as lately, weighed by rows; a count ends as what has come so
far and the part of a usual period that is left. Quantiles and stocks are not foretold: their parts do not add up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from dashboard.analysis import outlook as ahead
from dashboard.analysis.outlook import Outlook, Word
from dashboard.analysis.weighing import BOUNDS, value_of
from dashboard.analysis.why import adds_up
from dashboard.kpis.statistic import Count
from dashboard.scope import Grain

if TYPE_CHECKING:
    from dashboard.readings import Reading

#: Complete periods of which a usual number of rows is taken.
_LATELY = 8
_DAYS = {Grain.DAY: 1.0, Grain.WEEK: 7.0, Grain.MONTH: 365.25 / 12, Grain.QUARTER: 365.25 / 4}


@dataclass(frozen=True)
class Met:
    """Whether a line will be kept on its day: one of three words, and where the value is likely to stand then."""

    word: Word
    outlook: Outlook
    due: date


def ending_of(running: Reading, complete: Sequence[Reading]) -> Outlook | None:
    """Where a running period will end; ``complete`` are the periods before it, oldest first."""
    kpi = running.kpi
    values = _values(complete)
    bounds = BOUNDS.get(kpi.unit, (-math.inf, math.inf))
    if isinstance(kpi.statistic, Count):
        return _count(running, values, bounds)
    if not adds_up(kpi) or not values:
        return None
    usual = median([reading.n for reading in complete][-_LATELY:])
    return ahead.ending(running.value, running.n, usual, values, bounds)


def _count(running: Reading, values: Sequence[float], bounds: tuple[float, float]) -> Outlook | None:
    left, whole = _left(running), ahead.outlook(values, 1, bounds)
    if left is None or whole is None:
        return None
    draws = [running.n + left * draw for draw in whole.draws]
    low, value, high = (float(each) for each in np.quantile(draws, (0.1, 0.5, 0.9)))
    return Outlook(1, value, low, high, tuple(draws))


def _left(running: Reading) -> float | None:
    """The part of the running period the data do not cover yet."""
    start, end = running.period.instants()
    if start is None or end is None or running.as_of is None:
        return None
    return min(1.0, max(0.0, (end - running.as_of) / (end - start)))


def by_date(
    complete: Sequence[Reading], due: date, above: float | None = None, below: float | None = None
) -> Met | None:
    """Whether the value will lie above, below or between two lines on a day; None with too little history."""
    if not complete or (above is None and below is None):
        return None
    last = complete[-1].period
    if last.end is None or due < last.end:
        return None
    periods = max(1, math.ceil((due - last.end).days / _DAYS.get(last.grain, 7.0)))
    found = ahead.outlook(_values(complete), periods, BOUNDS.get(complete[-1].kpi.unit, (-math.inf, math.inf)))
    if found is None:
        return None
    kept = [(above is None or draw > above) and (below is None or draw < below) for draw in found.draws]
    return Met(ahead.word_of(sum(kept) / len(kept)), found, due)


def due_of(target: object) -> date | None:
    """The day a target is due, for the kinds of target that have one."""
    due = getattr(target, "by", None)
    return due if isinstance(due, date) else None


def _values(complete: Sequence[Reading]) -> list[float]:
    return [value for reading in complete if (value := value_of(reading)) is not None]
