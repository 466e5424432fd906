"""The figures of a review lead to their tickets; a frozen one by its own filters, and the list says if data differ."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from test_views import page, text_of

from dashboard import journal
from dashboard.commands.report import ask_of
from dashboard.journal import Written
from dashboard.reviews import contents
from dashboard.reviews.entries import Action, Comment
from dashboard.reviews.frozen import Frozen, freeze
from dashboard.rhythm import Rhythm
from etl.settings import Home
from tests.browser import tiny_home

WEEK, NAME = "2026-W10", "weekly-2026-W10"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return tiny_home.build(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def kept(home: Home) -> Written[Frozen]:
    """Frozen of Billing, by business hours."""
    ask = ask_of(home, Rhythm.WEEKLY, WEEK, ["team=Billing"], ["auto_closed=include"])
    book = journal.open(home)
    return freeze(book, ask, NAME, contents.review(ask, Rhythm.WEEKLY, book, date(2026, 4, 1)), who="Ana")


@pytest.fixture(autouse=True)
def _at_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPORTKPI_HOME", str(home.folder))


def links(text: str) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(unescape(each)).query) for each in re.findall(r'href="(\./tickets\?[^"]*)"', text)]


def test_a_frozen_figure_leads_to_its_tickets_by_its_own_filters(home: Home, kept: Written[Frozen]) -> None:
    app = page("weekly", frozen=str(kept.id), period="2026-W12")
    assert not app.exception
    found = {each["kpi"][0]: each for each in links(text_of(app))}
    figures = [figure for section in kept.body.sections for figure in section.figures]
    assert set(found) == {figure.kpi for figure in figures if figure.record["n"]}
    assert found["tickets_created"] == {
        "kpi": ["tickets_created"], "period": [WEEK], "team": ["Billing"], "auto_closed": ["include"],
        "frozen": [str(kept.id)],
    }  # fmt: skip
    assert "by its own filters and options" in text_of(app)
    assert "The same: no figure of it reads otherwise today" in text_of(app)


def _on_the_list(entry: int, **query: str) -> str:
    asked = {"kpi": "tickets_created", "period": WEEK, "team": "Billing", "auto_closed": "include"} | query
    app = page("tickets", frozen=str(entry), **asked)
    assert not app.exception
    return unescape(text_of(app))


def _restated(home: Home, kept: Written[Frozen]) -> Written[Frozen]:
    """The same review as if ten tickets fewer had been there when it was frozen."""
    body = kept.body.model_copy(deep=True)
    for section in body.sections:
        for figure in section.figures:
            if figure.kpi == "tickets_created":
                figure.record["n"] = int(str(figure.record["n"])) - 10
                figure.words["n"] = str(figure.record["n"])
    return journal.open(home).write(body, who="Ben", about=NAME, replaces=kept.id)


def test_the_list_says_whether_today_s_data_say_the_same(home: Home, kept: Written[Frozen]) -> None:
    same = _on_the_list(kept.id)
    assert f"'{kept.body.title}', frozen on " in same
    assert "as of today's data, which say the same." in same
    assert "as of today's data, which say otherwise. Restated: more rows" in _on_the_list(_restated(home, kept).id)
    assert "Other filters or options are chosen" in _on_the_list(kept.id, team="Platform")


@pytest.mark.parametrize("query", [{"period": "2026-W11"}, {"kpi": "csat_x"}, {"frozen": "99"}, {"frozen": "x"}])
def test_a_list_of_another_period_or_of_nothing_frozen_says_nothing(
    kept: Written[Frozen], query: dict[str, str]
) -> None:
    entry = query.get("frozen", str(kept.id))
    asked = {"kpi": "tickets_created", "period": WEEK} | {k: v for k, v in query.items() if k != "frozen"}
    assert "frozen on" not in text_of(page("tickets", frozen=entry, **asked))


def test_one_frozen_before_filters_were_kept_leads_nowhere(home: Home, kept: Written[Frozen]) -> None:
    old = Frozen.model_validate(kept.body.model_dump(mode="json", exclude={"filters", "choices"}))
    assert (old.filters, old.choices, old.is_whole) == (None, None, True)
    entry = journal.open(home).write(old, who="Ana", about="weekly-2026-W09")
    words = text_of(page("weekly", frozen=str(entry.id)))
    assert links(words) == []
    assert "its figures lead to no tickets" in words


def test_the_live_review_leads_to_the_tickets_of_what_is_chosen() -> None:
    found = {each["kpi"][0]: each for each in links(text_of(page("weekly", period=WEEK, team="Platform")))}
    assert found["tickets_created"] == {"kpi": ["tickets_created"], "period": [WEEK], "team": ["Platform"]}


def test_pages_read_the_same_after_backup_and_restore(
    home: Home, kept: Written[Frozen], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = journal.open(home)
    book.write(Comment(period=WEEK, text="two were away"), who="Ben", about="csat")
    book.write(Action(text="call them", owner="Ben", due=date(2026, 3, 20)), who="Ana", about=NAME)
    book.add_target("csat", "above", {"above": 0.9}, because="agreed", who="Ana", since=date(2026, 3, 2))
    book.add_marker(date(2026, 3, 9), "Release 4", who="Ana")
    asked = (
        ("weekly", {"frozen": str(kept.id)}), ("weekly", {"period": WEEK}), ("targets", {}), ("overview", {}),
    )  # fmt: skip
    before = [text_of(page(view, **query)) for view, query in asked]
    assert "two were away" in before[1]
    journal.backup(home, tmp_path / "kept.ndjson")
    other = tiny_home.build(tmp_path / "other")
    monkeypatch.setenv("SUPPORTKPI_HOME", str(other.folder))
    assert [text_of(page(view, **query)) for view, query in asked] != before
    journal.restore(other, tmp_path / "kept.ndjson")
    assert [text_of(page(view, **query)) for view, query in asked] == before
