"""How much of the pain the worst tenth of tickets holds: a sibling of ``readings`` with one query of its own.

It is asked of KPIs that measure each row (a time, a number of replies), over the very rows the KPI counts. The worst
tenth is exact by rank: of n rows the ⌈n/10⌉ with the largest measurement. The interval follows from the influence of
each row on that share (Csörgő, Gastwirth and Zitikis 1998 on Lorenz curves): with q the smallest value of the worst
tenth, T its sum, M the sum of all and S = T/M, row x weighs (x − q)⁺ − S·x, and Var S = n · Var(weight) / M².
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, and_, func, select

from dashboard import kpis as catalogue
from dashboard.engine import Facts
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.kpis.ranked import Quantile
from dashboard.kpis.scenario import Scenario
from dashboard.kpis.statistic import Mean, Z, real, total
from dashboard.queries import Calendar, Cut
from dashboard.scope import Period, Scope

#: Fewer rows than this in the worst tenth say nothing of it.
_LEAST = 10


@dataclass(frozen=True)
class Concentration:
    """The share of a measurement that the worst ``worst`` of ``n`` rows hold, with its 95 % interval."""

    kpi: Kpi
    period: Period
    n: int
    worst: int
    share: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None


def concentration(facts: Facts, name: str, scope: Scope, period: Period, options: Options = DEFAULTS) -> Concentration:
    """Ask for one KPI and period."""
    kpi = catalogue.under(name, options)
    if not isinstance(kpi.statistic, Mean | Quantile | Scenario):
        return Concentration(kpi, period, 0, 0, reason=f"{kpi.label} measures no single {kpi.counted}.")
    (row,) = facts.rows(_statement(kpi, Cut(scope), period))
    n, worst = int(row["n"] or 0), int(row["worst"] or 0)
    if worst < _LEAST or not row["everything"]:
        return Concentration(kpi, period, n, worst, reason=f"Fewer than {10 * _LEAST} {kpi.counted} in this period.")
    share = row["most"] / row["everything"]
    half = Z * _error(row, share)
    return Concentration(kpi, period, n, worst, share, max(0.0, share - half), min(1.0, share + half))


def _statement(kpi: Kpi, cut: Cut, period: Period) -> Executable:
    if not isinstance(kpi.statistic, Mean | Quantile | Scenario):
        raise TypeError(f"{kpi.name} measures no rows")
    measured, extra = real(kpi.statistic.measured()["value"]), kpi.statistic.counted()
    within = Calendar.of([period]).within(kpi.dated_by) if period.start or period.end else []
    ranked = (
        select(
            measured.label("measured"),
            func.row_number().over(order_by=measured.desc()).label("place"),
            func.count().over().label("size"),
        )
        .select_from(cut.source(kpi))
        .where(kpi.population, kpi.among, *([] if extra is None else [extra]), *within, *cut.conditions())
        .subquery("ranked")
    )
    value = ranked.c.measured
    # place ≤ ⌈size/10⌉ in whole numbers: 10 · (place − 1) < size.
    is_worst = 10 * (ranked.c.place - 1) < ranked.c.size
    always = ranked.c.place.is_not(None)
    return select(
        func.count(value).label("n"),
        func.count(value).filter(is_worst).label("worst"),
        total(value, always).label("everything"),
        total(value * value, always).label("squares"),
        total(value, and_(always, is_worst)).label("most"),
        total(value * value, and_(always, is_worst)).label("most_squares"),
        func.min(value).filter(is_worst).label("line"),
    )


def _error(row: dict[str, Any], share: float) -> float:
    """The standard error of the share, from sums over the rows alone."""
    n, worst, line = row["n"], row["worst"], row["line"]
    above = row["most"] - worst * line  # Σ (x − q)⁺
    above_squares = row["most_squares"] - 2 * line * row["most"] + worst * line * line  # Σ ((x − q)⁺)²
    above_values = row["most_squares"] - line * row["most"]  # Σ (x − q)⁺ · x
    squares = above_squares - 2 * share * above_values + share * share * row["squares"]
    mean = (above - share * row["everything"]) / n
    return float(math.sqrt(max(0.0, squares - n * mean * mean) * n / max(n - 1, 1)) / row["everything"])
