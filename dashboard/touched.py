"""Incidents and the accounts they touched: a sibling of ``readings`` with a query of its own.

A touched account is one that wrote about the incident's product while it ran; that joins two facts by time, which no
cut of a KPI does. Where the product is not told, every account that wrote counts, and the row says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, inspect, literal, or_, select

from dashboard.changes import WHO, Question
from dashboard.kpis.population import names_product
from etl.tables import account, incident, ticket

#: The newest incidents shown.
MOST = 50


@dataclass(frozen=True)
class Touched:
    """One incident. ``revenue`` is that of the touched accounts whose revenue is known (``known`` of them)."""

    incident_id: str
    title: str
    severity: str | None
    product: str | None
    started_at: datetime
    resolved_at: datetime | None
    tickets: int
    accounts: int
    revenue: float | None
    known: int
    counted_elsewhere: int | None  # accounts affected, as the incident record itself says


def incidents(question: Question) -> list[Touched]:
    """The incidents of the question's window, the newest first, each with the accounts it touched."""
    with question.facts.connect() as connection:
        if not inspect(connection).has_table(incident.name):
            return []
    wanted = _wanted(question)
    rows = question.facts.rows(
        select(*(incident.c[name] for name in _SHOWN))
        .where(*wanted)
        .order_by(incident.c.started_at.desc(), incident.c.incident_id)
        .limit(MOST)
    )
    wrote = _wrote(question, [row["incident_id"] for row in rows])
    return [_one(row, wrote) for row in rows]


_SHOWN = ("incident_id", "title", "severity", "product", "started_at", "resolved_at", "accounts_affected")


def _wanted(question: Question) -> list[ColumnElement[bool]]:
    start, end = question.window
    products = dict(question.scope.filters).get("product")
    found: list[ColumnElement[bool]] = [incident.c.started_at.is_not(None)]
    told = incident.c.product
    found += [or_(*(names_product(told, literal(each)) for each in products), told.is_(None))] if products else []
    found += [] if start is None else [incident.c.started_at >= start]
    return found + ([] if end is None else [incident.c.started_at < end])


def _while_it_ran(question: Question) -> ColumnElement[bool]:
    return and_(
        ticket.c.created_at >= incident.c.started_at,
        ticket.c.created_at <= func.coalesce(incident.c.resolved_at, question.facts.bounds.as_of),
        or_(incident.c.product.is_(None), names_product(incident.c.product, ticket.c.product)),
    )


def _wrote(question: Question, ids: list[str]) -> dict[str, dict[str, float]]:
    """Of each incident its tickets, accounts, and the revenue of those whose revenue is known."""
    each = (
        select(incident.c.incident_id, WHO.label("who"), func.count().label("tickets"))
        .select_from(incident.join(ticket, _while_it_ran(question)))
        .where(incident.c.incident_id.in_(ids), *question.conditions())
        .group_by(incident.c.incident_id, WHO)
        .subquery("each")
    )
    worth = (
        select(account.c.account, func.max(account.c.annual_revenue).label("revenue"))
        .group_by(account.c.account)
        .subquery("worth")
    )
    with question.facts.connect() as connection:
        has_accounts = inspect(connection).has_table(account.name)
    source = each.outerjoin(worth, worth.c.account == each.c.who) if has_accounts else each
    revenue = [func.sum(worth.c.revenue).label("revenue"), func.count(worth.c.revenue).label("known")]
    counts = [func.sum(each.c.tickets).label("tickets"), func.count().label("accounts")]
    statement = select(each.c.incident_id, *counts, *(revenue if has_accounts else [])).select_from(source)
    return {row["incident_id"]: row for row in question.facts.rows(statement.group_by(each.c.incident_id))}


def _one(row: dict[str, object], wrote: dict[str, dict[str, float]]) -> Touched:
    found = wrote.get(str(row["incident_id"]), {})
    revenue, affected = found.get("revenue"), row["accounts_affected"]
    return Touched(
        incident_id=str(row["incident_id"]),
        title=str(row["title"] or row["incident_id"]),
        severity=None if row["severity"] is None else str(row["severity"]),
        product=None if row["product"] is None else str(row["product"]),
        started_at=_moment(row["started_at"]),
        resolved_at=None if row["resolved_at"] is None else _moment(row["resolved_at"]),
        tickets=int(found.get("tickets", 0)),
        accounts=int(found.get("accounts", 0)),
        revenue=None if revenue is None else float(revenue),
        known=int(found.get("known", 0) or 0),
        counted_elsewhere=int(affected) if isinstance(affected, int | float) else None,
    )


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(value)
    return value


def accounts(question: Question, incident_id: str) -> pd.DataFrame:
    """The accounts an incident touched, those with most revenue first."""
    worth = (
        select(
            account.c.account,
            func.max(account.c.annual_revenue).label("annual_revenue"),
            func.max(account.c.tier).label("tier"),
            func.min(account.c.renewal_at).label("renewal_at"),
        )
        .group_by(account.c.account)
        .subquery("worth")
    )
    told = [func.count().label("tickets"), func.min(ticket.c.created_at).label("first_ticket_at")]
    shown = (worth.c.tier, worth.c.annual_revenue, worth.c.renewal_at)
    statement = (
        select(WHO.label("account"), *shown, *told)
        .select_from(
            incident.join(ticket, _while_it_ran(question)).outerjoin(worth, worth.c.account == ticket.c.account)
        )
        .where(incident.c.incident_id == incident_id, *question.conditions())
        .group_by(WHO, *shown)
        .order_by(func.coalesce(worth.c.annual_revenue, 0).desc(), WHO)
    )
    return question.facts.frame(statement)
