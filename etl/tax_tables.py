"""Fact tables of the investigation tax: what a ticket was doing, and each sign of context rebuilt.

Part of the contract, taken from ``etl.tables``.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Table, Text

from etl.fact_columns import clock, count, facts, number, text

#: What a ticket was doing between its events, one row a stretch, without gaps or overlaps from its creation to its last
#: resolve or ``observed_until``. None where the feed tells no messages or no changes of status (see ``tax_feed``).
segment = Table(
    "segment",
    facts,
    Column("ticket_id", Text, nullable=False),
    *text("state"),  # vocabulary.Segment
    *clock("started_at", "ended_at"),
    *number("minutes"),
)

#: The same added up: one row a ticket that has segments. ``open_minutes`` is all of them but ``done_minutes``, which is
#: what stood resolved until a reopen.
ticket_tax = Table(
    "ticket_tax",
    facts,
    Column("ticket_id", Text, nullable=False),
    *number("open_minutes", "done_minutes", "waiting_customer_minutes", "waiting_other_minutes"),
    *number("first_queue_minutes", "handoff_queue_minutes", "reinvestigation_minutes"),
    *number("first_investigation_minutes", "working_minutes"),
)

#: The ledger of the investigation tax: one row a sighting of a signal. Quantities add up to the signals of `ticket`.
tax_entry = Table(
    "tax_entry",
    facts,
    Column("ticket_id", Text, nullable=False),
    Column("sequence", BigInteger),  # of the event it was seen in
    *clock("occurred_at"),
    *text("signal"),  # vocabulary.Signal
    *count("quantity"),  # 1, or the words read again
    # 1 for the first owner who touched the ticket, 2 for the next …; of what others did: the owner whose turn it was.
    *count("owner_number"),
    Column("is_rework", Boolean),  # by another agent than the first owner; NULL where no owner ever touched it
    *text("system"),  # of a link: the system it leads to
)
