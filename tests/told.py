"""Readings made by hand, for tests of what is said of them: shares of n rows, means, counts; no database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from dashboard import kpis
from dashboard.kpis.statistic import Count, Estimate, Mean, Proportion
from dashboard.kpis.target import Target
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope, next_start
from dashboard.story import Story
from dashboard.verdict import judge, judge_point

FIRST = date(2023, 1, 1)


def month(number: int, whole: bool = True) -> Period:
    """The month so many after January 2023."""
    start = date(2023 + number // 12, 1 + number % 12, 1)
    return Period(start, next_start(start, Grain.MONTH), Grain.MONTH, "UTC", whole)


def reading(
    name: str, value: float, n: int, period: Period, immature: int = 0, as_of: datetime | None = None
) -> Reading:
    """One reading of a share, a mean (with a deviation as large as itself) or a count."""
    (kpi,) = kpis.named([name])
    estimate = _estimate(kpi.statistic, value, n)
    target: Target | None = kpi.target
    told: dict[str, Any] = {
        "kpi": kpi, "scope": Scope(), "period": period, "group": (), "n": estimate.n, "value": estimate.value,
        "low": estimate.low, "high": estimate.high, "verdict": judge(estimate, target, kpi.enough, period.whole),
        "point_verdict": judge_point(estimate.value, target), "reason": None, "immature": immature, "target": target,
        "interval": estimate.interval, "as_of": as_of, "data_from": FIRST, "events": estimate.events,
    }  # fmt: skip
    return Reading(**told)


def _estimate(statistic: object, value: float, n: int) -> Estimate:
    if isinstance(statistic, Proportion):
        return statistic.finish({"n": n, "events": round(value * n)})
    if isinstance(statistic, Count):
        return statistic.finish({"n": round(value)})
    if isinstance(statistic, Mean):
        return statistic.finish({"n": n, "total": value * n, "squares": 2 * value * value * n})
    return Estimate(n, value)


def story(name: str, values: Sequence[float], n: int = 400, drawn: int = 13, running: float | None = None) -> Story:
    """A KPI over so many months, the last of them chosen; ``running`` adds a month of which a fifth has come."""
    found = [reading(name, value, n, month(place)) for place, value in enumerate(values)]
    now = found[-1]
    if running is not None:
        found.append(reading(name, running, n // 5, month(len(values), whole=False)))
    return Story.of(now.period, found, month(max(0, len(values) - drawn)).start)
