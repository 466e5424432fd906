"""How a question becomes SQL: periods as a balanced CASE over exact UTC edges, filters and cuts of the ticket.

Nothing here is special to an engine: no time-zone SQL, no date arithmetic, every value a bound parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
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

from dashboard.kpis.entered import Entered, Over, Trailing
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.ranked import Quantile
from dashboard.kpis.statistic import NetScore, Stock, real, rows
from dashboard.kpis.survival import CensoredMedian
from dashboard.scope import DIMENSIONS, Period, Scope, dimension
from etl.fact_columns import carried
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
        asks_ticket = self.needs_ticket and not carries(kpi.fact)
        return kpi.tables if asks_ticket or _is_dated_by_ticket(kpi) else kpi.fact

    def groups(self, kpi: Kpi) -> list[ColumnElement[Any]]:
        """The dimensions cut by, labelled by their place."""
        return [_column(kpi, name).label(f"by_{index}") for index, name in enumerate(self.by)]

    def conditions(self, kpi: Kpi | None = None) -> Conditions:
        """The filters, of a KPI's own rows or of tickets; an empty value stands for those that hold none."""
        return [_is_one_of(_column(kpi, name), values) for name, values in self.scope.filters]

    def conditions_of(self, fact: FromClause) -> Conditions:
        """The filters, of a fact that carries what they are about."""
        return [_is_one_of(carried(fact, dimension(name)), values) for name, values in self.scope.filters]

    @property
    def no_group(self) -> tuple[None, ...]:
        """The group of what nothing was found of."""
        return tuple(None for _ in self.by)

    def untold(self, kpi: Kpi) -> list[str]:
        """The dimensions asked for that the facts of a KPI do not tell."""
        asked = [*(name for name, _ in self.scope.filters), *self.by]
        return [] if kpi.cuts is None else [name for name in asked if name not in kpi.cuts]


def carries(fact: FromClause) -> bool:
    """Whether a fact holds all that tickets are filtered and cut by, so that its tickets need not be joined."""
    return all(name in fact.c for name in DIMENSIONS)


def _column(kpi: Kpi | None, name: str) -> ColumnElement[Any]:
    if kpi is not None and kpi.cuts is not None:
        return kpi.cuts[dimension(name)]
    fact = ticket if kpi is None or not carries(kpi.fact) else kpi.fact
    found: ColumnElement[Any] = carried(fact, dimension(name))
    return found


def _is_dated_by_ticket(kpi: Kpi) -> bool:
    return getattr(kpi.dated_by, "table", None) is ticket


