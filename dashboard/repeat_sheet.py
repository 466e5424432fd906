"""The worksheet of an audit of repeats: one row a pair, an empty column for yes or no, and the way back.

It tells neither how alike a pair is nor whether it is flagged, so that nobody is led by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.audit_sheet import refuse, rows_of
from dashboard.exports.cells import cell
from dashboard.exports.to_csv import spreadsheet
from dashboard.journal import Written
from dashboard.repeat_auditing import RepeatAudit, code_of
from etl.errors import FileRefusedError

TICKET, SUBJECT, EARLIER, EARLIER_SUBJECT, SAME, DRAW = COLUMNS = (
    "ticket",
    "subject",
    "earlier ticket",
    "earlier subject",
    "same issue",
    "draw",
)
_YES, _NO = ("yes", "y", "1", "true"), ("no", "n", "0", "false")


@dataclass(frozen=True)
class Answers:
    """What a worksheet says: of which draw, and yes or no by ticket. Empty cells are no answers."""

    entry: Written[RepeatAudit]
    same: Mapping[str, bool]


def sheet(entry: Written[RepeatAudit], subjects: Mapping[str, str]) -> bytes:
    """The worksheet."""
    rows: list[dict[str, object]] = [
        {
            TICKET: one,
            SUBJECT: subjects.get(one, ""),
            EARLIER: other,
            EARLIER_SUBJECT: subjects.get(other, ""),
            SAME: None,
            DRAW: code_of(entry),
        }
        for one, other, *_ in entry.body.pairs
    ]
    return spreadsheet(COLUMNS, rows)


def read(data: bytes, every: Sequence[Written[RepeatAudit]]) -> Answers:
    """The answers of a worksheet; raises FileRefusedError, naming row and column of what is wrong."""
    rows = rows_of(data, (TICKET, SAME, DRAW))
    entry = _entry(rows, {code_of(each): each for each in every})
    known = {cell(one): one for one, *_ in entry.body.pairs}
    found: dict[str, bool] = {}
    first: dict[str, int] = {}
    wrong = []
    for number, row in rows:
        name, said = known.get(row[TICKET]), row[SAME].strip().lower()
        if row[DRAW] != code_of(entry):
            wrong.append(f"row {number}, column {DRAW}: another draw than the first row")
        elif name is None:
            wrong.append(f"row {number}, column {TICKET}: '{row[TICKET][:60]}' was not drawn")
        elif first.setdefault(name, number) != number:
            wrong.append(f"row {number}, column {TICKET}: '{name}' stands in row {first[name]} already")
        elif said and said not in (*_YES, *_NO):
            wrong.append(f"row {number}, column {SAME}: '{said[:40]}' is neither yes nor no")
        elif said:
            found[name] = said in _YES
    refuse(wrong)
    if not found:
        raise FileRefusedError("The worksheet holds no answer yet.", "", f"Write yes or no into the column {SAME}.")
    return Answers(entry, found)


def _entry(
    rows: Sequence[tuple[int, Mapping[str, str]]], known: Mapping[str, Written[RepeatAudit]]
) -> Written[RepeatAudit]:
    code = rows[0][1][DRAW] if rows else ""
    if code not in known:
        raise FileRefusedError(
            "This worksheet belongs to no draw of this journal.",
            f"Column {DRAW}: '{code[:60]}'.",
            "Draw pairs here (supportkpi issues worksheet), and fill in the worksheet of that draw.",
        )
    return known[code]
