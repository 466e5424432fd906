"""Events a row, and means that make sense on one scale only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from scipy import special
from sqlalchemy import ColumnElement, and_, func

from dashboard.kpis.statistic import TAIL, Columns, Estimate, Mean, Row, real, total


@dataclass(frozen=True)
class EventRate:
    """How many events a row has on average. Interval: exact Poisson, as much wider as the events come in bunches."""

    of: ColumnElement[Any]
    shape: ClassVar[str] = "sums"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        value = real(self.of)
        return {
            "n": func.count(self.of).filter(among),
            "events": total(value, among),
            "squares": total(value * value, among),
        }

    def finish(self, row: Row) -> Estimate:
        n = int(row["n"] or 0)
        if n == 0:
            return Estimate(0)
        events = float(row["events"])
        mean = events / n
        variance = (row["squares"] - n * mean * mean) / (n - 1) if n > 1 else mean
        bunched = max(1.0, variance / mean) if mean else 1.0
        alone = events / bunched  # as many independent events as tell the same
        low = bunched * float(special.gammaincinv(alone, TAIL)) / n if events else 0.0
        high = bunched * float(special.gammaincinv(alone + 1, 1 - TAIL)) / n

        def above(x: float) -> float:
            return float(special.gammaincc(alone + 0.5, max(x, 0.0) * n / bunched))

        return Estimate(n, mean, low, high, events=events, above=above)

    def counted(self) -> ColumnElement[bool]:
        return self.of.is_not(None)

    def measured(self) -> Columns:
        return {"value": self.of}


@dataclass(frozen=True)
class ScaleMean:
    """The mean of answers that all stand on one scale; over two scales there is none. No interval leaves the scale."""

    of: ColumnElement[Any]
    lowest: ColumnElement[Any]
    highest: ColumnElement[Any]
    shape: ClassVar[str] = "sums"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        both = and_(among, self.counted())
        edges = {"lowest": self.lowest, "highest": self.highest}
        return {
            **Mean(self.of).columns(both),
            **{f"least_{name}": func.min(edge).filter(both) for name, edge in edges.items()},
            **{f"most_{name}": func.max(edge).filter(both) for name, edge in edges.items()},
        }

    def finish(self, row: Row) -> Estimate:
        n = int(row["n"] or 0)
        if n == 0:
            return Estimate(0)
        lowest, highest = row["least_lowest"], row["most_highest"]
        if lowest != row["most_lowest"] or highest != row["least_highest"]:
            return Estimate(n, reason="the answers stand on more than one scale: choose one source")
        found = Mean(self.of, lowest).finish(row)
        return found if found.high is None else replace(found, high=min(found.high, highest))

    def counted(self) -> ColumnElement[bool]:
        return and_(self.of.is_not(None), self.lowest.is_not(None), self.highest.is_not(None))

    def measured(self) -> Columns:
        return {"value": self.of}
