"""A sheet of an Excel workbook, written as plain CSV."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from etl.errors import FileRefusedError, nearest


def to_csv(path: Path, name: str, temporary: Path, sheet: str | None = None) -> Path:
    """Write one sheet (the first, or the one named) as UTF-8 CSV; dates become ISO text, whole numbers stay whole."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    target = temporary / f"{uuid4().hex}.csv"
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise FileRefusedError(f"{name} is not a readable workbook.", f"{error}.", "Save it again as .xlsx.") from error
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise FileRefusedError(f"{name} has no sheet '{sheet}'.", nearest(sheet, book.sheetnames))
        chosen = book[sheet] if sheet is not None else book.worksheets[0]
        with target.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(_rows(chosen.iter_rows(min_row=1, values_only=True)))
    finally:
        book.close()
    return target


def _rows(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[str]]:
    """Rows as text, as wide as the header; empty cells after the last filled one do not count.

    An empty row stays an empty line, so that rows keep the numbers the workbook shows.
    """
    width: int | None = None
    for row in rows:
        cells = [_text(value) for value in row]
        while cells and not cells[-1] and (width is None or len(cells) > width):
            cells.pop()
        if not any(cells):
            yield []
            continue
        width = width or len(cells)
        yield cells + [""] * (width - len(cells))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds() / 3600)
    return str(value)
