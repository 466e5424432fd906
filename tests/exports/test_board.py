"""The board's CSV: the same bytes for the same facts, and a file any spreadsheet opens."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from dashboard import kpis, readings, settings
from dashboard.engine import Facts
from dashboard.exports import report, to_csv
from dashboard.exports.board import board, named_period
from dashboard.exports.records import BOARD_COLUMNS
from dashboard.exports.report import Line, Report, Section
from dashboard.scope import Scope
from etl.errors import UsageError
from etl.settings import Home

GOLDEN = Path(__file__).parent.parent / "golden"

ASKED = (
    "kpi label period_start period_end value unit target direction status n interval_low interval_high previous_value "
    "change change_is_real definition clock date_anchor filters as_of data_from product_version grade"
)


@pytest.fixture(scope="module")
def february(golden_home: Home) -> Report:
    return of_period(golden_home, "2025-02")


def of_period(home: Home, name: str, scope: Scope | None = None) -> Report:
    facts = Facts.open(home)
    horizon = readings.horizon(facts, "Europe/Dublin")
    period = named_period(name, "Europe/Dublin", until=horizon.until)
    return board(facts, period, horizon, settings.targets(home), scope or Scope())


def rows(given: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv.report(given).decode("utf-8-sig"))))


def test_the_columns_are_those_asked_for_in_that_order() -> None:
    assert tuple(ASKED.split()) == BOARD_COLUMNS


def test_one_row_a_kpi(february: Report) -> None:
    assert [row["kpi"] for row in rows(february)] == list(kpis.catalogue())


def test_the_bytes_are_those_of_the_golden_file(february: Report) -> None:
    """Written anew with ``python -m docs.build``; the version is the only cell that moves with a release."""
    golden = (GOLDEN / "board-2025-02.csv").read_bytes()
    written = to_csv.report(february).replace(f",{version('supportkpi')},".encode(), b",VERSION,")
    assert written == golden


def test_what_a_number_rests_on_stands_in_its_row(february: Report) -> None:
    found = {row["kpi"]: row["grade"] for row in rows(february)}
    assert found["investigation_tax"] == "assumed"
    assert found["csat"] == found["delay_tax"] == ""


def test_a_spreadsheet_is_told_the_encoding_and_gets_its_line_ends(february: Report) -> None:
    content = to_csv.report(february)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 1 + len(kpis.catalogue())
    assert content.count(b"\n") == 1 + len(kpis.catalogue())


def test_values_are_plain_numbers_that_can_be_checked_by_hand(february: Report) -> None:
    found = {row["kpi"]: row for row in rows(february)}
    assert found["backlog"]["value"] == "3"  # tickets 1029, 1059 and 1089 are never solved
    assert found["csat"]["unit"] == "fraction"
    assert float(found["csat"]["value"]) == pytest.approx(37 / 39)
    assert found["mttr"]["target"] == "600"  # targets.toml of the home, in minutes
    assert found["mttr"]["status"] == "meets"
    assert found["nps"]["value"] == ""  # nobody asked: no reading, not a zero
    assert found["nps"]["status"] == "no reading"


def test_a_month_the_data_only_began_in_is_compared_with_nothing(february: Report) -> None:
    assert {row["change"] for row in rows(february)} == {""}


def test_a_whole_week_is_compared_with_the_whole_week_before(golden_home: Home) -> None:
    found = {row["kpi"]: row for row in rows(of_period(golden_home, "2025-W07"))}
    mttr = found["mttr"]
    assert float(mttr["value"]) - float(mttr["previous_value"]) == pytest.approx(float(mttr["change"]))
    assert mttr["change_is_real"] == ""  # a week of this home holds fewer than the 20 tickets a duration needs
    assert found["tickets_created"]["change_is_real"] in ("true", "false")


def test_a_running_month_has_no_status_and_no_change(golden_home: Home) -> None:
    found = {row["kpi"]: row for row in rows(of_period(golden_home, "2025-03"))}
    assert found["mttr"]["status"] == "so far"
    assert found["mttr"]["change"] == ""


def test_filters_are_written_into_every_row_and_cannot_be_a_formula(golden_home: Home) -> None:
    found = rows(of_period(golden_home, "2025-02", Scope.of({"team": ["=Billing"]})))
    assert {row["filters"] for row in found} == {"team: =Billing"}  # begins with a letter: a spreadsheet shows it


def test_a_label_that_looks_like_a_formula_is_neutralised(february: Report) -> None:
    line = next(february.lines())
    kpi = replace(line.reading.kpi, label='=HYPERLINK("http://x")')
    report_of_one = Report("", (Section("", (Line(replace(line.reading, kpi=kpi)),)),))
    assert rows(report_of_one)[0]["label"] == '\'=HYPERLINK("http://x")'


def test_the_suffix_says_who_writes(february: Report, tmp_path: Path) -> None:
    assert report.write(february, tmp_path / "b.CSV").read_bytes() == to_csv.report(february)
    assert report.write(february, tmp_path / "b.json").read_text().startswith("[")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.CSV", "b.json"]  # no scratch file is left
    with pytest.raises(UsageError, match="csv"):
        report.write(february, tmp_path / "b.docx")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_without_repair(february: Report, tmp_path: Path) -> None:
    report.write(february, tmp_path / "board.csv")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    words = [
        "soffice",
        profile,
        "--headless",
        "--infilter=CSV:44,34,76,1",  # what its dialog proposes by itself on seeing the mark of UTF-8
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "board.csv"),
    ]
    subprocess.run(words, check=True, capture_output=True, timeout=180)

    from openpyxl import load_workbook

    sheet = load_workbook(tmp_path / "board.xlsx").active
    assert sheet is not None
    cells = list(sheet.iter_rows(values_only=True))
    assert cells[0] == BOARD_COLUMNS
    assert len(cells) == 1 + len(kpis.catalogue())
    mttr = dict(zip(BOARD_COLUMNS, next(row for row in cells if row[0] == "mttr"), strict=True))
    assert isinstance(mttr["value"], int | float)
