"""Which rows of each fact stand for real support work, and how each fact is joined to what it may be cut by.

Deleted, spam, merged and test tickets leave every KPI, with their surveys and target clocks. They are few, so
leaving them out by "no such ticket" costs nothing, where a join to every ticket would.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, null, or_, select, true, union_all

from dashboard.kpis.entered import ROSTER
from etl.tables import (
    agent,
    article,
    article_vote,
    escalation,
    figure,
    fix,
    handoff,
    hierarchical_escalation,
    issue,
    issue_ticket,
    occurrence,
    open_spell,
    queue_stay,
    quiet_spell,
    review,
    self_service,
    sla_clock,
    survey,
    ticket,
    ticket_tax,
    worklog,
)

_excluded = ticket.alias("excluded")
_excluded_ids = select(_excluded.c.ticket_id).where(_excluded.c.excluded_because.is_not(None))


def _not_excluded(ticket_id: ColumnElement[str]) -> ColumnElement[bool]:
    # "Not in" rather than "not exists": uncorrelated, so the few excluded are hashed and not the many counted.
    # A row without a ticket counts, hence the empty id, which no ticket has.
    return func.coalesce(ticket_id, "").not_in(_excluded_ids)


tickets = ticket
counted_tickets = ticket.c.excluded_because.is_(None)

#: Tickets of which it is known what they were doing.
tickets_in_states = ticket_tax.join(ticket, ticket.c.ticket_id == ticket_tax.c.ticket_id)

surveys = survey.outerjoin(ticket, ticket.c.ticket_id == survey.c.ticket_id)
counted_surveys = survey.c.excluded_because.is_(None)

clocks = sla_clock.outerjoin(ticket, ticket.c.ticket_id == sla_clock.c.ticket_id)
counted_clocks = _not_excluded(sla_clock.c.ticket_id)

spells = open_spell.outerjoin(ticket, ticket.c.ticket_id == open_spell.c.ticket_id)
counted_spells = _not_excluded(open_spell.c.ticket_id)

handoffs = handoff.outerjoin(ticket, ticket.c.ticket_id == handoff.c.ticket_id)
counted_handoffs = handoff.c.excluded_because.is_(None)

stays = queue_stay.outerjoin(ticket, ticket.c.ticket_id == queue_stay.c.ticket_id)
counted_stays = _not_excluded(queue_stay.c.ticket_id)

quiet_spells = quiet_spell.outerjoin(ticket, ticket.c.ticket_id == quiet_spell.c.ticket_id)
counted_quiet_spells = _not_excluded(quiet_spell.c.ticket_id)

#: An occurrence is cut by what is known of its first ticket.
occurrences = occurrence.outerjoin(ticket, ticket.c.ticket_id == occurrence.c.first_ticket_id)
counted_occurrences = occurrence.c.excluded_because.is_(None)

#: So is a fix: by the first ticket of the occurrence it followed.
fixes = fix.outerjoin(ticket, ticket.c.ticket_id == fix.c.first_ticket_id)
counted_fixes = fix.c.excluded_because.is_(None)


def names_product(told: ColumnElement[str], product: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether what an incident says of its product is this one, or names it among several: ``Relay, Cloud``."""
    among = func.instr(", " + told + ", ", ", " + product + ", ") > 0
    return or_(told == product, among)


#: Tickets of an issue, and not alone with one they are like.
of_an_issue = issue_ticket.c.issue_key.in_(select(issue.c.issue_key))

#: Each stage an account reached on an issue: its first ticket of that occurrence.
stages = issue_ticket.outerjoin(ticket, ticket.c.ticket_id == issue_ticket.c.ticket_id)
counted_stages = issue_ticket.c.excluded_because.is_(None)

escalations = escalation.outerjoin(ticket, ticket.c.ticket_id == escalation.c.ticket_id)
counted_escalations = escalation.c.excluded_because.is_(None)

hierarchical = hierarchical_escalation.outerjoin(ticket, ticket.c.ticket_id == hierarchical_escalation.c.ticket_id)
counted_hierarchical = _not_excluded(hierarchical_escalation.c.ticket_id)

#: A review as one row: the mean of its categories. Reviews of tickets nobody loaded are told apart by their own number.
_of = func.coalesce(review.c.ticket_id, review.c.review_id)
reviewed = (
    select(
        func.max(review.c.ticket_id).label("ticket_id"),
        review.c.reviewed_at,
        func.avg(review.c.score_share).label("score_share"),
        func.count().label("categories"),
    )
    .where(review.c.score_share.is_not(None))
    .group_by(review.c.source, _of, review.c.reviewed_at)
    .subquery("reviewed")
)
reviews = reviewed.outerjoin(ticket, ticket.c.ticket_id == reviewed.c.ticket_id)
counted_reviews = _not_excluded(reviewed.c.ticket_id)

worklogs = worklog.outerjoin(ticket, ticket.c.ticket_id == worklog.c.ticket_id)
counted_worklogs = _not_excluded(worklog.c.ticket_id)

#: A vote is cut by what is known of its article.
votes = article_vote.outerjoin(article, article.c.article_id == article_vote.c.article_id)

sessions = self_service
counted_sessions = _not_excluded(self_service.c.ticket_id)

#: Hours of a week: how long a contact must stay the last before no person was needed.
WEEK = 7 * 24
_days_old = func.coalesce(ticket.c.open_days, ticket.c.first_resolution_minutes / 1440.0 + ticket.c.days_observed)
_handed_over = select(self_service.c.ticket_id).where(self_service.c.ticket_id.is_not(None))
#: Every contact: each session, and each ticket a customer started without one.
contact = union_all(
    select(
        self_service.c.session_id.label("contact_id"),
        self_service.c.ticket_id.label("ticket_id"),
        self_service.c.source.label("source"),
        self_service.c.account.label("account"),
        self_service.c.started_at.label("contacted_at"),
        and_(
            self_service.c.ticket_id.is_(None),
            func.coalesce(self_service.c.outcome, "") != "handed over",
            or_(self_service.c.hours_to_next_contact.is_(None), self_service.c.hours_to_next_contact > WEEK),
        ).label("is_human_free"),
        (self_service.c.hours_observed / 24.0).label("days_watched"),
        true().label("began_without_person"),
    ),
    select(
        ticket.c.ticket_id,
        ticket.c.ticket_id,
        ticket.c.source,
        ticket.c.account,
        ticket.c.created_at,
        and_(ticket.c.is_bot_only, or_(ticket.c.days_to_next_contact.is_(None), ticket.c.days_to_next_contact > 7)),
        _days_old,
        ticket.c.is_bot_only,
    ).where(ticket.c.is_outbound.is_(False), ticket.c.ticket_id.not_in(_handed_over)),
).subquery("contact")
contacts = contact.outerjoin(ticket, ticket.c.ticket_id == contact.c.ticket_id)
counted_contacts = _not_excluded(contact.c.ticket_id)

#: The figures entered, and beside them the agents of a roster from their first day to their last.
_nothing = cast(null(), Text)
staff = union_all(
    select(*(figure.c[name] for name in ("metric", "segment", "unit", "value", "period_start", "period_end"))),
    select(literal(ROSTER), _nothing, _nothing, literal(1.0), agent.c.started_at, agent.c.left_at).where(
        agent.c.started_at.is_not(None), agent.c.role == "agent"
    ),
).subquery("staff")

ROLE_SHEET = "role sheet, VP of Customer Support"
#: The plan after three outages of one cause: what was promised to be measured, and by when.
RELIABILITY_PLAN = "reliability plan, CEO shadows support"
