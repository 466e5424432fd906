"""Our own tables: printed, filled and loaded again; told apart by their headers; a roster completes the help desk."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import openpyxl
import pytest

from etl import template_kinds
from etl.errors import UsageError
from etl.load import load
from etl.report import FileReport
from etl.settings import Home
from etl.staging import BY_NAME
from etl.template_kinds import TEMPLATES, Template, empty_table, template

ROOT = Path(__file__).parents[3]


def loaded(home: Home, folder: Path, name: str, text: str) -> FileReport:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (report,) = load(home, [path], timezone="UTC").files
    return report


def asked(home: Home, question: str) -> list[tuple[object, ...]]:
    snapshot = home.current_snapshot()
    assert snapshot is not None
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        return connection.execute(question).fetchall()


@pytest.mark.parametrize("each", TEMPLATES, ids=lambda each: each.kind)
def test_a_printed_template_is_recognised_and_its_example_is_no_fact(each: Template, tmp_path: Path) -> None:
    report = loaded(Home(tmp_path / "home"), tmp_path, "printed.csv", empty_table(each.kind))
    assert (report.status, report.source, report.rows_read) == ("loaded", "templates", 0)
    assert "1 row left out: the example of the template." in report.notes


@pytest.mark.parametrize("each", TEMPLATES, ids=lambda each: each.kind)
def test_a_row_as_the_example_shows_it_is_taken_whole(each: Template, tmp_path: Path) -> None:
    """The example with another name in its first needed text cell, so that it is the example no more."""
    home, extra = Home(tmp_path / "home"), each.headers[0].name
    values = {**each.example, extra: "2026-04" if extra == "Month" else "4712", "Another column": "x"}
    text = io.StringIO()
    csv.writer(text).writerows([values.keys(), values.values()])
    report = loaded(home, tmp_path, "filled.csv", text.getvalue())
    assert (report.rows_read, report.rows_accepted, report.rows_quarantined, report.unmapped) == (1, 1, 0, [])


@pytest.mark.parametrize("each", TEMPLATES, ids=lambda each: each.kind)
def test_every_header_fills_a_column_there_is(each: Template) -> None:
    known = set(BY_NAME[each.shape].columns.keys())
    assert {header.ours for header in each.headers if not header.unit} <= known
    assert len({header.name for header in each.headers}) == len(each.headers)


def test_no_template_has_all_that_another_needs() -> None:
    for one in TEMPLATES:
        others = [each.kind for each in TEMPLATES if each is not one]
        assert [kind for kind in others if set(template(kind).needed) <= {each.name for each in one.headers}] == []


def test_a_workbook_is_as_good_as_a_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("Month", "Metric", "Value", "Unit"), ("2026-03", "Availability", 99.95, "%")):
        book.active.append(row)
    book.save(tmp_path / "figures.xlsx")
    home = Home(tmp_path / "home")
    load(home, [tmp_path / "figures.xlsx"], timezone="UTC")
    assert asked(home, "select metric, value from figure") == [("availability", 99.95)]


def test_a_near_miss_names_the_header_and_its_spelling(tmp_path: Path) -> None:
    report = loaded(
        Home(tmp_path / "home"), tmp_path, "worklogs.csv", "Ticket,Agent,Activity,Minutes,Worked-at\n1,a,b,2,3\n"
    )
    assert report.error is not None
    assert "templates knows 4 of them and also needs 'Worked at' ('Worked-at' is there)" in report.error.detail


def test_the_document_is_written_from_the_templates() -> None:
    written = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    assert written == template_kinds.page(), "run python -m etl.template_kinds > docs/templates.md"


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError) as wrong:
        template("rooster")
    assert "roster" in wrong.value.detail


USERS = """{"users": [
 {"id": 1, "name": "Wren", "role": "agent", "default_group_id": 5, "restricted_agent": false, "email": "w@desk.example"},
 {"id": 2, "name": "Otter", "role": "agent", "default_group_id": 5, "restricted_agent": false, "email": "o@desk.example"},
 {"id": 3, "name": "Otter", "role": "agent", "default_group_id": 5, "restricted_agent": false, "email": "p@desk.example"}
]}"""
ROSTER = (
    "Agent,Number,Team,Tier,Started on,Left on,Cost per hour\n"
    "wren ,,Desk,tier1,2024-09-02,,34\n"
    "Somebody,2,Desk,tier2,2024-09-02,,41\n"
    "Otter,,Desk,tier3,2024-09-02,,50\n"
    "Heron,,Product,engineering,2024-09-02,,60\n"
)


@pytest.mark.parametrize("roster_first", [False, True])
def test_a_roster_completes_the_help_desk_by_number_or_by_a_name_that_is_one_persons(
    tmp_path: Path, roster_first: bool
) -> None:
    home = Home(tmp_path / "home")
    files = [("users.json", USERS), ("roster.csv", ROSTER)]
    for name, text in reversed(files) if roster_first else files:
        loaded(home, tmp_path, name, text)
    told = asked(home, "select source, original_id, tier, cost_per_hour, role from agent order by 1, 2")
    assert told == [
        ("templates", "Heron", "engineering", 60.0, "engineering"),
        ("templates", "Otter", "tier3", 50.0, "agent"),
        ("zendesk", "1", "tier1", 34.0, "agent"),
        ("zendesk", "2", "tier2", 41.0, "agent"),
        ("zendesk", "3", None, None, "agent"),
    ]
