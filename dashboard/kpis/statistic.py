"""The kinds of statistic: what to sum in SQL, how to finish in Python, which interval, and how likely a target.

The interval belongs to the kind, not to the KPI. Numerator and denominator are carried to the end and divided
last; nothing over nothing is no reading. Intervals and verdicts follow methods E1 and E4: Wilson and
Beta(k + ½, n − k + ½) for proportions, t for means, adjusted Wald for NPS (Rocks 2016, arXiv 1601.07235),
exact Poisson and Gamma(k + ½) for counts. Quantiles stand in ``ranked``, assumed minutes in ``scenario``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

from scipy import special
from sqlalchemy import ColumnElement, Double, and_, case, cast, func, literal

#: Two-sided 95 %.
TAIL = 0.025
Z = float(special.ndtri(1 - TAIL))


@dataclass(frozen=True)
class Estimate:
    """A finished number. ``value`` None means no reading, and ``reason`` then says which rule stopped it.

    ``low`` and ``high`` bound a 95 % confidence interval, or the scenario range of an assumed number
    (``interval`` says which); None where the value is a complete count or n is too small to bound it.
    ``events`` is the numerator where there is one. ``above`` is the distribution the verdict rests on.
    """

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    events: float | None = None
    interval: str = "95 % confidence interval"
    reason: str | None = None
    above: Callable[[float], float] | None = None
    is_exact: bool = False  # nothing was sampled: the bare value is judged

    def probability_above(self, x: float) -> float | None:
        """P(true value > x); None where it cannot be told."""
        return None if self.above is None else float(self.above(x))


Columns = dict[str, ColumnElement[Any]]
Row = Mapping[str, Any]


class Statistic(Protocol):
    """What every kind offers. ``shape`` says which query carries it: sums, ranked, stock or entered."""

    shape: ClassVar[str]

    def columns(self, among: ColumnElement[bool]) -> Columns:
        """The aggregates to select; each counts only rows that fulfil ``among``."""

    def finish(self, row: Row) -> Estimate:
        """Turn one row of aggregates into an estimate."""

    def counted(self) -> ColumnElement[bool] | None:
        """What a row must have beyond ``among`` to be part of n; None when nothing more."""

    def measured(self) -> Columns:
        """What a drill shows of a row: ``counts_towards`` (yes or no) and ``value`` where they exist."""


def real(value: ColumnElement[Any]) -> ColumnElement[float]:
    """A column as a double, so that no engine sums or divides in integers."""
    return cast(value, Double)


def rows(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows fulfil a condition; a condition that is NULL is not fulfilled."""
    return func.count(literal(1)).filter(condition)


