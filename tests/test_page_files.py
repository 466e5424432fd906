"""A page as files for a meeting: the same numbers as on the page, in every format, made when asked for."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import wording
from dashboard.commands.report import ask_of
from dashboard.exports.report import WRITERS
from dashboard.rhythm import Rhythm
from dashboard.widgets import page_files
from etl.settings import Home
from tests.browser import tiny_home

_ONE_PAGE = """
from importlib import import_module
from etl.settings import Home
import dashboard.app as app
app.show(import_module("dashboard.views.{view}"), app.asked(Home()))
"""
NAMES = ("mttr", "csat", "backlog")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    built = tiny_home.build(tmp_path)
    before = os.environ.get("SUPPORTKPI_HOME")
    os.environ["SUPPORTKPI_HOME"] = str(built.folder)
    yield built
    os.environ.pop("SUPPORTKPI_HOME")
    if before is not None:
        os.environ["SUPPORTKPI_HOME"] = before


def test_the_rows_are_the_readings_of_the_page_and_every_format_is_written(home: Home) -> None:
    ask = ask_of(home, Rhythm.MONTHLY, None)
    told = ask.stories(NAMES)
    found = page_files.of_page(ask, "Speed", told.values())
    rows = list(csv.DictReader(io.StringIO(WRITERS[".csv"](found).decode("utf-8-sig"))))
    assert [row["kpi"] for row in rows] == list(NAMES)
    values = [None if row["value"] == "" else float(row["value"]) for row in rows]
    assert values == pytest.approx([told[name].now.value for name in NAMES])
    assert any(value is not None for value in values)
    assert found.title == f"Speed: {wording.period(ask.period)}"
    for suffix, begins in {"pptx": b"PK", "xlsx": b"PK", "pdf": b"%PDF"}.items():
        assert page_files._written(lambda: found, suffix).startswith(begins)


#: Pages of figures, and whether the small home has anything for them to tell.
PAGES = {
    "overview": True, "speed": True, "resolution": True, "satisfaction": True, "backlog": True, "thread": True,
    "foresight": True, "investigation_tax": True, "escalations": False, "repeats": False,
}  # fmt: skip


@pytest.mark.parametrize("view", PAGES)
def test_a_page_of_figures_offers_its_files_and_makes_none_before_it_is_asked(
    home: Home, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_files, "of_page", lambda *_: pytest.fail("made before anybody asked"))
    page = AppTest.from_string(_ONE_PAGE.format(view=view), default_timeout=60).run()
    assert not page.exception
    offered = {each.proto.label for each in page.get("download_button")}
    assert ({"PPTX", "PDF", "XLSX", "CSV"} <= offered) == PAGES[view]
