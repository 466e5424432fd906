"""The investigation tax, taken apart: a sibling of ``readings`` with queries of its own.

The KPI ``investigation_tax`` reads one number, minutes a ticket. Here the same rows (its population, its clock, its
``among``) are summed signal by signal, group by group, and beside what became of them; sums of signals are no Reading.
The estimators stand in ``dashboard.analysis.tax`` and know no query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, select

from dashboard import kpis as catalogue
from dashboard.analysis import few_people
from dashboard.analysis.tax import calibrated, signals
from dashboard.analysis.tax.basis import Basis
from dashboard.analysis.tax.calibrated import Tracked
from dashboard.analysis.tax.recoverable import Spent
from dashboard.engine import Facts
from dashboard.kpis.effort import column_of
from dashboard.kpis.entered import Over, Told, of_row
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.kpis.population import counted_worklogs, worklogs
from dashboard.kpis.statistic import Estimate
from dashboard.queries import Calendar, Cut
from dashboard.readings import as_chosen
from dashboard.scope import DIMENSIONS, Period, Scope
from etl.tables import figure, segment, survey, tax_entry, ticket, ticket_event, worklog
from etl.vocabulary import Event, Segment

KPI = "investigation_tax"
HANDOFFS = "handoffs"
#: Of links alone: a ticket may lead to several systems, so these are no parts of all tickets.
SYSTEM = "system"
#: What the tax may be cut by. Never by owner, and never by account: the few people of one customer are known.
CUTS = (
    *(HANDOFFS, "category", "product", SYSTEM, "escalated", "priority", "team"),
    *("channel", "account_tier", "region", "source"),
)
#: Where handoffs are told as "and more".
_MANY = 4
#: The groups pooled because too few agents stand behind them.
POOLED = "groups of fewer than five agents"
#: Outcomes compared by tax: a measurement, or yes and no.
OUTCOMES = ("mttr", "fcr", "escalation_rate", "csat")
#: Full time is what is scheduled of one person: scheduled hours ÷ headcount, both entered.
_FULL_TIME = Over("scheduled_hours", per="headcount", mean=True, kind="duration")

_SYSTEMS = {
    "github": "GitHub", "gitlab": "GitLab", "azure devops": "Azure DevOps", "servicenow": "ServiceNow",
    "other": "other systems",
}  # fmt: skip
_entries = tax_entry.join(ticket, ticket.c.ticket_id == tax_entry.c.ticket_id)
_leads_somewhere = and_(tax_entry.c.signal == "link", tax_entry.c.system.is_not(None))


@dataclass(frozen=True)
class Seen:
    """How often each signal was seen on ``n`` tickets, and how many agents own them; None: nobody tells owners."""

    n: int
    counts: Mapping[str, float]
    agents: int | None

    @property
    def is_of_few(self) -> bool:
        """Whether so few agents stand behind it that it must not be told."""
        return self.agents is not None and self.agents < few_people.LEAST


@dataclass(frozen=True)
class Group:
    """One part of the tickets; ``names`` are the values it holds, more than one where parts were pooled."""

    label: str
    names: tuple[str | None, ...]
    seen: Seen


@dataclass(frozen=True)
class Question:
    """Which tickets; one for all queries here."""

    facts: Facts
    scope: Scope
    period: Period
    options: Options = DEFAULTS

    @property
    def kpi(self) -> Kpi:
        return as_chosen(catalogue.catalogue()[KPI], self.options, self.facts)

    def conditions(self) -> list[ColumnElement[bool]]:
        """The rows the KPI counts."""
        kpi = self.kpi
        return [kpi.population, kpi.among, *_within(kpi, self.period), *Cut(self.scope).conditions(kpi)]

    def of(self, period: Period) -> Question:
        """The same of another period."""
        return replace(self, period=period)

    def minutes(self) -> tuple[tuple[str, float, float, float], ...]:
        """The user's own minutes."""
        return self.options.minutes or self.facts.minutes


def _within(kpi: Kpi, period: Period) -> list[ColumnElement[bool]]:
    return Calendar.of([period]).within(kpi.dated_by) if period.start or period.end else []


def _column(name: str) -> ColumnElement[Any]:
    return ticket.c[column_of(name)]


