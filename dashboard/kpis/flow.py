"""How much comes in, goes out and stays."""

from __future__ import annotations

from dataclasses import replace

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.pace import PACE_DAYS, WeeksOfWork
from dashboard.kpis.population import counted_spells, counted_tickets, spells, tickets
from dashboard.kpis.statistic import Count, Stock
from etl.tables import open_spell, ticket

tickets_created = Kpi(
    name="tickets_created",
    label="Tickets created",
    asks="How much work comes in?",
    counts="Tickets created in the period; deleted, spam, merged and test tickets are left out.",
    beware="More tickets may mean more customers, not worse service.",
    statistic=Count(),
    tables=tickets,
    dated_by=ticket.c.created_at,
    anchor="created",
    population=counted_tickets,
    among=ticket.c.created_at.is_not(None),
    unit=Unit.COUNT,
    good=Good.NEITHER,
    enough=1,
    needs="created times",
    feed=ticket.c.created_at.is_not(None),
    drill=ticket.c.ticket_id,
)

tickets_resolved = replace(
    tickets_created,
    name="tickets_resolved",
    label="Tickets resolved",
    asks="How much work gets done?",
    counts=(
        "Tickets whose last resolve lies in the period (the close, for those closed without one); deleted, spam, "
        "merged and test tickets are left out."
    ),
    beware="A reopened ticket moves to the period of its new resolve.",
    dated_by=ticket.c.resolved_at,
    anchor="resolved",
    among=ticket.c.resolved_at.is_not(None),
    good=Good.NEITHER,
    needs="resolved times",
    feed=ticket.c.resolved_at.is_not(None),
)

backlog = Kpi(
    name="backlog",
    label="Backlog",
    asks="How many tickets are open at the end of the period?",
    counts="Tickets open at the last moment of the period, rebuilt from when each was opened, resolved and reopened.",
    beware="Tickets waiting for the customer are in it; where the export holds no history, reopened stretches are not.",
    statistic=Stock(enters=open_spell.c.opened_at, leaves=open_spell.c.ended_at),
    tables=spells,
    dated_by=open_spell.c.opened_at,
    anchor="open at the end",
    population=counted_spells,
    among=open_spell.c.opened_at.is_not(None),
    unit=Unit.COUNT,
    good=Good.DOWN,
    enough=1,
    needs="created and resolved times",
    feed=open_spell.c.opened_at.is_not(None),
    drill=open_spell.c.ticket_id,
    shows=(open_spell.c.opened_at, open_spell.c.ended_at),
)

weeks_of_work = replace(
    backlog,
    name="weeks_of_work",
    label="Weeks of work",
    asks="How long would what is open keep the team busy?",
    counts=(
        "Tickets open at the last moment of the period, divided by the tickets resolved a week in the "
        f"{PACE_DAYS} days before it (those of them the data cover, seven at least)."
    ),
    beware="It takes the pace of the last quarter to go on and nothing new to come in: an order of size, not a date.",
    statistic=WeeksOfWork(enters=open_spell.c.opened_at, leaves=open_spell.c.ended_at, done=tickets_resolved),
    unit=Unit.WEEKS,
)
