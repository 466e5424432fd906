"""Which rows of each fact stand for real support work, and how each fact is joined to what it may be cut by.

Deleted, spam, merged and test tickets leave every KPI, with their surveys and target clocks. They are few, so
leaving them out by "no such ticket" costs nothing, where a join to every ticket would.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from etl.tables import occurrence, open_spell, sla_clock, survey, ticket

_excluded = ticket.alias("excluded")
_excluded_ids = select(_excluded.c.ticket_id).where(_excluded.c.excluded_because.is_not(None))


def _not_excluded(ticket_id: ColumnElement[str]) -> ColumnElement[bool]:
    # "Not in" rather than "not exists": uncorrelated, so the few excluded are hashed and not the many counted.
    # A row without a ticket counts, hence the empty id, which no ticket has.
    return func.coalesce(ticket_id, "").not_in(_excluded_ids)


tickets = ticket
counted_tickets = ticket.c.excluded_because.is_(None)

surveys = survey.outerjoin(ticket, ticket.c.ticket_id == survey.c.ticket_id)
counted_surveys = _not_excluded(survey.c.ticket_id)

clocks = sla_clock.outerjoin(ticket, ticket.c.ticket_id == sla_clock.c.ticket_id)
counted_clocks = _not_excluded(sla_clock.c.ticket_id)

spells = open_spell.outerjoin(ticket, ticket.c.ticket_id == open_spell.c.ticket_id)
counted_spells = _not_excluded(open_spell.c.ticket_id)

#: An occurrence is cut by what is known of its first ticket.
occurrences = occurrence.outerjoin(ticket, ticket.c.ticket_id == occurrence.c.first_ticket_id)
counted_occurrences = _not_excluded(occurrence.c.first_ticket_id)

ROLE_SHEET = "role sheet, VP of Customer Support"
