"""Holding the thread, taken apart: a sibling of ``readings`` with queries of its own.

The KPIs of the family ``thread`` say how often; here the same rows (their population, clock and conditions) are laid
out by who passed to whom, by where a ticket began and was solved, by queue and by repeated text. A table of pairs is no
Reading. Every query reads facts that were measured at loading; no history is walked here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, and_, case, distinct, func, null, or_, select

from dashboard.analysis import black_holes, few_people
from dashboard.analysis.black_holes import Queue
from dashboard.engine import Facts
from dashboard.kpis.population import counted_handoffs, counted_stays, counted_tickets
from dashboard.kpis.statistic import Estimate, Proportion, rows
from dashboard.kpis.survival import CensoredMedian
from dashboard.queries import Calendar, Cut
from dashboard.question import Question
from etl.tables import handoff, macro_use, queue_stay, tax_entry, ticket

#: Stays are looked at over a quarter at least: a week holds too few to tell a queue's long ones.
QUARTER = timedelta(days=91)
#: Fewer handoffs than this have no median worth telling.
FEW = 20


@dataclass(frozen=True)
class Passed:
    """Handoffs from one team to another. Rates are None where too few people or handoffs stand behind them."""

    before: str | None
    after: str | None
    n: int
    gap: Estimate | None
    without_note: Estimate | None
    of_few: bool = False


def _handed(question: Question) -> list[ColumnElement[bool]]:
    within = Calendar.of([question.period]).within(handoff.c.occurred_at) if question.period.start else []
    return [counted_handoffs, *within, *Cut(question.scope).conditions_of(handoff)]


def passed(question: Question) -> list[Passed]:
    """Who passes to whom, most handoffs first."""
    teams = (handoff.c.from_team, handoff.c.to_team)
    told, none = handoff.c.has_note.is_not(None), handoff.c.has_note.is_(False)
    noted = (rows(told).label("told"), rows(none).label("none"))
    counted = select(*teams, func.count().label("n"), *noted)
    found = question.facts.rows(counted.where(*_handed(question)).group_by(*teams))
    gaps, hidden = _gaps(question), few(question)
    made = [_passed(row, gaps.get((row["from_team"], row["to_team"])), hidden) for row in found]
    return sorted(made, key=lambda each: (-each.n, each.before or "", each.after or ""))


def _passed(row: dict[str, Any], gap: Estimate | None, hidden: set[str]) -> Passed:
    before, after, n, told = row["from_team"], row["to_team"], int(row["n"]), int(row["told"])
    share = _share(int(row["none"]), told) if told >= FEW and before not in hidden else None
    wait = gap if gap is not None and gap.n >= FEW and after not in hidden else None
    return Passed(before, after, n, wait, share, before in hidden or after in hidden)


def _share(events: int, n: int) -> Estimate:
    return Proportion(handoff.c.has_note).finish({"n": n, "events": events})


def _gaps(question: Question) -> dict[tuple[str | None, str | None], Estimate]:
    kpi = question.kpi("handoff_gap")
    if not isinstance(kpi.statistic, CensoredMedian):
        raise TypeError(kpi.name)
    keys = {name: column.label(name) for name, column in kpi.statistic.keys().items()}
    teams = (handoff.c.from_team, handoff.c.to_team)
    statement = (
        select(*teams, *keys.values(), func.count().label("rows"))
        .where(*_handed(question), handoff.c.minutes.is_not(None))
        .group_by(*teams, *keys)
    )
    counts: dict[tuple[str | None, str | None], list[tuple[float, int, int]]] = defaultdict(list)
    for row in question.facts.rows(statement):
        counts[row["from_team"], row["to_team"]].append((float(row["lasting"]), int(row["ended"]), int(row["rows"])))
    return {teams: kpi.statistic.finish({"counts": found}) for teams, found in counts.items()}


def few(question: Question) -> set[str]:
    """Teams of which no rate is told, since fewer than five agents stand behind it; nobody leaves this module."""
    statement = (
        select(ticket.c.team, ticket.c.owner)
        .where(counted_tickets, ticket.c.team.is_not(None), ticket.c.owner.is_not(None))
        .where(*Cut(question.scope).conditions())
        .distinct()
    )
    agents: dict[str, set[str]] = defaultdict(set)
    for row in question.facts.rows(statement):
        agents[row["team"]].add(row["owner"])
    return few_people.hidden(agents)


@dataclass(frozen=True)
class Loop:
    """Tickets that went from one team to another and straight back."""

    home: str | None
    other: str | None
    tickets: int


def loops(question: Question) -> list[Loop]:
    """A → B → A between teams, most tickets first."""
    teams = (handoff.c.to_team, handoff.c.from_team)
    counted = func.count(distinct(handoff.c.ticket_id)).label("tickets")
    statement = select(*teams, counted).where(*_handed(question), handoff.c.team_return == "direct")
    found = question.facts.rows(statement.group_by(*teams).order_by(counted.desc()))
    return [Loop(row["to_team"], row["from_team"], int(row["tickets"])) for row in found]


@dataclass(frozen=True)
class Routed:
    """Resolved tickets by the team they were first given to and the one that solved them."""

    first: str
    last: str
    n: int


def routed(question: Question) -> list[Routed]:
    """Where tickets begin and where they are solved, most first."""
    teams, n = (ticket.c.first_team, ticket.c.team), func.count().label("n")
    statement = select(*teams, n).where(*question.conditions("first_assignment")).group_by(*teams)
    return [
        Routed(row["first_team"], row["team"], int(row["n"]))
        for row in question.facts.rows(statement.order_by(n.desc(), *teams))
    ]


def window(question: Question) -> tuple[datetime | None, datetime | None]:
    """From when to when stays are looked at: the period, and a quarter at least up to its end."""
    start, end = question.period.instants()
    return (min(start, end - QUARTER) if start is not None and end is not None else start), end


def queues(question: Question) -> tuple[list[Queue], float | None]:
    """Each team's queue: how likely a stay lasts over two days, and whether it swallows tickets; and of all of them."""
    minutes = queue_stay.c.minutes
    # To tens of minutes, up to the very edge that is asked about: a million stays come back as a few thousand.
    lasting = case((minutes <= black_holes.LONG, func.round(minutes / 10) * 10), else_=black_holes.LONG + 1440)
    has_left = case((queue_stay.c.ended_by.is_not(None), 1), else_=0)
    keys = (queue_stay.c.team, lasting.label("lasting"), has_left.label("has_left"))
    start, end = window(question)
    there = [counted_stays, *([] if start is None else [queue_stay.c.entered_at >= start])]
    there += [] if end is None else [queue_stay.c.entered_at < end]
    found = select(queue_stay.c.ticket_id, *keys).where(*there).cte("stayed").prefix_with("MATERIALIZED")
    source: FromClause = found
    if question.scope.filters:
        source = found.join(ticket, ticket.c.ticket_id == found.c.ticket_id)
    kept = [found.c[name] for name in ("team", "lasting", "has_left")]
    statement = select(*kept, func.count().label("n")).select_from(source).where(*Cut(question.scope).conditions())
    stays: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
    for row in question.facts.rows(statement.group_by(*kept)):
        stays[row["team"]].append((float(row["lasting"]), int(row["has_left"]), int(row["n"])))
    return black_holes.queues(stays), black_holes.pooled(stays)


