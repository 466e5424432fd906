"""Causes told to customers: whether they rest on evidence, and whether they hold."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import and_, func, or_

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.population import counted_tickets, tickets
from dashboard.kpis.statistic import Proportion
from etl.tables import ticket

_claims = ticket.c.claim.in_(("proven", "unproven"))
_CLAIM = (
    "a claim is a person's public message before the first resolve that says in firm words what the cause was; "
    "evidence is a link to another system, or a linked record, on the ticket by then."
)

unproven_claims = Kpi(
    name="unproven_claims",
    label="Causes told without evidence",
    asks="When we tell a customer why it happened, do we show how we know?",
    counts=f"Tickets with a claim and no evidence, divided by all with a claim resolved in the period; {_CLAIM}",
    beware="Claims are found by English phrases, so some are missed; evidence that is pasted as text is not seen.",
    statistic=Proportion(of=ticket.c.claim == "unproven"),
    among=and_(ticket.c.resolved_at.is_not(None), _claims),
    tables=tickets,
    dated_by=ticket.c.resolved_at,
    anchor="resolved",
    population=counted_tickets,
    unit=Unit.PERCENT,
    good=Good.DOWN,
    enough=30,
    needs="the texts of messages, and links to other systems or records, in the ticket history",
    feed=ticket.c.claim.is_not(None),
    drill=ticket.c.ticket_id,
    shows=(ticket.c.claim, ticket.c.linked_systems),
)

#: Days within which a ticket that comes back says that its story did not hold.
CLAIM_DAYS = 14


def _returned(claim: str, told: str) -> Kpi:
    """Of the tickets with such a claim, how many came back; both beside each other are the check."""
    of_claim = and_(ticket.c.first_resolved_at.is_not(None), ticket.c.claim == claim)
    days = CLAIM_DAYS
    return replace(
        unproven_claims,
        name=f"{claim}_claims_returned",
        label=f"Came back after a cause told {told}",
        asks=f"How often does a cause we told {told} not hold?",
        counts=(
            f"Tickets with a claim {told} that were reopened, or whose customer came back on the same topic, within "
            f"{days} days of the first resolve, divided by all such tickets first resolved in the period and watched "
            f"for at least {days} days; {_CLAIM}"
        ),
        beware="An association: what is hard to solve is also hard to prove. Read both kinds of claim side by side.",
        statistic=Proportion(
            of=or_(
                func.coalesce(ticket.c.days_to_reopen <= days, False),
                func.coalesce(ticket.c.days_to_next_contact <= days, False),
            )
        ),
        dated_by=ticket.c.first_resolved_at,
        anchor="first resolved",
        among=and_(of_claim, ticket.c.days_observed >= days),
        immature=and_(of_claim, func.coalesce(ticket.c.days_observed, 0) < days),
        shows=(ticket.c.claim, ticket.c.days_to_reopen, ticket.c.days_to_next_contact),
    )


unproven_claims_returned = _returned("unproven", "without evidence")
proven_claims_returned = _returned("proven", "with evidence")
