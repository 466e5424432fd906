"""The page Targets and its command: the register, a change, its history, and reading only."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from test_views import page, text_of

from dashboard import journal, settings, target_register
from dashboard.cli import main
from dashboard.loading import READ_ONLY
from etl.load import load, unload
from etl.settings import Home
from tests.browser import tiny_home

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_home.build(tmp_path_factory.mktemp("home")).folder


@pytest.fixture
def home(built: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The tiny home, its journal and targets.toml gone afterwards."""
    monkeypatch.setenv("SUPPORTKPI_HOME", str(built))
    home = Home(built)
    yield home
    for path in (*built.glob("journal.sqlite*"), home.targets_file):
        path.unlink(missing_ok=True)


def fill(app: AppTest, **texts: str) -> AppTest:
    for name, text in texts.items():
        app.text_input(f"target-{name}").set_value(text)
    return app.run()


def test_the_register_names_target_source_reading_status_and_the_missing_feed(home: Home) -> None:
    words = text_of(page("targets", period="2026-W10"))
    assert "7 of 16 KPIs have a target." in words
    assert "role sheet, VP of Customer Support" in words
    assert "Needs NPS answers" in words or "NPS" in words.split("Needs ")[1]
    assert "journal is over targets.toml is over the catalogue" in words


def test_a_target_set_on_the_page_is_in_force_at_once_and_in_the_history(home: Home) -> None:
    app = page("targets", period="2026-W10")
    app.number_input("target-csat-above").set_value(80.0)
    app.date_input("target-since").set_value(date(2026, 1, 1))
    app = fill(app, because="board <b>plan</b>", who="Ana")
    assert "above 95 % (role sheet, VP of Customer Support) → <b>above 80 %</b> from 1 Jan 2026" in text_of(app)
    app.button("target-save").click().run()
    assert not app.exception
    words = text_of(app)
    assert "✓ Saved." in words
    assert "board &lt;b&gt;plan&lt;/b&gt;" in words
    (row,) = app.dataframe[0].value.to_dict("records")
    assert (row["Who"], row["Old"], row["New"], row["From"]) == ("Ana", "above 95 %", "above 80 %", "1 Jan 2026")
    assert "target above 80 %" in text_of(page("overview", period="2026-W10"))
    (change,) = journal.open(home).target_changes()
    assert (change.kind, change.values) == ("above", {"above": 0.8})


def test_nothing_is_saved_without_a_reason_and_a_name(home: Home) -> None:
    app = page("targets", period="2026-W10")
    assert app.button("target-save").disabled
    app = fill(app, who="Ana")
    assert "Still needed: a reason." in text_of(app)
    assert app.button("target-save").disabled


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        (("between", ""), {"target-csat-between-low": 90.0, "target-csat-between-high": 80.0}, "low end of a range"),
        (("above", ""), {"target-csat-above": 9500.0}, "write 95 % as 0.95"),
        (("change", ""), {"target-change": 0.0}, "a change such as"),
    ],
)
def test_what_cannot_be_meant_is_said_and_not_saved(
    kind: tuple[str, str], fields: dict[str, float], says: str, home: Home
) -> None:
    app = page("targets", period="2026-W10")
    app.selectbox("target-kind").set_value(kind)
    app = app.run()
    for name, value in fields.items():
        app.number_input(name).set_value(value)
    app = fill(app, because="x", who="Ana")
    assert not app.exception
    assert says in text_of(app)
    assert app.button("target-save").disabled


def test_hours_are_minutes_and_a_segment_is_below_its_kpi(home: Home) -> None:
    app = page("targets", period="2026-W10")
    app.selectbox("target-kpi").set_value("mttr")
    part = (("team", "Billing"),)
    app.selectbox("target-for").set_value(part)
    app.selectbox("target-kind").set_value(("below", ""))
    app = app.run()
    app.number_input("target-mttr-below").set_value(36.0)
    app.date_input("target-since").set_value(date(2026, 1, 1))
    app = fill(app, because="contract", who="Ana")
    app.button("target-save").click().run()
    assert journal.open(home).target_changes()[0].values == {"below": 2160.0}
    assert settings.targets(home)["mttr"].in_force(date(2026, 3, 1), part) is not None
    assert '<tr class="segment"><td>team: Billing</td><td>below 36 h</td>' in text_of(app)


def test_an_entry_taken_back_leaves_what_held_before(home: Home) -> None:
    journal.open(home).add_target("csat", "above", {"above": 0.8}, because="x", who="Ana", since=date(2026, 1, 1))
    app = page("targets", period="2026-W10")
    app.text_input("back-because").set_value("a slip")
    app.text_input("back-who").set_value("Ben")
    app.run().button("back-save").click().run()
    assert settings.in_force(settings.targets(home))["csat"].lines == (0.95,)  # type: ignore[union-attr]
    rows = target_register.changes(journal.open(home).every_target_change(), settings.targets(home))
    assert [(row["who"], row["old"], row["new"]) for row in rows] == [
        ("Ben", "above 80 %", "taken back"),
        ("Ana", "above 95 %", "above 80 %"),
    ]


def test_a_server_for_reading_shows_the_register_and_no_form(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(READ_ONLY, "1")
    app = page("targets", period="2026-W10")
    assert "kpi-register" in text_of(app)
    assert "for reading only" in text_of(app)
    assert not app.button
    assert not list(home.folder.glob("journal.sqlite*"))


def test_the_command_lists_targets_and_their_history(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.targets_file.write_text("[nps]\ntrending = 'up'\nbecause = 'plan'\n")
    journal.open(home).add_target("csat", "above", {"above": 0.8}, because="x", who="Ana", since=date(2026, 1, 1))

    def run(*words: str) -> list[dict[str, str]]:
        with pytest.raises(SystemExit) as left:
            main(["--home", str(home.folder), "targets", *words, "--format", "json"])
        assert not left.value.code
        found: list[dict[str, str]] = json.loads(capsys.readouterr().out)
        return found

    by_name = {row["kpi"]: row for row in run()}
    assert (by_name["csat"]["target"], by_name["csat"]["set_in"], by_name["csat"]["since"]) == (
        *("above 80 %", "journal", "2026-01-01"),
    )
    assert (by_name["nps"]["target"], by_name["nps"]["set_in"]) == ("trending up", "targets.toml")
    assert [(row["who"], row["new"]) for row in run("--history")] == [("Ana", "above 80 %")]


def test_the_journal_is_not_the_loaders(tmp_path: Path) -> None:
    home = Home(tmp_path)
    shutil.copytree(GOLDEN / "home", home.folder, dirs_exist_ok=True)
    assert load(home, [GOLDEN / "exports" / "ratings.csv"]).exit_code == 0
    journal.open(home).add_target("csat", "above", {"above": 0.8}, because="x", who="Ana")
    with sqlite3.connect(home.journal_file) as file:
        before = list(file.iterdump())
    unload(home, 1)
    with sqlite3.connect(home.journal_file) as file:
        assert list(file.iterdump()) == before
