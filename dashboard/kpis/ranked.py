"""Quantiles, exact by rank on every engine, with an interval from order statistics."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from scipy import special
from sqlalchemy import ColumnElement, and_, func, literal_column

from dashboard.kpis.statistic import TAIL, Columns, Estimate, Row, Z, real


@dataclass(frozen=True)
class Quantile:
    """The value below which ``percent`` of the rows lie, between ranks as numpy does by default.

    The 95 % interval runs between the two values whose ranks lie ``z·√(n·p·(1−p))`` outside the middle rank
    (Conover, Practical Nonparametric Statistics); where n is too small to have them there is no interval.
    """

    of: ColumnElement[Any]
    percent: int
    shape: ClassVar[str] = "ranked"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        """Aggregates over rows that carry ``measured``, its ``place`` (1 is smallest) and the ``size`` of the group.

        All comparisons are in hundredths, so that a rank never misses by rounding. ``among`` is met already.
        """
        del among
        value, position, size = (real(literal_column(name)) for name in ("measured", "place", "size"))
        # A list position from 0 to size − 1, times 100, against percent × (size − 1).
        before, place = 100 * (position - 1), self.percent * (size - 1)
        middle, spread = self.percent * size, Z * Z * self.percent * (100 - self.percent) * size
        under, over = middle - 100 * position, 100 * (position - 1) - middle
        return {
            "n": func.count(value),
            "floor": func.max(value).filter(before <= place),
            "ceiling": func.min(value).filter(before >= place),
            "low": func.max(value).filter(and_(under >= 0, under * under >= spread)),
            "high": func.min(value).filter(and_(over >= 0, over * over >= spread)),
        }

    def finish(self, row: Row) -> Estimate:
        n = int(row["n"] or 0)
        if n == 0:
            return Estimate(0)
        part = (self.percent * (n - 1) % 100) / 100
        value = row["floor"] + part * (row["ceiling"] - row["floor"])
        low, high = row["low"], row["high"]
        if low is None or high is None:
            return Estimate(n, value)
        return Estimate(n, value, low, high, above=_log_normal(value, low, high))

    def counted(self) -> ColumnElement[bool]:
        return self.of.is_not(None)

    def measured(self) -> Columns:
        return {"value": self.of}


def _log_normal(value: float, low: float, high: float) -> Callable[[float], float]:
    """P(quantile > x) from a normal on the log scale, as wide as the interval on the side where x lies."""

    def above(x: float) -> float:
        if x <= 0 or value <= 0:
            return 1.0 if value > x else 0.0
        side = low if x < value else high
        if side <= 0 or side == value:
            return 0.5 if x == value else (1.0 if value > x else 0.0)
        error = abs(math.log(side / value)) / float(special.ndtri(1 - TAIL))
        return float(special.ndtr(math.log(value / x) / error))

    return above
