"""The fact table of fixes: part of the contract, taken from ``etl.tables``."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from etl.fact_columns import clock, facts, number, of_ticket, text

#: One row a fix of an issue. Fixes told with no ticket of the issue between them are one, at the last of them.
fix = Table(
    "fix",
    facts,
    Column("issue_key", Text, nullable=False),
    *text("occurrence_id", "first_ticket_id"),  # the occurrence it followed, and that one's first ticket
    *of_ticket(),  # of that ticket
    *clock("fixed_at"),
    *text("kind"),  # vocabulary.FixKind
    *text("evidence"),  # vocabulary.FixEvidence
    # From the fix to the next ticket of the issue that was created after it, whatever occurrence that is counted to,
    # and to the newest moment the sources tell of. NULL: it has not come back.
    *number("days_to_return", "days_observed"),
    *text("returned_ticket_id"),
)
