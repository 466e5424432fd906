"""What keeps coming back: issues, not tickets. Four words are kept apart here and on every page.

*Reopen*: the same ticket. *Repeat contact*: the same customer and topic. *Repeat incident*: the same issue. *Returned
after fix*: the same issue, created after what was to end it.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import and_, exists, func, literal, select

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.options import Options
from dashboard.kpis.population import (
    counted_fixes,
    counted_occurrences,
    counted_stages,
    counted_tickets,
    fixes,
    occurrences,
    stages,
    tickets,
)
from dashboard.kpis.statistic import Count, Proportion
from etl.tables import fix, issue_ticket, occurrence, ticket

_FIX = (
    "a fix is the end of the issue's engineering record, a deployed change that names it, or, where neither is told, "
    "the last resolve of its occurrence"
)
_MARKS = {7: "a week", 30: "a month", 90: "a quarter"}


def _returned(days: int) -> Kpi:
    back = func.coalesce(fix.c.days_to_return <= days, False)
    watched = fix.c.days_observed >= days
    dated = fix.c.fixed_at.is_not(None)
    return Kpi(
        name=f"returned_after_fix_{days}",
        label=f"Returned after fix within {days} days",
        asks=f"How many of our fixes do not hold {_MARKS[days]}?",
        counts=(
            f"Fixes after which a ticket of the same issue was created within {days} days, divided by all fixes of the "
            f"period watched {days} days; {_FIX}."
        ),
        beware=(
            "A customer who writes late of what is fixed already counts as a return, and an issue nobody linked or "
            "named is not seen to return."
        ),
        statistic=Proportion(of=back),
        tables=fixes,
        dated_by=fix.c.fixed_at,
        anchor="fixed",
        population=counted_fixes,
        among=and_(dated, watched),
        immature=and_(dated, ~func.coalesce(watched, False)),
        unit=Unit.PERCENT,
        good=Good.DOWN,
        enough=30,
        needs="tickets with a linked problem or engineering record, an error code, or a subject that comes again",
        feed=dated,
        drill=fix.c.occurrence_id,
        owner="engineering",
        counted="fixes",
        shows=(
            fix.c.occurrence_id,
            fix.c.issue_key,
            fix.c.fixed_at,
            fix.c.kind,
            fix.c.evidence,
            fix.c.days_to_return,
            fix.c.returned_ticket_id,
        ),
    )


returned_after_fix_7 = _returned(7)
returned_after_fix_30 = _returned(30)
returned_after_fix_90 = _returned(90)


def _repeat_incident_tickets(options: Options) -> Kpi:
    days = options.repeat_days
    of_issue = issue_ticket.c
    repeats = select(of_issue.ticket_id).where(of_issue.repeat_of.is_not(None), of_issue.days_since_solved <= days)
    known = select(literal(1)).select_from(issue_ticket).where(of_issue.account.is_not(None))
    among = and_(ticket.c.created_at.is_not(None), ticket.c.account.is_not(None))
    return Kpi(
        name="repeat_incident_tickets",
        label="Repeat-incident tickets",
        asks="How many tickets tell us of what the same customer was told is solved?",
        counts=(
            f"Tickets created within {days} days after an earlier one of the same account on the same issue was "
            "solved, divided by all tickets created in the period whose account is known."
        ),
        beware=(
            "A ticket beside one that is still open is a duplicate and not counted; one outage may bring many repeats "
            "where the repeat-incident rate counts one."
        ),
        statistic=Proportion(of=ticket.c.ticket_id.in_(repeats)),
        tables=tickets,
        dated_by=ticket.c.created_at,
        anchor="created",
        population=counted_tickets,
        among=among,
        unit=Unit.PERCENT,
        good=Good.DOWN,
        enough=30,
        needs="the account of tickets, and their linked problem or engineering record, error codes or subjects",
        # Without one ticket of a known issue nothing could repeat: that is no zero.
        feed=and_(among, exists(known)),
        feed_first=True,
        drill=ticket.c.ticket_id,
        options=("repeat_days",),
        chosen=options,
        varies=_repeat_incident_tickets,
    )


repeat_incident_tickets = _repeat_incident_tickets(Options())

_reached = issue_ticket.c.stage_reached.is_not(None)

accounts_in_doubt = Kpi(
    name="accounts_in_doubt",
    label="Accounts reaching doubt",
    asks="How many customers met an issue a second time?",
    counts=(
        "Accounts that wrote of the second occurrence of an issue they had written of before, dated by their first "
        "ticket of it; an account on two issues counts twice."
    ),
    beware="An account that suffers in silence is not counted; one ticket is enough to be.",
    statistic=Count(),
    tables=stages,
    dated_by=issue_ticket.c.created_at,
    anchor="reached",
    population=counted_stages,
    among=issue_ticket.c.stage_reached == 2,
    unit=Unit.COUNT,
    good=Good.DOWN,
    enough=1,
    needs="the account of tickets, and their linked problem or engineering record, error codes or subjects",
    feed=_reached,
    drill=issue_ticket.c.ticket_id,
    owner="customer success",
    counted="accounts on an issue",
    shows=(
        issue_ticket.c.issue_key,
        issue_ticket.c.stage_reached.label("stage"),
        issue_ticket.c.created_at.label("reached_at"),
    ),
)

accounts_under_scrutiny = replace(
    accounts_in_doubt,
    name="accounts_under_scrutiny",
    label="Accounts reaching executive scrutiny",
    asks="How many customers met an issue for the third time?",
    counts=(
        "Accounts that wrote of the third occurrence of an issue they had written of before, dated by their first "
        "ticket of it; an account on two issues counts twice."
    ),
    among=issue_ticket.c.stage_reached == 3,
    owner="VP of Customer Support",
)

third_occurrences = Kpi(
    name="third_occurrences",
    label="Issues back for the third time or more",
    asks="How often does an issue come back that had come back before?",
    counts=(
        "Occurrences that were the third or a later one of their issue, whoever met it, and began in the period; "
        "tickets of one issue less than 24 hours apart are one occurrence."
    ),
    beware="An issue known by its subject alone may be several; nobody has compared its tickets until one confirms it.",
    statistic=Count(),
    tables=occurrences,
    dated_by=occurrence.c.started_at,
    anchor="occurrence began",
    population=counted_occurrences,
    among=and_(occurrence.c.started_at.is_not(None), occurrence.c.number >= 3),
    unit=Unit.COUNT,
    good=Good.DOWN,
    enough=1,
    needs="tickets with a linked problem or engineering record, an error code, or a subject that comes again",
    feed=occurrence.c.started_at.is_not(None),
    drill=occurrence.c.occurrence_id,
    owner="engineering",
    counted="occurrences",
    shows=(
        occurrence.c.occurrence_id,
        occurrence.c.issue_key,
        occurrence.c.evidence,
        occurrence.c.number,
        occurrence.c.days_since_previous,
    ),
)
