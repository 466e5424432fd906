"""What a KPI is. One block of one family file says all there is to say of it; everything else is derived."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Join

from dashboard.kpis.options import DEFAULTS, Options
from dashboard.kpis.statistic import Statistic
from dashboard.kpis.target import Target
from dashboard.scope import DIMENSIONS


class Unit(StrEnum):
    """What a value is counted in. Readings hold proportions as fractions and durations in minutes."""

    PERCENT = "percent"
    MINUTES = "minutes"
    POINTS = "points"
    COUNT = "count"
    SCORE = "score"
    MINUTES_PER_TICKET = "minutes per ticket"
    PER_TICKET = "per ticket"
    MONEY_PER_TICKET = "currency per ticket"
    PER_AGENT_DAY = "per agent-day"
    WEEKS = "weeks"


class Good(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


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
    # The column of a row that finds its tickets: ticket_id or occurrence_id. None: no ticket stands behind a row, and
    # a drill shows the rows themselves (``shows``).
    drill: ColumnElement[Any] | None
    target: Target | None = None
    owner: str = ""  # who answers for it, by role; the catalogue fills in the family's where a block names nobody
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
    # What its rows may be filtered and cut by, where that is not read off a ticket: dimension → column of the fact.
    # Whoever asks for another dimension is told so; a number for everybody under a filter's name would be a lie.
    cuts: Mapping[str, ColumnElement[Any]] | None = None
    chosen: Options = DEFAULTS  # the options this definition follows
    varies: Callable[[Options], Kpi] | None = None  # builds the same KPI under other options

    @property
    def fact(self) -> FromClause:
        """The fact alone, for a question that is not cut by anything of the ticket."""
        return self.tables.left if isinstance(self.tables, Join) else self.tables

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What it may be filtered and cut by; a dimension no feed brings is among them."""
        return tuple(DIMENSIONS if self.cuts is None else self.cuts)

    def __repr__(self) -> str:
        return f"<Kpi {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str, Options], Kpi], tuple[str, Options]]:
        """A KPI travels (cache, other process) as its name and options, never as a copy of its SQL."""
        from dashboard.kpis import under

        return under, (self.name, self.chosen)
