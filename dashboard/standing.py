"""How each KPI counts one ticket, worked out from the KPI's own definition: no rule is written a second time.

Runs its own queries, a sibling of ``readings``: a reading asks a condition of many rows and keeps the sum, here each
condition is asked of one ticket and its answer kept. The same population, ``among``, statistic and dates stand in both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, case, false, select, true
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.operators import and_ as conjunction
from sqlalchemy.sql.visitors import iterate

from dashboard.engine import Facts
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.kpis.statistic import Stock
from dashboard.queries import Cut, falls_in
from dashboard.readings import as_chosen
from dashboard.scope import Period, Scope
from etl.tables import ticket

COUNTED, YOUNG, OUT = "counted", "too young to judge", "left out"

#: What it means for a ticket that a rule asking this of a flag is not met; any other column is told by its value.
_FLAGS = {
    "is_outbound": "an agent started it",
    "is_bot_only": "no person answered it",
    "is_auto_closed": "it was resolved for want of an answer",
    "is_closed_without_resolve": "it was closed without a resolve",
    "is_latest_on_ticket": "another answer on the ticket is the newest",
    "is_latest_in_quarter": "another answer of the person in that quarter is the newest",
}


@dataclass(frozen=True)
class Standing:
    """One row of a KPI's fact that belongs to the ticket, and what the KPI makes of it.

    A KPI of surveys or target clocks may have several rows of one ticket, or none; then one row says so.
    """

    kpi: Kpi
    outcome: str  # COUNTED, YOUNG or OUT
    why: str  # where it is not counted, the rules not met; else empty, or that it has no date
    in_period: bool  # counted, and dated in the period asked for
    value: object  # the measurement, where the statistic has one
    counts_towards: str | None  # yes or no, where the KPI is a share
    dated_at: datetime | None  # by the KPI's own clock
    leaves_at: datetime | None = None  # of a stock: until when it stood there
    is_stock: bool = False
    about: object = None  # which row it is, where the KPI's fact is not the ticket: a target clock, a survey


def standings(
    facts: Facts, kpis: Iterable[Kpi], ticket_id: str, period: Period, scope: Scope | None = None,
    options: Options = DEFAULTS,
) -> list[Standing]:  # fmt: skip
    """What each KPI makes of a ticket, in the order given; KPIs of one fact share a query."""
    chosen = [as_chosen(kpi, options, facts) for kpi in kpis]
    row = facts.rows(select(ticket).where(ticket.c.ticket_id == ticket_id))
    if not row:
        return []
    batches: dict[tuple[int, str], list[Kpi]] = defaultdict(list)
    for kpi in chosen:
        batches[id(kpi.tables), _key(kpi)].append(kpi)
    found: dict[str, list[Standing]] = {}
    for batch in batches.values():
        questions = [_Question(kpi, index, period, scope or Scope()) for index, kpi in enumerate(batch)]
        answers = _answers(facts, questions, row[0])
        for question in questions:
            found[question.kpi.name] = _settled(question, answers, row[0])
    return [standing for kpi in chosen for standing in found[kpi.name]]


def _settled(question: _Question, answers: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> list[Standing]:
    excluded = row["excluded_because"]
    if excluded is not None:
        return [question.out(f"left out of every KPI: {excluded}")]
    if _key(question.kpi) not in row:
        return [question.out("no ticket stands behind it")]
    return [question.standing(answer) for answer in answers] or [
        question.out(f"no {question.kpi.counted} of this ticket")
    ]


def _key(kpi: Kpi) -> str:
    """The column of a ticket that finds its rows of a KPI; empty where no ticket stands behind one."""
    return "" if kpi.drill is None else kpi.drill.name


def _answers(facts: Facts, questions: Sequence[_Question], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of one fact that belong to the ticket, each with what every KPI of the fact asks of it."""
    kpi = questions[0].kpi
    key = row.get(_key(kpi))
    if key is None or kpi.drill is None:
        return []
    columns = {name: column for question in questions for name, column in question.columns().items()}
    statement: Select[Any] = select(*(column.label(name) for name, column in columns.items()))
    return facts.rows(statement.select_from(kpi.tables).where(kpi.drill == key).order_by(kpi.dated_by))


