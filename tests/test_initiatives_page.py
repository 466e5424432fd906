"""The page and its command: one begun in the browser is locked with what was read, a moved goal needs a reason."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from test_views import page, text_of

from dashboard import journal, kpis
from dashboard.cli import main
from dashboard.commands.initiatives import _goal
from dashboard.initiative_record import Initiative
from etl.errors import UsageError
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


def test_a_value_to_be_reached_and_a_segment_to_compare_with(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """The page and the command lock the same, and both refuse a segment that shares tickets."""
    app = page("initiatives", period="2026-W10", team="Billing")
    app.date_input("initiative-first").set_value(date(2026, 2, 2))
    app.date_input("initiative-last").set_value(date(2026, 3, 1))
    app.date_input("initiative-start").set_value(date(2026, 3, 2))
    app.date_input("initiative-due").set_value(date(2026, 5, 1))
    app.selectbox("initiative-kpi").set_value("mttr")
    app.selectbox("initiative-control").set_value("team")
    app.text_input("initiative-name").set_value("By page")
    app.run()
    app.selectbox("initiative-goal").set_value("A value to be reached").run()
    app.button("initiative-save").click().run()
    assert "no better than the baseline" in text_of(app)  # the value offered is the baseline
    app.multiselect("initiative-control-team").set_value(["Billing"]).run()
    assert "shares tickets" in text_of(app)
    app.multiselect("initiative-control-team").set_value(["Platform"]).run()
    app.number_input("initiative-line-mttr").set_value(0.5)
    app.text_input("initiative-who").set_value("Ana")
    app.run()
    assert "Compared with team: Platform" in text_of(app)
    app.button("initiative-save").click().run()
    assert not app.exception
    words = ["--home", str(home.folder), "initiatives", "begin", "By command", "--kpi", "mttr", "--baseline-from"]
    words += [
        "2026-02-02",
        "--baseline-to",
        "2026-03-01",
        "--start",
        "2026-03-02",
        "--due",
        "2026-05-01",
        "--by",
        "Ana",
    ]
    words += ["--goal", "30min", "--where", "team=Billing", "--control", "team=Platform"]
    for last, code in ((["--dry-run"], 0), ([], 0)):
        with pytest.raises(SystemExit) as ended:
            main([*words, *last])
        assert ended.value.code == code
    said = capsys.readouterr().out
    assert said.count("Goal: at most 30 min by 2026-05-01.") == 2
    assert "Nothing was locked." in said
    by_page, by_command = (each.body for each in journal.open(home).written(Initiative))
    assert by_page.model_copy(update={"name": "By command"}) == by_command
    assert (by_page.line, by_page.control) == (30.0, (("team", ("Platform",)),))


@pytest.mark.parametrize(
    ("kpi", "goal", "value"),
    [
        ("mttr", ["--goal", "8h"], {"line": 480.0}),
        ("mttr", ["--goal", "30 min"], {"line": 30.0}),
        ("csat", ["--goal", "60%"], {"line": 0.6}),
        ("tickets_created", ["--goal", "12.5"], {"line": 12.5}),
        ("mttr", ["--change", "-30%"], {"change": -0.3}),
        ("mttr", ["--change", "−30"], {"change": -0.3}),
        ("mttr", ["--goal", "8"], None),  # hours or minutes?
        ("csat", ["--goal", "0.6"], None),
        ("csat", ["--goal", "8h"], None),
        ("mttr", ["--change", "8h"], None),
        ("mttr", [], None),
        ("mttr", ["--goal", "8h", "--change", "-30%"], None),
    ],
)
def test_a_goal_is_typed_in_its_unit(kpi: str, goal: list[str], value: dict[str, float] | None) -> None:
    given = dict(zip(goal[::2], goal[1::2], strict=True))
    (known,) = kpis.named([kpi])
    if value is None:
        with pytest.raises(UsageError):
            _goal(known, given.get("--change"), given.get("--goal"))
    else:
        assert _goal(known, given.get("--change"), given.get("--goal")) == value
