"""Fact tables of issues: which tickets are one problem. Part of the contract, taken from ``etl.tables``."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Text

from etl.fact_columns import clock, count, facts, number, text

#: One row an issue that more than one ticket, or a record of engineering's, speaks of; ``occurrence`` has its returns.
issue = Table(
    "issue",
    facts,
    Column("issue_key", Text, nullable=False),  # the same from load to load
    *text("label"),  # what a person called it, else its record's title or its first subject
    *text("evidence"),  # the best of its tickets': problem, error code, subject (suggested)
    *text("product", "topic", "problem_key"),
    *clock("first_at", "last_at"),  # creations of its first and newest ticket
    *count("tickets", "occurrences", "accounts"),
    *text("confirmed_by"),  # the person who said that it is one issue; NULL: nobody yet
    *clock("confirmed_at"),
)

#: One row a ticket that belongs to an issue.
issue_ticket = Table(
    "issue_ticket",
    facts,
    Column("ticket_id", Text, nullable=False),
    Column("issue_key", Text, nullable=False),
    *text("occurrence_id", "account", "evidence"),
    *clock("created_at", "resolved_at"),
    *count("occurrence_number"),
    # The how-many-eth occurrence of this issue it is that the account wrote of: 1 concern, 2 doubt, 3 and more
    # executive scrutiny. NULL where no account is known.
    *count("account_occurrence"),
    # The account's newest earlier ticket of the issue that was solved when this one was created: then it is a repeat.
    *text("repeat_of"),
    *number("days_since_solved"),
    # An earlier ticket of the account on the issue was still open, and none was solved before.
    Column("is_duplicate", Boolean),
    *number("confidence"),  # 1: a record, a code or a person says so; else how alike the words are, up to 1
    *text("confirmed_by"),
)
