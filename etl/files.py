"""Files as they come → raw tables: every cell is text, every line that could not be read is kept with its reason."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    case,
    delete,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy.types import ARRAY

from etl import archives, columnar, delimited, documents, encodings, sheets, xes
from etl.encodings import Look
from etl.errors import FileRefusedError, UsageError
from etl.mapping import FileOptions
from etl.staging import RawTable

#: What a file begins with, and what to call it. None of these is a table.
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_KINDS = "CSV, TSV, XLSX, JSON, NDJSON, Parquet or XES, plain or in a zip or gzip"

#: Lines no record could be read from, by the name of the raw table the others went to.
refused_line = Table(
    "refused_line",
    MetaData(),
    Column("raw_table", Text),
    Column("line", BigInteger),
    Column("value", Text),
    Column("reason", Text),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True)
class Input:
    """One file to read: its ``name`` to show, where its bytes are, their hash, and what kind of file it is.

    ``format`` is csv, xlsx, json, ndjson, parquet or xes. A file that cannot be read is an Input too: ``problem``
    says why.
    """

    name: str
    path: Path
    sha256: str
    format: str
    look: Look | None = None
    temporary: Path = field(default_factory=Path)
    problem: FileRefusedError | None = None


def open_inputs(paths: Sequence[Path], temporary: Path) -> Iterator[Input]:
    """Every file in the paths: folders (sorted), zip archives and gzip files are opened. Raises UsageError for a
    path that is not there."""
    temporary.mkdir(parents=True, exist_ok=True)
    must_exist(paths)
    for path in paths:
        if path.is_dir():
            yield from _open_folder(path, temporary)
        else:
            yield from _open(path, path.name, temporary, is_inside=False)


def must_exist(paths: Sequence[Path]) -> None:
    """Raise UsageError for a path that is not there."""
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no file {path}.", next_step="Check the path.")


def count(paths: Sequence[Path]) -> int:
    """How many files paths stand for; an archive counts as one, as what it holds is not known before it is opened."""
    return sum(sum(each.is_file() for each in path.rglob("*")) if path.is_dir() else 1 for path in paths)


def _open_folder(folder: Path, temporary: Path) -> Iterator[Input]:
    found = sorted(each for each in folder.rglob("*") if each.is_file() and not each.name.startswith("."))
    if not found:
        yield _refusal(folder.name, folder, f"{folder.name} is a folder with no file in it.", "Put exports there.")
    for path in found:
        yield from _open(path, str(path.relative_to(folder)), temporary, is_inside=False)


def _open(path: Path, name: str, temporary: Path, is_inside: bool) -> Iterator[Input]:
    try:
        with path.open("rb") as file:
            head = file.read(8192)
        is_archive = head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not _is_workbook(path)
        if (is_archive or head.startswith(b"\x1f\x8b")) and is_inside:
            raise FileRefusedError(f"{name} is an archive inside an archive.", "", "Unpack it and load what is inside.")
        if is_archive:
            for shown, unpacked in archives.unzip(path, name, temporary):
                yield from _open(unpacked, shown, temporary, is_inside=True)
                unpacked.unlink(missing_ok=True)
            return
        if head.startswith(b"\x1f\x8b"):
            unpacked = archives.gunzip(path, name, temporary)
            yield from _open(unpacked, name.removesuffix(".gz"), temporary, is_inside=True)
            unpacked.unlink(missing_ok=True)
            return
        yield _identify(path, name, temporary)
    except FileRefusedError as error:
        yield Input(name, path, "", "", problem=error)
    except OSError as error:
        yield _refusal(name, path, f"{name} cannot be opened: {error.strerror}.", "Check who may read it.")


def _is_workbook(path: Path) -> bool:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _identify(path: Path, name: str, temporary: Path) -> Input:
    """Say what kind of file this is, by its first bytes and not by its name."""
    seen = encodings.look(path)
    if seen.size == 0:
        raise FileRefusedError(f"{name} is empty.", next_step="Export it again.")
    if seen.head.startswith((columnar.MAGIC, columnar.LOCKED_MAGIC)):
        return Input(name, path, seen.sha256, "parquet", seen, temporary)
    for magic, called in _MAGIC:
        if seen.head.startswith(magic):
            raise FileRefusedError(f"{name} is {called}, not a table.", "", f"Export it as {_KINDS}.")
    if seen.head.startswith(b"PK"):
        return Input(name, path, seen.sha256, "xlsx", seen, temporary)
    if seen.head[8:12] == b"DUCK":
        raise FileRefusedError(f"{name} is a DuckDB database, not a table.", "", f"Export it as {_KINDS}.")
    head = encodings.head_text(seen).lstrip()
    if _is_binary(head):
        raise FileRefusedError(f"{name} is not text.", "", f"Export it as {_KINDS}.")
    if xes.is_xes(head):
        return Input(name, path, seen.sha256, "xes", seen, temporary)
    if head[:14].lower().startswith(("<!doctype html", "<html", "<?xml")):
        raise FileRefusedError(f"{name} is a web page or XML, not a table.", "", f"Export it as {_KINDS}.")
    if head.startswith(("{", "[")):
        is_lines = documents.is_lines(path, seen.encoding or "latin-1", name)
        return Input(name, path, seen.sha256, "ndjson" if is_lines else "json", seen, temporary)
    return Input(name, path, seen.sha256, "csv", seen, temporary)


def _is_binary(head: str) -> bool:
    """Text has next to no control characters besides tabs and line ends."""
    control = sum(character < " " and character not in "\t\r\n\0" for character in head)
    return control * 20 > len(head)


def _refusal(name: str, path: Path, title: str, next_step: str) -> Input:
    return Input(name, path, "", "", problem=FileRefusedError(title, "", next_step))


def read(source: Input, connection: Connection, options: FileOptions | None = None) -> list[RawTable]:
    """Read a file into raw tables of this connection, each a temporary table, in transactions of their own.

    Lines that are no records go to ``refused_line``. Raises FileRefusedError where nothing can be taken.
    """
    if source.problem is not None:
        raise source.problem
    options = options or FileOptions()
    if connection.in_transaction():
        connection.commit()
    refused_line.create(connection, checkfirst=True)
    connection.commit()
    if source.format == "xlsx":
        copy = sheets.to_csv(source.path, source.name, source.temporary, options.sheet)
        return [_read_delimited(source, copy, connection, FileOptions(delimiter=","), ())]
    if source.format == "xes":
        copy, notes = xes.to_csv(source.path, source.name, source.temporary)
        return [replace(_read_delimited(source, copy, connection, FileOptions(delimiter=","), notes), origin=None)]
    if source.format == "parquet":
        return [_read_columns(source, connection)]
    assert source.look is not None  # noqa: S101 — only a refused file has none
    copy, encoding = encodings.to_utf8(
        source.path, source.look, source.temporary / uuid4().hex, options.encoding, options.control_bytes
    )
    notes = () if encoding == "UTF-8" else (f"Not in UTF-8: read as {encoding}.",)
    if source.format == "csv":
        return [_read_delimited(source, copy, connection, options, notes)]
    if source.format == "ndjson":
        found = [documents.Records(None, copy, documents.sample_of(copy))]
    else:
        found = documents.split(copy, source.name, source.temporary, options.records)
    tables = [_read_records(source, each, connection, notes) for each in found]
    if not any(table.rows for table in tables):
        raise FileRefusedError(f"{source.name} holds no records.", next_step="Export it again.")
    return tables


def lines_of(raw: RawTable, source: Input, options: FileOptions, rows: set[int]) -> dict[int, int]:
    """The line in the file on which each of these rows starts (for a workbook: the row it shows).

    Reads the file once more, as far as the last of them; asked only where rows were refused.
    """
    if raw.origin is None or not rows:
        return {}
    if source.format == "xlsx":
        options = FileOptions(delimiter=",")
    found = delimited.layout(raw.origin, options.delimiter, options.skip_lines, raw.file_name)
    lines: dict[int, int] = {}
    last = max(rows)
    with raw.origin.open(encoding="utf-8-sig", newline="") as file:
        numbers = _sheet_rows(file) if source.format == "xlsx" else _good_lines(file, found)
        for row, line in enumerate(numbers, start=1):
            if row in rows:
                lines[row] = line
            if row >= last:
                break
    return lines


def _good_lines(file: Iterable[str], found: delimited.Layout) -> Iterator[int]:
    return (record.line for record in delimited.body(file, found) if not record.reason)


def _sheet_rows(file: Iterable[str]) -> Iterator[int]:
    """Numbers of the rows that hold something, below the header."""
    filled = (number for number, cells in enumerate(csv.reader(file), start=1) if cells)
    next(filled, None)
    return filled


def drop_all(connection: Connection) -> None:
    """Forget every raw table of this connection, and the lines refused beside them."""
    names = text("select table_name from duckdb_tables() where temporary and starts_with(table_name, 'raw_')")
    for name in connection.execute(names).scalars().all():
        Table(name, MetaData()).drop(connection, checkfirst=False)
    if connection.execute(text("select 1 from duckdb_tables() where table_name = 'refused_line'")).first():
        connection.execute(delete(refused_line))


def _raw_table(columns: Sequence[str]) -> Table:
    texts = [Column(name, Text) for name in columns]
    name = f"raw_{uuid4().hex[:12]}"
    return Table(name, MetaData(), Column("_row", BigInteger), *texts, prefixes=["TEMPORARY"])


def _read_delimited(
    source: Input, path: Path, connection: Connection, options: FileOptions, notes: tuple[str, ...]
) -> RawTable:
    found = delimited.layout(path, options.delimiter, options.skip_lines, source.name)
    table = _raw_table(found.columns)
    has_nul = source.format == "csv" and source.look is not None and source.look.has_nul
    if has_nul or not delimited.fill(connection, table, path, found):
        notes = (*notes, *_read_with_care(source, path, connection, table, found))
    rows = _count(connection, table)
    if not rows and not _refused(connection, table):
        raise FileRefusedError(
            f"{source.name} holds a header and no rows.", f"Columns: {_some(found.columns)}.", "Export it again."
        )
    return RawTable(table, found.columns, source.name, rows, "csv", None, path, (*notes, *found.notes))


def _read_with_care(
    source: Input, path: Path, connection: Connection, table: Table, found: delimited.Layout
) -> tuple[str, ...]:
    """The slow road: good rows are written anew and read from there, the others go to ``refused_line``."""
    copy = source.temporary / uuid4().hex
    count = 0
    bad = delimited.rewrite(path, found, copy)
    while batch := list(islice(bad, 10_000)):
        count += len(batch)
        values = [record.cells[0][:500] if record.cells else None for record in batch]
        _refuse(connection, table, [each.line for each in batch], values, [str(each.reason) for each in batch])
    connection.commit()
    plain = delimited.Layout(",", found.columns)
    if not delimited.fill(connection, table, copy, plain, has_header=False):
        raise FileRefusedError(f"{source.name} cannot be read as a table.", "", f"Export it as {_KINDS}.")
    copy.unlink(missing_ok=True)
    return (f"{count:,} line{'s' * (count != 1)} could not be read as a record.",) if count else ()


def _refuse(
    connection: Connection, table: Table, lines: list[int], values: list[str | None], reasons: list[str]
) -> None:
    names = [table.name] * len(lines)
    insert_lists(connection, refused_line, {"raw_table": names, "line": lines, "value": values, "reason": reasons})


def insert_lists(connection: Connection, table: Table, columns: dict[str, list[Any]]) -> None:
    """Insert columns given as lists of one length (DuckDB takes rows one by one slowly, lists at once)."""
    lists = [literal(values, ARRAY(table.c[name].type)) for name, values in columns.items()]
    connection.execute(insert(table).from_select(list(columns), select(*(func.unnest(each) for each in lists))))


def _read_columns(source: Input, connection: Connection) -> RawTable:
    copy, columns, notes = columnar.to_text(source.path, source.name, source.temporary)
    table = _raw_table(columns)
    columnar.fill(connection, table, copy)
    rows = _count(connection, table)
    if not rows:
        raise FileRefusedError(
            f"{source.name} holds columns and no rows.", f"Columns: {_some(columns)}.", "Export it again."
        )
    return RawTable(table, columns, source.name, rows, "csv", None, None, notes)


def _read_records(source: Input, found: documents.Records, connection: Connection, notes: tuple[str, ...]) -> RawTable:
    table = _raw_table(("record",))
    one_a_line = delimited.Layout("\x1f", ("record",))
    if not delimited.fill(connection, table, found.path, one_a_line, has_header=False):
        raise FileRefusedError(f"{source.name} cannot be read line by line.", "", "Export it again.")
    not_record = case(
        (not_(func.json_valid(table.c.record)), "not valid JSON"),
        (func.json_type(table.c.record) != "OBJECT", "not a JSON object"),
    )
    wrong = select(literal(table.name), table.c["_row"], func.left(table.c.record, 500), not_record)
    connection.execute(
        insert(refused_line).from_select(
            ["raw_table", "line", "value", "reason"], wrong.where(table.c.record.is_not(None), not_record.is_not(None))
        )
    )
    connection.execute(delete(table).where(or_(table.c.record.is_(None), not_record.is_not(None))))
    connection.commit()
    return RawTable(table, found.paths, source.name, _count(connection, table), "json", found.envelope, None, notes)


def flatten(raw: RawTable, paths: Sequence[str], connection: Connection) -> RawTable:
    """Make a table of text columns from dotted paths of JSON records; empty and null become NULL.

    Lists and objects come as JSON text. Each record is parsed once, however many paths there are.
    """
    table = _raw_table(paths)
    table.create(connection)
    wanted = literal([json_path(path) for path in paths], ARRAY(Text))
    cells = func.json_extract_string(raw.table.c.record, wanted).label("cells")
    inner = select(raw.table.c["_row"], cells).subquery()
    values = [func.nullif(func.list_extract(inner.c.cells, n), "") for n in range(1, len(paths) + 1)]
    names = [column.name for column in table.columns]
    connection.execute(insert(table).from_select(names, select(inner.c["_row"], *values)))
    return RawTable(table, tuple(paths), raw.file_name, raw.rows, "csv", raw.envelope)


def json_path(dotted: str) -> str:
    """``via.channel`` as DuckDB writes it: ``$."via"."channel"``."""
    return "$" + "".join(f'."{part}"' for part in dotted.split("."))


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _refused(connection: Connection, table: Table) -> int:
    matching = refused_line.c.raw_table == table.name
    return int(connection.execute(select(func.count()).select_from(refused_line).where(matching)).scalar_one())


def _some(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
