"""How long customers wait: resolution times and first reply."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.options import Options
from dashboard.kpis.population import ROLE_SHEET, counted_tickets, tickets
from dashboard.kpis.ranked import Quantile
from dashboard.kpis.statistic import Mean
from dashboard.kpis.target import Below
from etl.tables import ticket

_SCHEDULE = ", and schedules in supportkpi.toml for the business clock"


def _resolution_minutes(options: Options) -> ColumnElement[Any]:
    return ticket.c.resolution_business_minutes if options.clock == "business" else ticket.c.resolution_minutes


def _resolved(options: Options) -> ColumnElement[bool]:
    """Tickets with a resolve by a person that may count."""
    among = and_(ticket.c.resolved_at.is_not(None), ticket.c.is_bot_only.is_(False))
    if options.closed_without_resolve == "exclude":
        return and_(among, ticket.c.is_closed_without_resolve.is_(False))
    return among


def _rule(options: Options, figure: str) -> str:
    clock = "in business hours" if options.clock == "business" else "around the clock"
    closed = (
        "left out"
        if options.closed_without_resolve == "exclude"
        else "counted at their close, where they have no resolve"
    )
    return (
        f"{figure} from creation to the last resolve, {clock}, of tickets whose last resolve lies in the period; "
        f"tickets closed without a resolve are {closed}; tickets that only a bot answered are left out."
    )


def _mttr(options: Options) -> Kpi:
    minutes = _resolution_minutes(options)
    return Kpi(
        name="mttr",
        label="Mean time to resolve",
        asks="How long does it take, on average, until a ticket is solved for good?",
        counts=_rule(options, "Mean time"),
        beware="A few very long tickets pull the mean up; read it beside the median, the p90 and the open tickets.",
        statistic=Mean(of=minutes, least=0),
        tables=tickets,
        dated_by=ticket.c.resolved_at,
        anchor="resolved",
        population=counted_tickets,
        among=_resolved(options),
        unit=Unit.MINUTES,
        good=Good.DOWN,
        enough=20,
        needs="created and resolved times" + (_SCHEDULE if options.clock == "business" else ""),
        feed=and_(ticket.c.resolved_at.is_not(None), minutes.is_not(None)),
        drill=ticket.c.ticket_id,
        target=Below(1440, because=ROLE_SHEET),
        headline=True,
        clock=options.clock,
        options=("clock", "closed_without_resolve"),
        chosen=options,
        varies=_mttr,
    )


def _mttr_median(options: Options) -> Kpi:
    return replace(
        _mttr(options),
        name="mttr_median",
        label="Median time to resolve",
        asks="How long until half of the tickets are solved for good?",
        counts=_rule(options, "Median time"),
        beware="Half of the tickets took longer; read it beside the p90 and the tickets still open.",
        statistic=Quantile(of=_resolution_minutes(options), percent=50),
        target=None,
        headline=False,
        varies=_mttr_median,
    )


def _mttr_p90(options: Options) -> Kpi:
    return replace(
        _mttr(options),
        name="mttr_p90",
        label="Time to resolve, 90th percentile",
        asks="How long do the slowest tenth of tickets take at least?",
        counts=_rule(options, "The time that nine of ten tickets stay below,"),
        beware="Tickets still open are not in it, and they may be the slowest of all.",
        statistic=Quantile(of=_resolution_minutes(options), percent=90),
        target=None,
        headline=False,
        varies=_mttr_p90,
    )


def _first_reply_time(options: Options) -> Kpi:
    business = options.clock == "business"
    minutes = ticket.c.first_reply_business_minutes if business else ticket.c.first_reply_minutes
    clock = "in business hours" if business else "around the clock"
    return Kpi(
        name="first_reply_time",
        label="First reply time",
        asks="How long does a customer wait for the first answer by a person?",
        counts=(
            f"Median time from creation to the first public reply by a person, {clock}, of customer-started tickets "
            "first resolved in the period; tickets without such a reply are not in it."
        ),
        beware="A ticket nobody has answered has no first reply time; look at the oldest open tickets too.",
        statistic=Quantile(of=minutes, percent=50),
        tables=tickets,
        dated_by=ticket.c.first_resolved_at,
        anchor="first resolved",
        population=counted_tickets,
        among=and_(ticket.c.is_outbound.is_(False), ticket.c.is_bot_only.is_(False)),
        unit=Unit.MINUTES,
        good=Good.DOWN,
        enough=20,
        needs="messages with their authors, or the help desk's own first reply time" + (_SCHEDULE if business else ""),
        feed=and_(ticket.c.first_resolved_at.is_not(None), minutes.is_not(None)),
        drill=ticket.c.ticket_id,
        clock=options.clock,
        options=("clock",),
        chosen=options,
        varies=_first_reply_time,
    )


mttr = _mttr(Options())
mttr_median = _mttr_median(Options())
mttr_p90 = _mttr_p90(Options())
first_reply_time = _first_reply_time(Options())
