"""How a question becomes SQL: periods as a balanced CASE over exact UTC edges, filters and cuts of the ticket.

Nothing here is special to an engine: no time-zone SQL, no date arithmetic, every value a bound parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)

from dashboard.kpis.kpi import Kpi
from dashboard.kpis.ranked import Quantile
from dashboard.kpis.statistic import Stock, real, rows
from dashboard.kpis.survival import CensoredMedian
from dashboard.scope import Period, Scope, dimension
from etl.tables import ticket

Edge = tuple[datetime | None, datetime | None]
Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class Cut:
    """Which rows, and into what they are cut: the same for every KPI of one call."""

    scope: Scope
    by: tuple[str, ...] = ()

    @property
    def needs_ticket(self) -> bool:
        """Whether the fact must be joined to its tickets at all."""
        return bool(self.scope.filters or self.by)

    def source(self, kpi: Kpi) -> FromClause:
        """The tables to read."""
        return kpi.tables if self.needs_ticket or _is_dated_by_ticket(kpi) else kpi.fact

    def groups(self) -> list[ColumnElement[Any]]:
        """The dimensions cut by, labelled by their place."""
        return [ticket.c[dimension(name)].label(f"by_{index}") for index, name in enumerate(self.by)]

    def conditions(self) -> Conditions:
        """The filters; an empty value stands for tickets that hold none."""
        return [_is_one_of(ticket.c[dimension(name)], values) for name, values in self.scope.filters]


def _is_dated_by_ticket(kpi: Kpi) -> bool:
    return getattr(kpi.dated_by, "table", None) is ticket


def _is_one_of(column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    known = [value for value in values if value]
    if len(known) == len(values):
        return column.in_(known)
    return or_(column.in_(known), column.is_(None)) if known else column.is_(None)


def is_group(group: Sequence[tuple[str, str | None]]) -> Conditions:
    """The rows of one group of a cut."""
    return [
        ticket.c[dimension(name)].is_(None) if value is None else ticket.c[dimension(name)] == value
        for name, value in group
    ]


def layers(periods: Sequence[Period]) -> list[list[Period]]:
    """Distribute periods so that those of one layer do not overlap: one query a layer."""
    found: list[list[Period]] = []
    for period in sorted(set(periods), key=lambda period: period.instants()[0] or datetime.min):  # noqa: DTZ901
        start = period.instants()[0]
        for layer in found:
            end = layer[-1].instants()[1]
            if start is not None and end is not None and end <= start:
                layer.append(period)
                break
        else:
            found.append([period])
    return found


def place(column: ColumnElement[Any], edges: Sequence[datetime]) -> ColumnElement[int]:
    """How many of the ascending edges a clock has reached: log n comparisons a row, on any engine."""

    def between(low: int, high: int) -> ColumnElement[int]:
        if low == high:
            return literal_column(str(low))
        middle = (low + high + 1) // 2
        return case((column >= edges[middle - 1], between(middle, high)), else_=between(low, middle - 1))

    return between(0, len(edges))


@dataclass(frozen=True)
class Calendar:
    """The edges of one layer of periods, and where each period lies between them."""

    edges: tuple[datetime, ...]
    places: dict[int, Period]

    @classmethod
    def of(cls, layer: Sequence[Period]) -> Calendar:
        instants = [period.instants() for period in layer]
        edges = tuple(sorted({edge for pair in instants for edge in pair if edge is not None}))
        starts = [0 if start is None else edges.index(start) + 1 for start, _ in instants]
        return cls(edges, dict(zip(starts, layer, strict=True)))

    def within(self, column: ColumnElement[Any]) -> Conditions:
        """Rows dated in the layer at all. All of time asks for no date."""
        if not self.edges:
            return []
        periods = list(self.places.values())
        start, end = periods[0].instants()[0], periods[-1].instants()[1]
        found = [column.is_not(None)]
        return found + ([column >= start] if start else []) + ([column < end] if end else [])


def sums(kpis: Sequence[Kpi], cut: Cut, calendar: Calendar) -> Select[Any]:
    """The sums of KPIs that share tables, clock and population: one pass over the fact."""
    first = kpis[0]
    columns = [
        column.label(f"k{index}_{name}")
        for index, kpi in enumerate(kpis)
        for name, column in {**kpi.statistic.columns(kpi.among), **_young(kpi)}.items()
    ]
    return (
        select(place(first.dated_by, calendar.edges).label("place_in_time"), *cut.groups(), *columns)
        .select_from(cut.source(first))
        .where(first.population, *calendar.within(first.dated_by), *cut.conditions())
        .group_by("place_in_time", *(group.name for group in cut.groups()))
    )


def _young(kpi: Kpi) -> dict[str, ColumnElement[Any]]:
    return {} if kpi.immature is None else {"immature": rows(kpi.immature)}


def ranked(kpi: Kpi, cut: Cut, calendar: Calendar) -> Select[Any]:
    """Quantiles by rank: number the values of each period and group, then pick the ranks wanted."""
    if not isinstance(kpi.statistic, Quantile):
        raise TypeError(f"{kpi.name} is no quantile")
    groups = [group.name for group in cut.groups()]
    values = (
        select(
            place(kpi.dated_by, calendar.edges).label("place_in_time"),
            *cut.groups(),
            real(kpi.statistic.of).label("measured"),
        )
        .select_from(cut.source(kpi))
        .where(kpi.population, kpi.among, kpi.statistic.counted(), *calendar.within(kpi.dated_by), *cut.conditions())
        .subquery("valued")
    )
    keys = [values.c[name] for name in ("place_in_time", *groups)]
    numbered = select(
        *keys,
        values.c.measured,
        func.row_number().over(partition_by=keys, order_by=values.c.measured).label("place"),
        func.count().over(partition_by=keys).label("size"),
    ).subquery("numbered")
    columns = [column.label(f"k0_{name}") for name, column in kpi.statistic.columns(kpi.among).items()]
    outer = [numbered.c[name] for name in ("place_in_time", *groups)]
    return select(*outer, *columns).group_by(*outer)


def lasted(kpi: Kpi, cut: Cut, calendar: Calendar) -> Select[Any]:
    """How many rows of each period and group lasted how long, ended and not."""
    if not isinstance(kpi.statistic, CensoredMedian):
        raise TypeError(f"{kpi.name} is no censored median")
    keys = kpi.statistic.keys()
    return (
        select(
            place(kpi.dated_by, calendar.edges).label("place_in_time"),
            *cut.groups(),
            *(column.label(name) for name, column in keys.items()),
            func.count().label("rows"),
        )
        .select_from(cut.source(kpi))
        .where(kpi.population, kpi.among, kpi.statistic.counted(), *calendar.within(kpi.dated_by), *cut.conditions())
        .group_by("place_in_time", *(group.name for group in cut.groups()), *keys)
    )


def flows(kpi: Kpi, cut: Cut, ends: Sequence[datetime]) -> tuple[Select[Any], Select[Any]]:
    """What entered and what left a stock, by how many of the ends had passed by then."""
    if not isinstance(kpi.statistic, Stock):
        raise TypeError(f"{kpi.name} is no stock")

    def flow(column: ColumnElement[Any]) -> Select[Any]:
        return (
            select(place(column, ends).label("place_in_time"), *cut.groups(), func.count().label("rows"))
            .select_from(cut.source(kpi))
            .where(kpi.population, kpi.among, column.is_not(None), *cut.conditions())
            .group_by("place_in_time", *(group.name for group in cut.groups()))
        )

    return flow(kpi.statistic.enters), flow(kpi.statistic.leaves)


#: What a drill shows of every ticket.
SHOWN = ("subject", "status", "priority", "team", "owner", "account", "product", "created_at", "resolved_at")


def behind(kpi: Kpi, cut: Cut, period: Period, group: Sequence[tuple[str, str | None]]) -> Select[Any]:
    """The rows a reading counted, each with its ticket; an occurrence comes with every ticket of it."""
    key = kpi.drill.name
    if kpi.fact is ticket:
        detail: Any = ticket
        tables: FromClause = ticket
    else:
        detail = ticket.alias("detail")
        joined = and_(detail.c[key] == kpi.drill, detail.c.excluded_because.is_(None))
        tables = (kpi.tables if group else cut.source(kpi)).outerjoin(detail, joined)
    ticket_id = detail.c.ticket_id if key != "ticket_id" else kpi.drill
    measured = [column.label(name) for name, column in kpi.statistic.measured().items()]
    counted = kpi.statistic.counted()
    conditions = [kpi.population, kpi.among, *_when(kpi, period), *cut.conditions(), *is_group(group)]
    statement = (
        select(ticket_id.label("ticket_id"), *measured, *(detail.c[name] for name in SHOWN), *kpi.shows)
        .select_from(tables)
        .where(*conditions, *([] if counted is None else [counted]))
    )
    return statement.order_by(*_order(kpi, measured), detail.c.created_at.desc(), ticket_id)


def _when(kpi: Kpi, period: Period) -> Conditions:
    start, end = period.instants()
    if isinstance(kpi.statistic, Stock):
        enters, leaves = kpi.statistic.enters, kpi.statistic.leaves
        return [leaves.is_(None)] if end is None else [enters < end, or_(leaves.is_(None), leaves >= end)]
    return Calendar.of([period]).within(kpi.dated_by) if start or end else []


def _order(kpi: Kpi, measured: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """What went wrong first: failures of a proportion, the largest values of a measurement."""
    if not measured:
        return []
    column = measured[0]
    if column.name == "counts_towards" and kpi.good == "up":
        return [column.asc()]
    return [column.desc()]
