"""Fact tables of what became of escalations: part of the contract, taken from ``etl.tables``."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Text

from etl.fact_columns import clock, count, facts, number, of_ticket, text

#: Where a ticket stood, one row a stay, oldest first: the tier of its team, or the level its help desk tells of. None
#: where neither is told. Neighbours in one tier are one stay.
tier_stay = Table(
    "tier_stay",
    facts,
    Column("ticket_id", Text, nullable=False),
    *text("tier"),  # tier1, tier2, tier3, engineering, bot; or "level 2"
    *count("rank"),
    *clock("entered_at", "left_at"),  # left, or at the last resolve, or at observed_until
    *number("minutes"),  # less what stood resolved until a reopen
    *text("came"),  # vocabulary.Came
    Column("is_last", Boolean),
)

#: One row a ticket that was functionally escalated: to a higher tier or to engineering, never because of a clock or of
#: management. NULL: the exports cannot tell.
escalation = Table(
    "escalation",
    facts,
    Column("ticket_id", Text, nullable=False),
    *clock("escalated_at", "resolved_at"),  # first escalation; last resolve, NULL while it is open
    # What the turn is read off: 'team' (stood in a team of the tier engineering) or 'status' (waited for others).
    *text("turn_evidence"),
    # Times it went to engineering, and came back: support, engineering, support is one round.
    *count("sent", "rounds"),
    Column("is_theirs_now", Boolean),  # open, and engineering's turn
    *number("with_engineering_minutes"),  # all of engineering's turns together, less what stood resolved
    *count("clarification_trips"),  # notes of support directly after a note of engineering
    *count("re_escalations"),  # moves up to a tier that had been reached before
    *text("tier_path"),  # "tier1 > engineering > tier1"
    *text("path"),  # vocabulary.Path; NULL: no path declared, or no move told
    *text("ended"),  # vocabulary.Ending of the linked record of engineering
    # How the issue is known (as of `occurrence`), and which of its escalated occurrences this one is.
    *text("issue_evidence"),
    *count("pass_number"),
    # From the last resolve to the next occurrence of the same issue, and to observed_until.
    *number("days_to_return", "days_observed"),
    # The newest ticket of the same issue that was solved before this one went up, the newest that support solved
    # without escalating it, and an article on its product and topic that stood there by then.
    *text("solved_before", "solved_before_by_support", "topic_article"),
    # What was written down between half an hour before and ten minutes after.
    *count("write_up_words", "write_up_links"),
    Column("asks", Boolean),  # a question stands in the write-up
    Column("names_owner", Boolean),  # it went to a person, not to a queue
    Column("has_due", Boolean),
    *of_ticket(),
)

#: One row a ticket that management was called in on, as its help desk tells it.
hierarchical_escalation = Table(
    "hierarchical_escalation",
    facts,
    Column("ticket_id", Text, nullable=False),
    *clock("raised_at"),
    *count("times"),
)
