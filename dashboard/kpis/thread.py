"""How often a ticket changes hands, and whose turn it was while it waited."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import and_

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.options import Options
from dashboard.kpis.population import counted_tickets, tickets
from dashboard.kpis.statistic import Mean, Proportion
from etl.tables import ticket

_handed = and_(ticket.c.resolved_at.is_not(None), ticket.c.handoffs.is_not(None))
_RULE = (
    "a handoff is a change of the owner or the team after the first, both at once being one, without what a rule "
    "routed in the first five minutes."
)

handoffs_per_ticket = Kpi(
    name="handoffs_per_ticket",
    label="Handoffs per ticket",
    asks="How often does a ticket change hands before it is solved?",
    counts=f"Handoffs of the tickets resolved in the period divided by those tickets; {_RULE}",
    beware="A handoff to the right person is a good one: read it beside the time to resolve.",
    statistic=Mean(of=ticket.c.handoffs, least=0),
    tables=tickets,
    dated_by=ticket.c.resolved_at,
    anchor="resolved",
    population=counted_tickets,
    among=_handed,
    unit=Unit.PER_TICKET,
    good=Good.DOWN,
    enough=30,
    needs="assignments in the ticket history, or the help desk's own count of owner changes",
    feed=_handed,
    drill=ticket.c.ticket_id,
)

many_handoffs = replace(
    handoffs_per_ticket,
    name="many_handoffs",
    label="Three handoffs or more",
    asks="How many customers meet four owners or more?",
    counts=f"Tickets with three handoffs or more divided by all tickets resolved in the period; {_RULE}",
    beware="The owners may be fewer than four where a ticket went back and forth.",
    statistic=Proportion(of=ticket.c.handoffs >= 3),
    unit=Unit.PERCENT,
    shows=(ticket.c.handoffs, ticket.c.owners),
)

no_handoff = replace(
    handoffs_per_ticket,
    name="no_handoff",
    label="Solved without a handoff",
    asks="How many tickets stay with whoever took them first?",
    counts=f"Tickets without a handoff divided by all tickets resolved in the period; {_RULE}",
    beware="It says nothing of how often that person asked somebody else.",
    statistic=Proportion(of=ticket.c.handoffs == 0),
    unit=Unit.PERCENT,
    good=Good.UP,
    shows=(ticket.c.handoffs, ticket.c.owners),
)


def _turn(options: Options, turn: str, label: str, asks: str, while_: str, owner: str = "") -> Kpi:
    business = options.clock != "calendar"  # whose turn it was is what it says: active time is business time here
    column = ticket.c[f"{turn}_business_minutes" if business else f"{turn}_minutes"]
    there = and_(ticket.c.resolved_at.is_not(None), column.is_not(None))
    hours = "in opening hours" if business else "around the clock"
    return Kpi(
        name=f"{turn}_time",
        label=label,
        asks=asks,
        counts=(
            f"The time {while_}, {hours}, summed over the tickets resolved in the period and divided by those tickets; "
            "the four turns together are the time a ticket was not done."
        ),
        beware="Statuses say whose turn it was: a ticket nobody moved to waiting counts against us.",
        statistic=Mean(of=column, least=0),
        tables=tickets,
        dated_by=ticket.c.resolved_at,
        anchor="resolved",
        population=counted_tickets,
        among=and_(there, ticket.c.is_bot_only.is_(False)),
        unit=Unit.MINUTES,
        good=Good.DOWN,
        enough=20,
        needs="status history" + (", and opening hours in supportkpi.toml" if business else ""),
        feed=there,
        drill=ticket.c.ticket_id,
        owner=owner,
        clock="business" if business else "calendar",
        options=("clock",),
        chosen=options,
        varies=lambda other: _turn(other, turn, label, asks, while_, owner),
    )


with_us_time = _turn(
    Options(),
    "with_us",
    "Time with us",
    "How long does a ticket wait for its owner?",
    "a ticket had an owner and it was our turn",
)
unowned_time = _turn(
    Options(),
    "unowned",
    "Time unowned",
    "How long does a ticket belong to nobody?",
    "it was our turn and a ticket had no owner",
)
with_customer_time = _turn(
    Options(),
    "with_customer",
    "Time with the customer",
    "How long do we wait for the customer?",
    "a ticket waited for its customer",
)
with_other_time = _turn(
    Options(),
    "with_other",
    "Time with others",
    "How long do we wait for another team or a vendor?",
    "a ticket waited for another team or a vendor",
)

#: Hours without an owner from which a ticket counts as lost from sight.
LOST_HOURS = 4

unowned_long = replace(
    unowned_time,
    name="unowned_long",
    label=f"Unowned for over {LOST_HOURS} hours",
    asks="How many tickets are lost from sight for half a day?",
    counts=(
        f"Tickets that were without an owner for more than {LOST_HOURS} hours in all while it was our turn, around the "
        "clock, divided by all tickets resolved in the period."
    ),
    beware="A night without an owner counts, too; tickets still open are not in it.",
    statistic=Proportion(of=ticket.c.unowned_minutes > LOST_HOURS * 60),
    unit=Unit.PERCENT,
    enough=30,
    options=(),
    varies=None,
    shows=(ticket.c.unowned_minutes,),
)
