"""Whether it was solved, by the first person asked, and stayed solved."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, true

from dashboard.kpis import first_contact
from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.options import Options
from dashboard.kpis.population import (
    ROLE_SHEET,
    clocks,
    counted_clocks,
    counted_occurrences,
    counted_tickets,
    occurrences,
    tickets,
)
from dashboard.kpis.rates import EventRate
from dashboard.kpis.statistic import Proportion
from dashboard.kpis.target import Above, Below
from dashboard.kpis.variants import anchor, survey_anchor
from etl.tables import occurrence, sla_clock, ticket

_first_resolved = ticket.c.first_resolved_at.is_not(None)


def _repeat_contact_rate(options: Options) -> Kpi:
    days, dated = options.window_days, anchor(options, "first_resolved")
    judged = and_(_first_resolved, ticket.c.requester.is_not(None))
    return Kpi(
        name="repeat_contact_rate",
        label="Repeat contact",
        asks="How many customers have to come back about what we called solved?",
        counts=(
            f"Tickets whose requester opened another on the same topic within {days} days of the first resolve, on any "
            f"channel, divided by all tickets with a requester, {dated.counts} and watched for at least {days} days "
            "since their first resolve."
        ),
        beware=(
            "Another question on the topic counts as a return too. It stands for the customer callback rate: which "
            f"returns came by telephone is not told.{dated.caution}"
        ),
        statistic=Proportion(of=ticket.c.days_to_next_contact <= days),
        tables=tickets,
        dated_by=dated.column,
        anchor=dated.words,
        population=counted_tickets,
        among=and_(judged, ticket.c.days_observed >= days),
        unit=Unit.PERCENT,
        good=Good.DOWN,
        enough=30,
        needs="the requester of tickets",
        feed=judged,
        drill=ticket.c.ticket_id,
        target=Below(0.05, because=ROLE_SHEET),
        options=("window_days", "dated_by"),
        immature=and_(judged, func.coalesce(ticket.c.days_observed, 0) < days),
        shows=(ticket.c.requester, ticket.c.days_to_next_contact),
        chosen=options,
        varies=_repeat_contact_rate,
    )


_REOPENS = {
    "window": "Tickets reopened within {days} days of their first resolve, divided by all tickets",
    "any": "Tickets reopened at any time since their first resolve, divided by all tickets",
    "events": "All reopens of tickets, however often each was reopened, divided by all tickets",
}


def _reopens(options: Options) -> tuple[Proportion | EventRate, ColumnElement[Any]]:
    """What is counted, and what must be told of a ticket for it."""
    dated, told = ticket.c.days_to_reopen, ticket.c.reopens
    either = or_(told.is_not(None), dated.is_not(None))
    if options.reopen_rule == "events":
        return EventRate(of=case((told.is_not(None), told), else_=1)), either
    if options.reopen_rule == "any":
        return Proportion(of=or_(dated.is_not(None), func.coalesce(told, 0) > 0)), either
    return Proportion(of=or_(dated <= options.reopen_days, and_(dated.is_(None), told > 0))), either


def _reopen_rate(options: Options) -> Kpi:
    days, dated = options.reopen_days, anchor(options, "first_resolved")
    statistic, is_told = _reopens(options)
    judged = and_(_first_resolved, is_told)
    undated = (
        "; where the export counts reopens without dating them, any reopen counts"
        if options.reopen_rule == "window"
        else ""
    )
    return Kpi(
        name="reopen_rate",
        label="Reopen rate",
        asks="How many tickets we called solved were not?",
        counts=(
            f"{_REOPENS[options.reopen_rule].format(days=days)} that were resolved, {dated.counts} and watched for at "
            f"least {days} days since their first resolve{undated}."
        ),
        beware=f"A customer's 'thanks' may reopen a ticket; some help desks count it.{dated.caution}",
        statistic=statistic,
        tables=tickets,
        dated_by=dated.column,
        anchor=dated.words,
        population=counted_tickets,
        among=and_(judged, ticket.c.days_observed >= days),
        unit=Unit.PERCENT,
        good=Good.DOWN,
        enough=30,
        needs="status history, or the help desk's own count of reopens",
        feed=judged,
        drill=ticket.c.ticket_id,
        target=Below(0.05, because=ROLE_SHEET),
        options=("reopen_rule", "reopen_days", "dated_by"),
        immature=and_(judged, func.coalesce(ticket.c.days_observed, 0) < days),
        chosen=options,
        varies=_reopen_rate,
    )


def _escalation_rate(options: Options) -> Kpi:
    dated = anchor(options, "created")
    told = ticket.c.escalated.in_(("yes", "no"))
    resolved_only = options.escalation_among == "resolved"
    old_enough = _first_resolved if resolved_only else or_(_first_resolved, ticket.c.open_days > 7)
    among = "are resolved" if resolved_only else "are resolved or have been open for more than 7 days"
    open_ones = " An escalated ticket that is open still is not seen." if resolved_only else ""
    return Kpi(
        name="escalation_rate",
        label="Escalation rate",
        asks="How many tickets does the front line have to hand up?",
        counts=(
            "Tickets moved to a higher tier or to engineering, or linked to an engineering record, divided by all "
            f"tickets {dated.counts} that {among}."
        ),
        beware=f"A low rate may also mean that tickets which should be escalated are not.{open_ones}",
        statistic=Proportion(of=ticket.c.escalated == "yes"),
        tables=tickets,
        dated_by=dated.column,
        anchor=dated.words,
        population=counted_tickets,
        among=and_(told, old_enough),
        unit=Unit.PERCENT,
        good=Good.DOWN,
        enough=30,
        needs="group history with tiers mapped in supportkpi.toml, or the help desk's own escalation mark",
        feed=told,
        drill=ticket.c.ticket_id,
        target=Below(0.10, because=ROLE_SHEET),
        headline=True,
        options=("escalation_among", "dated_by"),
        immature=and_(told, ~func.coalesce(old_enough, False)),
        shows=(ticket.c.escalated_at,),
        chosen=options,
        varies=_escalation_rate,
    )


fcr = first_contact.fcr(Options())
repeat_contact_rate = _repeat_contact_rate(Options())
reopen_rate = _reopen_rate(Options())
escalation_rate = _escalation_rate(Options())


def _repeat_incident_rate(options: Options) -> Kpi:
    days = options.repeat_days
    return Kpi(
        name="repeat_incident_rate",
        label="Repeat-incident rate",
        asks="How often does an issue we thought was over come back?",
        counts=(
            f"Occurrences of an issue that had ended within the {days} days before, divided by all occurrences that "
            "began in the period; tickets of one issue less than 24 hours apart are one occurrence."
        ),
        beware="An issue nobody linked or named is not seen; the first days of the data cannot know what came before.",
        statistic=Proportion(
            of=and_(occurrence.c.days_since_previous.is_not(None), occurrence.c.days_since_previous <= days)
        ),
        tables=occurrences,
        dated_by=occurrence.c.started_at,
        anchor="occurrence began",
        population=counted_occurrences,
        among=occurrence.c.started_at.is_not(None),
        unit=Unit.PERCENT,
        good=Good.DOWN,
        enough=30,
        needs="the linked problem or engineering record of tickets (a problem, Jira or parent ticket column)",
        feed=occurrence.c.started_at.is_not(None),
        drill=occurrence.c.occurrence_id,
        headline=True,
        options=("repeat_days",),
        counted="occurrences",
        shows=(
            occurrence.c.occurrence_id,
            occurrence.c.issue_key,
            occurrence.c.evidence,
            occurrence.c.number,
            occurrence.c.days_since_previous,
        ),
        chosen=options,
        varies=_repeat_incident_rate,
    )


repeat_incident_rate = _repeat_incident_rate(Options())

_CLOCKS = {
    "all": "every kind alike",
    "first_reply": "those of the first reply alone",
    "next_reply": "those of the next reply alone",
    "resolution": "those of the resolution alone",
}


def _sla_compliance(options: Options) -> Kpi:
    dated = survey_anchor(options, sla_clock.c.dated_at, "met or fell due")
    cycles = (
        "only the last cycle of each ticket's clock counts" if options.sla_cycle == "last" else "every cycle counts"
    )
    when = (
        "each dated when it was met or fell due"
        if options.dated_by == "definition"
        else f"each dated by when {dated.words}"
    )
    kept: list[ColumnElement[bool]] = [sla_clock.c.is_last_cycle.is_(True) if options.sla_cycle == "last" else true()]
    if options.sla_clock != "all":
        kept.append(sla_clock.c.clock == options.sla_clock)
    return Kpi(
        name="sla_compliance",
        label="SLA compliance",
        asks="How often do we keep the time we promised?",
        counts=(
            f"Target clocks met divided by target clocks met or missed, {_CLOCKS[options.sla_clock]}, {when}; {cycles}"
            "; an open ticket past its due time counts as missed."
        ),
        beware=f"It says nothing of how late the late ones were.{dated.caution}",
        statistic=Proportion(of=sla_clock.c.is_met.is_(True)),
        tables=clocks,
        dated_by=dated.column,
        anchor=dated.words,
        population=counted_clocks,
        among=and_(sla_clock.c.is_met.is_not(None), *kept),
        unit=Unit.PERCENT,
        good=Good.UP,
        enough=30,
        needs="SLA results of the help desk export, or a policy in supportkpi.toml",
        feed=and_(sla_clock.c.is_met.is_not(None), sla_clock.c.dated_at.is_not(None), *kept),
        drill=sla_clock.c.ticket_id,
        target=Above(0.98, because=ROLE_SHEET),
        options=("sla_clock", "sla_cycle", "dated_by"),
        counted="target clocks",
        shows=(sla_clock.c.clock, sla_clock.c.due_at, sla_clock.c.met_at, sla_clock.c.basis),
        chosen=options,
        varies=_sla_compliance,
    )


sla_compliance = _sla_compliance(Options())
