"""The whole journal as one file and back, from any database to any other: one line a version, in the order written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.types import Date, DateTime

from dashboard.journal import migration
from dashboard.journal.database import reading, url_of, writing
from dashboard.journal.tables import Base
from etl.errors import UsageError
from etl.settings import Home

_KIND = "supportkpi journal"


def backup(home: Home, file: Path) -> int:
    """Write every version of every entry; the number of them. The file is there whole or not at all."""
    part = file.with_name(f"{file.name}.part")
    with reading(url_of(home)) as connection, part.open("w", encoding="utf-8") as out:
        out.write(json.dumps({"file": _KIND, "revision": migration.HEAD}) + "\n")
        n = 0
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table).order_by(table.c.id)).mappings():
                values = {name: _plain(value) for name, value in row.items()}
                out.write(json.dumps({"table": table.name, "row": values}, ensure_ascii=False) + "\n")
                n += 1
    part.replace(file)
    return n


def restore(home: Home, file: Path) -> int:
    """Bring a backup into a journal without entries, in one transaction; the number of versions.

    Raises UsageError for a file that is no backup or is of a newer program, and for a journal that has entries.
    """
    lines = _lines(file)
    header = next(lines, {})
    if header.get("file") != _KIND:
        raise UsageError(f"{file} is no backup of a journal.", "", "Make one: supportkpi journal backup FILE")
    if str(header.get("revision", "")) > migration.HEAD:
        raise UsageError(f"{file} was written by a newer version.", "", "Update supportkpi.")
    with writing(url_of(home)) as connection:
        tables = {table.name: table for table in Base.metadata.sorted_tables}
        if any(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables.values()):
            raise UsageError(
                "This journal has entries.",
                "A backup is restored into an empty one, so that nothing is overwritten.",
                "Restore into another home, or move journal.sqlite away first.",
            )
        n = 0
        for number, line in enumerate(lines, start=2):
            table = tables.get(str(line.get("table")))
            if table is None or not isinstance(line.get("row"), dict):
                raise UsageError(f"{file}, line {number}: no entry of a journal.", "", "Nothing was restored.")
            connection.execute(insert(table).values(_typed(table, line["row"])))
            n += 1
        _count_on(connection, list(tables.values()))
    return n


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    try:
        with file.open(encoding="utf-8") as told:
            for number, line in enumerate(told, start=1):
                found = json.loads(line)
                if not isinstance(found, dict):
                    raise UsageError(f"{file}, line {number}: no entry of a journal.", "", "Nothing was restored.")
                yield found
    except OSError as error:
        raise UsageError(f"{file} was not read.", f"{error.strerror}.", "") from error
    except ValueError as error:
        raise UsageError(f"{file} is no backup of a journal.", "A line of it is not JSON.", "") from error


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The values as the columns hold them; a column the backup does not know keeps its default."""
    found = {}
    for column in table.columns:
        if column.name not in row:
            continue
        value = row[column.name]
        if isinstance(value, str) and isinstance(column.type, DateTime):
            value = datetime.fromisoformat(value)
        elif isinstance(value, str) and isinstance(column.type, Date):
            value = date.fromisoformat(value)
        found[column.key] = value
    return found


def _count_on(connection: Connection, tables: list[Table]) -> None:
    """PostgreSQL numbers on from where its own counter stands, which knows nothing of rows with given numbers."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        newest = connection.execute(select(func.max(table.c.id))).scalar_one()
        if newest is not None:
            asked = text("select setval(pg_get_serial_sequence(:name, 'id'), :newest)")
            connection.execute(asked, {"name": table.name, "newest": newest})
