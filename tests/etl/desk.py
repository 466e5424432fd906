"""A small help desk of our own for these tests: a source that claims ``id, status, created, resolved``, and a
derivation that publishes its tickets as they are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import DateTime, MetaData, func, insert, literal, or_, select, try_cast
from sqlalchemy.engine import Connection

from etl import recognise, snapshot, tables
from etl.settings import Settings
from etl.staging import Claim, RawTable, Stage, loaded_ticket

NAME = "desk"
COLUMNS = ("id", "status", "created", "resolved")


def claim(raw: RawTable) -> Claim:
    matched = tuple(name for name in COLUMNS if name in raw.columns)
    return Claim(NAME, matched, tuple(name for name in COLUMNS if name not in raw.columns))


def stage(raw: RawTable, into: Stage) -> None:
    from etl import files

    if raw.kind == "json":
        raw = files.flatten(raw, COLUMNS, into.connection)
    row = raw.table.c
    created, resolved = try_cast(row.created, DateTime), try_cast(row.resolved, DateTime)
    is_good = row.id.is_not(None) & created.is_not(None)
    into.put(
        "ticket",
        NAME,
        select(
            row["_row"].label("row"),
            literal("ticket").label("part"),
            row.id.label("original_id"),
            row.status.label("status"),
            created.label("created_at"),
            resolved.label("resolved_at"),
        ).where(is_good),
    )
    into.refuse(
        select(
            row["_row"].label("row"),
            literal("created").label("column"),
            row.created.label("value"),
            literal("not a date").label("reason"),
        ).where(or_(row.id.is_(None), created.is_(None)))
    )


def build(connection: Connection, settings: Settings, schema: str) -> None:
    """The newest load of each ticket, as it came."""
    there = {table.name: table.to_metadata(MetaData(), schema=schema) for table in tables.facts.sorted_tables}
    for table in there.values():
        table.create(connection, checkfirst=False)
    ticket = loaded_ticket.c
    newest = func.row_number().over(partition_by=(ticket.source, ticket.original_id), order_by=ticket.load_id.desc())
    ranked = select(*loaded_ticket.columns, newest.label("newest")).subquery()
    chosen: dict[str, Any] = {
        "ticket_id": ranked.c.source + ":" + ranked.c.original_id,
        "source": ranked.c.source,
        "original_id": ranked.c.original_id,
        "status": ranked.c.status,
        "created_at": ranked.c.created_at,
        "resolved_at": ranked.c.resolved_at,
        "is_outbound": literal(False),
        "is_bot_only": literal(False),
        "is_closed_without_resolve": literal(False),
        "is_auto_closed": literal(False),
        "load_id": ranked.c.load_id,
    }
    rows = select(*(value.label(name) for name, value in chosen.items())).where(ranked.c.newest == 1)
    connection.execute(insert(there["ticket"]).from_select(list(chosen), rows))


def install() -> None:
    """Put the small desk in the place of the real sources, in this process."""
    recognise._modules = lambda: [recognise.Candidate(NAME, claim, stage)]
    snapshot._derive = lambda: build