@dataclass(frozen=True)
class _Question:
    """One KPI asked of one ticket: the columns to select, and the sense of what comes back."""

    kpi: Kpi
    index: int
    period: Period
    scope: Scope

    def _named(self, name: str) -> str:
        return f"k{self.index}_{name}"

    def _conditions(self) -> dict[str, ColumnElement[bool]]:
        kpi, counted = self.kpi, self.kpi.statistic.counted()
        rules = [kpi.population, *_parts(kpi.among), *([] if counted is None else _parts(counted))]
        found = {f"rule{place}": rule for place, rule in enumerate(rules)}
        cut = Cut(self.scope)
        # Filtered by what its rows do not tell there is no reading, and so none that counts the ticket.
        filters = [false()] if cut.untold(kpi) else cut.conditions(kpi)
        found["period"] = and_(true(), *falls_in(kpi, self.period), *filters)
        if kpi.immature is not None:
            found["young"] = and_(kpi.population, kpi.immature)
        return found

    def columns(self) -> dict[str, ColumnElement[Any]]:
        """Conditions as 1 or 0, what is measured, the date, and the columns the rules read."""
        kpi, conditions = self.kpi, self._conditions()
        found: dict[str, ColumnElement[Any]] = {
            name: case((condition, 1), else_=0) for name, condition in conditions.items()
        }
        found |= {f"measured_{name}": column for name, column in kpi.statistic.measured().items()}
        found["dated"] = kpi.dated_by
        if isinstance(kpi.statistic, Stock):
            found["leaves"] = kpi.statistic.leaves
        if kpi.shows and kpi.fact is not ticket:
            found["about"] = kpi.shows[0]
        own = {self._named(name): column for name, column in found.items()}
        read: dict[str, ColumnElement[Any]] = {
            _label(column): column for rule in conditions.values() for column in _columns(rule, kpi)
        }
        return own | read

    def out(self, why: str) -> Standing:
        """It is in none of the KPI's rows."""
        return Standing(self.kpi, OUT, why, False, None, None, None)

    def standing(self, answer: Mapping[str, Any]) -> Standing:
        """What the KPI makes of one row."""
        kpi = self.kpi
        own = {name: answer[self._named(name)] for name in self._own(answer)}
        why, dated = self._unmet(own, answer), own["dated"]
        outcome = COUNTED if why is None else YOUNG if own.get("young") else OUT
        if why is None and dated is None:
            why = f"{kpi.anchor}: not known; in no week or month, only over all of time"
        counts = outcome == COUNTED
        return Standing(
            kpi=kpi,
            outcome=outcome,
            why=why or "",
            in_period=counts and bool(own["period"]),
            value=own.get("measured_value") if counts else None,
            counts_towards=own.get("measured_counts_towards") if counts else None,
            dated_at=dated,
            leaves_at=own.get("leaves"),
            is_stock=isinstance(kpi.statistic, Stock),
            about=own.get("about"),
        )

    def _own(self, answer: Mapping[str, Any]) -> Iterator[str]:
        prefix = self._named("")
        return (name.removeprefix(prefix) for name in answer if name.startswith(prefix))

    def _unmet(self, own: Mapping[str, Any], answer: Mapping[str, Any]) -> str | None:
        """The rules not met, in words; None where the row counts."""
        rules = {name: rule for name, rule in self._conditions().items() if name.startswith("rule")}
        failed = [rule for name, rule in rules.items() if not own[name]]
        words = dict.fromkeys(word for rule in failed for word in _told_of(rule, answer, self.kpi))
        return "; ".join(words) if failed else None


def _parts(condition: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """The conditions joined by "and", each for itself."""
    if isinstance(condition, BooleanClauseList) and condition.operator is conjunction:
        return [part for clause in condition.clauses for part in _parts(clause)]
    return [condition]


def _columns(condition: ColumnElement[Any], kpi: Kpi) -> list[Column[Any]]:
    """The columns a condition reads of the row itself; those of a subquery belong to other rows and stay out."""
    own = {part for part in iterate(kpi.tables) if isinstance(part, Table)}
    found = (part for part in iterate(condition) if isinstance(part, Column))
    return [column for column in dict.fromkeys(found) if column.table in own]


def _label(column: Column[Any]) -> str:
    return f"read_{column.table.name}_{column.name}"


def _told_of(rule: ColumnElement[bool], answer: Mapping[str, Any], kpi: Kpi) -> Iterator[str]:
    """A rule that was not met, by the values it read."""
    for column in _columns(rule, kpi):
        value = answer.get(_label(column))
        if column.name in _FLAGS:
            yield _FLAGS[column.name]
        elif value is None:
            yield f"{in_words(column.name)} not known"
        else:
            yield f"{in_words(column.name)}: {told(value)}"


def in_words(column: str) -> str:
    """A column as people say it."""
    return column.removesuffix("_at").replace("_", " ")


def told(value: object) -> str:
    """A value inside a sentence."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
