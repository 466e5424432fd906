"""The average effect of days with a change, where changes follow each other too closely to be told apart.

A log-linear regression of accounts a day on weekday, the four weeks before, and whether the day or the one before had a
change; its standard errors carry the variation beyond counting (quasi-likelihood: McCullagh and Nelder 1989, 9).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dashboard.analysis.changes.arrivals import SHORT, Arrivals
from dashboard.analysis.changes.clock import Clock, Floats, Ints
from dashboard.analysis.changes.expected import BASELINE

#: Fewer days of either kind tell nothing.
LEAST = 20
_ROUNDS = 50


@dataclass(frozen=True)
class DayEffect:
    """How many times as many accounts write on days with a change, 95 % interval, and how many such days there were."""

    ratio: float
    low: float
    high: float
    days: int
    others: int


def effect(clock: Clock, arrivals: Arrivals, changed: Ints) -> DayEffect | None:
    """Days with a change (or the day after one) against the others; None where there are too few of either.

    Days after the last ticket are none: an export that ended has no quiet days.
    """
    starts = np.flatnonzero(clock.of_week % SHORT == 0)
    starts = starts[starts + SHORT <= clock.hours]
    accounts = arrivals.accounts(clock.hours, SHORT)[starts].astype(float)
    lived = int(np.flatnonzero(accounts)[-1]) + 1 if accounts.any() else 0
    starts, accounts = starts[:lived], accounts[:lived]
    days = BASELINE // SHORT
    if len(starts) <= days:
        return None
    had = np.zeros(len(starts), dtype=bool)
    of_day = np.searchsorted(starts, changed, side="right") - 1
    for day in (of_day, of_day + 1):
        had[day[(day >= 0) & (day < len(starts))]] = True
    before = np.asarray([accounts[day - days : day].mean() for day in range(days, len(starts))])
    weekday = clock.of_week[starts][days:] // SHORT
    return _fitted(accounts[days:], had[days:], weekday, np.log(before + 0.5))


def _fitted(accounts: Floats, had: np.ndarray, weekday: Ints, level: Floats) -> DayEffect | None:
    if had.sum() < LEAST or (~had).sum() < LEAST:
        return None
    design = np.column_stack([had, *(weekday == day for day in np.unique(weekday))]).astype(float)
    fit = np.zeros(design.shape[1])
    settled = False
    for _ in range(_ROUNDS):
        mean = np.exp(np.clip(design @ fit + level, -20, 20))
        working = design @ fit + (accounts - mean) / mean
        step = np.linalg.lstsq(design * np.sqrt(mean)[:, None], working * np.sqrt(mean), rcond=None)[0]
        settled, fit = float(np.abs(step - fit).max()) < 1e-8, step
        if settled:
            break
    if not settled:  # such as days of one kind without a single ticket: a ratio to nothing
        return None
    mean = np.exp(np.clip(design @ fit + level, -20, 20))
    beyond = max(1.0, float(((accounts - mean) ** 2 / mean).sum() / (len(accounts) - design.shape[1])))
    error = float(np.sqrt(beyond * np.linalg.pinv(design.T @ (design * mean[:, None]))[0, 0]))
    ratio, margin = float(fit[0]), 1.959964 * error
    return DayEffect(
        float(np.exp(ratio)), float(np.exp(ratio - margin)), float(np.exp(ratio + margin)),
        int(had.sum()), int((~had).sum()),
    )  # fmt: skip
