"""Accounts by how often one issue met them: once is concern, twice is doubt, from the third time it is scrutiny.

A sibling of ``readings``: a row is an account on an issue, which no KPI has. All is as it stood at the end of the
period asked for, of the tickets the filters leave, added up in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, true

from dashboard.kpis.population import of_an_issue
from dashboard.queries import Cut
from dashboard.question import Question
from etl.tables import account, issue, issue_ticket

#: Issues and accounts shown on the page; the file holds more.
SHOWN = 20
#: Most rows of one list, in a file too.
MOST = 500
#: What the occurrences an account met do to it (The Structural Pain of the Support Leader).
STAGES = {1: "concern", 2: "doubt", 3: "executive scrutiny"}
_of = issue_ticket.c


def stage(deepest: int | None) -> str:
    """The stage of the how-many-eth occurrence; empty where no account is known."""
    return "" if not deepest else STAGES[min(deepest, 3)]


def until(question: Question, moment: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """What lies before the end of the period; of all of time, what has a date."""
    end = question.period.instants()[1]
    return [moment.is_not(None)] if end is None else [moment < end]


def counted(question: Question) -> list[ColumnElement[bool]]:
    """Tickets of issues by the end of the period, under the filters."""
    counted = _of.excluded_because.is_(None)
    return [counted, *until(question, _of.created_at), *Cut(question.scope).conditions_of(issue_ticket)]


#: One row an account, whichever systems tell of it.
worth = (
    select(
        account.c.account,
        func.max(account.c.annual_revenue).label("annual_revenue"),
        func.max(account.c.renewal_at).label("renewal_at"),
    )
    .group_by(account.c.account)
    .subquery("worth")
)


@dataclass(frozen=True)
class Met:
    """An account on an issue it has met twice or more."""

    account: str
    issue_key: str
    label: str | None
    evidence: str
    confirmed_by: str | None
    deepest: int
    tickets: int
    open: int
    last_at: datetime
    annual_revenue: float | None
    renewal_at: datetime | None


@dataclass(frozen=True)
class Stages:
    """How many accounts stand at each stage by the deepest of their issues, and the worst pairs one by one."""

    accounts: Mapping[int, int]  # 1, 2, 3 (and more)
    pairs: int  # account on an issue, at stage 2 or above
    worst: tuple[Met, ...]


def pairs(question: Question) -> Select[Any]:
    """Accounts on an issue they met, each with the deepest occurrence and the sums of its tickets."""
    return (
        select(
            _of.account,
            _of.issue_key,
            func.max(_of.account_occurrence).label("deepest"),
            func.count().label("tickets"),
            func.sum(case((_of.is_open, 1), else_=0)).label("open"),
            func.max(_of.created_at).label("last_at"),
        )
        .where(*counted(question), of_an_issue, _of.account.is_not(None), _of.account_occurrence.is_not(None))
        .group_by(_of.account, _of.issue_key)
    )


def standing(question: Question, limit: int = SHOWN) -> Stages:
    """Who has met one issue how often; those about to meet it a third time stand with those that did."""
    pair = pairs(question).cte("met").prefix_with("MATERIALIZED")
    totals, worst = _totals(pair), _worst(pair, limit)
    # One row at least: the totals, beside the worst pairs or none.
    statement = select(*totals.c, *worst.c).select_from(totals.outerjoin(worst, true())).order_by(worst.c.place)
    rows = question.facts.rows(statement)
    met = tuple(
        Met(**{name: row[name] for name in Met.__dataclass_fields__}) for row in rows if row["place"] is not None
    )
    counts = {number: int(rows[0][f"stage_{number}"] or 0) for number in STAGES}
    return Stages(counts, int(rows[0]["pairs"] or 0), met)


def _totals(pair: Any) -> Any:
    """How many accounts stand at each stage by their deepest issue, and on how many issues they are in doubt."""
    each = select(
        func.max(pair.c.deepest).label("stage"),
        func.sum(case((pair.c.deepest >= 2, 1), else_=0)).label("pairs"),
    ).group_by(pair.c.account)
    of_account = each.subquery("of_account")
    capped = case((of_account.c.stage >= 3, 3), else_=of_account.c.stage)
    counts = [func.sum(case((capped == number, 1), else_=0)).label(f"stage_{number}") for number in STAGES]
    return select(*counts, func.sum(of_account.c.pairs).label("pairs")).subquery("totals")


def _worst(pair: Any, limit: int) -> Any:
    joined = pair.join(issue, issue.c.issue_key == pair.c.issue_key).outerjoin(worth, worth.c.account == pair.c.account)
    revenue = func.coalesce(worth.c.annual_revenue, 0)
    order = (pair.c.deepest.desc(), revenue.desc(), pair.c.last_at.desc(), pair.c.account, pair.c.issue_key)
    told = (issue.c.label, issue.c.evidence, issue.c.confirmed_by, worth.c.annual_revenue, worth.c.renewal_at)
    place = func.row_number().over(order_by=order).label("place")
    found = select(*pair.c, *told, place).select_from(joined).where(pair.c.deepest >= 2)
    return found.order_by(*order).limit(limit).subquery("worst")
