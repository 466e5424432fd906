"""What missing context costs: minutes of agents (investigation tax) and time of customers (delay tax), never added."""

from __future__ import annotations

from sqlalchemy import and_, literal

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.options import Options
from dashboard.kpis.population import counted_tickets, tickets, tickets_in_states
from dashboard.kpis.scenario import Prior, Scenario
from dashboard.kpis.statistic import RatioOfSums
from etl.tables import ticket, ticket_tax
from etl.vocabulary import REBUILDING

#: Agent minutes for one sight of each signal: low (P10), likely (median), high (P90). Assumptions, not measurements;
#: [investigation_minutes] in supportkpi.toml overrides each. Reading: 238 words a minute, 175 to 300 (Brysbaert 2019).
PRIORS: dict[str, Prior] = {
    "history": (1, 2, 4),
    "note": (3, 6, 12),
    "link": (3.5, 7, 14),
    "escalation": (4, 8, 16),
    "engineering_question": (4, 8, 16),
    "customer_question": (2, 4, 8),
    "pickup": (1.5, 3, 6),
    "reopen": (1.5, 3, 6),
    "resume": (0.75, 1.5, 3),
    "words_reread": (1 / 300, 1 / 238, 1 / 175),
}
_GRADE = "assumed"


def column_of(signal: str) -> str:
    """The column of a ticket in which a signal is counted."""
    return signal if signal == "words_reread" else f"signal_{signal}"


def _investigation_tax(options: Options) -> Kpi:
    priors = PRIORS | {name: (low, likely, high) for name, low, likely, high in options.minutes}
    source = "the user's own minutes and shipped ones" if options.minutes else "shipped minutes"
    return Kpi(
        name="investigation_tax",
        label="Investigation tax",
        asks="How many agent minutes does a ticket cost only to rebuild its context?",
        counts=(
            "Each sign of context rebuilding (history looked up, notes before the answer, links to other systems, "
            "escalation write-ups, questions back and forth, pick-ups, reopens, resumes, words read again) times the "
            f"minutes assumed for it ({source}), summed over tickets resolved in the period by a person, divided by "
            "those tickets."
        ),
        beware="The minutes are assumed, not measured: trust which tickets cost most before you trust how much.",
        statistic=Scenario(tuple((ticket.c[column_of(name)], prior) for name, prior in priors.items())),
        tables=tickets,
        dated_by=ticket.c.resolved_at,
        anchor="resolved",
        population=counted_tickets,
        among=and_(
            ticket.c.resolved_at.is_not(None), ticket.c.is_bot_only.is_(False), ticket.c.signal_history.is_not(None)
        ),
        unit=Unit.MINUTES_PER_TICKET,
        good=Good.DOWN,
        enough=30,
        needs="messages in the ticket history, private notes included (audits, events); assignments alone do not tell",
        feed=and_(ticket.c.resolved_at.is_not(None), ticket.c.signal_history.is_not(None)),
        drill=ticket.c.ticket_id,
        headline=True,
        grade=_GRADE,
        shows=(literal(_GRADE).label("grade"), ticket.c.tax_feed),
        chosen=options,
        varies=_investigation_tax,
    )


investigation_tax = _investigation_tax(Options())

_rebuilding = [ticket_tax.c[f"{state}_minutes"] for state in REBUILDING]

delay_tax = Kpi(
    name="delay_tax",
    label="Delay tax",
    asks="How much of the time a customer waits goes by while context is rebuilt?",
    counts=(
        "The time tickets spent handed on to an owner who had not acted yet, in the first investigation and in one "
        "again after a reopen or another owner, divided by all the time they were open (what stood resolved until a "
        "reopen is left out), both around the clock and summed over the tickets resolved in the period by a person."
    ),
    beware="It is time on the clock and not work: never added to the minutes of the investigation tax.",
    statistic=RatioOfSums(of=sum(_rebuilding[1:], _rebuilding[0]), per=ticket_tax.c.open_minutes, least=0, most=1),
    tables=tickets_in_states,
    dated_by=ticket.c.resolved_at,
    anchor="resolved",
    population=counted_tickets,
    among=and_(ticket.c.resolved_at.is_not(None), ticket.c.is_bot_only.is_(False)),
    unit=Unit.PERCENT,
    good=Good.DOWN,
    enough=30,
    needs="status history together with messages in the ticket history (audits, events)",
    feed=ticket_tax.c.open_minutes.is_not(None),
    drill=ticket_tax.c.ticket_id,
    shows=tuple(_rebuilding),
)
