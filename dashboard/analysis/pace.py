"""Will a goal be met by its day: a chance out of weekly values, the pace still needed, and what volume can show at all.

Methods E6. What is judged on the due day is the mean of its last four weeks; weeks that are over keep their value, and
those to come are as ``outlook`` says. Three words only: measured chances are too sure of themselves between .2 and .8.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from dashboard.analysis.outlook import outlook
from dashboard.kpis.statistic import Z

#: Weeks of which the value on the due day is the mean, and those the forecast rests on (some lie before the start).
WEEKS, HISTORY = 4, 8
#: Weeks after the start before anything is said, and weeks a baseline needs for a change of a rate or a duration.
EARLY, LEAST_BASELINE = 3, 12
#: (z of 5 % on both sides + z of 80 % power)², which two counts of equal length must overcome.
_POWER = 7.85


def chance(
    values: Sequence[float], ahead: int, goal: float, is_below: bool, bounds: tuple[float, float] = (0.0, math.inf)
) -> float | None:
    """How likely the mean of the last four weeks, ``ahead`` weeks from the newest value, is on the good side."""
    if ahead < 1:
        return None
    kept = list(values)[-max(0, WEEKS - ahead) :] if ahead < WEEKS else []
    far = [outlook(values[-HISTORY:], step, bounds) for step in range(max(1, ahead - WEEKS + 1), ahead + 1)]
    draws = [np.array(each.draws) for each in far if each is not None]
    if len(draws) < len(far) or len(kept) + len(draws) < 1:
        return None
    means = (sum(kept) + sum(draws)) / (len(kept) + len(draws))
    return float(np.mean(means < goal if is_below else means > goal))


def needed_events(change: float) -> int:
    """Events a baseline needs to show a change of a count with 80 % power: 80 for −40 %, by Wald on the log ratio."""
    ratio = 1 + change
    return round(_POWER * (1 + 1 / ratio) / math.log(ratio) ** 2)


def side(
    value: float, low: float, high: float, goal: float, reach_down: float, reach_up: float, is_below: bool
) -> float:
    """P(the true value is on the good side of a goal that is uncertain too), by the MOVER interval of the difference.

    ``reach_down`` and ``reach_up`` are how far the goal's own interval lies below and above it; 0 for a fixed value.
    """
    apart = value - goal
    reach = math.hypot(high - value, reach_down) if apart < 0 else math.hypot(value - low, reach_up)
    below = float(apart < 0) if reach == 0 else float(special.ndtr(-apart * Z / reach))
    return below if is_below else 1 - below
