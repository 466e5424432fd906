"""The hunch log: a suspicion somebody wrote down, what came in since, and how it ended.

A sibling of ``readings``: what a hunch is about is an issue, a topic or a change, and what came since is counted from
the day it was noticed; no period of a KPI does that. Sensing is not proving: a hunch is open until a person says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from statistics import median
from typing import ClassVar

from sqlalchemy import func, select

from dashboard import journal
from dashboard.changes import WHO, Question
from dashboard.clusters import Cluster, of_cluster
from dashboard.journal import Journal, Written
from etl.errors import UsageError
from etl.tables import change, ticket

#: Days before it was noticed that tell what was usual.
BEFORE = 28


class State(StrEnum):
    """How a hunch stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Hunch(journal.Body):
    """A suspicion and what it is about; ``because`` is why it was confirmed or rejected."""

    kind: ClassVar[str] = "hunch"
    text: str
    noticed: date
    product: str | None = None
    topic: str | None = None
    issue_key: str | None = None
    change_id: str | None = None
    state: State = State.OPEN
    because: str = ""

    @property
    def cluster(self) -> Cluster:
        """The tickets it is about."""
        return Cluster(self.product, self.topic, self.issue_key)


Entry = Written[Hunch]


def write(book: Journal, hunch: Hunch, *, who: str) -> Entry:
    """Write a suspicion down. Raises UsageError without a text."""
    if not hunch.text:
        raise UsageError("A hunch needs a sentence: what is suspected.", "", "")
    return book.write(hunch, who=who)


def decide(book: Journal, entry: Entry, state: State, because: str, *, who: str) -> Entry:
    """Confirm or reject it, or open it again, with who and why."""
    if state is not State.OPEN and not because.strip():
        raise UsageError("Say what showed it.", "", "A ticket, a record of engineering's, or a change.")
    return book.write(entry.body.model_copy(update={"state": state, "because": because.strip()}), who=who,
                      replaces=entry.begun)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A hunch with who began it, when it was decided, and by whom."""

    entry: Entry
    begun_at: datetime
    begun_by: str
    decided_at: datetime | None

    @property
    def hunch(self) -> Hunch:
        return self.entry.body

    @property
    def took(self) -> timedelta | None:
        """From when it was written down until it was decided."""
        return None if self.decided_at is None else self.decided_at - self.begun_at


def standing(book: Journal) -> list[Standing]:
    """Every hunch that was not taken back, open ones first, then the newest."""
    every = book.every_written(Hunch)
    first = {entry.begun: entry for entry in reversed(every)}
    found = [_standing(entry, first[entry.begun], every) for entry in book.written(Hunch)]
    return sorted(found, key=lambda each: (each.hunch.state is not State.OPEN, -each.entry.begun))


def _standing(entry: Entry, first: Entry, every: Sequence[Entry]) -> Standing:
    """It was decided when it came into the state it has now; a later word on why does not change that."""
    if entry.body.state is State.OPEN:
        return Standing(entry, first.written_at, first.who, None)
    decided = entry
    for version in reversed([each for each in every if each.begun == entry.begun]):
        if version.body.state is not entry.body.state:
            break
        decided = version
    return Standing(entry, first.written_at, first.who, decided.written_at)


def median_to_confirmation(found: Sequence[Standing]) -> tuple[timedelta | None, int]:
    """How long confirmed hunches took, in the middle, and how many there are; of none there is no median."""
    took = [each.took for each in found if each.hunch.state is State.CONFIRMED and each.took is not None]
    return (timedelta(seconds=median(each.total_seconds() for each in took)) if took else None), len(took)


@dataclass(frozen=True)
class Evidence:
    """What came in since the day it was noticed, beside four weeks before: tickets, accounts, days; and changes."""

    tickets: int
    accounts: int
    days: float
    tickets_before: int
    accounts_before: int
    changes: int


def evidence(question: Question, hunch: Hunch) -> Evidence | None:
    """None where the data end before it was noticed, or it is about nothing that can be counted."""
    until = question.facts.bounds.as_of
    noticed = datetime.combine(hunch.noticed, time())
    if until is None or until <= noticed or (hunch.product is None and hunch.issue_key is None):
        return None
    since, before = (
        _counted(question, hunch, *span) for span in ((noticed, until), (noticed - timedelta(days=BEFORE), noticed))
    )
    happened = func.coalesce(change.c.deployed_at, change.c.started_at)
    inside = (happened >= noticed - timedelta(days=7), happened <= until)
    made = select(func.count().label("n")).where(change.c.product == hunch.product, *inside)
    n = int(question.facts.rows(made)[0]["n"]) if hunch.product else 0
    return Evidence(*since, (until - noticed) / timedelta(days=1), *before, n)


def _counted(question: Question, hunch: Hunch, start: datetime, end: datetime) -> tuple[int, int]:
    counts = (func.count().label("n"), func.count(WHO.distinct()).label("who"))
    inside = (ticket.c.created_at >= start, ticket.c.created_at < end)
    (row,) = question.facts.rows(select(*counts).where(*question.conditions(), *of_cluster(hunch.cluster), *inside))
    return int(row["n"]), int(row["who"])
