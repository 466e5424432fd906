"""Issues that came back: a sibling of ``readings`` with queries of its own.

A row here is an issue, with sums over its tickets, fixes, surveys and signals: no KPI has such
rows. All is as it stood at the end of the period asked for, of the tickets the filters leave, added up in SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from dashboard.analysis.tax import signals
from dashboard.analysis.tax.basis import Basis
from dashboard.incident_window import Difference, difference
from dashboard.kpis.effort import column_of
from dashboard.kpis.statistic import Estimate
from dashboard.queries import Cut
from dashboard.question import Question
from dashboard.scope import Scope
from dashboard.stages import SHOWN, counted, until, worth
from dashboard.suspects import Suspect, suspected
from etl.tables import article, engineering_issue, fix, issue, issue_ticket, occurrence, survey, ticket

#: Answers on either side below which a difference is not told.
FEW = 10
_mine = issue_ticket.join(ticket, ticket.c.ticket_id == issue_ticket.c.ticket_id)
_of = issue_ticket.c


@dataclass(frozen=True)
class Fixed:
    """The newest fix of an issue by the end of the period, and whether the issue had come back by then."""

    fixed_at: datetime
    kind: str
    evidence: str
    days_to_return: float | None  # NULL: it held until the end of the period, or of the data
    days_watched: float


@dataclass(frozen=True)
class Chronic:
    """One row of the ledger."""

    issue_key: str
    label: str | None
    evidence: str
    confirmed_by: str | None
    product: str | None
    problem_key: str | None
    owner: str | None  # engineering's team of its record, else the team with most of its tickets
    record_status: str | None
    has_article: bool
    occurrences: int
    days_between: float | None
    first_at: datetime
    last_at: datetime
    tickets: int
    open: int
    accounts: int
    annual_revenue: float | None
    deepest: int | None
    minutes: float
    csat: Estimate
    csat_difference: Difference | None  # against tickets of no issue that came back
    fix: Fixed | None
    suspect: Suspect


def _came_back(question: Question) -> Any:
    """Issues with two occurrences or more, each with its sums."""
    occurrences = func.count(_of.occurrence_number.distinct())
    return (
        select(
            _of.issue_key,
            occurrences.label("occurrences"),
            func.count().label("tickets"),
            func.count(_of.account.distinct()).label("accounts"),
            func.max(_of.account_occurrence).label("deepest"),
            func.sum(case((_of.is_open, 1), else_=0)).label("open"),
            func.min(_of.created_at).label("first_at"),
            func.max(_of.created_at).label("last_at"),
        )
        .where(*counted(question))
        .group_by(_of.issue_key)
        .having(occurrences >= 2)
        .subquery("came_back")
    )


@dataclass(frozen=True)
class Extent:
    """How many issues came back at all, how many three times and more, and how many of each only text suggests."""

    twice: int
    thrice: int
    suggested: int


@dataclass(frozen=True)
class Ledger:
    """The issues shown, and how many there are in all."""

    extent: Extent
    rows: tuple[Chronic, ...]


def ledger(question: Question, basis: Basis, limit: int = SHOWN) -> Ledger:
    """Issues that came back: those first that an account has met most often, then those with most tickets."""
    back = _came_back(question)
    joined = back.join(issue, issue.c.issue_key == back.c.issue_key).outerjoin(
        engineering_issue, engineering_issue.c.issue_key == issue.c.problem_key
    )
    told = [issue.c[name] for name in ("label", "evidence", "confirmed_by", "product", "problem_key")]
    has_article = (
        select(literal(1))
        .where(
            article.c.category == issue.c.topic, func.coalesce(article.c.product, issue.c.product) == issue.c.product
        )
        .exists()
    )
    statement = (
        select(
            *back.c, *told, engineering_issue.c.team, engineering_issue.c.status.label("record_status"),
            case((has_article, 1), else_=0).label("has_article"), *_extent(back),
        )
        .select_from(joined)
        .order_by(func.coalesce(back.c.deepest, 0).desc(), back.c.tickets.desc(), back.c.issue_key)
        .limit(limit)
    )  # fmt: skip
    rows = question.facts.rows(statement)
    beside = _Beside.of(question, {row["issue_key"]: row["product"] for row in rows})
    size = Extent(*(int(rows[0][name]) if rows else 0 for name in Extent.__dataclass_fields__))
    return Ledger(size, tuple(_chronic(row, beside, basis) for row in rows))


def _extent(back: Any) -> list[ColumnElement[Any]]:
    """The size of the whole ledger, beside each of its rows."""
    third = case((back.c.occurrences >= 3, 1), else_=0)
    unsure = case((and_(issue.c.evidence.startswith("subject"), issue.c.confirmed_by.is_(None)), 1), else_=0)
    sums = {"twice": func.count(), "thrice": func.sum(third), "suggested": func.sum(unsure)}
    return [column.over().label(name) for name, column in sums.items()]


def _chronic(row: Mapping[str, Any], beside: _Beside, basis: Basis) -> Chronic:
    key = row["issue_key"]
    told = ("label", "evidence", "confirmed_by", "product", "problem_key", "record_status", "first_at", "last_at")
    counts = ("occurrences", "tickets", "open", "accounts")
    own, rest = beside.csat.get(key, Estimate(0)), beside.csat.get(None, Estimate(0))
    taken: dict[str, Any] = {name: row[name] for name in told} | {name: int(row[name]) for name in counts}
    return Chronic(
        issue_key=key,
        owner=row["team"] or beside.team.get(key),
        has_article=bool(row["has_article"]),
        days_between=beside.days_between.get(key),
        annual_revenue=beside.revenue.get(key),
        deepest=row["deepest"],
        minutes=sum(basis.by_signal(beside.signals.get(key, {})).values()),
        csat=own,
        csat_difference=apart(own, rest),
        fix=beside.fix.get(key),
        suspect=beside.suspect[key],
        **taken,
    )


def apart(one: Estimate, other: Estimate) -> Difference | None:
    """One minus the other with its 95 % interval; None while either rests on fewer than ten answers."""
    if min(one.n, other.n) < FEW:
        return None
    return difference([(1, one), (-1, other)])


@dataclass(frozen=True)
class _Beside:
    """What stands beside the sums of the issues shown, by their keys."""

    revenue: Mapping[str, float]
    days_between: Mapping[str, float]
    team: Mapping[str, str]
    fix: Mapping[str, Fixed]
    csat: Mapping[str | None, Estimate]
    signals: Mapping[str, Mapping[str, float]]
    suspect: Mapping[str, Suspect]

    @classmethod
    def of(cls, question: Question, products: Mapping[str, str | None]) -> _Beside:
        keys = list(products)
        if not keys:
            return cls({}, {}, {}, {}, {}, {}, {})
        began, away = _occurrences(question, keys)
        return cls(
            _revenue(question, keys),
            away,
            _teams(question, keys),
            fixes(question, keys),
            _csat(question, keys),
            _signals(question, keys),
            suspected(question, products, began),
        )


def _revenue(question: Question, keys: Sequence[str]) -> dict[str, float]:
    met = (
        select(_of.issue_key, _of.account).where(*counted(question), _of.issue_key.in_(keys)).distinct().subquery("met")
    )
    statement = (
        select(met.c.issue_key, func.sum(worth.c.annual_revenue).label("revenue"))
        .select_from(met.join(worth, worth.c.account == met.c.account))
        .group_by(met.c.issue_key)
    )
    return {row["issue_key"]: row["revenue"] for row in question.facts.rows(statement) if row["revenue"] is not None}


def _occurrences(question: Question, keys: Sequence[str]) -> tuple[dict[str, list[datetime]], dict[str, float]]:
    """When the occurrences of each issue began, oldest first, and the mean of the days it was away."""
    o = occurrence.c
    asked = (o.issue_key.in_(keys), *until(question, o.started_at))
    statement = select(o.issue_key, o.started_at, o.days_since_previous).where(*asked).order_by(o.started_at)
    began, away = defaultdict(list), defaultdict(list)
    for row in question.facts.rows(statement):
        began[row["issue_key"]].append(row["started_at"])
        if row["days_since_previous"] is not None:
            away[row["issue_key"]].append(row["days_since_previous"])
    return dict(began), {key: fmean(days) for key, days in away.items()}


def _teams(question: Question, keys: Sequence[str]) -> dict[str, str]:
    """The team with most tickets of each issue."""
    n = func.count().label("n")
    asked = (*counted(question), _of.issue_key.in_(keys), _of.team.is_not(None))
    statement = select(_of.issue_key, _of.team, n).where(*asked).group_by(_of.issue_key, _of.team)
    rows = question.facts.rows(statement.order_by(n, _of.team.desc()))
    return {row["issue_key"]: row["team"] for row in rows}


def _signals(question: Question, keys: Sequence[str]) -> dict[str, dict[str, float]]:
    """How often each signal of context rebuilding was seen on the tickets of each issue."""
    sums = [func.coalesce(func.sum(ticket.c[column_of(name)]), 0).label(name) for name in signals.NAMES]
    # The filters once more, of the tickets themselves: those they leave are fewer to look through.
    asked = (*counted(question), *Cut(question.scope).conditions(), _of.issue_key.in_(keys))
    rows = question.facts.rows(select(_of.issue_key, *sums).select_from(_mine).where(*asked).group_by(_of.issue_key))
    return {row["issue_key"]: {name: float(row[name]) for name in signals.NAMES} for row in rows}


def fixes(question: Question, keys: Iterable[str]) -> dict[str, Fixed]:
    """The newest fix of each issue by the end of the period; a return after that end is not known yet."""
    f, end = fix.c, question.period.instants()[1]
    told = (f.issue_key, f.fixed_at, f.kind, f.evidence, f.days_to_return, f.days_observed)
    statement = select(*told).where(f.issue_key.in_(list(keys)), *until(question, f.fixed_at)).order_by(f.fixed_at)
    found = {}
    for row in question.facts.rows(statement):
        watched, back = row["days_observed"] or 0.0, row["days_to_return"]
        if end is not None:
            watched = min(watched, (end - row["fixed_at"]).total_seconds() / 86400)
        is_back = back is not None and back <= watched
        found[row["issue_key"]] = Fixed(
            row["fixed_at"], row["kind"], row["evidence"], back if is_back else None, watched
        )
    return found


def _csat(question: Question, keys: Sequence[str]) -> dict[str | None, Estimate]:
    """CSAT by issue; None: all answers on tickets of no issue among these. Of all time until the period's end.

    Sums add up: those of none are what the issues leave of all. So the few tickets are looked up, not the many.
    """
    kpi = question.kpi("csat")
    columns = [column.label(name) for name, column in kpi.statistic.columns(kpi.among).items()]
    asked = (kpi.population, *until(question, kpi.dated_by))
    mine = Cut(Scope()).source(kpi).join(issue_ticket, _of.ticket_id == survey.c.ticket_id)
    cut = Cut(question.scope)
    own = select(_of.issue_key, *columns).select_from(mine).where(*asked, *cut.conditions_of(issue_ticket))
    rows = question.facts.rows(own.where(_of.issue_key.in_(keys)).group_by(_of.issue_key))
    found: dict[str | None, dict[str, Any]] = {row["issue_key"]: row for row in rows}
    whole = select(*columns).select_from(cut.source(kpi)).where(*asked, *cut.conditions(kpi))
    (every,) = question.facts.rows(whole)
    found[None] = {name: (value or 0) - sum(row[name] or 0 for row in rows) for name, value in every.items()}
    return {key: kpi.statistic.finish(defaultdict(lambda: None, row)) for key, row in found.items()}


def flags(question: Question, limit: int | None = None) -> Select[Any]:
    """The repeat flag of each ticket of the period: rule, confidence, who confirmed it. A row a ticket of an issue."""
    start = question.period.instants()[0]
    since = [] if start is None else [_of.created_at >= start]
    columns = (
        "ticket_id", "issue_key", "occurrence_id", "account", "evidence", "confidence", "confirmed_by", "created_at",
        "occurrence_number", "account_occurrence", "repeat_of", "days_since_solved", "is_duplicate",
    )  # fmt: skip
    told = or_(_of.occurrence_number >= 2, _of.repeat_of.is_not(None), _of.is_duplicate.is_(True))
    statement: Select[Any] = (
        select(*(_of[name] for name in columns), ticket.c.subject, issue.c.label)
        .select_from(_mine.outerjoin(issue, issue.c.issue_key == _of.issue_key))
        .where(*counted(question), *since, told)
        .order_by(_of.created_at.desc(), _of.ticket_id)
    )
    return statement if limit is None else statement.limit(limit)
