"""First-contact resolution by seven rules: our own, and six of the field under the name of who counts so.

All are read on the same tickets (customer-started, resolved, watched long enough), so that what differs is the rule.
The vendors' own reports differ in their tickets too; ``docs/decisions.md`` says how.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, true

from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.options import Options
from dashboard.kpis.population import ROLE_SHEET, counted_tickets, tickets
from dashboard.kpis.statistic import Proportion
from dashboard.kpis.target import Above
from dashboard.kpis.variants import anchor, handled
from etl.tables import ticket

_REPLIES = "messages with their authors, or the help desk's own count of replies"
_MESSAGES = "messages with their authors"


@dataclass(frozen=True)
class Rule:
    """What one definition calls a first-contact resolution. ``days`` in the texts is the window."""

    counts: str
    beware: str
    needs: str
    told: ColumnElement[Any]  # not NULL where a ticket can be judged by this rule

    def met(self, name: str, days: int) -> ColumnElement[bool]:
        """The tickets that fulfil it."""
        return _MET[name](days)


RULES: dict[str, Rule] = {
    "net": Rule(
        "Tickets with exactly one public reply by a person, one team, no escalation, no reopen and no further contact "
        "by the requester on the topic within {days} days",
        "What the export does not tell of (teams, escalations, reopens) counts as not having happened.",
        _REPLIES,
        ticket.c.public_replies,
    ),
    "zendesk": Rule(
        "As Zendesk's one-touch: tickets with fewer than two public replies by a person",
        "A ticket solved without any reply counts as a success, and so does one whose customer came back in a new one.",
        _REPLIES,
        ticket.c.public_replies,
    ),
    "fivetran": Rule(
        "As Fivetran's warehouse model: tickets with exactly one public reply by a person",
        "A customer who had to come back in a new ticket counts as a success, and so does a ticket that was reopened.",
        _REPLIES,
        ticket.c.public_replies,
    ),
    "intercom": Rule(
        "As Intercom: tickets closed once, in which one teammate took part",
        "Any number of replies and questions back counts as first contact, as long as one person wrote them.",
        f"{_MESSAGES}, or the owners a ticket had",
        func.coalesce(ticket.c.repliers, ticket.c.owners),
    ),
    "freshservice": Rule(
        "As Freshservice: tickets to which the customer wrote nothing more after creating them",
        "A customer who gave up counts as a success, and one who said thanks as a failure.",
        _MESSAGES,
        ticket.c.customer_followups,
    ),
    "zoho": Rule(
        "As Zoho Desk: tickets closed with exactly one public reply by a person",
        "Only closed tickets are judged, so what stands solved and not closed yet is missing.",
        f"{_REPLIES}, and closed times",
        ticket.c.public_replies,
    ),
    "gladly": Rule(
        "As Gladly and most guides: tickets whose requester did not come back, in them or on the topic, within "
        "{days} days",
        "It says nothing of how often we wrote before it was solved; a customer who went elsewhere counts as solved.",
        "the requester of tickets",
        ticket.c.requester,
    ),
}


def _no_return(days: int) -> ColumnElement[bool]:
    return or_(ticket.c.days_to_next_contact.is_(None), ticket.c.days_to_next_contact > days)


_once = and_(func.coalesce(ticket.c.reopens, 0) == 0, ticket.c.days_to_reopen.is_(None))
_one_reply = ticket.c.public_replies == 1
_MET: dict[str, Callable[[int], ColumnElement[bool]]] = {
    "net": lambda days: and_(
        _one_reply,
        func.coalesce(ticket.c.teams, 1) <= 1,
        func.coalesce(ticket.c.escalated, "no") != "yes",
        _once,
        _no_return(days),
    ),
    "zendesk": lambda _: ticket.c.public_replies < 2,
    "fivetran": lambda _: _one_reply,
    "intercom": lambda _: and_(_once, func.coalesce(ticket.c.repliers, ticket.c.owners) == 1),
    "freshservice": lambda _: ticket.c.customer_followups == 0,
    "zoho": lambda _: _one_reply,
    "gladly": lambda days: and_(
        _no_return(days), or_(ticket.c.days_to_reopen.is_(None), ticket.c.days_to_reopen > days)
    ),
}


def _judged(options: Options, rule: Rule) -> ColumnElement[bool]:
    """Tickets of customers that somebody resolved, whom the rule can judge."""
    return and_(
        ticket.c.first_resolved_at.is_not(None),
        ticket.c.is_outbound.is_(False),
        handled(options),
        true() if options.auto_closed == "include" else ticket.c.is_auto_closed.is_(False),
        rule.told.is_not(None),
        ticket.c.closed_at.is_not(None) if options.fcr_rule == "zoho" else true(),
    )


def _counts(options: Options, rule: Rule, dated: str) -> str:
    days = options.window_days
    who = "customer-started tickets that were resolved" + (
        ", those only a bot answered included" if options.bot_handled == "include" else " and a person handled"
    )
    quiet = (
        "Tickets a rule resolved because the customer did not answer are counted too."
        if options.auto_closed == "include"
        else "Tickets a rule resolved because the customer did not answer are left out: nobody confirmed them."
    )
    return (
        f"{rule.counts.format(days=days)}, divided by all {who}, {dated} and watched for at least {days} days since "
        f"their first resolve. {quiet}"
    )


def fcr(options: Options) -> Kpi:
    """First-contact resolution under the rule chosen."""
    rule, dated = RULES[options.fcr_rule], anchor(options, "first_resolved")
    judged = _judged(options, rule)
    return Kpi(
        name="fcr",
        label="First-contact resolution",
        asks="How many tickets does the first person asked solve with the first answer?",
        counts=_counts(options, rule, dated.counts),
        beware=rule.beware + dated.caution,
        statistic=Proportion(of=rule.met(options.fcr_rule, options.window_days)),
        tables=tickets,
        dated_by=dated.column,
        anchor=dated.words,
        population=counted_tickets,
        among=and_(judged, ticket.c.days_observed >= options.window_days),
        unit=Unit.PERCENT,
        good=Good.UP,
        enough=30,
        needs=rule.needs,
        feed=and_(ticket.c.first_resolved_at.is_not(None), rule.told.is_not(None)),
        drill=ticket.c.ticket_id,
        target=Above(0.70, because=ROLE_SHEET),
        headline=True,
        options=("fcr_rule", "window_days", "auto_closed", "bot_handled", "dated_by"),
        immature=and_(judged, func.coalesce(ticket.c.days_observed, 0) < options.window_days),
        chosen=options,
        varies=fcr,
    )
