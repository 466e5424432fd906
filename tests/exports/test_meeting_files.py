"""Workbook, slides and paper: the numbers of the CSV, native, described, the same bytes for the same facts."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from outlines import described, outline
from pptx import Presentation
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from dashboard import journal, kpis, wording
from dashboard.commands.report import ask_of
from dashboard.exports import cells, report, to_csv, to_pdf, to_pptx, to_xlsx, told, trends
from dashboard.exports.board import board
from dashboard.exports.records import BOARD_COLUMNS
from dashboard.exports.report import Line, Report, Section
from dashboard.reviews import contents
from dashboard.rhythm import Rhythm
from dashboard.scope import Scope
from etl.errors import SupportKpiError, UsageError
from etl.settings import Home

GOLDEN = Path(__file__).parents[1] / "golden"
HEADLINES = "The week in seven figures"
MEETING = (".xlsx", ".pptx", ".pdf")


@pytest.fixture(scope="module")
def weekly(golden_home: Home) -> Report:
    """The first section of the weekly review as files draw it, and the whole register below it."""
    ask = ask_of(golden_home, Rhythm.WEEKLY, "2025-W08")
    found = contents.for_files(contents.review(ask, Rhythm.WEEKLY, journal.open(golden_home), date(2025, 3, 1)))
    assert ask.horizon is not None
    register = board(ask.loaded, ask.period, ask.horizon, ask.targets, ask.scope, ask.options)
    return Report(found.title, (found.sections[0], *register.sections))


@pytest.fixture(scope="module")
def written(weekly: Report) -> dict[str, bytes]:
    return {suffix: report.WRITERS[suffix](weekly) for suffix in MEETING}


def csv_rows(given: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv.report(given).decode("utf-8-sig"), newline="")))


def slides(content: bytes) -> list[Any]:
    return list(Presentation(io.BytesIO(content)).slides)


def said(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


# One report


def test_the_headlines_come_first_with_trends_and_each_number_once_in_a_file(weekly: Report) -> None:
    assert [line.reading.kpi.name for line in weekly.sections[0].lines] == list(kpis.HEADLINES)
    assert all(line.story is not None for line in weekly.sections[0].lines)
    assert [section.heading for section in weekly.sections[1:]] == list(kpis.FAMILIES.values())
    assert sorted(row["kpi"] for row in csv_rows(weekly)) == sorted(kpis.catalogue())
    assert weekly.sections[0].sentences


def test_a_trend_of_one_point_is_none(weekly: Report) -> None:
    mttr = next(line for line in weekly.sections[0].lines if line.reading.kpi.name == "mttr")
    assert trends.of(mttr) is not None
    assert mttr.story is not None
    assert trends.of(replace(mttr, story=replace(mttr.story, past=(mttr.reading,), history=()))) is None
    assert trends.of(Line(mttr.reading)) is None


def with_running(weekly: Report) -> Line:
    """MTTR with a running period of enough tickets to be drawn."""
    mttr = next(line for line in weekly.sections[0].lines if line.reading.kpi.name == "mttr")
    assert mttr.story is not None
    *past, running = mttr.story.past
    assert not running.period.whole
    return replace(mttr, story=replace(mttr.story, past=(*past, replace(running, n=100, value=300.0))))


def test_a_running_period_is_so_far_and_joined_to_the_last_complete_one(weekly: Report) -> None:
    line = with_running(weekly)
    trend = trends.of(line)
    assert trend is not None
    last, before = trend.points[-1], trend.points[-2]
    assert (last.value, last.so_far) == (None, 300.0 * trend.factor)
    series = dict(trend.series())
    assert series["Value"][-1] is None
    assert series["So far"][-2:] == [before.value, last.so_far]
    assert set(series["So far"][:-2]) == {None}
    assert trend.reaches()[0][-1] == 0
    small = Report("Running", (Section("Running", (line,)),))
    for suffix in MEETING:
        assert report.WRITERS[suffix](small)


def test_intervals_are_whiskers_of_the_native_charts(weekly: Report, written: dict[str, bytes]) -> None:
    mttr = next(line for line in weekly.sections[0].lines if line.reading.kpi.name == "mttr")
    trend = trends.of(mttr)
    assert trend is not None
    low, value, high = trend.points[0].low, trend.points[0].value, trend.points[0].high
    assert low is not None
    assert value is not None
    assert high is not None
    slide = next(s for s in slides(written[".pptx"]) if s.shapes.title.text_frame.text == told.headline(mttr))
    (chart,) = (shape.chart for shape in slide.shapes if shape.has_chart)
    bars = chart.plots[0].series[0]._element.find("{*}errBars")
    first = [float(bars.find(f"{{*}}{side}/{{*}}numLit/{{*}}pt/{{*}}v").text) for side in ("plus", "minus")]
    assert first == [pytest.approx(high - value), pytest.approx(value - low)]
    sheet = load_workbook(io.BytesIO(written[".xlsx"]))[HEADLINES]
    assert all(chart.series[0].errBars is not None for chart in sheet._charts)


# Workbook


def test_the_workbook_holds_the_cells_of_the_csv(weekly: Report, written: dict[str, bytes]) -> None:
    sheet = load_workbook(io.BytesIO(written[".xlsx"]))["Readings"]
    header, *rows = sheet.iter_rows(values_only=True)
    assert header == BOARD_COLUMNS
    expected = [[row[name] for name in BOARD_COLUMNS] for row in csv_rows(weekly)]
    # openpyxl hands a day back as a moment; every other cell is what the CSV made of the same value.
    found = [[cells.cell(each.date() if isinstance(each, datetime) else each) for each in row] for row in rows]
    assert found == expected
    days = [row[BOARD_COLUMNS.index("period_start")] for row in rows]
    assert {each.date() for each in days if isinstance(each, datetime)} == {date(2025, 2, 17)}


def test_numbers_have_formats_headers_are_frozen_and_tables_are_native(written: dict[str, bytes]) -> None:
    book = load_workbook(io.BytesIO(written[".xlsx"]))
    assert book.sheetnames == ["Summary", HEADLINES, "Readings", "Definitions"]
    assert {name: book[name].freeze_panes for name in ("Readings", "Definitions")} == {
        "Readings": "C2",
        "Definitions": "C2",
    }
    assert all(sheet.tables for sheet in book.worksheets)
    readings = book["Readings"]
    value, unit = BOARD_COLUMNS.index("value") + 1, BOARD_COLUMNS.index("unit") + 1
    formats = {
        readings.cell(row, unit).value: readings.cell(row, value).number_format
        for row in range(2, readings.max_row + 1)
        if readings.cell(row, value).value is not None
    }
    assert formats["fraction"] == "0.0%"
    assert formats["minutes"] == "#,##0.0##"


def test_each_trend_is_a_native_chart_of_the_cells_beside_it(weekly: Report, written: dict[str, bytes]) -> None:
    sheet = load_workbook(io.BytesIO(written[".xlsx"]))[HEADLINES]
    drawn = [(line, trend) for line in weekly.sections[0].lines if (trend := trends.of(line))]
    assert len(sheet._charts) == len(drawn) > 2
    for chart, (_, trend) in zip(sheet._charts, drawn, strict=True):
        column = chart.series[0].val.numRef.f.replace("$", "").rpartition("!")[2]
        values = [cell.value for (cell,) in sheet[column]]
        expected = [point.value for point in trend.points]
        assert values == [None if each is None else pytest.approx(each) for each in expected]


def test_the_workbook_defines_every_kpi_it_reads(weekly: Report, written: dict[str, bytes]) -> None:
    sheet = load_workbook(io.BytesIO(written[".xlsx"]))["Definitions"]
    header, *rows = sheet.iter_rows(values_only=True)
    told_of = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert set(told_of) == {line.reading.kpi.name for line in weekly.lines()}
    assert told_of["mttr"]["counts"] == cells.neutral(kpis.catalogue()["mttr"].counts)


# Slides


def test_every_slide_has_a_title_and_says_its_scope(weekly: Report, written: dict[str, bytes]) -> None:
    found = slides(written[".pptx"])
    titles = [slide.shapes.title.text_frame.text for slide in found]
    assert titles[0] == weekly.title
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert all(told.scope(weekly) in said(slide) for slide in found)


def test_the_tables_of_slides_say_the_numbers_of_the_csv(weekly: Report, written: dict[str, bytes]) -> None:
    by_label = {row["label"]: row for row in csv_rows(weekly)}
    units = {kpi.label: kpi.unit for kpi in kpis.catalogue().values()}
    checked = 0
    for row in table_rows(written[".pptx"]):
        label = row["KPI"].partition(" (")[0]
        given = by_label[label] if label in by_label else by_label[row["KPI"]]
        if given["value"]:
            number = float(given["value"])
            assert row["Value"] == wording.value(number, units[given["label"]])
            low, high = (float(given[name]) if given[name] else None for name in ("interval_low", "interval_high"))
            assert row["95 % interval"] == wording.span(low, high, units[given["label"]])
            checked += 1
        assert row["n"] == f"{int(given['n']):,}"
        assert given["status"] in row["Status"]
    assert checked > 10


def table_rows(content: bytes) -> Iterator[dict[str, str]]:
    for slide in slides(content):
        for shape in slide.shapes:
            if shape.has_table and shape.table.columns[0].width and len(shape.table.columns) == len(told.COLUMNS):
                header, *rows = ([cell.text for cell in row.cells] for row in shape.table.rows)
                yield from (dict(zip(header, row, strict=True)) for row in rows)


def test_a_chart_slide_carries_value_status_interval_n_and_its_numbers(
    weekly: Report, written: dict[str, bytes]
) -> None:
    by_title = {slide.shapes.title.text_frame.text: slide for slide in slides(written[".pptx"])}
    for line in weekly.sections[0].lines:
        trend = trends.of(line)
        if trend is None:
            continue
        slide, reading = by_title[told.headline(line)], line.reading
        for words in (
            told.value(reading),
            wording.status(reading),
            wording.interval(reading),
            wording.counted(reading),
        ):
            assert words in said(slide)
        (chart,) = (shape for shape in slide.shapes if shape.has_chart)
        assert described(chart) == told.described(line, trend)
        series = {each.name: list(each.values) for each in chart.chart.plots[0].series}
        place = [point.start for point in trend.points].index(str(reading.period.start))
        assert series["Value"][place] == pytest.approx(reading.value * trend.factor)
        notes = slide.notes_slide.notes_text_frame.text
        assert reading.kpi.counts in notes
        assert reading.kpi.beware in notes


def test_what_has_no_reading_is_said_with_what_would_fill_it(weekly: Report, written: dict[str, bytes]) -> None:
    (first, *_) = (s for s in slides(written[".pptx"]) if s.shapes.title.text_frame.text.startswith("Not measured"))
    missing = [line for line in weekly.lines() if line.reading.value is None and line.reading.beyond is None]
    assert first.shapes.title.text_frame.text.startswith(
        f"Not measured: {len(missing)} of {len(kpis.catalogue())} KPIs"
    )
    assert outline(".pptx", written[".pptx"]).count("needs ") >= 5


def test_many_sentences_go_on_on_the_next_slide(weekly: Report) -> None:
    many = Report("Many", (Section("Actions", (), tuple(f"Action {number}." for number in range(8))),))
    _, *found = slides(report.WRITERS[".pptx"](many))
    assert [slide.shapes.title.text_frame.text for slide in found] == ["Actions (1 of 2)", "Actions (2 of 2)"]
    assert "Action 5." in said(found[0])
    assert "Action 6." in said(found[1])


@pytest.mark.parametrize("suffix", [".pptx", ".potx"])
def test_a_companys_template_gives_its_size_and_loses_its_slides(weekly: Report, tmp_path: Path, suffix: str) -> None:
    template = tmp_path / f"company{suffix}"
    own = Presentation()
    own.slide_width, own.slide_height = 10_000_000, 6_000_000
    own.slides.add_slide(own.slide_layouts[0]).shapes.title.text_frame.text = "Instructions"
    own.save(str(template))
    if suffix == ".potx":
        template.write_bytes(as_template(template.read_bytes()))
    made = Presentation(io.BytesIO(report.writer_for(Path("x.pptx"), template)(weekly)))
    assert (made.slide_width, made.slide_height) == (10_000_000, 6_000_000)
    assert made.slides[0].shapes.title.text_frame.text == weekly.title
    for slide in made.slides:
        assert all(shape.left + shape.width <= 10_000_001 for shape in slide.shapes)
        # Text takes the colours of the template: none of ours is written into it.
        assert not slide._element.xpath(".//p:sp//a:srgbClr")


def as_template(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            made.writestr(name, given.read(name).replace(b"presentation.main+xml", b"template.main+xml"))
    return out.getvalue()


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_a_template_that_is_none_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    template = tmp_path / "letterhead.pptx"
    if content is not None:
        template.write_bytes(content)
    with pytest.raises(UsageError, match=r"letterhead\.pptx"):
        report.writer_for(Path("x.pptx"), template)


# Paper


def test_the_paper_is_tagged_a4_and_its_letters_are_inside(weekly: Report, written: dict[str, bytes]) -> None:
    paper = PdfReader(io.BytesIO(written[".pdf"]))
    root = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert paper.metadata is not None
    assert paper.metadata.title == weekly.title
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in paper.pages} == {(595, 842)}
    assert all(is_inside(font) for page in paper.pages for font in page["/Resources"]["/Font"].values())


def is_inside(font: Any) -> bool:
    (below,) = font.get_object()["/DescendantFonts"]
    return bool({"/FontFile2", "/FontFile3"} & set(below.get_object()["/FontDescriptor"]))


def test_each_picture_has_its_words_and_tables_have_headers(weekly: Report, written: dict[str, bytes]) -> None:
    kinds, alts = [], []
    for element in structure(PdfReader(io.BytesIO(written[".pdf"])).trailer["/Root"]["/StructTreeRoot"]):
        kinds.append(element.get("/S"))
        alts += [element["/Alt"]] if "/Alt" in element else []
    drawn = [told.described(line, trend) for line in weekly.sections[0].lines if (trend := trends.of(line))]
    assert sorted(alts) == sorted(drawn)
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/Figure"} <= set(kinds)


def structure(element: Any) -> Iterator[Any]:
    element = element.get_object() if isinstance(element, IndirectObject) else element
    if not isinstance(element, dict):
        return
    yield element
    below = element.get("/K", [])
    below = below.get_object() if isinstance(below, IndirectObject) else below
    for each in below if isinstance(below, list) else [below]:
        yield from structure(each)


def test_the_paper_says_the_numbers_of_the_csv(weekly: Report, written: dict[str, bytes]) -> None:
    text = "".join(outline(".pdf", written[".pdf"]).split())
    units = {kpi.name: kpi.unit for kpi in kpis.catalogue().values()}
    for row in csv_rows(weekly):
        if row["value"]:
            words = wording.value(float(row["value"]), units[row["kpi"]])
            assert f"{row['label']}".replace(" ", "") in text
            assert words.replace(" ", "") in text


def test_nothing_on_the_paper_is_passed_over(weekly: Report, caplog: pytest.LogCaptureFixture) -> None:
    """What its style sheet or its norm asks for and cannot be done is told in the log alone."""
    report.WRITERS[".pdf"](Report(weekly.title, weekly.sections[:2]))
    assert [record.getMessage() for record in caplog.records if record.name == "weasyprint"] == []


def test_without_the_library_of_the_system_it_says_what_to_install(
    weekly: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(SupportKpiError, match="Pango"):
        to_pdf.report(weekly)


# All of them


@pytest.mark.parametrize("suffix", MEETING)
def test_the_same_facts_give_the_same_bytes(
    weekly: Report, written: dict[str, bytes], suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    later = time.localtime(time.time() + 90_000)
    monkeypatch.setattr(time, "localtime", lambda *_: later)
    small = Report(weekly.title, weekly.sections[:1])
    assert report.WRITERS[suffix](small) == report.WRITERS[suffix](small)
    if suffix != ".pdf":
        assert b"".join(parts(report.WRITERS[suffix](weekly))).count(b"2025-03-02T06:00:00Z") >= 2  # made at as_of
    assert report.WRITERS[suffix](weekly) == written[suffix]


def parts(content: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in archive.namelist():
            yield archive.read(name)


@pytest.mark.parametrize("suffix", MEETING)
def test_they_say_what_was_agreed(weekly: Report, suffix: str) -> None:
    """Written anew with ``python -m docs.build``; only the headlines, so that a new KPI changes nothing here."""
    small = Report(weekly.title, weekly.sections[:1])
    found = outline(suffix, report.WRITERS[suffix](small)).replace(version("supportkpi"), "VERSION")
    assert found == (GOLDEN / f"weekly-2025-W08{suffix}.txt").read_text(encoding="utf-8")


NASTY = '=HYPERLINK("http://x")<b>&\x07\u202e'


@pytest.mark.parametrize("suffix", MEETING)
def test_text_of_customers_is_shown_and_never_run(weekly: Report, suffix: str) -> None:
    line = weekly.sections[0].lines[2]
    reading = replace(line.reading, kpi=replace(line.reading.kpi, label=NASTY), scope=Scope((("team", (NASTY,)),)))
    nasty = Report(NASTY, (Section(NASTY, (replace(line, reading=reading),), (NASTY,)),))
    content = report.WRITERS[suffix](nasty)
    assert "<b>&" in outline(suffix, content)  # as text
    if suffix == ".xlsx":
        book = load_workbook(io.BytesIO(content))
        texts = [
            cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)
        ]
        assert any(text.startswith("'=HYPERLINK") for text in texts)
        assert not any(text.startswith("=") for text in texts)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_workbook_and_slides(written: dict[str, bytes], tmp_path: Path) -> None:
    for suffix in (".xlsx", ".pptx"):
        (tmp_path / f"weekly{suffix}").write_bytes(written[suffix])
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        words = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            tmp_path,
            tmp_path / f"weekly{suffix}",
        ]
        subprocess.run(words, check=True, capture_output=True, timeout=180)
        pages = PdfReader(tmp_path / "weekly.pdf").pages
        assert suffix == ".xlsx" or len(pages) == len(slides(written[".pptx"]))
        assert "Mean time to resolve" in "".join(page.extract_text() for page in pages)


def test_a_report_of_nothing_is_written_all_the_same() -> None:
    for suffix in MEETING:
        assert report.WRITERS[suffix](Report("Nothing", (Section("Nothing", ()),)))


def test_statuses_are_words_with_shapes_in_every_file(weekly: Report, written: dict[str, bytes]) -> None:
    statuses = {wording.status(line.reading) for line in weekly.sections[0].lines if line.reading.value is not None}
    for suffix, content in written.items():
        text = "".join(outline(suffix, content).split())
        assert all(status.replace(" ", "") in text for status in statuses), suffix


def test_axes_hold_everything_that_is_drawn(weekly: Report) -> None:
    for line in weekly.sections[0].lines:
        trend = trends.of(line)
        if trend is not None:
            assert trend.ticks[0] <= trend.edges[0] + 1e-9
            assert trend.ticks[-1] >= trend.edges[1] - 1e-9
    assert trends.ticks(0.0, 0.0)[0] < trends.ticks(0.0, 0.0)[-1]
    assert trends.ticks(5.0, 5.0)[-1] >= 5
    assert to_pptx.ROWS > 1
    assert to_xlsx.SUMMARY == "Summary"
