"""Kpi × Scope × Period → Reading. The only module that runs a query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dashboard.kpis.kpi import Kpi
from dashboard.scope import Period, Scope


@dataclass(frozen=True)
class Reading:
    """One number with everything needed to defend it.

    ``value``, ``low`` and ``high`` are fractions for percentages, minutes for durations, points for NPS.
    ``value`` None: no reading, and ``reason`` says why. ``verdict`` is one of ``dashboard.verdict.Verdict``.
    """

    kpi: Kpi
    scope: Scope
    period: Period
    group: tuple[tuple[str, str | None], ...]  # (dimension, value) pairs when cut by something
    n: int
    value: float | None
    low: float | None
    high: float | None
    verdict: str
    point_verdict: str | None  # what comparing the bare value with the target would say
    reason: str | None
    immature: int  # rows too young to judge, counted apart
    target: object  # dashboard.kpis.kpi.Target in force, or None
    interval: str  # what low–high is: a 95 % confidence interval, or a scenario range
    as_of: datetime | None  # newest moment the facts tell of, UTC
    data_from: date | None


def read() -> None:
    """Placeholder until the KPI core stands."""
