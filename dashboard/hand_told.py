"""The figures behind the KPIs that are entered by hand, for each period asked.

A query module beside ``readings``, which it serves: figures are fetched once a table and picked from in Python, by days
of the calendar, where every other KPI is summed by the database over instants.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.engine import Facts
from dashboard.kpis.entered import Told, of_row
from dashboard.kpis.kpi import Kpi
from dashboard.queries import Cut, entered, entered_of
from dashboard.scope import Period, Scope

#: KPI → (period, group) → one row of aggregates; here the row holds a ``Told``, and the group is always empty.
Rows = dict[Kpi, dict[tuple[Period, tuple[str | None, ...]], dict[str, Any]]]
Sums = Callable[[Facts, Sequence[Kpi], Cut, Sequence[Period]], Rows]


def rows(facts: Facts, kpis: Sequence[Kpi], periods: Sequence[Period], sums: Sums) -> Rows:
    """The figures of each KPI with the days asked for, and what the facts count beside them (by ``sums``)."""
    found: Rows = {}
    if not kpis:
        return found
    tables: dict[int, list[Kpi]] = defaultdict(list)
    for kpi in kpis:
        tables[id(kpi.tables)].append(kpi)
    beside = list(dict.fromkeys(each for kpi in kpis for each in entered_of(kpi).beside))
    counted = sums(facts, beside, Cut(Scope()), periods) if beside else {}
    for some in tables.values():
        figures = [of_row(row) for row in facts.rows(entered(some))]
        for kpi in some:
            own = [each for each in figures if each.metric in entered_of(kpi).metrics]
            by_period = found[kpi] = {}
            for period in periods:
                row = {each.name: counted[each].get((period, ()), {}) for each in entered_of(kpi).beside}
                by_period[period, ()] = {"n": len(own), "told": _told(facts, kpi, period, own, row)}
    return found


def _told(facts: Facts, kpi: Kpi, period: Period, figures: list[Any], counted: dict[str, dict[str, Any]]) -> Told:
    as_of = facts.bounds.as_of
    zone = ZoneInfo(period.timezone)
    return Told(
        figures=figures,
        start=period.start,
        end=period.end,
        until=None if as_of is None else as_of.replace(tzinfo=UTC).astimezone(zone).date(),
        counted=[
            each.statistic.finish(defaultdict(lambda: None, counted[each.name])) for each in entered_of(kpi).beside
        ],
    )
