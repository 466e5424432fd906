"""What a KPI is. One block of one family file says all there is to say of it; everything else is derived."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, FromClause

from dashboard.kpis.statistic import Statistic


class Unit(StrEnum):
    """What a value is counted in. Readings hold proportions as fractions and durations in minutes."""

    PERCENT = "percent"
    MINUTES = "minutes"
    POINTS = "points"
    COUNT = "count"
    MINUTES_PER_TICKET = "minutes per ticket"


class Good(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True)
class Target:
    """A line to stay above or below, and why. Exactly one of ``above`` and ``below``, in the reading's unit."""

    because: str
    above: float | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        if (self.above is None) == (self.below is None):
            raise ValueError("a target is either above or below a value")

    @property
    def value(self) -> float:
        return self.above if self.above is not None else self.below  # type: ignore[return-value]


@dataclass(frozen=True)
class Kpi:
    """A frozen definition; see ``docs/adding.md`` for how to write one."""

    name: str
    label: str
    asks: str  # the question it answers, for a leader
    counts: str  # the counting rule in one sentence that can be checked by hand
    beware: str  # one sentence of caution
    statistic: Statistic
    tables: FromClause  # the fact, joined to what it may be cut by (always to ticket)
    dated_by: ColumnElement[object]  # the clock that puts a row in a period
    anchor: str  # that clock in words: "solved", "created", "answered"
    among: ColumnElement[bool]  # the rows that may count at all
    unit: Unit
    good: Good
    enough: int  # the smallest n that gets a status
    needs: str  # the feed without which there is no reading, in words a person can act on
    drill: ColumnElement[str]  # the ticket id of a row
    target: Target | None = None
    family: str = ""  # filled by the catalogue: the module it stands in
    headline: bool = False  # one of the seven of the Overview
    grade: str | None = None  # how the number was come by, where that must be said: "assumed"
    clock: str = "calendar"  # calendar or business, where the value is a duration
    options: tuple[str, ...] = ()  # names of the options it obeys (``dashboard.kpis.options``)