def lying(question: Question, limit: int) -> tuple[int, pd.DataFrame]:
    """What lay in a queue at the end of the period, untouched for two days or more: how many, and the oldest."""
    end = question.period.instants()[1]
    there = [counted_stays]
    there += (
        [queue_stay.c.left_at.is_(None), queue_stay.c.minutes > black_holes.LONG]
        if end is None
        else [
            queue_stay.c.entered_at < end - timedelta(minutes=black_holes.LONG),
            or_(queue_stay.c.left_at.is_(None), queue_stay.c.left_at >= end),
        ]
    )
    shown = [queue_stay.c[name] for name in ("ticket_id", "team", "entered_at")]
    # Found first and joined then: they are few, and the planner takes them for many.
    stays = select(*shown).where(*there).cte("lying").prefix_with("MATERIALIZED")
    joined = stays.outerjoin(ticket, ticket.c.ticket_id == stays.c.ticket_id)
    listed = select(*stays.c, ticket.c.subject, func.count().over().label("n")).select_from(joined)
    listed = listed.where(*Cut(question.scope).conditions()).order_by(stays.c.entered_at, stays.c.ticket_id)
    return _counted(question.facts.frame(listed.limit(limit)))


def hardest(question: Question, name: str, column: str, least: float, limit: int) -> tuple[int, pd.DataFrame]:
    """Tickets a KPI counts that have so much of something or more: how many, and those with most."""
    measured = ticket.c[column]
    there = [*question.conditions(name), measured >= least]
    shown = [ticket.c[each] for each in ("ticket_id", "subject", "team", "resolved_at")]
    listed = select(measured, *shown, func.count().over().label("n")).where(*there)
    return _counted(question.facts.frame(listed.order_by(measured.desc(), ticket.c.ticket_id).limit(limit)))


