"""The page *What is about to hurt*: a hunch is written and decided with a name, and a reader only reads."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import hunches, journal, kpis, loading
from dashboard.arrived import Arrived
from dashboard.engine import Facts
from dashboard.hunches import State
from dashboard.readings import tickets
from dashboard.scope import Grain, Period, Scope
from etl.settings import Home
from tests.browser import tiny_home

_PAGE = """
from etl.settings import Home
import dashboard.app as app
from dashboard.views import foresight
app.show(foresight, app.asked(Home()))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    found = tiny_home.build(tmp_path / "home")
    monkeypatch.setenv("SUPPORTKPI_HOME", str(found.folder))
    return found


def page() -> AppTest:
    return AppTest.from_string(_PAGE, default_timeout=120).run()


def words(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def test_a_hunch_is_written_and_rejected_on_the_page(home: Home) -> None:
    app = page()
    assert "No hunch is written down yet." in words(app)
    app.text_area(key="hunch-text").set_value("<b>Exports</b> fail")
    app.button(key="hunch-save").click().run()
    assert hunches.standing(journal.open(home)) == []  # without a name nothing is written
    app.text_input(key="hunch-who").set_value("Ana")
    app.button(key="hunch-save").click().run()
    assert "The hunch is written down." in words(app)
    assert "1 hunch is open." in words(app)
    (one,) = hunches.standing(journal.open(home))
    assert (one.hunch.text, one.begun_by, one.hunch.state) == ("<b>Exports</b> fail", "Ana", State.OPEN)
    app.segmented_control(key="hunch-state").set_value(State.REJECTED)
    app.text_input(key="hunch-because").set_value("no ticket says so")
    app.text_input(key="hunch-decided-by").set_value("Ben")
    app.button(key="hunch-decide").click().run()
    (one,) = hunches.standing(journal.open(home))
    assert (one.hunch.state, one.hunch.because, one.entry.who) == (State.REJECTED, "no ticket says so", "Ben")
    assert "<b>Exports</b>" not in words(app)
    assert not app.exception


def test_the_list_behind_a_mark_of_its_own_time_is_the_same_in_any_period(home: Home) -> None:
    """What grew in a week of March lies in no period of May, whatever the sidebar says."""
    facts = Facts.open(home)
    part = Arrived(datetime(2026, 3, 2), datetime(2026, 3, 9))
    kpi = kpis.catalogue()["tickets_created"]
    rows = tickets(facts, kpi, Scope(), Period(None, None, Grain.ALL, "UTC"), part=part)
    assert len(rows) > 10
    for period in ("2026-W10", "2026-05"):
        app = AppTest.from_string(_PAGE.replace("foresight", "tickets"), default_timeout=120)
        app.query_params.update({"kpi": kpi.name, "period": period, "part": part.code})
        assert f"Tickets created: {len(rows):,} of " in words(app.run())
        assert f"{len(rows):,} rows." in words(app)


def test_a_reader_sees_hunches_and_writes_none(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "is_read_only", lambda: True)
    app = page()
    assert not app.exception
    assert [each for each in app.button if (each.key or "").startswith("hunch")] == []


def test_without_changes_the_page_says_what_it_needs(home: Home) -> None:
    assert "Needs a list of changes" in words(page())
    assert home.folder.exists()
