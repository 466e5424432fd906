"""Assumed minutes: how often each signal was seen, times how long it is assumed to take.

Methods A2 and A3: the minutes of a signal are log-normal between its low (P10) and high (P90) value, the same for
every ticket, so that the range does not shrink with their number. The range is a scenario, never a confidence
interval: it says how far the assumptions reach, not how well the data know.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import special
from sqlalchemy import ColumnElement, func

from dashboard.kpis.statistic import Columns, Estimate, Row, rows, total

DRAWS = 4_000
SEED = 20_240_101
INTERVAL = "scenario range (assumed minutes)"

Prior = tuple[float, float, float]


@dataclass(frozen=True)
class Scenario:
    """Mean assumed minutes a row: the sum over signals of count × mean minutes, divided by the rows."""

    signals: tuple[tuple[ColumnElement[Any], Prior], ...]  # the count column, its low, likely and high minutes
    shape: ClassVar[str] = "sums"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        sums = {f"signal_{index}": total(column, among) for index, (column, _) in enumerate(self.signals)}
        return {"n": rows(among), **sums}

    def finish(self, row: Row) -> Estimate:
        n = int(row["n"] or 0)
        if n == 0:
            return Estimate(0)
        counts = np.array([float(row[f"signal_{index}"] or 0) for index in range(len(self.signals))])
        priors = tuple(prior for _, prior in self.signals)
        value = float(counts @ [lognormal_mean(*prior) for prior in priors]) / n
        outcomes = drawn_minutes(priors) @ counts / n
        low, high = np.quantile(outcomes, [0.1, 0.9])

        def above(x: float) -> float:
            return float(np.mean(outcomes > x))

        return Estimate(n, value, float(low), float(high), events=value * n, interval=INTERVAL, above=above)

    def counted(self) -> None:
        return None

    def measured(self) -> Columns:
        minutes = [func.coalesce(column, 0) * lognormal_mean(*prior) for column, prior in self.signals]
        return {"value": sum(minutes[1:], minutes[0])}


def spread(low: float, high: float) -> float:
    """The log-scale standard deviation whose P10 and P90 lie at ``low`` and ``high``."""
    return math.log(high / low) / (2 * float(special.ndtri(0.9))) if low > 0 else 0.0


def lognormal_mean(low: float, likely: float, high: float) -> float:
    """The mean of the log-normal with median ``likely``: above it, because long searches are long."""
    return likely * math.exp(spread(low, high) ** 2 / 2)


@lru_cache(maxsize=16)
def drawn_minutes(priors: tuple[Prior, ...]) -> NDArray[np.float64]:
    """One row a draw, one column a signal: the minutes each signal would take in that draw."""
    normal = np.random.default_rng(SEED).standard_normal((DRAWS, len(priors)))
    likely = np.array([prior[1] for prior in priors])
    sigma = np.array([spread(prior[0], prior[2]) for prior in priors])
    return np.asarray(likely * np.exp(normal * sigma))
