"""One row a ticket with everything that is measured on it, and what each KPI of tickets makes of it.

Runs its own query, a sibling of ``readings``: a reading is one number, here every row is kept. The rules are the KPIs'
own, asked of each row; rows come in pieces, so that a million tickets never stand in memory at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, select

from dashboard import kpis as catalogue
from dashboard.engine import Facts
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.parts import Part
from dashboard.queries import Cut, behind
from dashboard.readings import as_chosen
from dashboard.scope import Period, Scope
from etl.tables import ticket

#: Columns that say where a row came from inside this product, and nothing of the ticket.
_OURS = ("load_id",)


@dataclass(frozen=True)
class PerTicket:
    """The columns of the table, the KPIs in it as they count here, and its rows in pieces."""

    columns: tuple[str, ...]
    kpis: tuple[Kpi, ...]
    pieces: Iterator[pd.DataFrame]


def per_ticket(
    facts: Facts,
    scope: Scope,
    options: Options = DEFAULTS,
    kpi: Kpi | None = None,
    period: Period | None = None,
    group: Sequence[tuple[str, str | None]] = (),
    part: Part | None = None,
) -> PerTicket:
    """The tickets behind one number; without one, every ticket that passes the filters, those left out included."""
    known = catalogue.catalogue().values()
    chosen = tuple(as_chosen(each, options, facts) for each in known if is_of_tickets(each))
    own = [column for column in ticket.c if column.name not in _OURS]
    counted = [column.label(name) for each in chosen for name, column in _columns(each).items()]
    statement: Select[tuple[object, ...]] = select(*own, *counted)
    if kpi is None or period is None:
        statement = statement.where(*Cut(scope).conditions())
    else:
        counting = as_chosen(kpi, options, facts)
        some = None if part is None else part.rows(facts, counting, period)
        rows = behind(counting, Cut(scope), period, group, some).order_by(None).subquery("behind")
        statement = statement.where(ticket.c.ticket_id.in_(select(rows.c.ticket_id)))
    names = tuple(column.name for column in [*own, *counted])
    return PerTicket(names, chosen, facts.pieces(statement.order_by(ticket.c.created_at, ticket.c.ticket_id)))


def is_of_tickets(kpi: Kpi) -> bool:
    """Whether a KPI judges each ticket for itself."""
    return kpi.fact is ticket and kpi.statistic.shape in ("sums", "ranked")


def _columns(kpi: Kpi) -> dict[str, ColumnElement[object]]:
    """``fcr_counted`` (yes, no or too young) and ``fcr_counts_towards`` or ``investigation_tax_value``."""
    rules = [kpi.population, kpi.among, *([] if (extra := kpi.statistic.counted()) is None else [extra])]
    counted = and_(*rules)
    cases: list[tuple[ColumnElement[bool], str]] = [(counted, "yes")]
    if kpi.immature is not None:
        cases.append((and_(kpi.population, kpi.immature), "too young"))
    found: dict[str, ColumnElement[object]] = {f"{kpi.name}_counted": case(*cases, else_="no")}
    for name, column in kpi.statistic.measured().items():
        found[f"{kpi.name}_{name}"] = case((counted, column))
    return found
