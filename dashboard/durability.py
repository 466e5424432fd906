"""How long fixes hold, and what customers answer when an issue comes back: a sibling of ``readings``.

A curve of fixes that have not been broken yet is no Reading, nor is a score by the how-many-eth occurrence an account
has met: no dimension of a ticket cuts either. The sums are those of the KPIs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from dashboard.chronic import apart, of_an_issue
from dashboard.incident_window import Difference
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.population import counted_fixes
from dashboard.kpis.statistic import Estimate, wilson
from dashboard.kpis.survival import Curve
from dashboard.queries import Cut
from dashboard.question import Question
from etl.tables import fix, issue_ticket, survey, ticket
from etl.vocabulary import FixEvidence, FixKind

#: Days a fix is to hold.
MARKS = (7, 30, 90)
#: Days up to which a curve knows tenths of a day.
_FINE = 30
#: Answers of this long before the end of the period are compared: occurrences are too few in one period.
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Held:
    """Fixes of one kind: their curve, and the share of those old enough that held each of ``MARKS``."""

    name: str
    n: int
    returned: int
    curve: Curve | None  # None: not one has been broken
    watched: float  # the longest any has been watched, days
    held: Mapping[int, Estimate]


#: Told fixes by how deep they go, then what nobody told and only the last resolve stands for.
GROUPS: tuple[tuple[str, ColumnElement[bool]], ...] = (
    ("Root cause", fix.c.kind == FixKind.ROOT_CAUSE.value),
    ("Hotfix", fix.c.kind == FixKind.HOTFIX.value),
    ("Workaround", fix.c.kind == FixKind.WORKAROUND.value),
    ("Fix, kind not told", and_(fix.c.kind == FixKind.NOT_TOLD.value, fix.c.evidence != FixEvidence.RESOLVE.value)),
    ("No fix told, last resolve", fix.c.evidence == FixEvidence.RESOLVE.value),
)


def durability(question: Question) -> list[Held]:
    """Every fix until the end of the period, as is known of it now; kinds that have none left out."""
    f, end = fix.c, question.period.instants()[1]
    group = case(*((condition, place) for place, (_, condition) in enumerate(GROUPS))).label("place")
    has_returned = case((f.days_to_return.is_not(None), 1), else_=0).label("ended")
    lasted = func.coalesce(f.days_to_return, f.days_observed)
    # Tenths of a day while they can be seen, else whole days: a line of thousands of steps shows no more.
    lasting = case((lasted < _FINE, func.round(lasted * 10) / 10), else_=func.round(lasted))
    dated = [f.fixed_at.is_not(None)] if end is None else [f.fixed_at < end]
    asked = (counted_fixes, *dated, *Cut(question.scope).conditions_of(fix), f.days_observed >= 0)
    keyed = (group, has_returned, lasting.label("lasting"))
    marks = [
        column.label(f"{name}_{days}")
        for days in MARKS
        for name, column in (
            ("n", func.count().filter(f.days_observed >= days)),
            ("broken", func.count().filter(f.days_observed >= days, f.days_to_return <= days)),
        )
    ]
    statement = select(*keyed, func.count().label("rows"), *marks).where(*asked).group_by(*keyed)
    by_group: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in question.facts.rows(statement):
        by_group[row["place"]].append(row)
    return [_held(name, by_group[place]) for place, (name, _) in enumerate(GROUPS) if place in by_group]


def _held(name: str, rows: Sequence[Mapping[str, Any]]) -> Held:
    counts = [(float(row["lasting"]), int(row["ended"]), int(row["rows"])) for row in rows]
    returned = sum(n for _, ended, n in counts if ended)
    held = {}
    for days in MARKS:
        n, broken = (sum(int(row[f"{what}_{days}"]) for row in rows) for what in ("n", "broken"))
        held[days] = Estimate(0) if not n else Estimate(n, (n - broken) / n, *wilson(n - broken, n), events=n - broken)
    return Held(
        name, sum(n for *_, n in counts), returned, Curve.of(counts) if returned else None,
        max(lasting for lasting, *_ in counts), held,
    )  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """What one group of customers answered; ``group`` says which."""

    group: str
    found: Estimate


@dataclass(frozen=True)
class Compared:
    """A score by occurrence and by the time a solution took, each with the difference of its two ends."""

    kpi: Kpi
    by_occurrence: tuple[Answered, ...]
    by_time: tuple[Answered, ...]
    occurrence_gap: Difference | None
    time_gap: Difference | None


_OCCURRENCES = ("first occurrence", "second", "third or later")
_THIRDS = ("fastest third", "middle third", "slowest third")
_EXPOSED = ("never met one", "first occurrence", "second", "third or later")


def ratings(question: Question) -> Compared:
    """CSAT on tickets of issues, by the how-many-eth occurrence for the account and by the third of time to solve.

    Sums add up: they are asked for by both at once, and put together by each.
    """
    kpi = question.kpi("csat")
    rated = _rated(question, kpi)
    number = case((rated.c.number >= 3, 3), else_=rated.c.number).label("number")
    columns = [column.label(name) for name, column in kpi.statistic.columns(kpi.among).items()]
    asked = (kpi.population, *_dated(question, kpi), *Cut(question.scope).conditions(kpi))
    statement = (
        select(number, rated.c.third, *columns)
        .select_from(kpi.tables.join(rated, rated.c.ticket_id == survey.c.ticket_id))
        .where(*asked)
        .group_by(number, rated.c.third)
    )
    rows = question.facts.rows(statement)
    by_occurrence = _put_together(kpi, rows, "number", dict(enumerate(_OCCURRENCES, 1)))
    by_time = _put_together(kpi, rows, "third", dict(enumerate(_THIRDS, 1)))
    return Compared(kpi, by_occurrence, by_time, _ends(by_occurrence), _ends(by_time))


def _rated(question: Question, kpi: Kpi) -> Any:
    """Each solved ticket of an issue that was answered of: which occurrence it was, and which third of time it took."""
    own = issue_ticket.c
    answered = select(survey.c.ticket_id).where(*_dated(question, kpi), kpi.among).distinct().subquery("answered")
    return (
        select(
            own.ticket_id,
            own.account_occurrence.label("number"),
            func.ntile(3).over(order_by=(ticket.c.resolution_minutes, own.ticket_id)).label("third"),
        )
        .select_from(
            answered.join(ticket, ticket.c.ticket_id == answered.c.ticket_id).join(
                issue_ticket, own.ticket_id == answered.c.ticket_id
            )
        )
        .where(ticket.c.resolution_minutes.is_not(None), own.account_occurrence.is_not(None), of_an_issue)
        .subquery("rated")
    )


def _put_together(
    kpi: Kpi, rows: Sequence[Mapping[str, Any]], by: str, names: Mapping[int, str]
) -> tuple[Answered, ...]:
    """What each group answered, of sums by two things at once."""
    columns = list(kpi.statistic.columns(kpi.among))
    found: dict[int, dict[str, Any]] = {number: dict.fromkeys(columns, 0) for number in names}
    for row in rows:
        for column in columns:
            found[row[by]][column] += row[column] or 0
    return tuple(Answered(name, kpi.statistic.finish(found[number])) for number, name in names.items())


def recommending(question: Question) -> tuple[Kpi, tuple[Answered, ...], Difference | None]:
    """NPS by the deepest occurrence of any issue the account had met by the day it answered."""
    kpi = question.kpi("nps")
    own = issue_ticket.c
    met = (
        select(survey.c.survey_id, func.max(own.account_occurrence).label("deepest"))
        .select_from(survey.join(issue_ticket, own.account == survey.c.account))
        .where(survey.c.kind == "nps", own.created_at <= survey.c.answered_at, of_an_issue)
        .group_by(survey.c.survey_id)
        .subquery("met_before")
    )
    tables = kpi.tables.outerjoin(met, met.c.survey_id == survey.c.survey_id)
    deepest = func.coalesce(met.c.deepest, 0)
    exposed = case((deepest >= 3, 3), else_=deepest)
    found = _grouped(question, kpi, tables, exposed, dict(enumerate(_EXPOSED)), survey.c.account.is_not(None))
    return kpi, found, _ends(found)


def _dated(question: Question, kpi: Kpi) -> list[ColumnElement[bool]]:
    """The year up to the end of the period."""
    end = question.period.instants()[1]
    return [kpi.dated_by.is_not(None)] if end is None else [kpi.dated_by < end, kpi.dated_by >= end - YEAR]


def _grouped(
    question: Question, kpi: Kpi, tables: Any, group: ColumnElement[Any], names: Mapping[int, str],
    *more: ColumnElement[bool],
) -> tuple[Answered, ...]:  # fmt: skip
    columns = [column.label(name) for name, column in kpi.statistic.columns(kpi.among).items()]
    asked = (kpi.population, *_dated(question, kpi), *Cut(question.scope).conditions(kpi), *more)
    labelled = group.label("group_number")
    statement: Select[Any] = select(labelled, *columns).select_from(tables).where(*asked).group_by(labelled)
    rows = {row["group_number"]: row for row in question.facts.rows(statement)}
    return tuple(
        Answered(name, kpi.statistic.finish(defaultdict(lambda: None, rows.get(number, {}))))
        for number, name in names.items()
    )


def _ends(found: Sequence[Answered]) -> Difference | None:
    """The last group minus the first."""
    return apart(found[-1].found, found[0].found)
