"""CSV: for a spreadsheet (BOM, CRLF, formulas neutralised) and for a pipe (the same cells, plain)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from dashboard.exports.cells import cell, moment
from dashboard.exports.records import BOARD_COLUMNS, board_record

if TYPE_CHECKING:
    from pandas import DataFrame

    from dashboard.exports.report import Report


def text(columns: Sequence[str], records: Iterable[Mapping[str, object]], line_end: str = "\n") -> str:
    """Records as CSV with a header line. A key that a record lacks is an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=line_end)
    writer.writerow([cell(column) for column in columns])
    for record in records:
        writer.writerow([cell(record.get(column)) for column in columns])
    return buffer.getvalue()


def spreadsheet(columns: Sequence[str], records: Iterable[Mapping[str, object]]) -> bytes:
    """The bytes of a CSV file that Excel and LibreOffice open as it is: UTF-8 with BOM, CRLF."""
    return text(columns, records, line_end="\r\n").encode("utf-8-sig")


def report(given: Report) -> bytes:
    """A report as the board's CSV: one row a KPI and period."""
    return spreadsheet(BOARD_COLUMNS, (board_record(line) for line in given.lines()))


def of_frame(frame: DataFrame) -> tuple[list[str], list[dict[str, object]]]:
    """Columns and rows of a frame: instants as ISO 8601 in UTC, None where it holds nothing."""
    columns = [str(column) for column in frame.columns]
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    return columns, [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]


def _plain(value: object) -> object:
    return moment(value) if isinstance(value, datetime) else value