def _is_one_of(column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    known = [value for value in values if value]
    if len(known) == len(values):
        return column.in_(known)
    return or_(column.in_(known), column.is_(None)) if known else column.is_(None)


def is_group(kpi: Kpi, group: Sequence[tuple[str, str | None]]) -> Conditions:
    """The rows of one group of a cut."""
    return [_column(kpi, name).is_(None) if value is None else _column(kpi, name) == value for name, value in group]


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


def batches(kpis: Sequence[Kpi]) -> list[list[Kpi]]:
    """KPIs that one pass over their fact can read: of one clock and population, and quantiles of the same rows."""
    found: list[list[Kpi]] = []
    for kpi in kpis:
        batch = next((batch for batch in found if _read_together(batch[0], kpi)), None)
        found.append([kpi]) if batch is None else batch.append(kpi)
    return found


def _read_together(one: Kpi, other: Kpi) -> bool:
    if not (one.tables is other.tables and one.dated_by is other.dated_by and one.population is other.population):
        return False
    if isinstance(one.statistic, Quantile) and isinstance(other.statistic, Quantile):
        return one.among.compare(other.among) and one.statistic.of.compare(other.statistic.of)
    return one.statistic.shape == other.statistic.shape == "sums"


def sums(kpis: Sequence[Kpi], cut: Cut, calendar: Calendar) -> Select[Any]:
    """The sums of KPIs that share tables, clock and population: one pass over the fact."""
    first = kpis[0]
    return (
        select(place(first.dated_by, calendar.edges).label("place_in_time"), *cut.groups(first), *_labelled(kpis))
        .select_from(cut.source(first))
        .where(first.population, *calendar.within(first.dated_by), *cut.conditions(first))
        .group_by("place_in_time", *(group.name for group in cut.groups(first)))
    )


def _young(kpi: Kpi) -> dict[str, ColumnElement[Any]]:
    return {} if kpi.immature is None else {"immature": rows(kpi.immature)}


def ranked(kpis: Sequence[Kpi], cut: Cut, calendar: Calendar) -> Select[Any]:
    """Quantiles by rank of KPIs that rank the same rows: number the values of each period and group, pick the ranks."""
    kpi = kpis[0]
    if not isinstance(kpi.statistic, Quantile):
        raise TypeError(f"{kpi.name} is no quantile")
    groups = [group.name for group in cut.groups(kpi)]
    values = (
        select(
            place(kpi.dated_by, calendar.edges).label("place_in_time"),
            *cut.groups(kpi),
            real(kpi.statistic.of).label("measured"),
        )
        .select_from(cut.source(kpi))
        .where(kpi.population, kpi.among, kpi.statistic.counted(), *calendar.within(kpi.dated_by))
        .where(*cut.conditions(kpi))
        .subquery("valued")
    )
    keys = [values.c[name] for name in ("place_in_time", *groups)]
    numbered = select(
        *keys,
        values.c.measured,
        func.row_number().over(partition_by=keys, order_by=values.c.measured).label("place"),
        func.count().over(partition_by=keys).label("size"),
    ).subquery("numbered")
    outer = [numbered.c[name] for name in ("place_in_time", *groups)]
    return select(*outer, *_labelled(kpis)).group_by(*outer)


def _labelled(kpis: Sequence[Kpi]) -> list[ColumnElement[Any]]:
    """The aggregates of each KPI, under its place among them."""
    return [
        column.label(f"k{index}_{name}")
        for index, kpi in enumerate(kpis)
        for name, column in {**kpi.statistic.columns(kpi.among), **_young(kpi)}.items()
    ]


def lasted(kpi: Kpi, cut: Cut, calendar: Calendar) -> Select[Any]:
    """How many rows of each period and group lasted how long, ended and not."""
    if not isinstance(kpi.statistic, CensoredMedian):
        raise TypeError(f"{kpi.name} is no censored median")
    keys = kpi.statistic.keys()
    statement: Select[Any] = (
        select(
            place(kpi.dated_by, calendar.edges).label("place_in_time"),
            *cut.groups(kpi),
            *(column.label(name) for name, column in keys.items()),
            func.count().label("rows"),
        )
        .select_from(cut.source(kpi))
        .where(kpi.population, kpi.among, kpi.statistic.counted(), *calendar.within(kpi.dated_by), *cut.conditions(kpi))
        .group_by("place_in_time", *(group.name for group in cut.groups(kpi)), *keys)
    )
    return statement


def entered(kpis: Sequence[Kpi]) -> Select[Any]:
    """The figures entered for KPIs that share a table of them: few, and picked from in Python."""
    told = kpis[0].fact
    names = {metric for kpi in kpis for metric in entered_of(kpi).metrics}
    columns = [told.c[name] for name in ("metric", "segment", "unit", "value", "period_start", "period_end")]
    dated = told.c.period_start.is_not(None)
    return select(*columns).where(told.c.metric.in_(sorted(names)), dated).order_by(*columns[:2], columns[4])


def entered_of(kpi: Kpi) -> Entered | Trailing | Over:
    """The statistic of a KPI that is entered."""
    if not isinstance(kpi.statistic, Entered | Trailing | Over):
        raise TypeError(f"{kpi.name} is not entered")
    return kpi.statistic


def flows(kpi: Kpi, cut: Cut, ends: Sequence[datetime]) -> Select[Any]:
    """How many rows entered a stock after so many of the ends and left it after so many; NULL: not at all.

    One pass over the fact, where what entered and what left by itself would be two.
    """
    if not isinstance(kpi.statistic, Stock):
        raise TypeError(f"{kpi.name} is no stock")
    moves = {"entered": kpi.statistic.enters, "gone": kpi.statistic.leaves}
    places = [case((column.is_not(None), place(column, ends))).label(name) for name, column in moves.items()]
    return (
        select(*places, *cut.groups(kpi), func.count().label("rows"))
        .select_from(cut.source(kpi))
        .where(kpi.population, kpi.among, *cut.conditions(kpi))
        .group_by(*moves, *(group.name for group in cut.groups(kpi)))
    )


def dated(kpi: Kpi, cut: Cut, edges: Sequence[datetime]) -> Select[Any]:
    """How many rows of a KPI lie between which two of the edges, by its own clock."""
    return (
        select(place(kpi.dated_by, edges).label("place_in_time"), *cut.groups(kpi), func.count().label("rows"))
        .select_from(cut.source(kpi))
        .where(kpi.population, kpi.among, kpi.dated_by.is_not(None), *cut.conditions(kpi))
        .group_by("place_in_time", *(group.name for group in cut.groups(kpi)))
    )


#: What a drill shows of every ticket.
SHOWN = ("subject", "status", "priority", "team", "owner", "account", "product", "created_at", "resolved_at")


def behind(
    kpi: Kpi, cut: Cut, period: Period, group: Sequence[tuple[str, str | None]], part: ColumnElement[bool] | None = None
) -> Select[Any]:
    """The rows a reading counted, each with its ticket; an occurrence comes with every ticket of it.

    ``part`` leaves some of them, by a condition on the fact or its ticket.
    """
    if kpi.drill is None:
        return _rows_alone(kpi, cut, period, group)
    key = kpi.drill.name
    if kpi.fact is ticket:
        detail: Any = ticket
        tables: FromClause = ticket
    else:
        detail = ticket.alias("detail")
        joined = and_(detail.c[key] == kpi.drill, detail.c.excluded_because.is_(None))
        tables = (kpi.tables if group or part is not None else cut.source(kpi)).outerjoin(detail, joined)
    ticket_id = detail.c.ticket_id if key != "ticket_id" else kpi.drill
    measured = [column.label(name) for name, column in kpi.statistic.measured().items()]
    counted = kpi.statistic.counted()
    conditions = [kpi.population, kpi.among, *falls_in(kpi, period), *cut.conditions(kpi), *is_group(kpi, group)]
    statement = (
        select(ticket_id.label("ticket_id"), *measured, *(detail.c[name] for name in SHOWN), *kpi.shows)
        .select_from(tables)
        .where(*conditions, *(extra for extra in (counted, part) if extra is not None))
    )
    return statement.order_by(*_order(kpi, measured), detail.c.created_at.desc(), ticket_id)


def _rows_alone(kpi: Kpi, cut: Cut, period: Period, group: Sequence[tuple[str, str | None]]) -> Select[Any]:
    """The rows of a fact no ticket stands behind; figures are those whose days lie in the period."""
    measured = [column.label(name) for name, column in kpi.statistic.measured().items()]
    counted = kpi.statistic.counted()
    conditions = [kpi.population, kpi.among, *cut.conditions(kpi), *is_group(kpi, group)]
    if kpi.statistic.shape == "entered":
        # Days of the calendar, the same in every zone: compared with days, not with the instants they begin at.
        first, last = (None if day is None else datetime.combine(day, time()) for day in (period.start, period.end))
        conditions += [] if first is None else [kpi.fact.c.period_start >= first]
        conditions += [] if last is None else [kpi.fact.c.period_end <= last]
    else:
        conditions += falls_in(kpi, period)
    tables = kpi.tables if cut.needs_ticket or group else kpi.fact
    statement = select(*measured, *kpi.shows).select_from(tables).where(*conditions)
    return statement.where(*([] if counted is None else [counted])).order_by(*_order(kpi, measured), *kpi.shows)


def falls_in(kpi: Kpi, period: Period) -> Conditions:
    """The rows of a period: dated in it by the KPI's clock, or of a stock there at its end."""
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
    # A net score measures in words, of which "detractor" is the first.
    is_word = column.name == "counts_towards" or isinstance(kpi.statistic, NetScore)
    if is_word and kpi.good == "up":
        return [column.asc()]
    return [column.desc()]
