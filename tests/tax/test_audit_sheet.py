"""The worksheet of an audit: it leads nobody, and what comes back is taken whole or refused cell by cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from dashboard import audit_sheet
from dashboard.journal import TaxAudit
from etl.errors import FileRefusedError

AUDIT = TaxAudit(
    id=7, who="Ana", written_at=datetime(2026, 1, 1), replaces=None, removed=False,
    scope=(), start=None, end=None, timezone="UTC", seed=5, tickets=100, predicted=4321.0,
    drawn=(("=desk:1", 98.7, 1), ("desk:2", 65.4, 3), ("desk:3", 32.1, 1)), answers={},
)  # fmt: skip
CODE = audit_sheet.code_of(AUDIT)


def filled(*minutes: str, audit: TaxAudit = AUDIT) -> bytes:
    """The worksheet as written, with these cells of minutes."""
    lines = audit_sheet.sheet(audit).decode("utf-8-sig").splitlines()
    rows = [line.split(",") for line in lines]
    for row, cell in zip(rows[1:], minutes, strict=False):
        row[2] = f'"{cell}"'
    return "\r\n".join(",".join(row) for row in rows).encode("utf-8-sig")


def refused(data: bytes, *known: TaxAudit) -> str:
    with pytest.raises(FileRefusedError) as caught:
        audit_sheet.read(data, known or [AUDIT])
    assert caught.value.next_step
    return f"{caught.value.title} {caught.value.detail}"


def test_the_worksheet_holds_no_estimate() -> None:
    text = audit_sheet.sheet(AUDIT, "https://kpi.example/support/").decode("utf-8-sig")
    header, *rows = text.splitlines()
    assert header == "ticket,link,minutes,draw"
    assert rows[1] == f"desk:2,https://kpi.example/support/ticket?ticket=desk%3A2,,{CODE}"
    assert rows[0].startswith("'=desk:1,")  # never a formula
    assert not any(told in text for told in ("98.7", "65.4", "32.1", "4321"))
    assert audit_sheet.sheet(AUDIT).decode("utf-8-sig").splitlines()[2] == f"desk:2,,,{CODE}"


def test_what_was_filled_in_is_read_and_empty_cells_are_no_answers() -> None:
    found = audit_sheet.read(filled("12", "", "0"), [AUDIT])
    assert found.audit is AUDIT
    assert found.minutes == {"=desk:1": 12, "desk:3": 0}


def test_decimals_and_separators_of_other_spreadsheets() -> None:
    assert audit_sheet.read(filled("1.5", "2,25", ".5"), [AUDIT]).minutes == {
        "=desk:1": 1.5,
        "desk:2": 2.25,
        "desk:3": 0.5,
    }
    text = f"Draw;Minutes;Ticket\n{CODE};2,5;desk:2\n;;\n"
    assert audit_sheet.read(text.encode("cp1252"), [AUDIT]).minutes == {"desk:2": 2.5}


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("-5", "row 3, column minutes: is below zero"),
        ("ten", "row 3, column minutes: 'ten' is no number"),
        ("nan", "'nan' is no number"),
        ("inf", "'inf' is no number"),
        ("1e3", "'1e3' is no number"),
        ("1,200", "may be thousands or decimals"),
        ("10001", "more than 10,000 minutes"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column_and_nothing_is_taken(cell: str, said: str) -> None:
    assert said in refused(filled("12", cell))


def test_the_largest_number_of_minutes_is_taken() -> None:
    assert audit_sheet.read(filled("10000"), [AUDIT]).minutes == {"=desk:1": 10_000}


def test_a_ticket_that_was_not_drawn_and_one_twice() -> None:
    unknown = filled("1", "2").replace(b"desk:3", b"desk:9")
    assert "row 4, column ticket: 'desk:9' was not drawn" in refused(unknown)
    twice = filled("1", "2").replace(b"desk:3", b"desk:2")
    assert "row 4, column ticket: 'desk:2' stands in row 3 already" in refused(twice)


def test_another_draws_file_and_two_draws_in_one() -> None:
    other = replace(AUDIT, id=8, seed=6)
    assert "belongs to no draw of this journal" in refused(filled("1"), other)
    # The same number in another journal, where other tickets were drawn.
    assert "belongs to no draw of this journal" in refused(filled("1"), replace(AUDIT, drawn=AUDIT.drawn[:2]))
    first, second = filled("1"), filled("1", audit=other)
    mixed = b"\r\n".join([*first.splitlines()[:3], second.splitlines()[3]])
    assert "Row 4, column draw names another than row 2" in refused(mixed, AUDIT, other)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no column ticket, minutes, draw"),
        (b"PK\x03\x04\x00\xff\xfe", "no column"),
        (b"ticket,minutes\n1,2\n", "no column draw"),
        (b"ticket,minutes,draw\n", "no ticket"),
        (b'ticket,minutes,draw\n"1,2,3\n', "no CSV"),
        (b"x" * (audit_sheet.LARGEST + 1), "larger than any worksheet"),
        (filled(), "no minutes yet"),
    ],
)
def test_what_is_no_worksheet(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_a_version_with_answers_is_of_the_same_draw() -> None:
    later = replace(AUDIT, id=9, replaces=7, answers={"desk:2": 3.0})
    assert audit_sheet.code_of(later) == CODE