def _sums() -> list[ColumnElement[Any]]:
    return [func.coalesce(func.sum(_column(name)), 0).label(name) for name in signals.NAMES]


def seen(question: Question, *more: ColumnElement[bool]) -> Seen:
    """All tickets of the question together."""
    found = _by(question, None, *more)
    return _together(list(found.values())) if found else Seen(0, {}, None)


def seen_again(question: Question) -> Seen:
    """Those of a second occurrence of their issue, or a later one."""
    return seen(question, ticket.c.occurrence_number >= 2)


def groups(question: Question, name: str) -> list[Group]:
    """The tickets cut by one of ``CUTS``, in the order of their values; parts of few agents pooled."""
    found = _by_system(question) if name == SYSTEM else _by(question, name)
    told = {value: _Part.agents_of(parts) for value, parts in found.items()}
    nobody = all(not people for people in told.values())
    pooled = set() if nobody else few_people.hidden({value: people or set() for value, people in told.items()})
    kept = [
        Group(label(name, value), (value,), _together([parts])) for value, parts in found.items() if value not in pooled
    ]
    if pooled:
        rest = _together([found[value] for value in pooled])
        if name == SYSTEM:
            rest = replace(rest, n=_linking(question, pooled))
        kept += [] if rest.is_of_few else [Group(POOLED, tuple(pooled), rest)]
    return kept


def label(name: str, value: str | None) -> str:
    """A group in words."""
    if name == HANDOFFS and value is not None:
        return f"{value} handoff" if value == "1" else f"{value} handoffs"
    if name == "escalated" and value is not None:
        return "escalated" if value == "yes" else "not escalated"
    if name == SYSTEM and value is not None:
        return _SYSTEMS.get(value, value.capitalize())
    return "(none)" if value is None else value


@dataclass(frozen=True)
class _Part:
    """The tickets of one owner in one group."""

    owner: str | None
    n: int
    counts: Mapping[str, float]

    @staticmethod
    def agents_of(parts: Sequence[_Part]) -> set[str]:
        return {each.owner for each in parts if each.owner is not None}


def _together(many: Sequence[Sequence[_Part]]) -> Seen:
    parts = [part for some in many for part in some]
    agents = _Part.agents_of(parts)
    counts = {name: sum(part.counts[name] for part in parts) for name in signals.NAMES}
    return Seen(sum(part.n for part in parts), counts, len(agents) or None)


def _by(question: Question, name: str | None, *more: ColumnElement[bool]) -> dict[str | None, list[_Part]]:
    """Sums by group and owner; owners are counted, and never leave this module."""
    value = _group_column(name)
    keys = [ticket.c.owner] if value is None else [value.label("value"), ticket.c.owner]
    statement = select(*keys, func.count().label("n"), *_sums()).where(*question.conditions(), *more)
    found: dict[str | None, list[_Part]] = defaultdict(list)
    for row in question.facts.rows(statement.group_by(*keys)):
        counts = {each: float(row[each]) for each in signals.NAMES}
        found[row.get("value")].append(_Part(row["owner"], int(row["n"]), counts))
    return dict(sorted(found.items(), key=lambda pair: (pair[0] is None, pair[0] or "")))


def _by_system(question: Question) -> dict[str | None, list[_Part]]:
    """The links of each system by the owner their tickets have; n: the tickets that lead there."""
    keys = (tax_entry.c.system.label("value"), ticket.c.owner)
    n = func.count(tax_entry.c.ticket_id.distinct()).label("n")
    statement = select(*keys, n, func.sum(tax_entry.c.quantity).label("links")).select_from(_entries).group_by(*keys)
    found: dict[str | None, list[_Part]] = defaultdict(list)
    for row in question.facts.rows(statement.where(*question.conditions(), _leads_somewhere)):
        counts = dict.fromkeys(signals.NAMES, 0.0) | {"link": float(row["links"])}
        found[row["value"]].append(_Part(row["owner"], int(row["n"]), counts))
    return dict(sorted(found.items()))


def _linking(question: Question, systems: Collection[str | None]) -> int:
    """How many tickets lead to one of these systems; one that leads to two is one."""
    n = func.count(tax_entry.c.ticket_id.distinct()).label("n")
    of_these = tax_entry.c.system.in_([each for each in systems if each is not None])
    (row,) = question.facts.rows(select(n).select_from(_entries).where(*question.conditions(), of_these))
    return int(row["n"])


