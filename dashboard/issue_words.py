"""What people say of issues: kept in the journal, handed to the loader by a command, and what that restated.

A word outranks every other evidence, so it stands with who said it and when, can be taken back, and each time the
facts were derived anew from it, the figures that moved are written down beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from dashboard import journal, kpis, readings
from dashboard.engine import Facts
from dashboard.scope import Grain, Period, Scope
from etl.errors import UsageError

Word = Literal["confirm", "split", "merge", "rename", "link"]
#: The figures that rest on which tickets are one issue; read over all of time, before and after.
RESTATED = (
    *("repeat_incident_rate", "repeat_incident_tickets", "third_occurrences", "returned_after_fix_30"),
    *("accounts_in_doubt", "accounts_under_scrutiny", "repeat_escalations", "loop_rate"),
)


class IssueSaid(journal.Body):
    """One thing a person said, by the keys and ticket ids the pages show."""

    kind: ClassVar[str] = "issue word"
    word: Word
    issue_keys: tuple[str, ...]
    ticket_ids: tuple[str, ...] = ()
    name: str | None = None
    problem_key: str | None = None


class Moved(BaseModel):
    """A figure before and after; None: no reading."""

    model_config = ConfigDict(frozen=True)
    kpi: str
    before: float | None
    before_n: int
    after: float | None
    after_n: int


class IssuesRestated(journal.Body):
    """The facts were derived anew from these words; ``words`` are their entries, in order."""

    kind: ClassVar[str] = "issues restated"
    words: tuple[int, ...]
    moved: tuple[Moved, ...]


@dataclass(frozen=True)
class Said:
    """A word that counts: its entry, who said it first, and when (UTC)."""

    entry: int
    who: str
    said_at: datetime
    body: IssueSaid


def say(book: journal.Journal, body: IssueSaid, who: str) -> Said:
    """Write a word down; raises UsageError where it lacks what it speaks of."""
    keys, lacking = set(body.issue_keys), ""
    if not keys:
        lacking = "Say which issue it is about."
    elif body.word == "split" and not body.ticket_ids:
        lacking = "Choose the tickets that are not of this issue."
    elif body.word == "merge" and len(keys) < 2:
        lacking = "Choose the issue to merge this one with."
    elif body.word == "rename" and not body.name:
        lacking = "Write the new name."
    elif body.word == "link" and not body.problem_key:
        lacking = "Write the number of the problem or engineering record."
    if lacking:
        raise UsageError(lacking, "", "")
    made = book.write(body, who=who, about=body.issue_keys[0])
    return Said(made.begun, made.who, made.written_at, made.body)


def said(book: journal.Journal, issue_key: str | None = None, record: str | None = None) -> list[Said]:
    """The words that count, in the order they were said: all, or those of an issue, under whatever key they were said.

    ``record`` is the issue's record: an issue that is linked to one goes by another key from then on.
    """
    first: dict[int, journal.Written[IssueSaid]] = {}
    for each in book.every_written(IssueSaid):
        first.setdefault(each.begun, each)
    found = [
        Said(each.begun, first[each.begun].who, first[each.begun].written_at, each.body)
        for each in book.written(IssueSaid)
    ]
    if issue_key is None:
        return found
    keys = _once_called(found, issue_key, record)
    return [each for each in found if keys & set(each.body.issue_keys)]


def _once_called(words: Sequence[Said], issue_key: str, record: str | None) -> set[str]:
    """The keys of the issues that became this one, and its own."""
    keys = {issue_key}
    for body in (each.body for each in reversed(words)):
        if (body.word == "merge" and body.issue_keys[0] in keys) or (
            body.word == "link" and body.problem_key == record
        ):
            keys.update(body.issue_keys)
    return keys


def became(words: Sequence[Said], issue_key: str, of_record: Callable[[str], str | None]) -> str:
    """The key an issue goes by once these words are followed; ``of_record`` tells the issue of a record."""
    for body in (each.body for each in words):
        if body.word == "merge" and issue_key in body.issue_keys[1:]:
            issue_key = body.issue_keys[0]
        elif body.word == "link" and body.issue_keys[0] == issue_key:
            issue_key = of_record(body.problem_key or "") or issue_key
    return issue_key


def take_back(book: journal.Journal, entry: int, who: str) -> None:
    """A word as if it had not been said; it stays in the history."""
    book.take_back(entry, IssueSaid, who=who)


def is_pending(book: journal.Journal) -> bool:
    """Whether the facts do not follow the words yet: something was said, or taken back, since they were derived."""
    told = tuple(each.entry for each in said(book))
    applied = book.written(IssuesRestated)
    return told != (applied[-1].body.words if applied else ())


def restatements(book: journal.Journal) -> dict[int, journal.Written[IssuesRestated]]:
    """By the entry of a word, what was restated when it was first applied."""
    found: dict[int, journal.Written[IssuesRestated]] = {}
    for each in book.written(IssuesRestated):
        for entry in each.body.words:
            found.setdefault(entry, each)
    return found


def measured(facts: Facts, timezone: str) -> dict[str, tuple[float | None, int]]:
    """Value and n of each of ``RESTATED`` over all of time."""
    whole = Period(None, None, Grain.ALL, timezone)
    found = readings.read(facts, kpis.named(RESTATED), Scope(), [whole])
    return {reading.kpi.name: (reading.value, reading.n) for reading in found}


def moved(
    before: Mapping[str, tuple[float | None, int]], after: Mapping[str, tuple[float | None, int]]
) -> tuple[Moved, ...]:
    """The figures that are not what they were, in their fixed order."""
    return tuple(
        Moved(kpi=name, before=before[name][0], before_n=before[name][1], after=after[name][0], after_n=after[name][1])
        for name in before
        if before[name] != after[name]
    )


def restated(book: journal.Journal, words: Sequence[Said], found: Sequence[Moved], who: str) -> None:
    """Write down that the facts follow these words now, and what that moved."""
    book.write(IssuesRestated(words=tuple(each.entry for each in words), moved=tuple(found)), who=who)


def in_words(body: IssueSaid, labels: Mapping[str, str] | None = None) -> str:
    """``merged with Timeout when opening any report``."""
    names = [(labels or {}).get(key, key) for key in body.issue_keys]
    some = f"{len(body.ticket_ids):,} ticket{'' if len(body.ticket_ids) == 1 else 's'}"
    return {
        "confirm": "confirmed as one issue" if not body.ticket_ids else f"{some} confirmed as of this issue",
        "split": f"{some} said not to be of it" + (f", but one issue '{body.name}'" if body.name else ""),
        "merge": f"merged with {' and '.join(names[1:])}",
        "rename": f"renamed to '{body.name}'",
        "link": f"linked to the record {body.problem_key}",
    }[body.word]
