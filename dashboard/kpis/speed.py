"""How long customers wait: resolution times, replies, and how many were done in time."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import ColumnElement, and_, func

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.options import Options
from dashboard.kpis.population import ROLE_SHEET, counted_tickets, tickets
from dashboard.kpis.ranked import Quantile
from dashboard.kpis.statistic import Mean, Proportion, RatioOfSums
from dashboard.kpis.survival import CensoredMedian
from dashboard.kpis.target import Below
from dashboard.kpis.variants import Clock, anchor, clock, handled, handled_words
from etl.tables import ticket
from etl.vocabulary import TicketType

_RESOLUTION = ("clock", "resolve", "ticket_kind", "closed_without_resolve", "bot_handled", "dated_by")


def _resolution(options: Options) -> Clock:
    return clock(options, "first_resolution" if options.resolve == "first" else "resolution")


def _of_kind(options: Options) -> list[ColumnElement[bool]]:
    return [ticket.c.ticket_type == TicketType.INCIDENT.value] if options.ticket_kind == "incident" else []


def _resolved(options: Options) -> ColumnElement[bool]:
    """Tickets with a resolve that may count."""
    kept = [ticket.c.resolved_at.is_not(None), handled(options), *_of_kind(options)]
    if options.closed_without_resolve == "exclude":
        kept.append(ticket.c.is_closed_without_resolve.is_(False))
    return and_(*kept)


def _closed(options: Options) -> str:
    if options.closed_without_resolve == "exclude":
        return "left out"
    return "counted at their close, where they have no resolve"


def _usual(options: Options) -> str:
    return "first_resolved" if options.resolve == "first" else "resolved"


def _rule(options: Options, figure: str) -> str:
    which = "incidents" if options.ticket_kind == "incident" else "tickets"
    end = "first" if options.resolve == "first" else "last"
    lies = (
        f"whose {end} resolve lies in the period"
        if options.dated_by == "definition"
        else f"{anchor(options, 'resolved').counts}"
    )
    return (
        f"{figure} from creation to the {end} resolve, {_resolution(options).words}, of {which} {lies}; tickets closed "
        f"without a resolve are {_closed(options)}; {handled_words(options)}."
    )


def _mttr(options: Options) -> Kpi:
    minutes, dated = _resolution(options), anchor(options, _usual(options))
    kind = ", and the type of tickets" if options.ticket_kind == "incident" else ""
    return Kpi(
        name="mttr",
        label="Mean time to resolve",
        asks="How long does it take, on average, until a ticket is solved for good?",
        counts=_rule(options, "Mean time"),
        beware=(
            "A few very long tickets pull the mean up; read it beside the median, the p90 and the open tickets."
            f"{dated.caution}"
        ),
        statistic=Mean(of=minutes.column, least=0),
        tables=tickets,
        dated_by=dated.column,
        anchor=dated.words,
        population=counted_tickets,
        among=_resolved(options),
        unit=Unit.MINUTES,
        good=Good.DOWN,
        enough=20,
        needs=f"created and resolved times{minutes.needs}{kind}",
        feed=and_(ticket.c.resolved_at.is_not(None), minutes.column.is_not(None), *_of_kind(options)),
        drill=ticket.c.ticket_id,
        target=Below(1440, because=ROLE_SHEET),
        headline=True,
        clock=options.clock,
        options=_RESOLUTION,
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
        beware=(
            "Half of the tickets took longer; read it beside the p90 and the tickets still open."
            f"{anchor(options, _usual(options)).caution}"
        ),
        statistic=Quantile(of=_resolution(options).column, percent=50),
        target=None,
        headline=False,
        varies=_mttr_median,
    )


def _mttr_p90(options: Options) -> Kpi:
    return replace(
        _mttr(options),
        name="mttr_p90",
        label="90th percentile of time to resolve",
        asks="How long do the slowest tenth of tickets take at least?",
        counts=_rule(options, "The time that nine of ten tickets stay below,"),
        beware=(
            "Tickets still open are not in it, and they may be the slowest of all."
            f"{anchor(options, _usual(options)).caution}"
        ),
        statistic=Quantile(of=_resolution(options).column, percent=90),
        target=None,
        headline=False,
        varies=_mttr_p90,
    )


def _mttr_censored(options: Options) -> Kpi:
    lasted, is_first = _resolution(options), options.resolve == "first"
    so_far = ticket.c.open_days * 1440 if options.clock == "calendar" else clock(options, "open").column
    resolved = ticket.c.first_resolved_at if is_first else ticket.c.resolved_at
    has_ended = func.coalesce(
        resolved.is_not(None) if is_first else and_(resolved.is_not(None), ticket.c.open_days.is_(None)), False
    )
    kept = [handled(options), *_of_kind(options)]
    if options.closed_without_resolve == "exclude":
        kept.append(ticket.c.is_closed_without_resolve.is_(False))
    which = "incidents" if options.ticket_kind == "incident" else "tickets"
    return replace(
        _mttr(options),
        name="mttr_censored",
        label="Median time to resolve with open tickets",
        asks="How long until half of all tickets that came in are solved for good?",
        counts=(
            f"The time by which half of the {which} created in the period were resolved ({options.resolve} resolve, "
            f"{lasted.words}), where those still open are known to take longer than they have so far (Kaplan–Meier); "
            f"tickets closed without a resolve are {_closed(options)}; {handled_words(options)}."
        ),
        beware="Until half of a period's tickets are resolved it is only known to be longer than what was seen.",
        statistic=CensoredMedian(lasted=lasted.column, so_far=so_far, has_ended=has_ended),
        dated_by=ticket.c.created_at,
        anchor="created",
        among=and_(*kept),
        feed=and_(ticket.c.created_at.is_not(None), resolved.is_not(None), lasted.column.is_not(None)),
        options=tuple(name for name in _RESOLUTION if name != "dated_by"),
        target=None,
        headline=False,
        varies=_mttr_censored,
    )


def _resolved_in_time(options: Options) -> Kpi:
    days = options.within_days
    done = ticket.c.first_resolution_minutes
    age = func.coalesce(ticket.c.open_days, done / 1440.0 + ticket.c.days_observed)
    among = and_(handled(options), age.is_not(None))
    return Kpi(
        name="resolved_in_time",
        label="Resolved in time",
        asks="How many of the tickets that came in were solved within days?",
        counts=(
            f"Tickets first resolved within {days} days of their creation, divided by all tickets created in the "
            f"period at least {days} days before the data end, open ones included; {handled_words(options)}."
        ),
        beware="A ticket reopened later still counts as resolved; read it beside the reopen rate.",
        statistic=Proportion(of=func.coalesce(done <= days * 1440.0, False)),
        tables=tickets,
        dated_by=ticket.c.created_at,
        anchor="created",
        population=counted_tickets,
        among=and_(among, age >= days),
        unit=Unit.PERCENT,
        good=Good.UP,
        enough=30,
        needs="created and resolved times",
        feed=and_(ticket.c.created_at.is_not(None), done.is_not(None)),
        drill=ticket.c.ticket_id,
        options=("within_days", "bot_handled"),
        immature=and_(among, age < days),
        chosen=options,
        varies=_resolved_in_time,
    )


def _first_reply_time(options: Options) -> Kpi:
    minutes, dated = clock(options, "first_reply"), anchor(options, "first_resolved")
    return Kpi(
        name="first_reply_time",
        label="First reply time",
        asks="How long does a customer wait for the first answer by a person?",
        counts=(
            f"Median time from creation to the first public reply by a person, {minutes.words}, of customer-started "
            f"tickets {dated.counts}; tickets without such a reply are not in it."
        ),
        beware=(
            f"A ticket nobody has answered has no first reply time; look at the oldest open tickets too.{dated.caution}"
        ),
        statistic=Quantile(of=minutes.column, percent=50),
        tables=tickets,
        dated_by=dated.column,
        anchor=dated.words,
        population=counted_tickets,
        among=and_(ticket.c.is_outbound.is_(False), ticket.c.is_bot_only.is_(False)),
        unit=Unit.MINUTES,
        good=Good.DOWN,
        enough=20,
        needs=f"messages with their authors, or the help desk's own first reply time{minutes.needs}",
        feed=and_(dated.column.is_not(None), minutes.column.is_not(None)),
        drill=ticket.c.ticket_id,
        clock=options.clock,
        options=("clock", "dated_by"),
        chosen=options,
        varies=_first_reply_time,
    )


def _response_time(options: Options) -> Kpi:
    minutes, dated = clock(options, "response"), anchor(options, "resolved")
    return Kpi(
        name="response_time",
        label="Average response time",
        asks="How long does a customer wait, on average, for each answer by a person?",
        counts=(
            "All waits of customers (from the creation of a ticket they began, or their first message after our last "
            f"reply, to the next public reply by a person, {minutes.words}) added up over tickets {dated.counts}, "
            "divided by the number of those waits."
        ),
        beware=f"A message nobody has answered yet is no wait in it, and a customer's thanks waits too.{dated.caution}",
        statistic=RatioOfSums(of=minutes.column, per=ticket.c.responses, least=0),
        tables=tickets,
        dated_by=dated.column,
        anchor=dated.words,
        population=counted_tickets,
        among=ticket.c.responses > 0,
        unit=Unit.MINUTES,
        good=Good.DOWN,
        enough=20,
        needs=f"messages with their authors and times{minutes.needs}",
        feed=and_(dated.column.is_not(None), minutes.column.is_not(None), ticket.c.responses > 0),
        drill=ticket.c.ticket_id,
        target=Below(240, because=ROLE_SHEET),
        clock=options.clock,
        options=("clock", "dated_by"),
        shows=(ticket.c.responses,),
        chosen=options,
        varies=_response_time,
    )


mttr = _mttr(Options())
mttr_median = _mttr_median(Options())
mttr_p90 = _mttr_p90(Options())
mttr_censored = _mttr_censored(Options())
resolved_in_time = _resolved_in_time(Options())
first_reply_time = _first_reply_time(Options())
response_time = _response_time(Options())
