"""Publishing: facts are built beside, moved to a name never used before, and then pointed at.

A reader keeps the file it opened; the next time it asks, it is shown the newer one. Nobody waits, nobody locks.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, MetaData, Table, insert, literal, select, text, update

from etl import naming, tables
from etl.settings import Home, Settings, read_toml
from etl.staging import refused
from etl.work import loaded_file, opened, state

#: Snapshots kept: the current one, and those a page that is being drawn may still have open.
KEPT = 3
_SCHEMA = "building"

#: Builds every table of ``etl.tables.facts`` in an attached, empty database of this name.
Build = Callable[[Connection, Settings, str], None]


def publish(home: Home, connection: Connection, settings: Settings, build: Build | None = None) -> Path:
    """Build the facts from the work file and make them the current snapshot. Returns its path."""
    home.snapshots.mkdir(parents=True, exist_ok=True)
    _sweep(home)
    building = home.snapshots / f"building-{uuid4().hex}.duckdb"
    revision = int(connection.execute(select(state.c.revision)).scalar_one())
    connection.commit()
    try:
        _build(connection, settings, building, build or _derive())
        _sync(building)
        target = home.snapshots / f"facts-{_last_number(home) + 1:06d}.duckdb"
        building.rename(target)
    finally:
        building.unlink(missing_ok=True)
    _point(home, target)
    connection.execute(update(state).values(published=_stamp(revision, settings)))
    connection.commit()
    _prune(home, target)
    return target


def is_stale(home: Home, connection: Connection, settings: Settings) -> bool:
    """Whether the work file, the settings or the rules of deriving have moved on since the last snapshot."""
    current = home.current_snapshot()
    revision, published = connection.execute(select(state.c.revision, state.c.published)).one()
    if not revision:
        return False
    return current is None or not current.exists() or published != _stamp(int(revision), settings)


def publish_if_stale(home: Home, build: Build | None = None) -> Path | None:
    """Publish again if a load was ended between its commit and its publication, or what facts stand on changed.

    Returns the new snapshot, None where there was nothing to do. Raises BusyError while a load is running.
    """
    if not home.work_file.exists():
        return None
    settings = read_toml(home.settings_file, Settings)
    with opened(home) as connection:
        return publish(home, connection, settings, build) if is_stale(home, connection, settings) else None


def _derive() -> Build:
    """Taken late, so that whoever only moves pointers does not load the derivation."""
    from etl import derive

    return derive.build


def _stamp(revision: int, settings: Settings) -> str:
    # Where people's own entries are kept changes no fact.
    digest = hashlib.sha256(settings.model_dump_json(exclude={"journal", "mail"}).encode()).hexdigest()[:16]
    return f"{revision} {digest} {rules()}"


@cache
def rules() -> str:
    """What the facts are derived by, as a number: another version of the product derives them anew, and says so."""
    here = resources.files("etl")
    tables = [each for each in here.iterdir() if each.name.endswith("tables.py") or each.name == "fact_columns.py"]
    steps = [each for name in ("derive", "grouping") for each in (here / name).iterdir() if each.is_file()]
    digest = hashlib.sha256()
    for each in sorted((*tables, *steps), key=str):
        digest.update(each.read_bytes())
    return digest.hexdigest()[:16]


def _build(connection: Connection, settings: Settings, path: Path, build: Build) -> None:
    # ATTACH takes no parameters; SQLAlchemy writes the path as a quoted literal.
    quoted = literal(str(path)).compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    # Only the DuckDB installed here will read it: its newest storage packs text better, and in less time.
    connection.exec_driver_sql(f"attach {quoted} as {_SCHEMA} (storage_version 'latest')")
    connection.commit()
    try:
        build(connection, settings, _SCHEMA)
        connection.commit()
        _copy_bookkeeping(connection)
        connection.commit()
        connection.execute(text(f"checkpoint {_SCHEMA}"))
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.execute(text(f"detach {_SCHEMA}"))
        connection.commit()


def _copy_bookkeeping(connection: Connection) -> None:
    """Loads and quarantine are published as they are, of unmapped words those nobody has named since."""
    columns = [loaded_file.c[each.name] for each in tables.load.columns]
    _put(connection, tables.load, select(*columns))
    _put(
        connection,
        tables.quarantine,
        select(
            refused.c.load_id,
            loaded_file.c.file_name,
            refused.c.line,
            refused.c.column,
            refused.c.value,
            refused.c.reason,
        ).join_from(refused, loaded_file, refused.c.load_id == loaded_file.c.load_id),
    )
    words = naming.unknown_words().subquery().c
    _put(connection, tables.unmapped_word, select(*(words[each.name] for each in tables.unmapped_word.columns)))


def _put(connection: Connection, table: Table, rows: object) -> None:
    there = table.to_metadata(MetaData(), schema=_SCHEMA)
    is_there = text("select count(*) from duckdb_tables() where database_name = :base and table_name = :name")
    if not connection.execute(is_there.bindparams(base=_SCHEMA, name=table.name)).scalar_one():
        there.create(connection, checkfirst=False)
    if not connection.execute(select(there).limit(1)).first():
        connection.execute(insert(there).from_select([each.name for each in table.columns], rows))  # type: ignore[arg-type]


def _sync(path: Path) -> None:
    """Wait until the disk has it, so that the pointer never names a file a power cut could empty."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _point(home: Home, target: Path) -> None:
    _sync(home.snapshots)
    beside = home.snapshots / f"CURRENT.{uuid4().hex}"
    beside.write_text(target.name + "\n", encoding="utf-8")
    _sync(beside)
    beside.replace(home.pointer)
    _sync(home.snapshots)


def _numbered(home: Home) -> list[tuple[int, Path]]:
    found = [(path.stem.removeprefix("facts-"), path) for path in home.snapshots.glob("facts-*.duckdb")]
    return sorted((int(number), path) for number, path in found if number.isdigit())


def _last_number(home: Home) -> int:
    current = home.current_snapshot()
    named = current.stem.removeprefix("facts-") if current else ""
    return max([number for number, _ in _numbered(home)] + ([int(named)] if named.isdigit() else [0]))


def _prune(home: Home, current: Path) -> None:
    older = [path for _, path in _numbered(home) if path != current]
    for path in older[: max(0, len(older) - (KEPT - 1))]:
        path.unlink(missing_ok=True)


def _sweep(home: Home) -> None:
    """Clear away what a killed load left half built."""
    for pattern in ("building-*", "CURRENT.*"):
        for path in home.snapshots.glob(pattern):
            path.unlink(missing_ok=True)