def _counted(found: pd.DataFrame) -> tuple[int, pd.DataFrame]:
    """How many rows there are of which these are the first, as each of them tells, and they themselves."""
    return int(found["n"].iloc[0]) if len(found) else 0, found.drop(columns="n")


def systems(question: Question) -> list[tuple[str, int]]:
    """How many of the tickets link to each other system."""
    n = func.count(distinct(tax_entry.c.ticket_id)).label("n")
    joined = tax_entry.join(ticket, ticket.c.ticket_id == tax_entry.c.ticket_id)
    statement = (
        select(tax_entry.c.system, n)
        .select_from(joined)
        .where(*question.conditions("systems_per_ticket"), tax_entry.c.system.is_not(None))
        .group_by(tax_entry.c.system)
    )
    found = question.facts.rows(statement.order_by(n.desc(), tax_entry.c.system))
    return [(row["system"], int(row["n"])) for row in found]


#: When a text was sent first and last.
Life = tuple[datetime | None, datetime | None]


@dataclass(frozen=True)
class Macro:
    """A repeated text on tickets resolved in the period, or (``text_hash`` None) the tickets without any."""

    text_hash: str | None
    tickets: int
    first_used: datetime | None
    last_used: datetime | None
    example: str | None
    reopened: Estimate
    came_back: Estimate


_AFTER = ("reopen_rate", "repeat_contact_rate")


def macros(question: Question, lived: Mapping[str, Life], limit: int = 15) -> list[Macro]:
    """The texts most used on tickets resolved in the period, and how those tickets fared beside those without any."""
    if not question.facts.rows(select(macro_use.c.text_hash).limit(1)):
        return []
    tickets = question.conditions("tickets_resolved")
    counted = func.count().label("tickets")
    columns = [counted, func.min(ticket.c.ticket_id).label("example"), *_fared(question)]
    joined = macro_use.join(ticket, ticket.c.ticket_id == macro_use.c.ticket_id)
    used = select(macro_use.c.text_hash, *columns).select_from(joined).where(*tickets)
    found = question.facts.rows(used.group_by(macro_use.c.text_hash).order_by(counted.desc()).limit(limit))
    without = select(null().label("text_hash"), *columns).where(*tickets, ticket.c.repeated_texts == 0)
    others = question.facts.rows(without)
    never = (None, None)
    return [_macro(question, row, lived.get(row["text_hash"], never)) for row in [*found, *others] if row["tickets"]]


def lives(facts: Facts) -> dict[str, Life]:
    """When each repeated text was sent first and last, whatever is filtered."""
    first, last = func.min(macro_use.c.occurred_at).label("first"), func.max(macro_use.c.occurred_at).label("last")
    rows = facts.rows(select(macro_use.c.text_hash, first, last).group_by(macro_use.c.text_hash))
    return {row["text_hash"]: (row["first"], row["last"]) for row in rows}


def _fared(question: Question) -> list[ColumnElement[Any]]:
    """The sums of each KPI of what came after, under its place; rows its own population leaves out are not in it."""
    found: list[ColumnElement[Any]] = []
    for place, kpi in enumerate(question.kpi(name) for name in _AFTER):
        among = and_(kpi.population, kpi.among)
        found += [column.label(f"k{place}_{name}") for name, column in kpi.statistic.columns(among).items()]
    return found


def _macro(question: Question, row: dict[str, Any], life: Life) -> Macro:
    fared = []
    for place, name in enumerate(_AFTER):
        prefix = f"k{place}_"
        own = {key.removeprefix(prefix): value for key, value in row.items() if key.startswith(prefix)}
        fared.append(question.kpi(name).statistic.finish(own))
    example = row["example"] if row["text_hash"] is not None else None
    n = int(row["tickets"])
    return Macro(row["text_hash"], n, *life, example, fared[0], fared[1])
