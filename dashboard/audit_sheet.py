"""The worksheet of an audit: a CSV with one row a ticket and an empty column for its minutes, and the way back.

It holds no estimate, so that nobody is led by it; the order is that of the names. Every row names the draw, so that the
answers cannot land on another one. Reading it back takes what spreadsheets make of a CSV: other separators, a comma for
decimals, a byte order mark.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dashboard.exports.cells import cell
from dashboard.exports.to_csv import spreadsheet
from dashboard.journal import TaxAudit
from etl.errors import FileRefusedError

TICKET, LINK, MINUTES, DRAW = COLUMNS = ("ticket", "link", "minutes", "draw")
#: No ticket takes more than a working month; what is above is a slip.
MOST_MINUTES = 10_000
#: Bytes; a sheet of a thousand tickets is far smaller.
LARGEST = 2_000_000
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?|[.,][0-9]+")
_TOLD = 8


@dataclass(frozen=True)
class Answers:
    """What a worksheet says: of which draw, and minutes by ticket. Empty cells are no answers."""

    audit: TaxAudit
    minutes: Mapping[str, float]


def code_of(audit: TaxAudit) -> str:
    """What a draw is known by: its number here, and a mark of its tickets that no other journal's draw has."""
    text = "\n".join([str(audit.seed), repr(audit.predicted), *(name for name, _, _ in audit.drawn)])
    return f"{audit.draw}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def sheet(audit: TaxAudit, dashboard: str = "") -> bytes:
    """The worksheet; ``dashboard`` is its address, for a link to each ticket."""
    from urllib.parse import quote

    base = dashboard.rstrip("/")
    rows = [
        {
            TICKET: name,
            LINK: f"{base}/ticket?ticket={quote(name, safe='')}" if base else None,
            MINUTES: None,
            DRAW: code_of(audit),
        }
        for name, _, _ in audit.drawn
    ]
    return spreadsheet(COLUMNS, rows)


def read(data: bytes, every: Iterable[TaxAudit]) -> Answers:
    """The answers of a worksheet; raises FileRefusedError, naming row and column of what is wrong."""
    rows = rows_of(data, (TICKET, MINUTES, DRAW))
    audit = _draw_of(rows, {code_of(each): each for each in every})
    known = {cell(name): name for name, _, _ in audit.drawn}
    found: dict[str, float] = {}
    first: dict[str, int] = {}
    wrong: list[str] = []
    for number, row in rows:
        name = known.get(row[TICKET])
        if name is None:
            wrong.append(f"row {number}, column {TICKET}: '{row[TICKET][:60]}' was not drawn")
        elif name in first:
            wrong.append(f"row {number}, column {TICKET}: '{name}' stands in row {first[name]} already")
        else:
            first[name] = number
            minutes = _minutes(row[MINUTES])
            if isinstance(minutes, str):
                wrong.append(f"row {number}, column {MINUTES}: {minutes}")
            elif minutes is not None:
                found[name] = minutes
    refuse(wrong)
    if not found:
        raise FileRefusedError(
            "The worksheet holds no minutes yet.", "", f"Write the minutes of each ticket in the column {MINUTES}."
        )
    return Answers(audit, found)


def refuse(wrong: Sequence[str]) -> None:
    """Refuse a worksheet whole where any of its cells is wrong, naming the first of them."""
    if wrong:
        more = f" And {len(wrong) - _TOLD} more." if len(wrong) > _TOLD else ""
        raise FileRefusedError(
            "The worksheet was not taken; nothing of it is stored.",
            f"{'; '.join(wrong[:_TOLD])}.{more}",
            "Correct these cells and give the file again.",
        )


def rows_of(data: bytes, wanted: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """The wanted columns of a worksheet's rows, with the number a spreadsheet shows beside them; empty rows left out.

    Raises FileRefusedError for a file that is no CSV, too large, or without one of the columns.
    """
    if len(data) > LARGEST:
        raise _not_one("It is larger than any worksheet.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    header, _, _ = text.partition("\n")
    separator = max(",;\t", key=header.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise _not_one(f"It is no CSV file: {error}.") from error
    names = [name.strip().lower() for name in (lines[0] if lines else [])]
    missing = [name for name in wanted if name not in names]
    if missing:
        raise _not_one(f"Its first row has no column {', '.join(missing)}.")
    found = []
    for number, line in enumerate(lines[1:], start=2):
        cells = [text.strip() for text in line]
        if any(cells):
            row = dict(zip(names, [*cells, *[""] * len(names)], strict=False))
            found.append((number, {name: row[name] for name in wanted}))
    return found


def _not_one(why: str) -> FileRefusedError:
    return FileRefusedError(
        "This is no worksheet of an audit.", why, "Give the file that was drawn, filled in, as CSV."
    )


def _draw_of(rows: Sequence[tuple[int, Mapping[str, str]]], known: Mapping[str, TaxAudit]) -> TaxAudit:
    if not rows:
        raise _not_one("It has no ticket.")
    number, first = rows[0]
    code = first[DRAW]
    if code not in known:
        raise FileRefusedError(
            "This worksheet belongs to no draw of this journal.",
            f"Row {number}, column {DRAW}: '{code[:60]}'.",
            "Draw tickets here, and fill in the worksheet of that draw.",
        )
    other = next((number for number, row in rows if row[DRAW] != code), None)
    if other is not None:
        raise FileRefusedError(
            "The worksheet mixes two draws; nothing of it is stored.",
            f"Row {other}, column {DRAW} names another than row {number}.",
            "Give the worksheets of two draws one by one.",
        )
    return known[code]


def _minutes(text: str) -> float | str | None:
    """Minutes, None for an empty cell, or what is wrong with it."""
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        return "is below zero" if re.fullmatch(r"-\s*[0-9.,]+", text.lstrip("'")) else f"'{text[:40]}' is no number"
    if re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", text):
        return f"'{text}' may be thousands or decimals; write it without the comma"
    value = float(text.replace(",", "."))
    return value if value <= MOST_MINUTES else f"{text} is more than {MOST_MINUTES:,} minutes"
