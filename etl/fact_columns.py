"""The columns facts are made of, and the one collection of fact tables. Part of the contract: see ``etl.tables``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, DateTime, Double, FromClause, Integer, MetaData, Text

facts = MetaData()


def text(*names: str) -> list[Column[str]]:
    """Words, one column a name."""
    return [Column(name, Text) for name in names]


def clock(*names: str) -> list[Column[object]]:
    """Moments, naive and in UTC."""
    return [Column(name, DateTime) for name in names]


def number(*names: str) -> list[Column[float]]:
    """Measurements; durations are minutes."""
    return [Column(name, Double) for name in names]


def count(*names: str) -> list[Column[int]]:
    """Whole numbers."""
    return [Column(name, Integer) for name in names]


#: What a ticket may be filtered and cut by.
OF_TICKET = (
    "team", "priority", "channel", "product", "category", "region", "account", "account_tier", "source", "escalated",
)  # fmt: skip

#: What facts with many rows carry of their ticket, as it stands on it, so that neither a filter nor leaving out what
#: counts for no figure is a join of a million names.
CARRIED = (*OF_TICKET, "excluded_because")


def of_ticket(own: Collection[str] = ()) -> list[Column[str]]:
    """What the row's ticket may be filtered and cut by, and why it is left out, where it is.

    What the row tells of itself by the same name is ``own``: the ticket's is then ``ticket_account``.
    """
    return text(*(f"ticket_{name}" if name in own else name for name in CARRIED))


def carried(fact: FromClause, name: str) -> Any:
    """The column of a fact, or of a ticket itself, that holds what its ticket is filtered by."""
    renamed = f"ticket_{name}"
    return fact.c[renamed if renamed in fact.c else name]
