"""Whether it was solved, by the first person asked, and stayed solved."""

from __future__ import annotations

from sqlalchemy import and_, func, or_

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
from dashboard.kpis.statistic import Proportion
from dashboard.kpis.target import Above, Below
from etl.tables import occurrence, sla_clock, ticket

_first_resolved = ticket.c.first_resolved_at.is_not(None)


def _fcr(options: Options) -> Kpi:
    days = options.window_days
    judged = and_(
        _first_resolved,
        ticket.c.is_outbound.is_(False),
        ticket.c.is_bot_only.is_(False),
        ticket.c.is_auto_closed.is_(False),
        ticket.c.public_replies.is_not(None),
    )
    return Kpi(
        name="fcr",
        label="First-contact resolution",
        asks="How many tickets does the first person asked solve with the first answer?",
        counts=(
            "Tickets with exactly one public reply by a person, one team, no escalation, no reopen and no further "
            f"contact by the requester on the topic within {days} days, divided by all customer-started tickets a "
            f"person handled and resolved, first resolved in the period and watched for at least {days} days since. "
            "Tickets a rule resolved because the customer did not answer are left out: nobody confirmed them."
        ),
        beware="What the export does not tell of (teams, escalations, reopens) counts as not having happened.",
        statistic=Proportion(
            of=and_(
                ticket.c.public_replies == 1,
                func.coalesce(ticket.c.teams, 1) <= 1,
                func.coalesce(ticket.c.escalated, "no") != "yes",
                func.coalesce(ticket.c.reopens, 0) == 0,
                ticket.c.days_to_reopen.is_(None),
                or_(ticket.c.days_to_next_contact.is_(None), ticket.c.days_to_next_contact > days),
            )
        ),
        tables=tickets,
        dated_by=ticket.c.first_resolved_at,
        anchor="first resolved",
        population=counted_tickets,
        among=and_(judged, ticket.c.days_observed >= days),
        unit=Unit.PERCENT,
        good=Good.UP,
        enough=30,
        needs="messages with their authors, or the help desk's own count of replies",
        feed=and_(_first_resolved, ticket.c.public_replies.is_not(None)),
        drill=ticket.c.ticket_id,
        target=Above(0.70, because=ROLE_SHEET),
        headline=True,
        options=("window_days",),
        immature=and_(judged, func.coalesce(ticket.c.days_observed, 0) < days),
        chosen=options,
        varies=_fcr,
    )


def _reopen_rate(options: Options) -> Kpi:
    days = options.reopen_days
    judged = and_(_first_resolved, or_(ticket.c.reopens.is_not(None), ticket.c.days_to_reopen.is_not(None)))
    return Kpi(
        name="reopen_rate",
        label="Reopen rate",
        asks="How many tickets we called solved were not?",
        counts=(
            f"Tickets reopened within {days} days of their first resolve, divided by all tickets first resolved in the "
            f"period and watched for at least {days} days since; where the export counts reopens without dating them, "
            "any reopen counts."
        ),
        beware="A customer's 'thanks' may reopen a ticket; some help desks count it.",
        statistic=Proportion(
            of=or_(
                ticket.c.days_to_reopen <= days,
                and_(ticket.c.days_to_reopen.is_(None), ticket.c.reopens > 0),
            )
        ),
        tables=tickets,
        dated_by=ticket.c.first_resolved_at,
        anchor="first resolved",
        population=counted_tickets,
        among=and_(judged, ticket.c.days_observed >= days),
        unit=Unit.PERCENT,
        good=Good.DOWN,
        enough=30,
        needs="status history, or the help desk's own count of reopens",
        feed=judged,
        drill=ticket.c.ticket_id,
        target=Below(0.05, because=ROLE_SHEET),
        options=("reopen_days",),
        immature=and_(judged, func.coalesce(ticket.c.days_observed, 0) < days),
        chosen=options,
        varies=_reopen_rate,
    )


fcr = _fcr(Options())
reopen_rate = _reopen_rate(Options())

_old_enough = or_(_first_resolved, ticket.c.open_days > 7)

escalation_rate = Kpi(
    name="escalation_rate",
    label="Escalation rate",
    asks="How many tickets does the front line have to hand up?",
    counts=(
        "Tickets moved to a higher tier or to engineering, or linked to an engineering record, divided by all tickets "
        "created in the period that are resolved or have been open for more than 7 days."
    ),
    beware="A low rate may also mean that tickets which should be escalated are not.",
    statistic=Proportion(of=ticket.c.escalated == "yes"),
    tables=tickets,
    dated_by=ticket.c.created_at,
    anchor="created",
    population=counted_tickets,
    among=and_(ticket.c.escalated.in_(("yes", "no")), _old_enough),
    unit=Unit.PERCENT,
    good=Good.DOWN,
    enough=30,
    needs="group history with tiers mapped in supportkpi.toml, or the help desk's own escalation mark",
    feed=ticket.c.escalated.in_(("yes", "no")),
    drill=ticket.c.ticket_id,
    target=Below(0.10, because=ROLE_SHEET),
    headline=True,
    immature=and_(ticket.c.escalated.in_(("yes", "no")), ~func.coalesce(_old_enough, False)),
    shows=(ticket.c.escalated_at,),
)


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

sla_compliance = Kpi(
    name="sla_compliance",
    label="SLA compliance",
    asks="How often do we keep the time we promised?",
    counts=(
        "Target clocks met divided by target clocks met or missed, first reply and resolution alike, each dated when "
        "it was met or fell due; an open ticket past its due time counts as missed."
    ),
    beware="It says nothing of how late the late ones were.",
    statistic=Proportion(of=sla_clock.c.is_met.is_(True)),
    tables=clocks,
    dated_by=sla_clock.c.dated_at,
    anchor="met or fell due",
    population=counted_clocks,
    among=sla_clock.c.is_met.is_not(None),
    unit=Unit.PERCENT,
    good=Good.UP,
    enough=30,
    needs="SLA results of the help desk export, or a policy in supportkpi.toml",
    feed=and_(sla_clock.c.is_met.is_not(None), sla_clock.c.dated_at.is_not(None)),
    drill=sla_clock.c.ticket_id,
    target=Above(0.98, because=ROLE_SHEET),
    counted="target clocks",
    shows=(sla_clock.c.clock, sla_clock.c.due_at, sla_clock.c.met_at, sla_clock.c.basis),
)
