"""At what cost: money and hours, never of one person."""

from __future__ import annotations

from sqlalchemy import and_

from dashboard.kpis import flow
from dashboard.kpis.entered import Over
from dashboard.kpis.figures import entered
from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.population import ROLE_SHEET, counted_worklogs, worklogs
from dashboard.kpis.statistic import Mean
from dashboard.kpis.target import Between, Direction, Trending
from etl.tables import agent_day, worklog


def _logged() -> Kpi:
    """Minutes of the worklogs, to stand for handled time where nobody enters it; not in the catalogue by itself."""
    return Kpi(
        name="minutes_logged",
        label="Minutes logged",
        asks="How much time is logged?",
        counts="The minutes of all worklogs of the period.",
        beware="What nobody logs is missing.",
        statistic=Mean(of=worklog.c.minutes),
        tables=worklogs,
        dated_by=worklog.c.occurred_at,
        anchor="worked",
        population=counted_worklogs,
        among=worklog.c.minutes.is_not(None),
        unit=Unit.MINUTES,
        good=Good.NEITHER,
        enough=1,
        needs="worklogs",
        feed=worklog.c.minutes.is_not(None),
        drill=worklog.c.ticket_id,
    )


cost_per_ticket = entered(
    Over("support_cost", beside=(flow.tickets_resolved,)),
    name="cost_per_ticket",
    label="Cost per ticket",
    asks="What does it cost us to solve one ticket?",
    counts=(
        "The cost of support entered under `support_cost` for the days of the period, in the currency entered, divided "
        "by the tickets resolved in the period; a period the figures do not cover to the day has no reading."
    ),
    beware="Fewer tickets make each dearer: what self-service takes away leaves the hard ones.",
    unit=Unit.MONEY_PER_TICKET,
    good=Good.DOWN,
    needs="the figure `support_cost` of each month (template figures): loaded cost, from finance",
    target=Trending(Direction.DOWN, because=ROLE_SHEET),
)

utilisation = entered(
    Over("handled_hours", "scheduled_hours", kind="duration", per_kind="duration", beside=(_logged(),), instead=True),
    name="utilisation",
    label="Utilisation",
    asks="How much of the time people are paid for goes into tickets?",
    counts=(
        "Handled time, as entered under `handled_hours` or else the sum of the worklogs, divided by scheduled time, as "
        "entered under `scheduled_hours`, for the days of the period."
    ),
    beware="Both sides of the range are misses: idle people below it, and above it no time to learn or to recover.",
    unit=Unit.PERCENT,
    good=Good.NEITHER,
    needs="the figures `handled_hours` (or worklogs) and `scheduled_hours` of each month (template figures)",
    owner="workforce planning",
    target=Between(0.70, 0.80, because=ROLE_SHEET),
)

tickets_per_agent_day = Kpi(
    name="tickets_per_agent_day",
    label="Tickets per agent and day",
    asks="How many tickets does a day's work of one person solve?",
    counts=(
        "Tickets last resolved on a day by the agent who owns them and who wrote to a customer that day, divided by "
        "the days on which agents wrote to customers, each agent's day counted once; days of the reporting zone."
    ),
    beware="It is a mean over everybody and says nothing of a person: the simple tickets and the hard ones differ.",
    statistic=Mean(of=agent_day.c.resolved, least=0),
    tables=agent_day,
    dated_by=agent_day.c.worked_at,
    anchor="worked",
    population=agent_day.c.public_replies > 0,
    among=agent_day.c.worked_at.is_not(None),
    unit=Unit.PER_AGENT_DAY,
    good=Good.NEITHER,
    enough=30,
    needs="messages with their authors, and the owner of each ticket",
    feed=and_(agent_day.c.public_replies > 0, agent_day.c.resolved > 0),
    drill=None,
    target=Between(15, 25, because=f"{ROLE_SHEET}; it varies by complexity"),
    counted="agent-days",
    # Neither names nor teams: a team of one would be a person.
    shows=(agent_day.c.worked_at, agent_day.c.public_replies),
    cuts={},
)
