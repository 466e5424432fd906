"""The page and its command: one begun in the browser is locked with what was read, a moved goal needs a reason."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from test_views import page, text_of

from dashboard import journal
from dashboard.cli import main
from dashboard.initiative_record import Initiative
from etl.settings import Home
from tests.browser import tiny_home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    built = tiny_home.build(tmp_path)
    monkeypatch.setenv("SUPPORTKPI_HOME", str(built.folder))
    return built


def test_begun_locked_moved_and_listed(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    app = page("initiatives", period="2026-W10")
    assert "No initiative is written down yet." in text_of(app)
    app.selectbox("initiative-kpi").set_value("tickets_resolved")
    app.date_input("initiative-first").set_value(date(2026, 2, 2))
    app.date_input("initiative-last").set_value(date(2026, 3, 1))
    app.date_input("initiative-start").set_value(date(2026, 3, 2))
    app.date_input("initiative-due").set_value(date(2026, 5, 1))
    app.text_input("initiative-name").set_value("Runbooks <b>")
    app.text_input("initiative-who").set_value("Ana")
    app.run()
    assert "Baseline, to be locked:" in text_of(app)
    app.button("initiative-save").click().run()
    assert not app.exception
    (entry,) = journal.open(home).written(Initiative)
    assert (entry.who, entry.body.name, entry.body.change, entry.body.n > 0) == ("Ana", "Runbooks <b>", -0.3, True)
    words = text_of(app)
    assert "1 initiative: 1 " in words
    assert "Runbooks &lt;b&gt;" in words
    key = f"initiative-{entry.begun}"
    app.date_input(f"{key}-due").set_value(date(2026, 6, 1))
    app.button(f"{key}-save").click().run()
    assert "This changes what was locked: due." in text_of(app)
    app.text_input(f"{key}-because").set_value("the board")
    app.button(f"{key}-save").click().run()
    assert not app.exception
    assert "due day from 2026-05-01 to 2026-06-01. Because: the board." in text_of(app)
    with pytest.raises(SystemExit):
        main(["--home", str(home.folder), "initiatives", "list", "--format", "json"])
    (row,) = json.loads(capsys.readouterr().out)
    assert row["initiative"] == "Runbooks <b>"
    assert "the goal was changed" in row["effect"]