def _group_column(name: str | None) -> ColumnElement[Any] | None:
    if name is None:
        return None
    if name == HANDOFFS:
        many = ticket.c.handoffs >= _MANY
        return case((many, f"{_MANY} or more"), else_=cast(ticket.c.handoffs, Text))
    if name not in CUTS or name not in DIMENSIONS:
        raise KeyError(name)
    return ticket.c[name]


def told(question: Question) -> list[str]:
    """Which of ``CUTS`` have a value on any of these tickets."""
    columns = {name: column for name in CUTS if name != SYSTEM and (column := _group_column(name)) is not None}
    counts = [func.count(column).label(name) for name, column in columns.items()]
    counts.append(func.sum(_column("link")).label(SYSTEM))
    (row,) = question.facts.rows(select(*counts).where(*question.conditions()))
    return [name for name in CUTS if row[name]]


def lacking(question: Question) -> list[tuple[str, int]]:
    """What the exports lack, with how many tickets it concerns: there the tax is a lower bound."""
    counted = func.count().label("n")
    found = select(ticket.c.tax_feed, counted).where(*question.conditions(), ticket.c.tax_feed.is_not(None))
    rows = question.facts.rows(found.group_by(ticket.c.tax_feed).order_by(counted.desc()))
    return [(row["tax_feed"].removeprefix("lower bound: "), int(row["n"])) for row in rows]