def total(value: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[float]:
    """The sum of a column over the rows that fulfil a condition; NULL when there are none."""
    return func.sum(value).filter(condition)


def wilson(k: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval for a proportion of k in n, n > 0."""
    share, square = k / n, Z * Z
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = Z * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return (0.0 if k <= 0 else centre - half), (1.0 if k >= n else centre + half)


@dataclass(frozen=True)
class Proportion:
    """The share of rows that fulfil ``of``."""

    of: ColumnElement[bool]
    shape: ClassVar[str] = "sums"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        return {"n": rows(among), "events": rows(and_(among, self.of))}

    def finish(self, row: Row) -> Estimate:
        n, k = int(row["n"] or 0), int(row["events"] or 0)
        if n == 0:
            return Estimate(0)
        low, high = wilson(k, n)

        def above(x: float) -> float:
            return float(special.betaincc(k + 0.5, n - k + 0.5, min(max(x, 0.0), 1.0)))

        return Estimate(n, k / n, low, high, events=k, above=above)

    def counted(self) -> None:
        return None

    def measured(self) -> Columns:
        return {"counts_towards": _yes_no(self.of)}


@dataclass(frozen=True)
class Mean:
    """The mean of a measurement, in its own unit. Rows without one are not counted.

    ``least`` and ``most`` are the smallest and largest value it can have, where it has one: no interval goes beyond.
    """

    of: ColumnElement[Any]
    least: float | None = None
    most: float | None = None
    shape: ClassVar[str] = "sums"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        value = real(self.of)
        return {
            "n": func.count(self.of).filter(among),
            "total": total(value, among),
            "squares": total(value * value, among),
        }

    def finish(self, row: Row) -> Estimate:
        n = int(row["n"] or 0)
        if n == 0:
            return Estimate(0)
        mean = row["total"] / n
        # Rounding may bring the difference of two equal sums below zero, never the variance itself.
        spread = max(0.0, row["squares"] - n * mean * mean)
        if n == 1:
            return Estimate(n, mean)
        found = around(mean, math.sqrt(spread / (n - 1) / n), n)
        if found.low is None or found.high is None:
            return found
        low = found.low if self.least is None else max(found.low, self.least)
        return replace(found, low=low, high=found.high if self.most is None else min(found.high, self.most))

    def counted(self) -> ColumnElement[bool]:
        return self.of.is_not(None)

    def measured(self) -> Columns:
        return {"value": self.of}


def around(value: float, error: float, n: int) -> Estimate:
    """An estimate with Student's t interval from its standard error, n > 1."""
    half = float(special.stdtrit(n - 1, 1 - TAIL)) * error

    def above(x: float) -> float:
        if error == 0:
            return 1.0 if value > x else 0.0
        return float(special.stdtr(n - 1, (value - x) / error))

    return Estimate(n, value, value - half, value + half, above=above)


@dataclass(frozen=True)
class NetScore:
    """Promoters minus detractors as points from −100 to 100."""

    promoters: ColumnElement[bool]
    detractors: ColumnElement[bool]
    shape: ClassVar[str] = "sums"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        return {
            "n": rows(among),
            "promoters": rows(and_(among, self.promoters)),
            "detractors": rows(and_(among, self.detractors)),
        }

    def finish(self, row: Row) -> Estimate:
        n, promoters, detractors = (int(row[name] or 0) for name in ("n", "promoters", "detractors"))
        if n == 0:
            return Estimate(0)
        # Adjusted Wald: three answers more, ¾ of one at each end.
        up, down = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
        centre, error = up - down, math.sqrt((up + down - (up - down) ** 2) / (n + 3))
        low, high = max(-1.0, centre - Z * error), min(1.0, centre + Z * error)

        def above(x: float) -> float:
            return float(special.ndtr((centre - x / 100) / error))

        value = 100 * (promoters - detractors) / n
        return Estimate(n, value, min(100 * low, value), max(100 * high, value), above=above)

    def counted(self) -> None:
        return None

    def measured(self) -> Columns:
        return {"value": case((self.promoters, "promoter"), (self.detractors, "detractor"), else_="passive")}


@dataclass(frozen=True)
class Count:
    """How many rows there are: a complete count, with the range chance alone would give it (exact Poisson)."""

    shape: ClassVar[str] = "sums"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        return {"n": rows(among)}

    def finish(self, row: Row) -> Estimate:
        n = int(row["n"] or 0)
        low = float(special.gammaincinv(n, TAIL)) if n else 0.0
        high = float(special.gammaincinv(n + 1, 1 - TAIL))

        def above(x: float) -> float:
            return float(special.gammaincc(n + 0.5, max(x, 0.0)))

        return Estimate(n, float(n), low, high, events=n, interval="95 % Poisson interval", above=above)

    def counted(self) -> None:
        return None

    def measured(self) -> Columns:
        return {}


@dataclass(frozen=True)
class RatioOfSums:
    """One sum over another; interval by the delta method over rows, which need not be independent of size."""

    of: ColumnElement[Any]
    per: ColumnElement[Any]
    shape: ClassVar[str] = "sums"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        of, per = real(self.of), real(self.per)
        both = and_(among, self.counted())
        return {
            "n": rows(both),
            "of": total(of, both),
            "per": total(per, both),
            "of_of": total(of * of, both),
            "of_per": total(of * per, both),
            "per_per": total(per * per, both),
        }

    def finish(self, row: Row) -> Estimate:
        n = int(row["n"] or 0)
        if n == 0 or not row["per"]:
            return Estimate(n)
        ratio = row["of"] / row["per"]
        residual = max(0.0, row["of_of"] - 2 * ratio * row["of_per"] + ratio * ratio * row["per_per"])
        if n == 1:
            return Estimate(n, ratio, events=row["of"])
        return around(ratio, math.sqrt(residual * n / (n - 1)) / abs(row["per"]), n)

    def counted(self) -> ColumnElement[bool]:
        return and_(self.of.is_not(None), self.per.is_not(None))

    def measured(self) -> Columns:
        return {"value": self.of, "per": self.per}


@dataclass(frozen=True)
class Stock:
    """How many rows stand open at the end of a period: what came in so far minus what went out so far."""

    enters: ColumnElement[Any]
    leaves: ColumnElement[Any]
    shape: ClassVar[str] = "stock"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        return {"n": rows(among)}

    def finish(self, row: Row) -> Estimate:
        n = int(row["n"] or 0)
        return Estimate(n, float(n), events=n)

    def counted(self) -> None:
        return None

    def measured(self) -> Columns:
        return {}


def _yes_no(condition: ColumnElement[bool]) -> ColumnElement[str]:
    return case((condition, "yes"), else_="no")
