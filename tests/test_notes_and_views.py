"""Saved views and notes on the pages: what a link carries, what is written, and that a reader only reads."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import journal
from dashboard.app import notes_of
from dashboard.widgets import saved_views
from etl.settings import Home
from tests.browser import tiny_home

_PAGE = """
from dashboard import app
from dashboard.views import overview
from etl.settings import Home
app.show(overview, app.asked(Home()))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    built = tiny_home.build(tmp_path / "home")
    monkeypatch.setenv("SUPPORTKPI_HOME", str(built.folder))
    return built


def test_a_stored_query_is_encoded_anew_and_names_no_other_place() -> None:
    assert saved_views.address("overview", "team=A%26B&period=2026-W10") == "./?team=A%26B&period=2026-W10"
    hostile = saved_views.address("tickets", 'group=team:"><script>&kpi=mttr')
    assert urlsplit(hostile).netloc == ""
    assert "<" not in hostile
    assert parse_qs(urlsplit(hostile).query) == {"group": ['team:"><script>'], "kpi": ["mttr"]}


def test_a_day_is_marked_at_once_and_taken_back_as_a_version(home: Home) -> None:
    app = AppTest.from_string(_PAGE, default_timeout=120).run()
    app.date_input(key="note-day").set_value(date(2026, 3, 4))
    app.text_input(key="note-text").set_value("New <b>macros</b>")
    app.button(key="note-save").click().run()
    assert journal.open(home).markers() == []  # without a name nothing is written
    app.text_input(key="note-who").set_value("Ana")
    app.button(key="note-save").click().run()
    assert not app.exception
    (note,) = journal.open(home).markers()
    assert (note.day, note.text, note.kpi, note.who) == (date(2026, 3, 4), "New <b>macros</b>", None, "Ana")
    app.text_input(key="note-back-who").set_value("Ben")
    app.button(key="note-back-save").click().run()
    assert journal.open(home).markers() == []


def test_limits_that_begin_anew_are_written_with_the_note(home: Home) -> None:
    app = AppTest.from_string(_PAGE, default_timeout=120).run()
    app.text_input(key="note-text").set_value("Another team")
    app.text_input(key="note-who").set_value("Ana")
    app.checkbox(key="note-anew").check()
    app.button(key="note-save").click().run()
    (note,) = journal.open(home).markers()
    assert note.begins_anew
    assert [mark.begins_anew for mark in notes_of(home)] == [True]
    journal.open(home).remove_marker(note.id, who="Ben")
    assert notes_of(home) == ()


def test_a_server_for_reading_only_lists_notes_and_offers_no_form(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.open(home).add_marker(date(2026, 3, 4), "Macros", who="Ana")
    monkeypatch.setattr("dashboard.loading.is_read_only", lambda: True)
    app = AppTest.from_string(_PAGE, default_timeout=120).run()
    assert not app.exception
    assert [each for each in app.button if each.key in ("note-save", "note-back-save")] == []
    assert any("text" in (name.lower() for name in each.value.columns) for each in app.dataframe)
