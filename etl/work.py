"""The work file: the loader's own database, who may write to it, and what it knows of itself."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    Text,
    create_engine,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

from etl import tables
from etl.errors import SupportKpiError
from etl.settings import Home
from etl.staging import loaded

#: The bookkeeping of loads: as it is published, and ``fingerprint``, which tells whether a file was read this way.
loaded_file = Table(
    "loaded_file",
    loaded,
    *(Column(each.name, each.type, nullable=each.nullable) for each in tables.load.columns),
    Column("fingerprint", Text),
)

#: One row. ``revision`` counts committed changes; ``published`` says which of them, with which settings, is out.
state = Table(
    "loader_state",
    loaded,
    Column("revision", BigInteger, nullable=False),
    Column("last_load_id", Integer, nullable=False),
    Column("published", Text),
)


#: What people say of issues (``etl.issue_words``). ``position`` is the order of the words; ``issue_keys`` and
#: ``ticket_ids`` are JSON lists.
issue_word = Table(
    "issue_word",
    loaded,
    Column("position", Integer, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("kind", "issue_keys", "ticket_ids")),
    *(Column(name, Text) for name in ("name", "problem_key", "said_by")),
    Column("said_at", DateTime, nullable=False),
)


#: What was found in a block of tickets, under a digest of all that went into it (``etl.grouping.blocks``).
kept_block = Table(
    "kept_block", loaded, Column("digest", Text, nullable=False), Column("result", LargeBinary, nullable=False)
)

#: Which tickets each issue known by its words had when facts were last built, so that it keeps its key.
kept_issue = Table(
    "kept_issue", loaded, Column("ticket_id", Text, nullable=False), Column("issue_key", Text, nullable=False)
)


class BusyError(SupportKpiError):
    """Another process is loading into the same home."""


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Hold the only right to write into a home; a lock dies with its process, however that ends."""
    home.folder.mkdir(parents=True, exist_ok=True)
    path = home.folder / "load.lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise BusyError(
                "Another load is running.",
                f"Process {file.read().strip() or 'unknown'} is writing into {home.folder}.",
                "Wait until it has ended.",
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def opened(home: Home) -> Iterator[Connection]:
    """The work file, open for writing; its tables are there. Scratch files are gone before and after."""
    with locked(home):
        shutil.rmtree(home.temporary, ignore_errors=True)
        home.temporary.mkdir(parents=True)
        settings = {
            "memory_limit": "1200MB",
            "threads": 2,
            "storage_compatibility_version": "latest",
            "temp_directory": str(home.temporary / "spill"),
            "autoinstall_known_extensions": False,
        }
        url = URL.create("duckdb", database=str(home.work_file))
        engine = create_engine(url, connect_args={"config": settings}, poolclass=NullPool)
        try:
            with _connect(home, engine) as connection:
                _stand_ready(connection)
                if connection.execute(select(state.c.revision)).first() is None:
                    connection.execute(insert(state).values(revision=0, last_load_id=0))
                connection.commit()
                yield connection
        finally:
            engine.dispose()
            shutil.rmtree(home.temporary, ignore_errors=True)


def _stand_ready(connection: Connection) -> None:
    """Every table is there, with the columns that came into it since: empty for what was loaded before.

    What stands in the file is asked once: table by table it would take longer than reading a small export.
    """
    there: dict[str, set[str]] = defaultdict(set)
    for table_name, column_name in connection.exec_driver_sql(
        "select table_name, column_name from duckdb_columns() "
        "where database_name = current_database() and schema_name = current_schema()"
    ):
        there[table_name].add(column_name)
    quote = connection.dialect.identifier_preparer.quote
    for table in loaded.sorted_tables:
        if table.name not in there:
            connection.execute(CreateTable(table))
            continue
        for column in (each for each in table.columns if each.name not in there[table.name]):
            kind = column.type.compile(connection.dialect)
            connection.exec_driver_sql(f"alter table {quote(table.name)} add column {quote(column.name)} {kind}")


def _connect(home: Home, engine: object) -> Connection:
    try:
        return engine.connect()  # type: ignore[attr-defined,no-any-return]
    except DBAPIError as error:
        raise SupportKpiError(
            f"{home.work_file} cannot be opened.",
            f"{str(error.orig).splitlines()[0]}",
            "If another program has it open, close it; if it is damaged, move it away and load the files again.",
        ) from error


def next_load_id(connection: Connection) -> int:
    """A number no load had before, even one taken back."""
    number = int(connection.execute(select(state.c.last_load_id)).scalar_one()) + 1
    connection.execute(update(state).values(last_load_id=number))
    return number


def changed(connection: Connection) -> None:
    """Say, in the transaction that changes facts, that what is published is behind."""
    connection.execute(update(state).values(revision=state.c.revision + 1))
