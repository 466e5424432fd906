"""Actions: late, done late, carried from review to review and never lost on the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard import journal
from dashboard.reviews.entries import Action, State, carried, standing
from etl.settings import Home

DUE = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("state", "ended", "day", "expected"),
    [
        (State.OPEN, None, date(2026, 3, 9), "open"),  # the day it is due is not late
        (State.OPEN, None, date(2026, 3, 10), "late"),
        (State.DONE, date(2026, 3, 9), date(2026, 4, 1), "done"),
        (State.DONE, date(2026, 3, 10), date(2026, 4, 1), "done late"),
        (State.DROPPED, date(2026, 3, 20), date(2026, 4, 1), "dropped"),
    ],
)
def test_how_an_action_stands_on_a_day(state: State, ended: date | None, day: date, expected: str) -> None:
    assert standing(Action(text="call", owner="Ana", due=DUE, state=state, ended=ended), day) == expected


def test_open_actions_are_carried_and_ended_ones_shown_once_more(tmp_path: Path) -> None:
    book = journal.open(Home(tmp_path))

    def add(text: str, review: str, **values: object) -> int:
        body = Action.model_validate({"text": text, "owner": "Ana", "due": DUE, **values})
        return book.write(body, who="Ana", about=review).id

    add("open from week 9", "weekly-2026-W09")
    done = add("done in week 10", "weekly-2026-W09")
    add("done long ago", "weekly-2026-W08", state="done", ended=date(2026, 2, 20))
    add("begun here", "weekly-2026-W10", state="done", ended=date(2026, 3, 12))
    add("begun later", "weekly-2026-W11")
    add("of the board", "quarterly-2025-Q4")
    book.write(
        Action(text="done in week 10", owner="Ana", due=DUE, state=State.DONE, ended=date(2026, 3, 3)),
        who="Ben", about="weekly-2026-W09", replaces=done,
    )  # fmt: skip
    found = carried(book, "weekly", "weekly-2026-W10", date(2026, 3, 2))
    assert [each.body.text for each in found] == ["open from week 9", "done in week 10", "begun here"]


def test_an_action_needs_words_and_somebody() -> None:
    for text, owner in (("", "Ana"), ("call", " ")):
        with pytest.raises(ValueError, match="at least 1 character"):
            Action(text=text, owner=owner, due=DUE)
