"""Parquet → the text cells every other format gives: exact, one record a row, in the order of the file.

The file is opened by a DuckDB of its own that may touch nothing but this file and the copy it writes, and whose
settings are locked. The copy holds text alone and is what the work file reads.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import duckdb
from duckdb import CaseExpression, ColumnExpression, ConstantExpression, Expression, FunctionExpression
from duckdb.sqltypes import DOUBLE, FLOAT, TIMESTAMP_TZ, VARCHAR, DuckDBPyType
from sqlalchemy import Connection, Table, column, insert, text

from etl.delimited import unique_names
from etl.errors import FileRefusedError

MAGIC = b"PAR1"
#: How a Parquet file begins whose columns are told in a locked footer.
LOCKED_MAGIC = b"PARE"
#: Above this a whole number in a column of fractions may not be the number that was meant.
EXACT = 2**53
_NESTED = ("list", "array", "struct", "map", "union")
_COPY = text("select row_number() over (), * from read_parquet(:path)")


def to_text(path: Path, name: str, temporary: Path) -> tuple[Path, tuple[str, ...], tuple[str, ...]]:
    """Write a copy of text columns. Returns its path, the names of the columns made unique, and notes of that.

    Instants of a type with a zone end in ``Z``; whole numbers in a column of fractions (which is what a column of
    numbers with gaps becomes in many programs) lose their ``.0``; lists and objects are JSON. Raises
    FileRefusedError for a file that is broken or encrypted, or holds no column.
    """
    _look(path, name)
    # A name of our own: in what DuckDB is given to read, some letters of a file's name would mean other files.
    link, copy = temporary / f"{uuid4().hex}.parquet", temporary / f"{uuid4().hex}.parquet"
    link.symlink_to(path.absolute())
    try:
        with duckdb.connect(config=_settings(temporary)) as connection:
            connection.execute("set allowed_paths = $1", [[str(link), str(copy)]])
            connection.execute("set timezone = 'UTC'")
            connection.execute("set enable_external_access = false; set lock_configuration = true")
            rows = connection.read_parquet(str(link))
            names, notes = unique_names(rows.columns)
            cells = [_filled(_text(each, kind)).alias(f"c{place}") for place, (each, kind) in enumerate(_kinds(rows))]
            rows.select(*cells).write_parquet(str(copy), compression="zstd")
    except (duckdb.Error, UnicodeError) as error:
        raise _broken(name, str(error)) from error
    finally:
        link.unlink(missing_ok=True)
    return copy, names, notes


def fill(connection: Connection, table: Table, copy: Path) -> None:
    """Create a table of ``_row`` and text columns and read a copy made by ``to_text`` into it; the copy goes."""
    names = [each.name for each in table.columns]
    connection.commit()
    table.create(connection)
    columns = _COPY.bindparams(path=str(copy)).columns(*(column(each) for each in names))
    connection.execute(insert(table).from_select(names, columns))
    connection.commit()
    copy.unlink(missing_ok=True)


def _look(path: Path, name: str) -> None:
    """A whole file ends as it begins."""
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(max(path.stat().st_size - 4, 0))
        end = file.read(4)
    if LOCKED_MAGIC in (start, end):
        raise _locked(name)
    if end != MAGIC or path.stat().st_size < 12:
        raise FileRefusedError(
            f"{name} is a Parquet file without its end.",
            "It was cut off on its way, or is still being written.",
            "Nothing was taken from it. Export it again.",
        )


def _settings(temporary: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "autoinstall_known_extensions": False,
        "temp_directory": str(temporary / "spill"),
        "memory_limit": "400MB",
        "threads": 2,
    }


def _kinds(rows: duckdb.DuckDBPyRelation) -> list[tuple[str, DuckDBPyType]]:
    return list(zip(rows.columns, rows.types, strict=True))


def _filled(cell: Expression) -> Expression:
    """An empty text is an empty cell, as in every other format."""
    return FunctionExpression("nullif", cell, ConstantExpression(""))


def _text(name: str, kind: DuckDBPyType) -> Expression:
    cell = ColumnExpression(name)
    if kind == TIMESTAMP_TZ:
        naive = FunctionExpression("timezone", ConstantExpression("UTC"), cell)
        return FunctionExpression("strftime", naive, ConstantExpression("%Y-%m-%dT%H:%M:%S.%fZ"))
    if kind in (FLOAT, DOUBLE):
        cell = CaseExpression(FunctionExpression("isnan", cell), ConstantExpression(None)).otherwise(cell)
        is_whole = (cell == FunctionExpression("trunc", cell)) & (
            FunctionExpression("abs", cell) < ConstantExpression(EXACT)
        )
        return CaseExpression(is_whole, cell.cast("BIGINT").cast(VARCHAR)).otherwise(cell.cast(VARCHAR))
    if kind.id in _NESTED:
        return FunctionExpression("to_json", cell).cast(VARCHAR)
    return cell.cast(VARCHAR)


def _broken(name: str, said: str) -> FileRefusedError:
    if "encrypt" in said.lower():
        return _locked(name)
    return FileRefusedError(
        f"{name} is a broken Parquet file.",
        f"The reader said: {said.splitlines()[0][:200]}",
        "Nothing was taken from it. Export it again.",
    )


def _locked(name: str) -> FileRefusedError:
    return FileRefusedError(
        f"{name} is an encrypted Parquet file.", "There is no key for it here.", "Export it without encryption."
    )
