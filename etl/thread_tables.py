"""Fact tables of a ticket's way through many hands: part of the contract, taken from ``etl.tables``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Table, Text

from etl.fact_columns import clock, count, facts, number, of_ticket, text

#: One row a handoff, as ``ticket.handoffs`` counts them.
handoff = Table(
    "handoff",
    facts,
    Column("ticket_id", Text, nullable=False),
    Column("sequence", BigInteger),  # of the change in the ticket's history
    *count("number"),  # 1 for the first of the ticket
    *clock("occurred_at"),
    *text("mover_role"),  # vocabulary.Role of who made the change
    # The last known before it, and what holds after it: an owner NULL after it means that nobody is named yet.
    *text("from_team", "to_team", "from_owner", "to_owner"),
    # 'direct' (A, B, A) or 'indirect' (after others too), where it came back to an earlier owner or team.
    *text("owner_return", "team_return"),
    # How long nobody had owned it when this owner came; 0 where it went from hand to hand, NULL where no owner came.
    *number("unowned_minutes"),
    # Until the new owner's first act (without one, of anybody but the giver), or as long as that could be watched;
    # ``ended_by`` says which: 'acted', 'moved' on again, 'done', NULL: it waits still. NULL minutes: no acts are told.
    *number("minutes"),
    *text("ended_by"),
    # An internal note of anybody within the hour before or after; one of the giver, 15 words or more, from thirty
    # minutes before to ten after. NULL where the feed tells no notes.
    Column("has_note", Boolean),
    Column("is_warm", Boolean),
    # The customer's messages after it and before the new owner's first message, while the ticket stayed there and open.
    *count("customer_repeats"),
    *of_ticket(),
)

#: One row each time a ticket came to a team: how long until a person did something to it, or took it.
queue_stay = Table(
    "queue_stay",
    facts,
    Column("ticket_id", Text, nullable=False),
    *count("number"),
    *text("team", "came_from"),
    *clock("entered_at", "left_at"),
    *number("minutes"),  # so far, where it lies there still
    *text("ended_by"),  # 'touched', 'moved', 'done'; NULL: it lies there still
    Column("is_first", Boolean),  # the first assignment, after the rules of the first five minutes
)

#: Each stretch of a day or more in which it was our turn and nothing happened: neither a person's act nor a change of
#: status. From a week on (five business days) the ticket was lost from sight: ``lost_at``, NULL where it was found
#: sooner. ``found_at`` NULL: quiet still.
quiet_spell = Table(
    "quiet_spell", facts, Column("ticket_id", Text, nullable=False), *clock("quiet_from", "lost_at", "found_at")
)

#: Texts agents sent word for word on twenty tickets or more, one row a text and ticket.
macro_use = Table(
    "macro_use",
    facts,
    Column("ticket_id", Text, nullable=False),
    *text("source", "text_hash"),
    *clock("occurred_at"),  # first on this ticket
    *count("uses"),
)
