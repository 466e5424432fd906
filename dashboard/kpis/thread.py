"""How often a ticket changes hands, and whose turn it was while it waited."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, func

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.options import Options
from dashboard.kpis.population import (
    counted_handoffs,
    counted_quiet_spells,
    counted_tickets,
    handoffs,
    quiet_spells,
    tickets,
)
from dashboard.kpis.statistic import Mean, Proportion, Stock
from dashboard.kpis.survival import CensoredMedian
from etl.tables import handoff, quiet_spell, ticket
from etl.vocabulary import TIERS

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


def _resolved_with(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(ticket.c.resolved_at.is_not(None), column.is_not(None))


#: From so many people on it is one owner too many.
MANY_OWNERS = 4

four_owners = replace(
    handoffs_per_ticket,
    name="four_owners",
    label="Four owners or more",
    asks="How many customers meet four of us or more on one ticket?",
    counts=(
        f"Tickets on which {MANY_OWNERS} people of ours or more did something (wrote, changed a status, linked), "
        "divided by all tickets resolved in the period; who was only assigned and did nothing is none of them."
    ),
    beware="Some tickets need four people; what hurts is a customer who tells the story four times.",
    statistic=Proportion(of=ticket.c.people >= MANY_OWNERS),
    among=_resolved_with(ticket.c.people),
    unit=Unit.PERCENT,
    needs="a ticket history that names who did what",
    feed=ticket.c.people.is_not(None),
    shows=(ticket.c.people, ticket.c.handoffs),
)

ping_pong = replace(
    handoffs_per_ticket,
    name="ping_pong",
    label="Ping-pong",
    asks="How many tickets come straight back to who just passed them on?",
    counts=(
        "Tickets that came straight back to an owner or a team (A, B, A) at least once, divided by all tickets "
        "resolved in the period."
    ),
    beware="A question to a specialist who hands the ticket back with the answer looks the same.",
    statistic=Proportion(of=ticket.c.returns >= 1),
    among=_resolved_with(ticket.c.returns),
    unit=Unit.PERCENT,
    needs="assignments in the ticket history",
    feed=ticket.c.returns.is_not(None),
    shows=(ticket.c.returns, ticket.c.handoffs),
)

first_assignment = replace(
    handoffs_per_ticket,
    name="first_assignment",
    label="First assignment right",
    asks="How often does routing find the right team at once?",
    counts=(
        "Tickets resolved by the team they were first assigned to, divided by all tickets resolved in the period; what "
        "a rule moves in the first five minutes is part of the first assignment."
    ),
    beware="A ticket that wandered and came home counts as right; ping-pong shows those.",
    statistic=Proportion(of=ticket.c.first_team == ticket.c.team),
    among=and_(_resolved_with(ticket.c.first_team), ticket.c.team.is_not(None)),
    unit=Unit.PERCENT,
    good=Good.UP,
    needs="changes of team in the ticket history",
    feed=ticket.c.first_team.is_not(None),
    shows=(ticket.c.first_team,),
)

push_to_front = replace(
    handoffs_per_ticket,
    name="push_to_front",
    label="Solved at the front",
    asks="How much is solved before tier 2 has to look at it?",
    counts=(
        "Tickets no team of tier 2, tier 3 or engineering ever had, divided by all tickets resolved in the period of "
        "which every team has a tier."
    ),
    beware="A front line that asks tier 2 in a chat keeps its tickets and looks better than it is.",
    statistic=Proportion(of=ticket.c.tier_reached < TIERS["tier2"]),
    among=_resolved_with(ticket.c.tier_reached),
    unit=Unit.PERCENT,
    good=Good.UP,
    needs="teams with their tiers in supportkpi.toml, under [groups.tier]",
    feed=ticket.c.tier_reached.is_not(None),
    shows=(ticket.c.tier_reached,),
)

customer_repeats = replace(
    handoffs_per_ticket,
    name="customer_repeats",
    label="Customer wrote again after a handoff",
    asks="How often does a customer write again before the new owner has said a word?",
    counts=(
        "Tickets whose customer wrote at least once after a handoff and before the new owner's first message, divided "
        "by the tickets resolved in the period that were handed over."
    ),
    beware="Whether the customer repeated the story or added to it cannot be read off a history.",
    statistic=Proportion(of=ticket.c.customer_repeats >= 1),
    among=and_(_resolved_with(ticket.c.customer_repeats), ticket.c.handoffs >= 1),
    unit=Unit.PERCENT,
    needs="assignments and messages in the ticket history",
    feed=ticket.c.customer_repeats.is_not(None),
    shows=(ticket.c.customer_repeats, ticket.c.handoffs),
)

systems_per_ticket = replace(
    handoffs_per_ticket,
    name="systems_per_ticket",
    label="Systems per ticket",
    asks="In how many other systems does a ticket have a part?",
    counts=(
        "Other systems a ticket links to (Jira and GitHub are two, three issues in Jira one), summed over the tickets "
        "resolved in the period and divided by them."
    ),
    beware="A look without a link leaves no trace: it is a lower bound of the places somebody looked.",
    statistic=Mean(of=ticket.c.linked_systems, least=0),
    among=_resolved_with(ticket.c.linked_systems),
    good=Good.NEITHER,
    needs="links to other systems in the ticket history",
    feed=ticket.c.linked_systems.is_not(None),
    shows=(ticket.c.linked_systems,),
)

unnoted_handoffs = Kpi(
    name="unnoted_handoffs",
    label="Handoffs without a note",
    asks="How often is a ticket passed on without a word?",
    counts=(
        "Handoffs without an internal note of anybody within the hour before or after, divided by all handoffs of the "
        f"period; {_RULE}"
    ),
    beware="A note may say nothing, and a word across the desk is in no export.",
    statistic=Proportion(of=handoff.c.has_note.is_(False)),
    tables=handoffs,
    dated_by=handoff.c.occurred_at,
    anchor="handed over",
    population=counted_handoffs,
    among=handoff.c.has_note.is_not(None),
    unit=Unit.PERCENT,
    good=Good.DOWN,
    enough=30,
    needs="assignments and private notes in the ticket history",
    feed=handoff.c.has_note.is_not(None),
    drill=handoff.c.ticket_id,
    counted="handoffs",
    shows=(handoff.c.occurred_at, handoff.c.from_team, handoff.c.to_team),
)

warm_handoffs = replace(
    unnoted_handoffs,
    name="warm_handoffs",
    label="Warm handoffs",
    asks="How often does the giver tell the next owner what is known?",
    counts=(
        "Handoffs with an internal note of the giver, 15 words or more, from thirty minutes before to ten minutes "
        "after, divided by all handoffs of the period."
    ),
    beware="Fifteen words show that something was told, not that it was what the next owner needed.",
    statistic=Proportion(of=handoff.c.is_warm),
    among=handoff.c.is_warm.is_not(None),
    good=Good.UP,
    needs="assignments and private notes with their words in the ticket history",
    feed=handoff.c.is_warm.is_not(None),
)

handoff_gap = replace(
    unnoted_handoffs,
    name="handoff_gap",
    label="Gap after a handoff",
    asks="How long does a ticket lie before its new owner does something?",
    counts=(
        "The median time from a handoff to the new owner's first act (a message, a note, a change), over all handoffs "
        "of the period; where nobody is named, to the first act of anybody but the giver. One that was passed on, done "
        "or still waiting before that counts as longer than it had lasted (Kaplan and Meier)."
    ),
    beware="Nights and weekends are in it; reading the ticket leaves no trace, so the new owner may have begun before.",
    statistic=CensoredMedian(
        lasted=handoff.c.minutes, so_far=handoff.c.minutes, has_ended=func.coalesce(handoff.c.ended_by, "") == "acted"
    ),
    among=handoff.c.minutes.is_not(None),
    unit=Unit.MINUTES,
    enough=20,
    needs="assignments in the ticket history, made apart from what the new owner then did",
    feed=handoff.c.minutes.is_not(None),
    shows=(handoff.c.occurred_at, handoff.c.from_team, handoff.c.to_team, handoff.c.ended_by),
)

lost_tickets = Kpi(
    name="lost_tickets",
    label="Lost tickets",
    asks="Which open tickets has nobody looked at for a week?",
    counts=(
        "Tickets open and waiting for us at the last moment of the period on which for a week (five business days) "
        "nobody, customer or agent, did anything and no status changed."
    ),
    beware="Work outside the help desk leaves no trace; a parked ticket that was never set to waiting is in it.",
    statistic=Stock(enters=quiet_spell.c.lost_at, leaves=quiet_spell.c.found_at),
    tables=quiet_spells,
    dated_by=quiet_spell.c.lost_at,
    anchor="lost at the end",
    population=counted_quiet_spells,
    among=quiet_spell.c.lost_at.is_not(None),
    unit=Unit.COUNT,
    good=Good.DOWN,
    enough=1,
    needs="a ticket history in which some ticket was ours for a day",
    feed=quiet_spell.c.quiet_from.is_not(None),
    drill=quiet_spell.c.ticket_id,
    shows=(quiet_spell.c.quiet_from,),
)
