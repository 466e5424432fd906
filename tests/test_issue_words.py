"""What people say of issues: kept with who and when, handed to the loader in order, and what moved told beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from world import ENGINES, World

from dashboard import cli, issue_words, journal, loading
from dashboard.commands import issues
from dashboard.issue_words import IssueSaid, Moved
from dashboard.widgets import issue_words as drawn
from etl import issue_words as kept
from etl.errors import SupportKpiError, UsageError
from etl.settings import Home

KEYS = ("problem A", "problem B")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def book(home: Home) -> journal.Journal:
    return journal.open(home)


@pytest.mark.parametrize(
    ("word", "more", "lacking"),
    [
        ("split", {}, "Choose the tickets"),
        ("merge", {}, "Choose the issue to merge"),
        ("merge", {"issue_keys": ("problem A", "problem A")}, "Choose the issue to merge"),
        ("rename", {}, "Write the new name"),
        ("link", {}, "Write the number"),
        ("confirm", {"issue_keys": ()}, "which issue"),
    ],
)
def test_a_word_that_lacks_what_it_speaks_of_is_not_kept(
    book: journal.Journal, word: Any, more: dict[str, Any], lacking: str
) -> None:
    with pytest.raises(UsageError, match=lacking):
        issue_words.say(book, IssueSaid(word=word, **{"issue_keys": KEYS[:1], **more}), "Ana")
    assert issue_words.said(book) == []


def test_words_stand_with_who_and_when_in_the_order_they_were_said(book: journal.Journal) -> None:
    first = issue_words.say(book, IssueSaid(word="confirm", issue_keys=KEYS[:1]), " Ana ")
    second = issue_words.say(book, IssueSaid(word="merge", issue_keys=KEYS), "Ben")
    assert issue_words.said(book) == [first, second]
    assert (first.who, second.body.issue_keys) == ("Ana", KEYS)
    assert issue_words.said(book, "problem B") == [second]
    with pytest.raises(UsageError, match="who"):
        issue_words.say(book, IssueSaid(word="confirm", issue_keys=KEYS[:1]), " ")
    issue_words.take_back(book, first.entry, "Cyd")
    assert issue_words.said(book) == [second]


def test_a_word_put_otherwise_stays_that_of_who_said_it_first(book: journal.Journal) -> None:
    first = issue_words.say(book, IssueSaid(word="rename", issue_keys=KEYS[:1], name="Login"), "Ana")
    book.write(IssueSaid(word="rename", issue_keys=KEYS[:1], name="Log in"), who="Ben", replaces=first.entry)
    (one,) = issue_words.said(book)
    assert (one.who, one.said_at, one.body.name) == ("Ana", first.said_at, "Log in")


def test_what_was_said_or_taken_back_since_is_pending_and_the_first_restatement_counts(book: journal.Journal) -> None:
    assert not issue_words.is_pending(book)
    first = issue_words.say(book, IssueSaid(word="confirm", issue_keys=KEYS[:1]), "Ana")
    assert issue_words.is_pending(book)
    found = Moved(kpi="repeat_incident_rate", before=0.2, before_n=10, after=0.1, after_n=9)
    issue_words.restated(book, issue_words.said(book), [found], "Ana")
    assert not issue_words.is_pending(book)
    second = issue_words.say(book, IssueSaid(word="rename", issue_keys=KEYS[:1], name="Login"), "Ben")
    issue_words.restated(book, issue_words.said(book), [], "Ben")
    assert not issue_words.is_pending(book)
    applied = issue_words.restatements(book)
    assert (applied[first.entry].body.moved, applied[second.entry].body.moved) == ((found,), ())
    issue_words.take_back(book, first.entry, "Ana")
    assert issue_words.is_pending(book)
    table = drawn.table(book, [first, second])
    assert list(table["Restated"]) == ["Repeat-incident rate 20 % → 10 % (n 10 → 9)", "no figure moved"]


def test_only_figures_that_are_not_what_they_were_moved() -> None:
    before = {"csat": (0.5, 10), "nps": (1.0, 5), "fcr": (None, 0)}
    after = {"csat": (0.5, 10), "nps": (1.0, 6), "fcr": (0.1, 3)}
    assert [each.kpi for each in issue_words.moved(before, after)] == ["nps", "fcr"]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_restated_is_read_over_all_of_time(engine: str, tmp_path: Path) -> None:
    world = World(engine, tmp_path)
    for year, days in ((2021, None), (2022, 5.0), (2025, 400.0)):
        world.add("occurrence", occurrence_id=str(year), started_at=datetime(year, 1, 6), days_since_previous=days)
    found = issue_words.measured(world.facts(), "Europe/Paris")
    world.close()
    assert tuple(found) == issue_words.RESTATED
    assert found["repeat_incident_rate"] == (1 / 3, 3)


def test_in_words() -> None:
    def said(word: Any, **more: Any) -> str:
        return issue_words.in_words(IssueSaid(word=word, **{"issue_keys": KEYS[:1], **more}))

    assert said("confirm") == "confirmed as one issue"
    assert said("split", ticket_ids=("a",), name="Other") == "1 ticket said not to be of it, but one issue 'Other'"
    assert said("merge", issue_keys=KEYS) == "merged with problem B"
    assert said("link", problem_key="QM-1") == "linked to the record QM-1"


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch, home: Home) -> list[list[kept.IssueWord]]:
    """Stands for the loader: keeps the words it is handed; the rate falls from 20 % to 10 % with each."""
    handed: list[list[kept.IssueWord]] = []
    monkeypatch.setattr(kept, "keep", lambda _, words: handed.append(list(words)) or home.folder)
    figures = iter([{"repeat_incident_rate": (rate, 10)} for rate in (0.2, 0.1, 0.1, 0.1)])
    monkeypatch.setattr(issues, "_measured", lambda _: next(figures))
    return handed


def _run(home: Home, *words: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(["--home", str(home.folder), *words])
    return int(left.value.code or 0)


def test_apply_hands_over_all_words_in_order_tells_what_moved_and_writes_it_down(
    home: Home, book: journal.Journal, loader: list[list[kept.IssueWord]], capsys: pytest.CaptureFixture[str]
) -> None:
    merged = issue_words.say(book, IssueSaid(word="merge", issue_keys=KEYS), "Ana")
    issue_words.say(book, IssueSaid(word="split", issue_keys=KEYS[:1], ticket_ids=("desk:1",)), "Ben")
    assert _run(home, "issues", "apply", "--by=Ana", "--format=json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["words"], told["moved"]) == (
        2,
        [{"kpi": "repeat_incident_rate", "before": 0.2, "before_n": 10, "after": 0.1, "after_n": 10}],
    )
    ((one, two),) = loader
    assert (one.kind, one.issue_keys, one.said_by, one.said_at) == ("merge", KEYS, "Ana", merged.said_at)
    assert (two.kind, two.ticket_ids, two.said_by) == ("split", ("desk:1",), "Ben")
    (written,) = book.written(issue_words.IssuesRestated)
    assert (written.who, len(written.body.words), written.body.moved[0].after) == ("Ana", 2, 0.1)
    assert _run(home, "issues", "apply") == 0
    assert "The facts follow 2 words on issues. No figure moved." in capsys.readouterr().out
    assert len(book.written(issue_words.IssuesRestated)) == 1  # the same words again restate nothing
    assert _run(home, "issues", "words") == 0
    assert "merged with problem B" in capsys.readouterr().out


def test_a_word_the_facts_do_not_follow_yet_is_listed_as_such(
    home: Home, book: journal.Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    first = issue_words.say(book, IssueSaid(word="confirm", issue_keys=KEYS[:1]), "Ana")
    issue_words.restated(book, [first], [], "Ana")
    issue_words.say(book, IssueSaid(word="merge", issue_keys=KEYS), "Ben")
    assert _run(home, "issues", "words", "--format=json") == 0
    assert [(row["who"], row["applied"]) for row in json.loads(capsys.readouterr().out)] == [
        ("Ana", True),
        ("Ben", False),
    ]


def test_without_a_load_there_is_nothing_to_speak_of(
    home: Home, book: journal.Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    issue_words.say(book, IssueSaid(word="confirm", issue_keys=KEYS[:1]), "Ana")
    assert _run(home, "issues", "apply") == 1
    assert "nothing to read yet" in capsys.readouterr().err
    assert issue_words.is_pending(book)


def test_a_worksheet_that_is_not_there_is_refused_in_words(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(home, "issues", "audit", str(home.folder / "nothing.csv"), "--by=Ana") == 1
    assert "cannot be read" in capsys.readouterr().err


def test_the_page_reads_the_json_and_says_what_the_loader_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def ran(code: int, out: str, err: str) -> Callable[..., Any]:
        def run(_: Home, words: list[str], *__: Any) -> Any:
            seen.append(words)
            return loading.subprocess.CompletedProcess(words, code, out, err)

        return run

    monkeypatch.setattr(loading, "_run", ran(0, '100% done \n[\n{"words": 1, "moved": []}\n]\n', ""))
    assert loading.apply_issue_words(home, "--home=/ Ana") == []
    assert seen == [["issues", "apply", "--format=json", "--by=--home=/ Ana"]]
    monkeypatch.setattr(loading, "_run", ran(1, "", "Error: A load is running.\n\nTry again."))
    with pytest.raises(SupportKpiError, match="A load is running"):
        loading.apply_issue_words(home, "Ana")


def test_a_merged_or_linked_issue_is_found_under_its_new_key_with_all_that_was_said_of_it(
    book: journal.Journal,
) -> None:
    named = issue_words.say(book, IssueSaid(word="rename", issue_keys=("c",), name="Login"), "Ana")
    merged = issue_words.say(book, IssueSaid(word="merge", issue_keys=("b", "c")), "Ana")
    linked = issue_words.say(book, IssueSaid(word="link", issue_keys=("b",), problem_key="QM-1"), "Ben")
    apart = issue_words.say(book, IssueSaid(word="link", issue_keys=("d",), problem_key="QM-2"), "Cyd")
    words = issue_words.said(book)
    records = {"QM-1": "problem QM-1"}
    assert issue_words.became(words, "c", records.get) == "problem QM-1"
    assert issue_words.became(words, "b", records.get) == "problem QM-1"
    assert issue_words.became(words, "d", records.get) == "d"  # the facts know no such record: they do not follow yet
    assert issue_words.became(words[:1], "c", records.get) == "c"
    assert issue_words.said(book, "problem QM-1", "QM-1") == [named, merged, linked]
    assert issue_words.said(book, "problem QM-2", "QM-2") == [apart]
    assert issue_words.said(book, "b") == [named, merged, linked]
