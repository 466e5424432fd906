"""What stands open, in weeks of work at the pace of the weeks before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from dashboard.kpis.statistic import Count, Estimate, Row, Stock

if TYPE_CHECKING:
    from dashboard.kpis.kpi import Kpi

#: How many days of solving say how fast the backlog is worked off: a quarter, so that one quiet week does not decide.
PACE_DAYS = 91
#: Fewer days than this say nothing about a week.
LEAST_DAYS = 7


@dataclass(frozen=True)
class WeeksOfWork(Stock):
    """A stock ÷ the mean weekly number of rows of ``done`` in the days before.

    Where the facts tell of fewer days they are those there are. The stock is a complete count; the interval is the one
    that chance alone gives the pace (exact Poisson).
    """

    done: Kpi
    shape: ClassVar[str] = "pace"

    def finish(self, row: Row) -> Estimate:
        n, done, days = int(row["n"] or 0), int(row["done"] or 0), int(row["days"] or 0)
        if days < LEAST_DAYS:
            return Estimate(n, reason="the data cover less than a week before the end of this period")
        if done == 0:
            return Estimate(n, reason=f"no ticket was resolved in the {days} days before the end of this period")
        pace, weekly = Count().finish({"n": done}), n * days / 7

        def above(x: float) -> float:
            return 1 - (pace.probability_above(weekly / x) or 0.0) if x > 0 else float(n > 0)

        low, high = (None if bound is None else weekly / bound for bound in (pace.high, pace.low))
        return Estimate(n, weekly / done, low, high, n, pace.interval, above=above)
