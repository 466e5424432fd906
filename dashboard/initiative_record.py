"""An initiative as it is written down: what was promised, locked with the figures it started from.

A goal that is moved once the numbers are in is no goal. What decides whether it is met is locked; whoever changes it
all the same says why, and the change is a break: what was read before it and after it is never joined nor compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dashboard import journal, kpis
from dashboard.kpis.options import Options
from dashboard.markers import Kind, Marker
from dashboard.scope import Grain, Period, Scope
from etl.errors import UsageError

Filters = tuple[tuple[str, tuple[str, ...]], ...]
#: A change of one of these is a break. The figures of the baseline are among them, however they come to be others.
LOCKED = (
    "kpi", "options", "definition", "segment", "first", "last", "value", "low", "high", "n", "change", "line",
    "start", "due", "triggered_by_bad_numbers", "control",
)  # fmt: skip


class Sprint(BaseModel):
    """Capacity promised and given, as shares of a team (0.6 is 60 %); ``delivered`` None is not told yet."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)
    name: str
    promised: float = Field(ge=0, le=1)
    delivered: float | None = Field(default=None, ge=0)


class Initiative(journal.Body):
    """Values stand in the reading's unit. ``change`` −0.3 is 30 % less than the baseline; ``line`` is a value."""

    kind: ClassVar[str] = "initiative"
    name: str = Field(min_length=1, max_length=200)
    kpi: str
    options: tuple[str, ...] = ()
    definition: str
    segment: Filters = ()
    first: date
    last: date
    value: float
    low: float | None = None
    high: float | None = None
    n: int
    change: float | None = Field(default=None, gt=-1)
    line: float | None = None
    start: date
    due: date
    triggered_by_bad_numbers: bool
    control: Filters = ()
    owner: str = ""
    cost: str = ""
    cost_for: str = ""
    notes: str = ""
    sprints: tuple[Sprint, ...] = ()
    roi: str = ""
    agent: str = ""
    customer: str = ""
    scale: str = ""
    integration: str = ""
    because: str = ""  # why this version changes what is locked

    @model_validator(mode="after")
    def _can_be_meant(self) -> Initiative:
        if (self.change is None) == (self.line is None):
            raise ValueError("a goal is a change or a value, exactly one of them")
        if self.change == 0 or (self.line is not None and self.line == self.value):
            raise ValueError("a goal is another value than the baseline")
        if not self.first <= self.last < self.start < self.due:
            raise ValueError("a baseline ends after it begins and before the start, and the due day comes after it")
        return self

    @property
    def goal(self) -> float:
        """The value to be reached."""
        return self.line if self.line is not None else self.value * (1 + (self.change or 0))

    @property
    def scope(self) -> Scope:
        return Scope(self.segment)

    def chosen(self, minutes: Options) -> Options:
        """The options it was locked with; ``minutes`` are those of the settings."""
        return Options(**{**vars(Options.parse(self.options)), "minutes": minutes.minutes})

    def baseline_period(self, timezone: str) -> Period:
        return Period(self.first, self.last + timedelta(days=1), Grain.ALL, timezone)


@dataclass(frozen=True)
class Break:
    """A version that changed what is locked: who, when, from what to what, and why."""

    day: date
    who: str
    changes: tuple[tuple[str, str, str], ...]
    because: str
    before: Initiative
    after: Initiative


def begin(book: journal.Journal, body: Initiative, *, who: str) -> journal.Written[Initiative]:
    """Write down a new initiative; raises UsageError for a KPI nobody knows."""
    kpis.named([body.kpi])
    return book.write(body, who=who, about=body.kpi)


def change(
    book: journal.Journal, entry: journal.Written[Initiative], body: Initiative, *, who: str
) -> journal.Written[Initiative]:
    """Write a new version; raises UsageError where something locked is another and nobody says why."""
    moved = differences(entry.body, body)
    if moved and not body.because.strip():
        names = ", ".join(name for name, _, _ in moved)
        raise UsageError(f"This changes what was locked: {names}.", "It is logged as a break.", "Say why.")
    kpis.named([body.kpi])
    told = body if moved else body.model_copy(update={"because": ""})
    return book.write(told, who=who, about=body.kpi, replaces=entry.id)


def differences(before: Initiative, after: Initiative) -> list[tuple[str, str, str]]:
    """What is locked and differs: its name, from what, to what."""
    names = (name for name in LOCKED if getattr(before, name) != getattr(after, name))
    return [(name, _said(getattr(before, name)), _said(getattr(after, name))) for name in names]


def _said(value: object) -> str:
    if isinstance(value, tuple):
        pairs = (f"{each[0]}: {' or '.join(each[1])}" if isinstance(each, tuple) else str(each) for each in value)
        return "; ".join(pairs) or "none"
    if value is None:
        return "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def breaks(versions: Sequence[journal.Written[Initiative]]) -> list[Break]:
    """The breaks among all versions of one initiative, oldest first."""
    found = []
    for before, after in pairwise(versions):
        moved = tuple(differences(before.body, after.body))
        if moved:
            day = after.written_at.date()
            found.append(Break(day, after.who, moved, after.body.because, before.body, after.body))
    return found


def marks(book: journal.Journal) -> list[Marker]:
    """The start and the due day of each initiative, for every chart of its KPI."""
    found = []
    for entry in book.written(Initiative):
        body = entry.body
        for day, word in ((body.start, "starts"), (body.due, "is due")):
            found.append(Marker(day, Kind.INITIATIVE, f"{body.name} {word}", body.kpi))
    return found
