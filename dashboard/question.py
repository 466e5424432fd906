"""Which tickets a query module beside the readings asks of, and the rows a KPI counts among them: one for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from dashboard import kpis as catalogue
from dashboard.engine import Facts
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.queries import Cut, falls_in
from dashboard.readings import as_chosen
from dashboard.scope import Period, Scope


@dataclass(frozen=True)
class Question:
    """Facts, scope, period and options."""

    facts: Facts
    scope: Scope
    period: Period
    options: Options = DEFAULTS

    def kpi(self, name: str) -> Kpi:
        """A KPI as it counts under the options chosen."""
        return as_chosen(catalogue.catalogue()[name], self.options, self.facts)

    def dated(self, kpi: Kpi) -> list[ColumnElement[bool]]:
        """Its population in the period, under the filters."""
        return [kpi.population, *falls_in(kpi, self.period), *Cut(self.scope).conditions(kpi)]

    def conditions(self, name: str) -> list[ColumnElement[bool]]:
        """The rows a KPI counts."""
        kpi = self.kpi(name)
        return [*self.dated(kpi), kpi.among]

    def counted(self, kpi: Kpi) -> Select[Any]:
        """The rows it counts, of which its statistic takes a part where it says so."""
        extra = kpi.statistic.counted()
        rows = select().select_from(Cut(self.scope).source(kpi))
        return rows.where(*self.dated(kpi), kpi.among, *([] if extra is None else [extra]))
