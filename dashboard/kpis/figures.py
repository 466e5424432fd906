"""What all KPIs that are entered by hand have in common: no row of a ticket, no sample, no interval."""

from __future__ import annotations

from sqlalchemy import FromClause, true

from dashboard.kpis.entered import ENTERED, Entered, Over, Trailing
from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.target import Target
from etl.tables import figure


def entered(
    statistic: Entered | Trailing | Over,
    *,
    name: str,
    label: str,
    asks: str,
    counts: str,
    beware: str,
    unit: Unit,
    good: Good,
    needs: str,
    target: Target | None = None,
    owner: str = "",
    tables: FromClause = figure,
    counted: str = "figures entered",
    enough: int = 1,
) -> Kpi:
    """A KPI of figures; it cannot be filtered or cut, since a figure stands for the whole it was entered for."""
    told = tables.c
    return Kpi(
        name=name,
        label=label,
        asks=asks,
        counts=counts,
        beware=beware,
        statistic=statistic,
        tables=tables,
        dated_by=told.period_end,
        anchor="entered for days",
        population=true(),
        among=told.metric.in_(statistic.metrics),
        unit=unit,
        good=good,
        enough=enough,
        needs=needs,
        feed=told.metric == statistic.metrics[0],
        drill=None,
        owner=owner,
        target=target,
        grade=ENTERED,
        counted=counted,
        shows=tuple(told[name] for name in ("metric", "segment", "period_start", "period_end", "value", "unit")),
        cuts={},
    )


def share_entered(
    name: str,
    *,
    label: str,
    asks: str,
    of: str,
    beware: str,
    because_no_feed: str,
    good: Good = Good.UP,
    target: Target | None = None,
    owner: str = "",
) -> Kpi:
    """A share entered under the KPI's own name; of several in the period, the newest counts."""
    return entered(
        Entered(name, "share"),
        name=name,
        label=label,
        asks=asks,
        counts=f"{of}, in %, as entered under `{name}`; of the figures whose days lie in the period, the newest.",
        beware=beware,
        unit=Unit.PERCENT,
        good=good,
        needs=f"the figure `{name}` in % (template figures): {because_no_feed}",
        target=target,
        owner=owner,
    )


def duration_entered(
    name: str,
    *,
    label: str,
    asks: str,
    of: str,
    beware: str,
    because_no_feed: str,
    target: Target | None = None,
    owner: str = "",
    unit: str = "minutes",
) -> Kpi:
    """A duration entered under the KPI's own name, in minutes, hours or days."""
    return entered(
        Entered(name, "duration"),
        name=name,
        label=label,
        asks=asks,
        counts=f"{of}, as entered under `{name}`; of the figures whose days lie in the period, the newest.",
        beware=beware,
        unit=Unit.MINUTES,
        good=Good.DOWN,
        needs=f"the figure `{name}` in {unit} (template figures): {because_no_feed}",
        target=target,
        owner=owner,
    )