def spent(question: Question, basis: Basis) -> list[Spent]:
    """The minutes of each signal: on repeats or not, by later owners or not, where the facts tell owners at all."""
    again = case((ticket.c.occurrence_number >= 2, 1), else_=0).label("again")
    keys = (tax_entry.c.signal, tax_entry.c.is_rework)
    statement = (
        select(*keys, again, func.sum(tax_entry.c.quantity).label("seen"))
        .select_from(_entries)
        .where(*question.conditions())
        .group_by(*keys, again)
    )
    rows, means = question.facts.rows(statement), basis.means()
    is_told = any(row["is_rework"] is not None for row in rows)
    # Where owners are told, a ticket that none of them ever touched has no later owner either.
    return [
        Spent(
            row["signal"],
            float(row["seen"]) * means[row["signal"]],
            is_rework=bool(row["is_rework"]) if is_told else None,
            is_repeat=bool(row["again"]),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Entry:
    """One sighting on one ticket, and the minutes it stands for."""

    occurred_at: datetime | None
    signal: str
    quantity: int
    by_later_owner: bool | None
    system: str | None
    minutes: float


def ledger(facts: Facts, ticket_id: str, basis: Basis) -> list[Entry]:
    """Every sighting on a ticket, oldest first: their minutes add up to what the ticket has in every figure."""
    columns = [tax_entry.c[name] for name in ("occurred_at", "signal", "quantity", "is_rework", "system")]
    order = (tax_entry.c.sequence, tax_entry.c.signal)
    rows = facts.rows(select(*columns).where(tax_entry.c.ticket_id == ticket_id).order_by(*order))
    means = basis.means()
    return [
        Entry(
            row["occurred_at"], row["signal"], int(row["quantity"]),
            None if row["is_rework"] is None else bool(row["is_rework"]),
            row["system"], row["quantity"] * means[row["signal"]],
        )
        for row in rows
    ]  # fmt: skip


def stretches(facts: Facts, ticket_id: str) -> dict[str, float]:
    """The minutes a ticket spent in each state, in the order of the vocabulary; empty where the export cannot tell."""
    minutes = func.sum(segment.c.minutes).label("minutes")
    statement = select(segment.c.state, minutes).where(segment.c.ticket_id == ticket_id).group_by(segment.c.state)
    found = {row["state"]: float(row["minutes"]) for row in facts.rows(statement)}
    return {str(state): found[state] for state in Segment if state in found}


def basis(question: Question) -> Basis:
    """The best minutes there are: fitted where a hundred tickets have time tracking, else assumed. Of no scope."""
    known = signals.priors(question.minutes())
    found = calibrated.fit(tracked(question.facts), known)
    return Basis(known, reason=found) if isinstance(found, str) else Basis(known, found)


def tracked(facts: Facts) -> Tracked:
    """Every counted ticket with time tracking, of all time: minutes of a signal are those of the whole desk."""
    entries = select(worklog.c.ticket_id, worklog.c.minutes).select_from(worklogs)
    rows = facts.rows(entries.where(counted_worklogs, worklog.c.minutes > 0))
    minutes = calibrated.tracked_minutes((row["ticket_id"], float(row["minutes"])) for row in rows)
    if not minutes:
        nothing = np.zeros(0)
        return Tracked(np.zeros((0, len(signals.NAMES))), nothing, nothing, nothing)
    with_log = select(worklog.c.ticket_id).where(worklog.c.minutes > 0)
    kpi = catalogue.catalogue()[KPI]
    columns = [func.coalesce(_column(name), 0).label(name) for name in signals.NAMES]
    answers = func.coalesce(ticket.c.public_replies, 0).label("answers")
    counted = facts.rows(
        select(ticket.c.ticket_id, answers, *columns)
        .where(kpi.population, kpi.among, ticket.c.ticket_id.in_(with_log))
        .order_by(ticket.c.ticket_id)
    )
    words = _answer_words(facts, with_log)
    return Tracked(
        np.array([[row[name] for name in signals.NAMES] for row in counted], dtype=float).reshape(-1, len(columns)),
        np.array([row["answers"] for row in counted], dtype=float),
        np.array([words.get(row["ticket_id"], 0.0) for row in counted]),
        np.array([minutes[row["ticket_id"]] for row in counted]),
    )


def _answer_words(facts: Facts, some: Select[Any]) -> dict[str, float]:
    event = ticket_event.c
    statement = (
        select(event.ticket_id, func.sum(event.words).label("words"))
        .where(event.kind == Event.PUBLIC_MESSAGE, event.actor_role == "agent", event.ticket_id.in_(some))
        .group_by(event.ticket_id)
    )
    return {row["ticket_id"]: float(row["words"] or 0) for row in facts.rows(statement)}


def full_time(question: Question) -> Estimate:
    """The minutes one person is scheduled for in the period, from the figures entered; else the reason."""
    columns = [figure.c[name] for name in ("metric", "segment", "unit", "value", "period_start", "period_end")]
    entered = figure.c.metric.in_(_FULL_TIME.metrics)
    rows = question.facts.rows(select(*columns).where(entered, figure.c.period_start.is_not(None)))
    period = question.period
    return _FULL_TIME.finish({"told": Told([of_row(row) for row in rows], period.start, period.end, None)})


def fared(question: Question) -> pd.DataFrame:
    """A row a ticket: its assumed minutes, topic and priority, and each outcome as a number (NaN: not counted)."""
    known = {name: as_chosen(catalogue.catalogue()[name], question.options, question.facts) for name in OUTCOMES}
    of_ticket = [_outcome(kpi).label(name) for name, kpi in known.items() if kpi.fact is ticket]
    rated = _ratings(known["csat"])
    statement = (
        select(
            question.kpi.statistic.measured()["value"].label("tax"),
            ticket.c.category,
            ticket.c.priority,
            *of_ticket,
            rated.c.csat,
        )
        .select_from(ticket.outerjoin(rated, rated.c.ticket_id == ticket.c.ticket_id))
        .where(*question.conditions())
        .order_by(ticket.c.created_at, ticket.c.ticket_id)
    )
    return question.facts.frame(statement)


def _outcome(kpi: Kpi) -> ColumnElement[Any]:
    """What a KPI makes of a row: its measurement, or 1 and 0; NULL where it does not count it."""
    extra = kpi.statistic.counted()
    counted = and_(kpi.population, kpi.among, *([] if extra is None else [extra]))
    measured = kpi.statistic.measured()
    if "counts_towards" in measured:
        return case((and_(counted, measured["counts_towards"] == "yes"), 1.0), (counted, 0.0))
    return case((counted, measured["value"]))


def _ratings(kpi: Kpi) -> Any:
    """The mean outcome of the ratings of each ticket: one, as a rule."""
    outcome = _outcome(kpi)
    return (
        select(survey.c.ticket_id, func.avg(outcome).label("csat"))
        .where(survey.c.ticket_id.is_not(None), outcome.is_not(None))
        .group_by(survey.c.ticket_id)
        .subquery("rated")
    )
