"""A median that knows of what has not ended yet: Kaplan and Meier's, with the log–log interval."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
from scipy import special, stats
from sqlalchemy import ColumnElement, and_, case, func, or_

from dashboard.kpis.statistic import Columns, Estimate, Row, Z, real


@dataclass(frozen=True)
class CensoredMedian:
    """The time by which half have ended, where some are known only not to have ended by now.

    ``lasted`` is the duration of what has ended, ``so_far`` that of what has not. Durations are rounded, to minutes
    below a day and to hundredths of a day above, so that a million rows come back as a few thousand.
    """

    lasted: ColumnElement[Any]
    so_far: ColumnElement[Any]
    has_ended: ColumnElement[bool]
    shape: ClassVar[str] = "survival"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        """How many rows there are of each rounded duration, ended and not; grouped by both."""
        return {"n": func.count(self.lasting()).filter(among)}

    def keys(self) -> Columns:
        """What the counts are grouped by."""
        lasting = real(self.lasting())
        return {
            "lasting": case((lasting < 1440, func.round(lasting)), else_=func.round(lasting / 14.4) * 14.4),
            "ended": case((self.has_ended, 1), else_=0),
        }

    def lasting(self) -> ColumnElement[Any]:
        """The duration of a row, ended or so far."""
        return case((self.has_ended, self.lasted), else_=self.so_far)

    def finish(self, row: Row) -> Estimate:
        """``row["counts"]`` holds (rounded duration, 1 for ended and 0 for not, rows)."""
        counts: list[tuple[float, int, int]] = row["counts"] or []
        n, ended = sum(rows for *_, rows in counts), sum(rows for _, is_over, rows in counts if is_over)
        if n == 0:
            return Estimate(0)
        longest = max(lasting for lasting, *_ in counts)
        if not ended:
            return Estimate(n, events=0.0, beyond=longest, reason=_undefined(longest))
        curve = Curve.of(counts)
        value = curve.reaches_half(curve.left)
        low = curve.reaches_half(curve.left_low)
        if value is None:
            why = _undefined(longest)
            return Estimate(n, low=low, events=float(ended), beyond=longest, reason=why, above=curve.above)
        high = curve.reaches_half(curve.left_high)
        if low is None or high is None:
            return Estimate(n, value, events=float(ended), above=curve.above)
        return Estimate(n, value, low, high, events=float(ended), above=curve.above)

    def counted(self) -> ColumnElement[bool]:
        return or_(and_(self.has_ended, self.lasted.is_not(None)), and_(~self.has_ended, self.so_far.is_not(None)))

    def measured(self) -> Columns:
        return {"value": self.lasting(), "has_ended": case((self.has_ended, "yes"), else_="no")}


@dataclass(frozen=True)
class Curve:
    """The share that has not ended after each time, and the two curves its 95 % interval runs between."""

    times: np.ndarray[Any, Any]
    left: np.ndarray[Any, Any]
    left_low: np.ndarray[Any, Any]
    left_high: np.ndarray[Any, Any]

    @classmethod
    def of(cls, counts: list[tuple[float, int, int]]) -> Curve:
        """Kaplan and Meier's estimate of counted durations; at least one of them has ended."""
        lasting, is_over, rows = (np.array(column) for column in zip(*sorted(counts), strict=True))
        over = is_over == 1
        sample = stats.CensoredData(
            uncensored=np.repeat(lasting[over], rows[over]), right=np.repeat(lasting[~over], rows[~over])
        )
        left = stats.ecdf(sample).sf
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter(
                "ignore"
            )  # at the ends of the curve, where all or none are left, there is no interval
            band = left.confidence_interval(method="log-log")
        low, high = cast(Any, band.low), cast(Any, band.high)
        return cls(left.quantiles, left.probabilities, low.probabilities, high.probabilities)

    def reaches_half(self, curve: np.ndarray[Any, Any]) -> float | None:
        """The first time at which half or less are left; None where it stays above."""
        # A hair of rounding must not carry a curve of exact halves past the time.
        reached = np.flatnonzero(curve <= 0.5 + 1e-12)
        return float(self.times[reached[0]]) if len(reached) else None

    @property
    def above(self) -> Callable[[float], float]:
        """P(median > x): that more than half are left at x, normal on the log–log scale as the interval is."""

        def probability(x: float) -> float:
            place = int(np.searchsorted(self.times, x, side="right")) - 1
            if place < 0 or self.left[place] >= 1:
                return 1.0
            left, low = float(self.left[place]), float(self.left_low[place])
            if left <= 0 or not 0 < low < 1:
                return 0.0 if left <= 0.5 else 1.0
            error = (math.log(-math.log(low)) - math.log(-math.log(left))) / Z
            return float(special.ndtr((math.log(-math.log(0.5)) - math.log(-math.log(left))) / error))

        return probability


def _undefined(longest: float) -> str:
    days = longest / 1440
    seen = f"{days:.1f} days" if days >= 1 else f"{longest / 60:.1f} hours"
    return f"more than half are still open: the median is not known yet, only that it is over {seen}"
