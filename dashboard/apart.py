"""Events, tickets and customers kept apart: a sibling of ``readings`` with three small queries of its own.

A ticket solved twice in a week is two events and one ticket, and its customer may have others. Reports that name one of
the three by the name of another cannot be compared; here they stand side by side, for solving, reopening, coming
back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from dashboard import kpis
from dashboard.engine import Facts
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.queries import Calendar, Cut
from dashboard.scope import Period, Scope
from etl.tables import ticket, ticket_event
from etl.vocabulary import DONE, Event


@dataclass(frozen=True)
class Apart:
    """One thing that happens, counted three ways; ``unknown`` of the tickets name no customer, and are in none."""

    what: str
    rule: str
    events: int
    tickets: int
    customers: int
    unknown: int


def apart(facts: Facts, scope: Scope, period: Period, options: Options = DEFAULTS) -> list[Apart]:
    """Solved, reopened and came back, in one period; empty where nothing of it is known."""
    found = [_changed(facts, scope, period, *each) for each in _CHANGES]
    back = _came_back(facts, scope, period, options)
    return [each for each in (*found, back) if each is not None]


_new_is_done = ticket_event.c.new_value.in_(DONE)
_old_was_done = ticket_event.c.old_value.in_(DONE)
_CHANGES: tuple[tuple[str, str, ColumnElement[bool]], ...] = (
    (
        "Solved",
        "A change of status into resolved or closed, from a state that was neither.",
        and_(_new_is_done, or_(ticket_event.c.old_value.is_(None), ~_old_was_done)),
    ),
    (
        "Reopened",
        "A change of status out of resolved or closed, slips of minutes included.",
        and_(_old_was_done, ticket_event.c.new_value.is_not(None), ~_new_is_done),
    ),
)


def _changed(
    facts: Facts, scope: Scope, period: Period, what: str, rule: str, is_one: ColumnElement[bool]
) -> Apart | None:
    """Changes of status; None where no ticket in scope has any."""
    cut = Cut(scope)
    joined = ticket_event.join(ticket, ticket.c.ticket_id == ticket_event.c.ticket_id)
    told = and_(ticket_event.c.kind == Event.STATUS, ticket.c.excluded_because.is_(None), *cut.conditions())
    if not facts.rows(select(ticket_event.c.ticket_id).select_from(joined).where(told).limit(1)):
        return None
    within = Calendar.of([period]).within(ticket_event.c.occurred_at)
    rows = facts.rows(_three(joined, and_(told, is_one, *within)))
    return _told(what, rule, rows[0])


def _three(tables: Any, conditions: ColumnElement[bool]) -> Select[Any]:
    """Rows, distinct tickets, distinct customers, and tickets that name none."""
    pairs = (
        select(ticket.c.ticket_id, ticket.c.source, ticket.c.requester, func.count().label("events"))
        .select_from(tables)
        .where(conditions)
        .group_by(ticket.c.ticket_id, ticket.c.source, ticket.c.requester)
        .subquery("each_ticket")
    )
    people = (
        select(pairs.c.source, pairs.c.requester)
        .where(pairs.c.requester.is_not(None))
        .distinct()
        .subquery("each_customer")
    )
    return select(
        func.coalesce(func.sum(pairs.c.events), 0).label("events"),
        func.count().label("tickets"),
        (func.count() - func.count(pairs.c.requester)).label("unknown"),
        select(func.count()).select_from(people).scalar_subquery().label("customers"),
    )


def _told(what: str, rule: str, row: Any) -> Apart:
    return Apart(what, rule, int(row["events"]), int(row["tickets"]), int(row["customers"]), int(row["unknown"]))


def _came_back(facts: Facts, scope: Scope, period: Period, options: Options) -> Apart | None:
    """Tickets followed by another of the same customer on the same topic, by the rule of ``repeat_contact_rate``."""
    kpi, cut = kpis.under("repeat_contact_rate", options), Cut(scope)
    counted = and_(kpi.population, kpi.among, *cut.conditions(), *Calendar.of([period]).within(kpi.dated_by))
    if not facts.rows(select(ticket.c.ticket_id).where(counted).limit(1)):
        return None
    is_back = kpi.statistic.measured()["counts_towards"] == "yes"
    rule = f"Another ticket within {options.window_days} days: {kpi.label.lower()} counts the tickets."
    return _told("Came back", rule, facts.rows(_three(ticket, and_(counted, is_back)))[0])
