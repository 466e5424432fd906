"""What a fact must pass to count. Each check is a condition on the rows of one load, with a reason in words.

A row that fails is taken out of the facts and put into quarantine; nothing is dropped without a trace. (Events of a
ticket no file has told of are no fault of their file: the ticket may come yet. The derivation counts them.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, DateTime, Text, cast, delete, func, insert, literal, or_, select

from etl.staging import BY_NAME, refused

EARLIEST = datetime(1990, 1, 1)  # noqa: DTZ001 — clocks are naive UTC
#: Clocks may run ahead of ours by a zone and a bit.
AHEAD = timedelta(days=1)

#: Clocks that tell of the future by their nature.
_MAY_BE_AHEAD = {"due_at", "renewal_at", "left_at", "started_at"}
_MAY_BE_AHEAD |= {"period_start", "period_end", "first_day", "last_day"}

#: (fact, later clock, earlier clock, reason): a later clock before the earlier one.
_ORDERS = (
    ("ticket", "resolved_at", "created_at", "resolved before created"),
    ("ticket", "first_resolved_at", "created_at", "resolved before created"),
    ("ticket", "closed_at", "created_at", "closed before created"),
    ("survey", "answered_at", "sent_at", "answered before sent"),
    ("incident", "resolved_at", "started_at", "resolved before started"),
)


@dataclass(frozen=True)
class Check:
    """Rows of a fact for which ``fails`` holds are quarantined with ``reason``."""

    fact: str
    column: str
    reason: str
    fails: ColumnElement[bool]


def checks(now: datetime) -> Iterator[Check]:
    """All checks; ``now`` in naive UTC."""
    for fact, table in BY_NAME.items():
        for column in table.columns:
            if isinstance(column.type, DateTime):
                yield Check(fact, column.name, "a date before 1990", column < EARLIEST)
                if column.name not in _MAY_BE_AHEAD:
                    yield Check(fact, column.name, "a date in the future", column > now + AHEAD)
    for fact, later, earlier, reason in _ORDERS:
        table = BY_NAME[fact]
        yield Check(fact, later, reason, table.c[later] < table.c[earlier])


def run(connection: Connection, load_id: int, now: datetime) -> None:
    """Quarantine what fails, in the transaction that is open."""
    by_fact: dict[str, list[Check]] = {}
    for check in checks(now):
        by_fact.setdefault(check.fact, []).append(check)
    for fact, those in by_fact.items():
        table = BY_NAME[fact]
        is_ours = table.c.load_id == load_id
        flags = [func.count().filter(check.fails) for check in those]
        counts = connection.execute(select(*flags).where(is_ours)).one()
        failing = [check for check, count in zip(those, counts, strict=True) if count]
        for check in failing:
            _refuse(connection, check, load_id)
        if failing:
            connection.execute(delete(table).where(is_ours, or_(*(check.fails for check in failing))))


def _refuse(connection: Connection, check: Check, load_id: int) -> None:
    table = BY_NAME[check.fact]
    rows = select(
        literal(load_id),
        table.c.row,
        literal(check.column),
        cast(table.c[check.column], Text),
        literal(check.reason),
    ).where(table.c.load_id == load_id, check.fails)
    connection.execute(insert(refused).from_select(["load_id", "row", "column", "value", "reason"], rows))
