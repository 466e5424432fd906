"""Fact tables of issues: which tickets are one problem. Part of the contract, taken from ``etl.tables``."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Text

from etl.fact_columns import clock, count, facts, number, of_ticket, text

#: One row an issue that more than one ticket, or a record of engineering's, speaks of; ``occurrence`` has its returns.
issue = Table(
    "issue",
    facts,
    Column("issue_key", Text, nullable=False),  # the same from load to load
    *text("label"),  # what a person called it, else its record's title, its first subject or the record
    *text("evidence"),  # the best of its tickets': problem, error code, person, subject (suggested)
    *text("product", "topic", "problem_key"),
    *clock("first_at", "last_at"),  # creations of its first and newest ticket
    *count("tickets", "occurrences", "accounts"),
    *text("confirmed_by"),  # the person who said that it is one issue; NULL: nobody yet
    *clock("confirmed_at"),
)

#: One row a ticket that belongs to an issue, or that its account wrote after (or beside) one alike: then ``issue_key``
#: may be its own, without a row in ``issue``, and ``evidence`` single.
issue_ticket = Table(
    "issue_ticket",
    facts,
    Column("ticket_id", Text, nullable=False),
    Column("issue_key", Text, nullable=False),
    *text("occurrence_id", "evidence"),
    *of_ticket(),
    *clock("created_at", "resolved_at"),
    Column("is_open", Boolean),
    *count("occurrence_number"),
    # The how-many-eth occurrence of this issue it is that the account wrote of: 1 concern, 2 doubt, 3 and more
    # executive scrutiny. NULL where no account is known.
    *count("account_occurrence"),
    # The same, on the first ticket the account wrote of that occurrence: with it the account reached the stage.
    *count("stage_reached"),
    # The account's earlier ticket on the same matter that was solved last before this one was created: then it is a
    # repeat. The same matter: the same issue, or (within 90 days, evidence subject (suggested)) words alike.
    *text("repeat_of"),
    *number("days_since_solved"),
    *text("repeat_evidence"),
    *number("repeat_confidence"),  # 1: a record, a code or a person says so; else how alike the words are
    # An earlier ticket of the account on the matter was still open, and none was solved before.
    Column("is_duplicate", Boolean),
    # How sure it is of this issue: 1 where a record, a code or a person says so, else how alike its words are to those
    # of the others (1: the same words); NULL for a ticket alone.
    *number("confidence"),
    *text("confirmed_by"),
    *clock("confirmed_at"),
)

#: One row a ticket whose account had an earlier ticket in the same product solved up to 90 days before, to audit
#: repeats with: the earlier ticket that makes it a repeat, else the one most like it.
issue_pair = Table(
    "issue_pair",
    facts,
    Column("ticket_id", Text, nullable=False),
    Column("earlier_ticket_id", Text, nullable=False),
    *text("evidence"),  # NULL: not taken for the same
    *number("score"),  # how alike, 0 to 1; 1 where a record or code says so
    *number("days_since_solved"),
)
