"""The exports beside ``tests/sources``, and what a source makes of one, without the house around it."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb_sqlalchemy
from sqlalchemy import create_engine, select
from sqlalchemy.engine import Connection
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateTable

from etl import files, sources
from etl.settings import Settings
from etl.staging import BY_NAME, RawTable, Stage, loaded, refused

HERE = Path(__file__).parent / "sources"
FOLDERS = sorted(path for path in HERE.iterdir() if path.is_dir() and not path.name.startswith(("_", ".")))
NOT_INPUT = (".expected.csv", ".py", ".pyc", ".md", "timezone.txt")
INPUTS = [
    path
    for folder in FOLDERS
    for path in sorted(folder.iterdir())
    if path.is_file() and not path.name.endswith(NOT_INPUT)
]
EXPECTED = [path for folder in FOLDERS for path in sorted(folder.glob("*.expected.csv"))]


@dataclass
class Staged:
    """One file after its source has staged it, in a database of its own: the load, what was read, and the report."""

    connection: Connection
    load_id: int
    rows: int
    warnings: list[str] = field(default_factory=list)
    raws: list[RawTable] = field(default_factory=list)

    def facts(self, fact: str) -> list[dict[str, Any]]:
        table = BY_NAME[fact]
        query = select(table).where(table.c.load_id == self.load_id)
        ordered = [table.c[name] for name in ("row", "occurred_at", "sequence", "kind") if name in table.columns]
        if fact == "ticket":  # of several records of one row the ticket itself comes first
            ordered += [table.c.part != "ticket", table.c.part, table.c.original_id]
        return [dict(row) for row in self.connection.execute(query.order_by(*ordered)).mappings()]

    def refusals(self) -> list[dict[str, Any]]:
        query = select(refused).where(refused.c.load_id == self.load_id).order_by(refused.c.row)
        return [dict(row) for row in self.connection.execute(query).mappings()]


def modules() -> list[ModuleType]:
    found = [importlib.import_module(f"etl.sources.{info.name}") for info in pkgutil.iter_modules(sources.__path__)]
    return [module for module in found if hasattr(module, "NAME")]


def zone_of(folder: Path) -> str:
    told = folder / "timezone.txt"
    return told.read_text(encoding="utf-8").strip() if told.exists() else "UTC"


def memory() -> Connection:
    # One thread: hundreds of these stand open at a time, and none holds enough to share out.
    settings = {"threads": 1}
    connection = create_engine("duckdb:///:memory:", connect_args={"config": settings}, poolclass=StaticPool).connect()
    connection.exec_driver_sql("set timezone = 'UTC'")
    connection.commit()
    make_tables(connection)
    return connection


def make_tables(connection: Connection) -> None:
    """The loader's own tables in an empty database: written out once, since hundreds of tests need them."""
    connection.exec_driver_sql(_tables())
    connection.commit()


@functools.cache
def _tables() -> str:
    dialect = duckdb_sqlalchemy.Dialect()
    return "; ".join(str(CreateTable(table).compile(dialect=dialect)) for table in loaded.sorted_tables)


def stage(path: Path, source: Any, connection: Connection, load_id: int, temporary: Path, zone: str) -> Staged:
    """What ``etl.load`` does up to the facts, without the house around it."""
    staged = Staged(connection, load_id, 0)
    for each in files.open_inputs([path], temporary):
        for raw in files.read(each, connection):
            into = Stage(connection, load_id, zone, Settings())
            source.stage(raw, into)
            staged.rows += raw.rows
            staged.raws.append(raw)
            staged.warnings += into.warnings
    connection.commit()
    return staged


def called(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
