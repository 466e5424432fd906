"""The kinds of statistic: what to sum in SQL, how to finish in Python, which interval, and how likely a target.

The interval belongs to the kind, not to the KPI. Numerator and denominator are carried to the end and divided
last; nothing over nothing is no reading. Intervals and verdicts follow methods E1 and E4: Wilson and
Beta(k + ½, n − k + ½) for proportions, t for means with Hall's correction for skewness (durations are skewed, and the
plain t interval of 20 of them covers as little as 76 %; ``tests/test_coverage.py``), adjusted Wald for NPS (Rocks 2016,
arXiv 1601.07235), exact Poisson and Gamma(k + ½) for counts. Quantiles stand in ``ranked``, events and single scales in
``rates``, medians that know of open tickets in ``survival``, assumed minutes in ``scenario``.
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
    ``parts`` are the rows by what they count as, where that is more than yes and no, in the words of ``measured``.
    """

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    events: float | None = None
    interval: str = "95 % confidence interval"
    reason: str | None = None
    above: Callable[[float], float] | None = None
    beyond: float | None = None  # no value, but known to lie above this
    parts: tuple[tuple[str, int], ...] = ()
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
            "cubes": total(value * value * value, among),
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
        cubes = row.get("cubes")
        third = 0.0 if cubes is None else cubes - 3 * mean * row["squares"] + 2 * n * mean**3
        found = around(mean, math.sqrt(spread / (n - 1) / n), n, skewness(third, spread, row["squares"], n))
        if found.low is None or found.high is None:
            return found
        low = found.low if self.least is None else max(found.low, self.least)
        return replace(found, low=low, high=found.high if self.most is None else min(found.high, self.most))

    def counted(self) -> ColumnElement[bool]:
        return self.of.is_not(None)

    def measured(self) -> Columns:
        return {"value": self.of}


def skewness(third: float, second: float, size: float, n: int) -> float:
    """Skewness of a sample from its sums of cubed and squared deviations.

    ``size`` is the sum of squares about zero: a spread that is nothing beside it is rounding, and has no skewness.
    No sample of n can be more skewed than (n − 2) / √(n − 1).
    """
    if second <= 1e-10 * abs(size):
        return 0.0
    most = (n - 2) / math.sqrt(n - 1)
    found: float = (third / n) / (second / n) ** 1.5
    return max(-most, min(most, found))


def around(value: float, error: float, n: int, skew: float = 0.0) -> Estimate:
    """An estimate with Student's t interval from its standard error, n > 1, corrected for skewness.

    Hall (1992, JRSS B 54:221): instead of t = (mean − truth) / error, its monotone cubic g(t), whose distribution is
    nearer to Student's where the rows are skewed. Without skewness g(t) is t.
    """
    k = skew / math.sqrt(n)
    edge = float(special.stdtrit(n - 1, 1 - TAIL))

    def straightened(t: float) -> float:
        return t + k * t * t / 3 + k * k * t**3 / 27 + k / 6

    def bent(y: float) -> float:
        return y if abs(k) < 1e-6 else 3 / k * (float(special.cbrt(1 + k * (y - k / 6))) - 1)

    def above(x: float) -> float:
        if error == 0:
            return 1.0 if value > x else 0.0
        return float(special.stdtr(n - 1, straightened((value - x) / error)))

    low, high = value - error * bent(edge), value - error * bent(-edge)
    return Estimate(n, value, min(low, value), max(high, value), above=above)


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
        parts = (("promoter", promoters), ("passive", n - promoters - detractors), ("detractor", detractors))
        return Estimate(n, value, min(100 * low, value), max(100 * high, value), above=above, parts=parts)

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
    """One sum over another; interval by the delta method over rows, which need not be independent of size.

    It is corrected for skewness as that of a mean is. ``least`` and ``most`` are the smallest and largest ratio there
    can be, where there are such.
    """

    of: ColumnElement[Any]
    per: ColumnElement[Any]
    least: float | None = None
    most: float | None = None
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
            "of_of_of": total(of * of * of, both),
            "of_of_per": total(of * of * per, both),
            "of_per_per": total(of * per * per, both),
            "per_per_per": total(per * per * per, both),
        }

    def finish(self, row: Row) -> Estimate:
        n = int(row["n"] or 0)
        if n == 0 or not row["per"]:
            return Estimate(n)
        ratio = row["of"] / row["per"]
        residual = max(0.0, row["of_of"] - 2 * ratio * row["of_per"] + ratio * ratio * row["per_per"])
        if n == 1:
            return Estimate(n, ratio, events=row["of"])
        skew = skewness(_cubed(row, ratio), residual, row["of_of"], n)
        found = around(ratio, math.sqrt(residual * n / (n - 1)) / abs(row["per"]), n, skew)
        if found.low is None or found.high is None:
            return found
        low = found.low if self.least is None else max(found.low, self.least)
        return replace(found, low=low, high=found.high if self.most is None else min(found.high, self.most))

    def counted(self) -> ColumnElement[bool]:
        return and_(self.of.is_not(None), self.per.is_not(None))

    def measured(self) -> Columns:
        return {"value": self.of, "per": self.per}


def _cubed(row: Row, ratio: float) -> float:
    """The sum of cubed residuals of a ratio; 0 where the sums for it were not asked for."""
    if row.get("of_of_of") is None:
        return 0.0
    cubed: float = (
        row["of_of_of"]
        - 3 * ratio * row["of_of_per"]
        + 3 * ratio**2 * row["of_per_per"]
        - ratio**3 * row["per_per_per"]
    )
    return cubed


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
