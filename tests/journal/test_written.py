"""Entries of any kind: versions, what they speak of, kinds kept apart, a kind that grew a field."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from dashboard import journal
from etl.errors import UsageError
from etl.settings import Home


class Comment(journal.Body):
    kind: ClassVar[str] = "test comment"
    text: str


class Action(journal.Body):
    kind: ClassVar[str] = "test action"
    text: str
    state: str = "open"


class Longer(journal.Body):
    """The same kind in a later version of the program."""

    kind: ClassVar[str] = "test comment"
    text: str
    colour: str = "none"


@pytest.fixture
def book(either_home: Home) -> journal.Journal:
    return journal.open(either_home)


def test_looking_writes_nothing(tmp_path: Path) -> None:
    book = journal.open(Home(tmp_path))
    assert book.written(Comment) == []
    assert list(tmp_path.iterdir()) == []


def test_what_was_written_comes_back_by_kind_and_subject(book: journal.Journal) -> None:
    first = book.write(Comment(text=" it fell "), who="Ana", about="csat")
    book.write(Comment(text="it rose"), who="Ben", about="nps")
    book.write(Action(text="call them"), who="Cyd", about="csat")
    assert [(each.body.text, each.about, each.who) for each in book.written(Comment)] == [
        ("it fell", "csat", "Ana"),
        ("it rose", "nps", "Ben"),
    ]
    assert book.written(Comment, "csat") == [first]
    assert [each.body.state for each in book.written(Action)] == ["open"]


def test_an_edit_is_a_version_whichever_version_it_names(book: journal.Journal) -> None:
    first = book.write(Action(text="call"), who="Ana")
    second = book.write(Action(text="call", state="done"), who="Ben", replaces=first.id)
    third = book.write(Action(text="call", state="late"), who="Cyd", replaces=second.id)
    also = book.write(Action(text="call back"), who="Dov", replaces=first.id)  # at once with Cyd: kept, and counts
    assert book.written(Action) == [also]
    assert [each.begun for each in (first, second, third, also)] == [first.id] * 4
    assert book.every_written(Action) == [first, second, third, also]
    gone = book.take_back(second.id, Action, who="Ana")
    assert (gone.removed, gone.body.text, book.written(Action)) == (True, "call back", [])
    assert len(book.every_written(Action)) == 5


def test_entries_of_another_kind_or_without_a_name_are_refused(book: journal.Journal) -> None:
    first = book.write(Comment(text="x"), who="Ana")
    with pytest.raises(UsageError, match="another kind"):
        book.write(Action(text="x"), who="Ana", replaces=first.id)
    with pytest.raises(UsageError, match="no entry"):
        book.take_back(99, Comment, who="Ana")
    with pytest.raises(UsageError, match="who"):
        book.write(Comment(text="x"), who=" ")
    assert book.written(Comment) == [first]


def test_a_kind_that_grew_a_field_still_reads_what_was_written_before(book: journal.Journal) -> None:
    book.write(Comment(text="old"), who="Ana")
    book.write(Longer(text="new", colour="red"), who="Ana")
    assert [each.body.colour for each in book.written(Longer)] == ["none", "red"]
    assert [each.body.text for each in book.written(Comment)] == ["old", "new"]
