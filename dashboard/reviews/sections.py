"""What the sections of a review are made of: figures, their sentences, and tables of what is no reading.

Sentences are the wording of the readings, put together by rule; nothing is composed that no reading says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd

from dashboard import agenda, wording
from dashboard.ask import Ask
from dashboard.exports.report import Cell, Line, Section, Table
from dashboard.journal import Journal
from dashboard.story import Story

#: Sentences a section has at most: what stands there is read aloud.
SENTENCES = 3
#: Rows of a table in a meeting; the page of that subject has them all.
ROWS = 10


@dataclass(frozen=True)
class Given:
    """What a section is made from: the question, the journal, the review's name and the day it is held on."""

    ask: Ask
    book: Journal
    rhythm: str
    review: str
    today: date


Tables = Callable[[Given], tuple[Sequence[Table], Sequence[str]]]


@dataclass(frozen=True)
class Part:
    """A section in the agenda: its figures and what else belongs there. ``tables`` gives tables and sentences."""

    key: str
    heading: str
    minutes: int
    figures: tuple[str, ...] = ()
    tables: tuple[Tables, ...] = field(default=())


def section(part: Part, given: Given) -> Section:
    """The section with its figures, three plain sentences and tables."""
    stories = list(given.ask.stories(part.figures).values()) if part.figures else []
    tables: list[Table] = []
    told: list[str] = []
    for make in part.tables:
        found, words = make(given)
        tables += found
        told += words
    said = [*sentences(stories)[: max(1, SENTENCES - len(told))], *told][:SENTENCES]
    return Section(part.heading, tuple(map(Line.of, stories)), tuple(said), tuple(tables), part.key, part.minutes)


def sentences(stories: Sequence[Story]) -> list[str]:
    """What met or missed its target, what moved beyond its usual ups and downs, what cannot be read."""
    if not stories:
        return []
    read = [story for story in stories if story.now.value is not None]
    judged = [story.now for story in read if story.now.target is not None]
    told = [wording.headline_sentence(judged)] if judged else []
    told.append(agenda.sentence(read))
    missing = [story.now.kpi.label for story in stories if story.now.value is None]
    if missing:
        told.append(f"No reading: {_listed(missing)}.")
    said = [words for words in told if words]
    values = (f"{story.now.kpi.label}: {wording.value(story.now.value, story.now.kpi.unit)}." for story in read)
    return said or [" ".join(values)]


def _listed(names: Sequence[str]) -> str:
    shown = list(names) if len(names) <= SENTENCES else [*names[:SENTENCES], f"{len(names) - SENTENCES} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def table(title: str, frame: pd.DataFrame, note: str = "", rows: int = ROWS) -> Table:
    """A frame as a table of plain cells; of a long one the first rows, and how many there are."""
    shown = frame.head(rows)
    cells = tuple(tuple(_cell(value) for value in row) for row in shown.itertuples(index=False, name=None))
    more = f"The first {rows} of {len(frame)}." if len(frame) > rows else ""
    return Table(title, tuple(map(str, frame.columns)), cells, " ".join(part for part in (more, note) if part))


def _cell(value: object) -> Cell:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | str):
        return value
    return str(value)
