"""What people write in a review: comments, actions, decisions, requests, answers to signals, text they changed.

Each is a kind of the journal's one table: an edit is a new version, and who and when are kept.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from dashboard import journal
from dashboard.journal import Body, Written


class State(StrEnum):
    """Where an action stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Comment(Body):
    """A remark on a KPI in a period; ``about`` is the KPI's name."""

    kind: ClassVar[str] = "comment"
    period: str
    text: str = Field(min_length=1)


class Action(Body):
    """Something to be done by somebody until a day; ``about`` is the review it was begun in, as weekly-2026-W10."""

    kind: ClassVar[str] = "action"
    text: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    due: date
    state: State = State.OPEN
    ended: date | None = None  # the day it was done or dropped


class Decision(Body):
    """What was decided, and by whom it is carried; ``about`` is the review."""

    kind: ClassVar[str] = "decision"
    text: str = Field(min_length=1)
    owner: str = Field(min_length=1)


class Request(Body):
    """What is asked of the board or of another department, and how it will be judged; ``about`` is the review."""

    kind: ClassVar[str] = "request"
    text: str = Field(min_length=1)
    amount: str = ""
    expected: str = ""
    judged_by: str = Field(min_length=1)
    due: date


class Blocker(Body):
    """What keeps work from going on, or a need of people and means; ``about`` is the review."""

    kind: ClassVar[str] = "blocker"
    text: str = Field(min_length=1)
    owner: str = ""


class Plan(Body):
    """The written response to a KPI that drifts; ``about`` is the KPI's name. A signal of it opens a case."""

    kind: ClassVar[str] = "drift plan"
    owner: str = Field(min_length=1)
    first_checks: str = Field(min_length=1)
    tell: str = Field(min_length=1)
    within_days: int = Field(ge=1, le=365)


class Answer(Body):
    """What was done about one signal; ``about`` is the KPI's name."""

    kind: ClassVar[str] = "drift answer"
    period: str
    text: str = Field(min_length=1)


class Reworded(Body):
    """A section's sentences as a person put them; ``about`` is the review. The original stays beside them."""

    kind: ClassVar[str] = "reworded section"
    section: str
    text: str = Field(min_length=1)
    original: str


Standing = Literal["open", "late", "done", "done late", "dropped"]


def standing(action: Action, day: date) -> Standing:
    """How an action stands on a day: an open one is late from the day after it was due."""
    if action.state is State.DROPPED:
        return "dropped"
    if action.state is State.DONE:
        return "done late" if action.ended is not None and action.ended > action.due else "done"
    return "late" if day > action.due else "open"


def carried(book: journal.Journal, rhythm: str, review: str, since: date) -> list[Written[Action]]:
    """The actions a review has to speak of: its own, those open from earlier ones, and those ended since ``since``.

    ``since`` is the first day of the review's period. Actions of other rhythms are theirs: a weekly action does not
    come up before the board.
    """
    mine = [each for each in book.written(Action) if each.about.partition("-")[0] == rhythm and each.about <= review]
    kept = [
        each
        for each in mine
        if each.about == review
        or each.body.state is State.OPEN
        or (each.body.ended is not None and each.body.ended >= since)
    ]
    return sorted(kept, key=lambda each: (each.body.state is not State.OPEN, each.body.due, each.begun))
