"""What needs no person: sessions that stayed without a ticket, contacts no agent touched, channels that were there."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import and_, func, or_

from dashboard.kpis.figures import share_entered
from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.population import ROLE_SHEET, contact, contacts, counted_contacts, counted_sessions, sessions
from dashboard.kpis.statistic import Proportion
from dashboard.kpis.target import Above
from etl.tables import self_service
from etl.vocabulary import Outcome

_outcome = func.coalesce(self_service.c.outcome, "")
_no_ticket = and_(
    self_service.c.ticket_id.is_(None),
    or_(self_service.c.hours_to_ticket.is_(None), self_service.c.hours_to_ticket > 24),
)
_watched = func.coalesce(self_service.c.hours_observed, 0) >= 24

self_service_resolution = Kpi(
    name="self_service_resolution",
    label="Self-service resolution",
    asks="How many of those who help themselves need no person afterwards?",
    counts=(
        "Sessions begun in the period that were not handed over and that the same person followed with no ticket "
        "within 24 hours of their end, divided by all sessions watched that long."
    ),
    beware=(
        "It assumes that who stays silent was helped; of sessions without a known person no ticket can be seen. Read "
        "it beside the confirmed share."
    ),
    statistic=Proportion(of=and_(_outcome != Outcome.HANDED_OVER.value, _no_ticket)),
    tables=sessions,
    dated_by=self_service.c.started_at,
    anchor="begun",
    population=counted_sessions,
    among=_watched,
    unit=Unit.PERCENT,
    good=Good.UP,
    enough=30,
    needs="visits to the bot, help centre or portal (template sessions), and the tickets of the help desk",
    feed=self_service.c.started_at.is_not(None),
    drill=None,
    target=Above(0.40, because=ROLE_SHEET),
    counted="sessions",
    immature=~_watched,
    shows=(
        self_service.c.session_id,
        self_service.c.kind,
        self_service.c.topic,
        self_service.c.outcome,
        self_service.c.started_at,
        self_service.c.hours_to_ticket,
    ),
    cuts={"account": self_service.c.account, "source": self_service.c.source},
)

self_service_confirmed = replace(
    self_service_resolution,
    name="self_service_confirmed",
    label="Confirmed self-service resolution",
    asks="How many of those who help themselves say that it worked?",
    counts=(
        "Sessions begun in the period that ended as resolved and that the same person followed with no ticket within "
        "24 hours of their end, divided by all sessions watched that long."
    ),
    beware="Few people say that they were helped: the truth lies between this and the assumed share.",
    statistic=Proportion(of=and_(_outcome == Outcome.RESOLVED.value, _no_ticket)),
    target=None,
)

_old = func.coalesce(contact.c.days_watched, 0) >= 7

deflection = Kpi(
    name="deflection",
    label="Deflection by bot and self-service",
    asks="How much of what customers bring needs no person?",
    counts=(
        "Sessions not handed over and tickets resolved without a person's word, of which neither was followed by "
        "another contact of the same person within 7 days, divided by all contacts begun in the period and watched "
        "for 7 days: sessions, and tickets customers started without one."
    ),
    beware="A customer who gave up counts as deflected; vendors who count every bot conversation read far higher.",
    statistic=Proportion(of=contact.c.is_human_free.is_(True)),
    tables=contacts,
    dated_by=contact.c.contacted_at,
    anchor="begun",
    population=counted_contacts,
    among=_old,
    unit=Unit.PERCENT,
    good=Good.UP,
    enough=30,
    needs="visits to the bot, help centre or portal (template sessions), or tickets a bot resolved alone",
    feed=contact.c.began_without_person.is_(True),
    # Tickets alone would read 0 %: one session, or one ticket of the bot, shows that there is something to count.
    feed_first=True,
    drill=contact.c.ticket_id,
    target=Above(0.30, because=ROLE_SHEET),
    counted="contacts",
    immature=~_old,
    shows=(contact.c.contact_id, contact.c.contacted_at),
    cuts={"account": contact.c.account, "source": contact.c.source},
)

channel_availability = share_entered(
    "channel_availability",
    label="Channel availability",
    asks="Were the ways to reach us open when they should have been?",
    of="The share of promised time in which every support channel could be used",
    beware="Say whether planned maintenance counts; one month of 99.9 % leaves 43 minutes.",
    because_no_feed="no source reads a monitor of support channels",
    target=Above(0.999, because=ROLE_SHEET),
    owner="support tools",
)

platform_adoption = share_entered(
    "platform_adoption",
    label="Platform adoption",
    asks="Do our own people use the tools we pay for?",
    of="The share of agents who used the support platform for their work",
    beware="Signing in is not using; enter by which act it was counted.",
    because_no_feed="no export of the help desk tells who used it",
    target=Above(0.95, because=ROLE_SHEET),
    owner="support tools",
)
