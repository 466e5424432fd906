"""What a KPI is. One block of one family file says all there is to say of it; everything else is derived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Join

from dashboard.kpis.options import DEFAULTS, Options
from dashboard.kpis.statistic import Statistic


class Unit(StrEnum):
    """What a value is counted in. Readings hold proportions as fractions and durations in minutes."""

    PERCENT = "percent"
    MINUTES = "minutes"
    POINTS = "points"
    COUNT = "count"
    SCORE = "score"
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


@dataclass(frozen=True, eq=False)
class Kpi:
    """A frozen definition; see ``docs/adding.md`` for how to write one."""

    name: str
    label: str
    asks: str  # the question it answers, for a leader
    counts: str  # the counting rule in one sentence that can be checked by hand
    beware: str  # one sentence of caution
    statistic: Statistic
    tables: FromClause  # the fact, joined to what it may be cut by (always to ticket)
    dated_by: ColumnElement[Any]  # the clock that puts a row in a period
    anchor: str  # that clock in words: "solved", "created", "answered"
    population: ColumnElement[bool]  # the rows of the fact that stand for real support work; shared by a family
    among: ColumnElement[bool]  # of these, the rows that may count at all
    unit: Unit
    good: Good
    enough: int  # the smallest n that gets a status
    needs: str  # the feed without which there is no reading, in words a person can act on
    feed: ColumnElement[bool]  # a row of the fact that shows this feed is there
    drill: ColumnElement[Any]  # the column of a row that finds its tickets: ticket_id or occurrence_id
    target: Target | None = None
    family: str = ""  # filled by the catalogue: the module it stands in
    headline: bool = False  # one of the seven of the Overview
    grade: str | None = None  # how the number was come by, where that must be said: "assumed"
    clock: str = "calendar"  # calendar, business or active, where the value is a duration
    comparable: bool = True  # False: under the options chosen it is another quantity than its target speaks of
    options: tuple[str, ...] = ()  # names of the options it obeys (``dashboard.kpis.options``)
    counted: str = "tickets"  # what n is a number of
    feed_first: bool = False  # rows alone do not show that the feed is there: ask for it before any reading
    immature: ColumnElement[bool] | None = None  # rows too young to judge; counted apart
    shows: tuple[ColumnElement[Any], ...] = ()  # columns of the fact worth seeing beside the ticket in a drill
    chosen: Options = DEFAULTS  # the options this definition follows
    varies: Callable[[Options], Kpi] | None = None  # builds the same KPI under other options

    @property
    def fact(self) -> FromClause:
        """The fact alone, for a question that is not cut by anything of the ticket."""
        return self.tables.left if isinstance(self.tables, Join) else self.tables

    def __repr__(self) -> str:
        return f"<Kpi {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str, Options], Kpi], tuple[str, Options]]:
        """A KPI travels (cache, other process) as its name and options, never as a copy of its SQL."""
        from dashboard.kpis import under

        return under, (self.name, self.chosen)
