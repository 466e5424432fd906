"""New and growing issues and topics of a week: a sibling of ``readings`` with queries of its own.

Whether an issue grows is asked of all issues and topics at once, week by week; that is no Reading of a KPI. Only sums
by week come out of the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, func, inspect, select

from dashboard.analysis import growing
from dashboard.analysis.growing import Grown
from dashboard.changes import WHO, Question, Told
from dashboard.engine import Facts
from dashboard.queries import place
from etl.tables import engineering_issue, escalation, issue, issue_ticket, ticket
from etl.vocabulary import Ending

WEEK = timedelta(days=7)
#: A change of the product so long before the week, or in it, coincides with what grows in it.
NEAR = timedelta(days=7)


@dataclass(frozen=True)
class Cluster:
    """An issue, or (``issue_key`` None) a topic of a product. ``evidence``: why its tickets are one issue."""

    product: str | None
    topic: str | None
    issue_key: str | None = None
    label: str | None = None
    evidence: str | None = None

    @property
    def words(self) -> str:
        """What it is called."""
        if self.issue_key is not None:
            return self.label or self.issue_key
        return " · ".join(part for part in (self.product, self.topic) if part)


@dataclass(frozen=True)
class Growth:
    """A cluster with what this week holds of it, and the changes of its product in and shortly before the week."""

    cluster: Cluster
    grown: Grown
    tickets: int
    coincides: tuple[Told, ...] = ()


@dataclass(frozen=True)
class Week:
    """The seven days looked at (naive UTC), how many before them tell what is usual, and every cluster judged."""

    start: datetime
    end: datetime
    weeks: int
    found: tuple[Growth, ...]

    @property
    def told(self) -> list[Growth]:
        """What grew."""
        return [each for each in self.found if each.grown.is_told]


def week(question: Question, changes: Sequence[Told] = ()) -> Week | None:
    """The last seven days of the period, or up to where the data end; None where nothing is dated."""
    span = seven_days(question)
    if span is None or question.facts.bounds.first is None:
        return None
    start, end = span
    weeks = min(growing.WEEKS, (start - question.facts.bounds.first) // WEEK)
    if weeks < growing.LEAST_WEEKS:
        return Week(start, end, max(0, weeks), ())
    edges = [end - WEEK * place for place in range(weeks + 1, -1, -1)]
    counts = _topics(question, edges) | _issues(question, edges)
    clusters = list(counts)
    judged = growing.grown(
        [counts[each][-1][0] for each in clusters], [[who for who, _ in counts[each][:-1]] for each in clusters]
    )
    found = [
        Growth(
            clusters[each.place],
            each,
            counts[clusters[each.place]][-1][1],
            _near(clusters[each.place], changes, start, end),
        )
        for each in judged
    ]
    return Week(start, end, weeks, tuple(found))


def seven_days(question: Question) -> tuple[datetime, datetime] | None:
    """The seven days that are "this week"."""
    until, end = question.facts.bounds.as_of, question.period.instants()[1]
    known = [each for each in (until, end) if each is not None]
    return (min(known) - WEEK, min(known)) if known else None


def _near(cluster: Cluster, changes: Sequence[Told], start: datetime, end: datetime) -> tuple[Told, ...]:
    if cluster.product is None:
        return ()
    return tuple(each for each in changes if each.product == cluster.product and start - NEAR <= each.made.moment < end)


Counts = dict[Cluster, list[tuple[int, int]]]


def _topics(question: Question, edges: Sequence[datetime]) -> Counts:
    names = {"product": ticket.c.product, "topic": ticket.c.category}
    told = [ticket.c.category.is_not(None)]
    rows = _weekly(question, ticket, names, told, ticket.c.created_at, edges)
    return _laid_out(rows, len(edges) - 1)


def _issues(question: Question, edges: Sequence[datetime]) -> Counts:
    if not has_issues(question.facts):
        return {}
    joined = issue_ticket.join(ticket, ticket.c.ticket_id == issue_ticket.c.ticket_id)
    joined = joined.join(issue, issue.c.issue_key == issue_ticket.c.issue_key)
    columns = {name: issue.c[name] for name in ("product", "topic", "issue_key", "label", "evidence")}
    return _laid_out(_weekly(question, joined, columns, [], ticket.c.created_at, edges), len(edges) - 1)


def has_issues(facts: Facts) -> bool:
    """Whether the facts tell of issues at all: those of an older load do not."""
    with facts.connect() as connection:
        known = inspect(connection)
        return known.has_table(issue.name) and known.has_table(issue_ticket.name)


def _weekly(
    question: Question,
    source: FromClause,
    names: Mapping[str, ColumnElement[Any]],
    told: Sequence[ColumnElement[bool]],
    clock: ColumnElement[Any],
    edges: Sequence[datetime],
) -> list[dict[str, Any]]:
    """Accounts and tickets of each cluster, week by week."""
    keys = [column.label(name) for name, column in names.items()]
    counts = (func.count(WHO.distinct()).label("who"), func.count().label("tickets"))
    statement = (
        select(*keys, place(clock, edges).label("week"), *counts)
        .select_from(source)
        .where(*question.conditions(), *told, clock >= edges[0], clock < edges[-1])
        .group_by(*keys, "week")
        .order_by(*keys, "week")
    )
    return question.facts.rows(statement)


def _laid_out(rows: Sequence[Mapping[str, Any]], weeks: int) -> Counts:
    found: Counts = defaultdict(lambda: [(0, 0)] * weeks)
    for row in rows:
        named = {name: row[name] for name in row if name not in ("week", "who", "tickets")}
        found[Cluster(**named)][int(row["week"]) - 1] = (int(row["who"]), int(row["tickets"]))
    return dict(found)


def tickets(question: Question, cluster: Cluster, start: datetime, end: datetime) -> pd.DataFrame:
    """The tickets of a cluster created in a stretch, newest first."""
    shown = [ticket.c[name] for name in ("ticket_id", "created_at", "subject", "account", "product", "category")]
    inside = [*question.conditions(), *of_cluster(cluster), ticket.c.created_at >= start, ticket.c.created_at < end]
    statement = select(*shown).where(*inside).order_by(ticket.c.created_at.desc(), ticket.c.ticket_id)
    return question.facts.frame(statement)


def of_cluster(cluster: Cluster) -> list[ColumnElement[bool]]:
    """The tickets of a cluster."""
    if cluster.issue_key is not None:
        of_issue = select(issue_ticket.c.ticket_id).where(issue_ticket.c.issue_key == cluster.issue_key)
        return [ticket.c.ticket_id.in_(of_issue)]
    named = [] if cluster.product is None else [ticket.c.product == cluster.product]
    return named if cluster.topic is None else [*named, ticket.c.category == cluster.topic]


@dataclass(frozen=True)
class Workaround:
    """An issue of engineering's that ended with a workaround, and the accounts that wrote of it."""

    issue_key: str
    title: str | None
    product: str | None
    accounts: int
    tickets: int
    last_at: datetime


def workarounds(question: Question, least: int = 2) -> list[Workaround] | None:
    """Workarounds that more than one account lives with, most accounts first; None where no record tells of endings."""
    ends = question.facts.rows(select(func.count(escalation.c.ended).label("n")))
    if not ends[0]["n"]:
        return None
    record, who = engineering_issue.c, func.count(WHO.distinct()).label("who")
    told = [who, func.count().label("tickets"), func.max(ticket.c.created_at).label("last")]
    names = (ticket.c.problem_key, record.title, record.product)
    of_ticket = escalation.join(ticket, ticket.c.ticket_id == escalation.c.ticket_id)
    statement = (
        select(*names, *told)
        .select_from(of_ticket.outerjoin(engineering_issue, record.issue_key == ticket.c.problem_key))
        .where(*question.conditions(), escalation.c.ended == Ending.WORKAROUND.value, ticket.c.problem_key.is_not(None))
        .group_by(*names)
        .having(func.count(WHO.distinct()) >= least)
        .order_by(who.desc(), ticket.c.problem_key)
    )
    return [
        Workaround(row["problem_key"], row["title"], row["product"], int(row["who"]), int(row["tickets"]), row["last"])
        for row in question.facts.rows(statement)
    ]
