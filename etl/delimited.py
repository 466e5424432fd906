"""Delimited text (and sheets, once written as text) → a table of text, with the lines that could not be read.

DuckDB reads the file; where it meets anything that is not plain CSV, a slower and more careful reader takes over,
so that one open quotation mark costs one line and not the rest of the file.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Table, column, insert, text
from sqlalchemy.exc import DBAPIError

from etl.errors import FileRefusedError

DELIMITERS = (",", ";", "\t", "|")
#: The longest record: one that goes on for longer is an open quotation mark.
LONGEST_RECORD = 8 * 1024**2

csv.field_size_limit(2 * LONGEST_RECORD)


@dataclass(frozen=True)
class Record:
    """One record of the file and the line it starts on; ``reason`` says why it cannot be taken, if so."""

    line: int
    cells: list[str]
    reason: str | None = None


@dataclass(frozen=True)
class Layout:
    """How the text is laid out: the lines before the header, and the names of the columns made unique."""

    delimiter: str
    columns: tuple[str, ...]
    skip: int = 0
    notes: tuple[str, ...] = ()


class _Lines:
    """Lines of a file that can be handed back, so that a record that went wrong can be read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self._length = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._source)
        self.taken.append(line)
        self._length += len(line)
        if self._length > LONGEST_RECORD and len(self.taken) > 1:
            raise csv.Error("unexpected end of data")
        return line

    def start(self) -> None:
        self.taken, self._length = [], 0

    def hand_back_all_but_first(self) -> None:
        self._returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def records(lines: Iterable[str], delimiter: str, width: int | None = None) -> Iterator[Record]:
    """Every record of delimited text. With ``width`` a record of another number of cells is refused.

    A record that swallowed further lines and still went wrong gives those lines back. Lines are counted from 1.
    """
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    line = 1
    while True:
        source.start()
        cells: list[str] = []
        reason: str | None = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = _explain(error)
        else:
            cells, reason = _fit(cells, width)
        if reason and len(source.taken) > 1:
            reason = "quotation mark that is never closed"
            source.hand_back_all_but_first()
        if any("\0" in part for part in source.taken):
            reason = "holds a NUL character"
        if reason:
            yield Record(line, ["".join(source.taken).rstrip("\r\n")], reason)
        elif cells or width == 1:
            yield Record(line, cells)
        line += len(source.taken)


def _fit(cells: list[str], width: int | None) -> tuple[list[str], str | None]:
    if width is None or len(cells) == width or (not cells):
        return cells or ([""] if width == 1 else []), None
    if len(cells) == width + 1 and not cells[-1]:
        return cells[:-1], None
    return cells, f"{len(cells)} cell{'s' * (len(cells) != 1)} where the header has {width}"


def _explain(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end of data" in said:
        return "quotation mark that is never closed"
    if "expected after" in said:
        return "text after a closing quotation mark"
    return said


def layout(path: Path, delimiter: str | None, skip: int, name: str) -> Layout:
    """Read the header. Raises FileRefusedError for a file with nothing in it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for _ in range(skip):
            file.readline()
        head = _first_lines(file)
    while head and not head[0].strip("\r\n"):
        skip += 1
        del head[0]
    if not "".join(head).strip("\r\n\t ,;|"):
        raise FileRefusedError(f"{name} is empty.", next_step="Export it again.")
    delimiter = delimiter or sniff(head)
    header = next(record for record in records(head, delimiter) if record.cells)
    if header.reason:
        raise FileRefusedError(
            f"The header of {name} cannot be read.", f"Line {skip + 1}: {header.reason}.", "Export it again."
        )
    columns, notes = unique_names(header.cells)
    return Layout(delimiter, columns, skip, notes)


def _first_lines(file: Iterable[str]) -> list[str]:
    """The first lines, as far as 200 of them or a megabyte."""
    lines, length = [], 0
    for line in file:
        lines.append(line)
        length += len(line)
        if len(lines) >= 200 or length > 1024**2:
            break
    return lines


def sniff(head: list[str]) -> str:
    """The delimiter that cuts the header into most cells, and the rows below into as many."""

    def score(delimiter: str) -> tuple[bool, int, int]:
        found = [record for record in records(head, delimiter) if not record.reason]
        width = len(found[0].cells) if found else 0
        alike = sum(len(record.cells) == width for record in found)
        return (width > 1 and alike * 2 >= len(found), width, alike)

    return max(DELIMITERS, key=score)


def unique_names(cells: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Column names made unique (DuckDB does not tell upper case from lower), and what was changed, in words."""
    names: list[str] = []
    taken = {"_row"}
    repeated, nameless = [], 0
    for position, cell in enumerate(cells, start=1):
        plain = cell.replace("\ufeff", "").strip()
        nameless += not plain
        name, count = plain or f"column {position}", 1
        while name.lower() in taken:
            count += 1
            name = f"{plain or f'column {position}'} ({count})"
        if count > 1 and plain:
            repeated.append(f"'{plain}' → '{name}'")
        taken.add(name.lower())
        names.append(name)
    notes = []
    if repeated:
        notes.append(f"Column names that repeat were numbered: {', '.join(repeated)}.")
    if nameless:
        notes.append(f"{nameless} column{'s' * (nameless > 1)} without a name: named by position.")
    return tuple(names), tuple(notes)


_READ = text(
    "select row_number() over (), * from read_csv(:path, auto_detect = false, header = :header, skip = :skip,"
    " delim = :delimiter, quote = '\"', escape = '\"', columns = :columns, nullstr = '', strict_mode = true,"
    " store_rejects = true, rejects_table = 'line_rejected', rejects_scan = 'scan_rejected',"
    " rejects_limit = 1, max_line_size = :longest)"
)


def fill(connection: Connection, table: Table, path: Path, found: Layout, has_header: bool = True) -> bool:
    """Create a table of ``_row`` and text columns and read a file into it, in a transaction of its own.

    False, and no table, where anything in the file is not plain CSV.
    """
    names = [each.name for each in table.columns]
    statement = _READ.bindparams(
        path=str(path),
        header=has_header,
        skip=found.skip if has_header else 0,
        delimiter=found.delimiter,
        columns=dict.fromkeys(names[1:], "VARCHAR"),
        longest=LONGEST_RECORD,
    ).columns(*(column(name) for name in names))
    connection.commit()
    for leftover in ("line_rejected", "scan_rejected"):
        connection.execute(text(f"drop table if exists {leftover}"))
    table.create(connection)
    try:
        connection.execute(insert(table).from_select(names, statement))
        is_plain = not connection.execute(text("select count(*) from line_rejected")).scalar_one()
    except DBAPIError:
        is_plain = False
    if is_plain:
        connection.commit()
    else:
        connection.rollback()  # an error ends a transaction in DuckDB; nothing else stands in this one
    return is_plain


def rewrite(path: Path, found: Layout, copy: Path) -> Iterator[Record]:
    """Write the records that can be read to ``copy`` as plain CSV without a header, and give the others."""
    with path.open(encoding="utf-8-sig", newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for record in body(source, found):
            if record.reason:
                yield record
            else:
                writer.writerow(record.cells)


def body(source: Iterable[str], found: Layout) -> Iterator[Record]:
    """The records below the header, with their lines in the file."""
    lines = iter(source)
    for _ in range(found.skip):
        next(lines, "")
    below = records(lines, found.delimiter, len(found.columns))
    next(below, None)
    for record in below:
        yield Record(record.line + found.skip, record.cells, record.reason)
