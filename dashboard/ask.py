"""What a page is handed: the question a visitor asked (scope, period, options) and the one door to its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol, TypeVar

import pandas as pd
from sqlalchemy import Column
from sqlalchemy.sql.visitors import iterate

from dashboard import apart, backlog_ages, comments, concentration, hours, kpis, markers, readings, timeline
from dashboard.analysis.behaviour import BASELINE
from dashboard.analysis.why import Why, stopped, why
from dashboard.apart import Apart
from dashboard.backlog_ages import OpenWork
from dashboard.comments import Comments
from dashboard.concentration import Concentration
from dashboard.engine import Facts
from dashboard.hours import Hours
from dashboard.kpis.alternatives import Alternative, of_the_field
from dashboard.kpis.history import TargetHistory
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import Options
from dashboard.kpis.target import Target
from dashboard.markers import Marker
from dashboard.parts import Part
from dashboard.per_ticket import PerTicket, per_ticket
from dashboard.readings import Horizon, Quality, Reading
from dashboard.scope import DIMENSIONS, Grain, Period, Scope, latest_whole, next_start, start_of
from dashboard.standing import Standing, standings
from dashboard.story import Story as Story  # noqa: PLC0414  (pages take it from here)
from dashboard.timeline import Timeline
from etl.errors import NoFactsError
from etl.settings import Settings
from etl.tables import ticket

T = TypeVar("T")
#: What tells that a period was lived in: tickets done, and answers.
_ACTIVITY = ("tickets_resolved", "csat", "nps")
_OPENED = "tickets_created"
#: How many complete periods a line shows.
TREND = 13
#: How many complete periods before those are read as well, for the limits of a trend to rest on.
HISTORY = BASELINE
#: How many complete periods can be chosen.
CHOICES = {Grain.WEEK: 104, Grain.MONTH: 60, Grain.QUARTER: 40}
#: Data whose end is further back than this is looked at by month first: nobody reads its last week as news.
STALE = timedelta(days=45)


@dataclass(frozen=True)
class Question:
    """Everything one query needs; its ``repr`` is the cache key, together with the snapshot's name."""

    names: tuple[str, ...]
    scope: Scope
    periods: tuple[Period, ...]
    by: tuple[str, ...]
    options: Options
    targets: tuple[tuple[str, TargetHistory], ...]


class Memory(Protocol):
    """Keeps what was worked out for one snapshot, by key; the frame hands in one that lasts between runs."""

    def __call__(self, snapshot: str, key: str, make: Callable[[], T]) -> T:
        """What is remembered under this key, made first where it is not."""
        ...


def fresh(snapshot: str, key: str, make: Callable[[], T]) -> T:  # noqa: ARG001
    """A memory that forgets at once."""
    return make()


def answer(facts: Facts, question: Question) -> list[Reading]:
    """Ask the facts."""
    return readings.read(
        facts,
        kpis.named(question.names),
        question.scope,
        question.periods,
        by=question.by,
        options=question.options,
        targets=dict(question.targets),
    )


@dataclass(frozen=True)
class Ask:
    """One visitor's question on one snapshot. Pages call its methods and never a query.

    ``facts`` None means nothing is loaded yet: every method that needs facts then raises NoFactsError, which the
    frame turns into the page that says what to load. ``notes`` are marks people made themselves; releases and
    incidents come from the facts.
    """

    facts: Facts | None
    horizon: Horizon | None
    settings: Settings
    scope: Scope
    period: Period
    options: Options
    targets: Mapping[str, TargetHistory]
    remember: Memory = fresh
    notes: tuple[Marker, ...] = ()

    @property
    def loaded(self) -> Facts:
        """The facts; raises NoFactsError when nothing is loaded."""
        if self.facts is None:
            raise NoFactsError("Nothing is loaded yet.", "", "Load an export: supportkpi load FILE")
        return self.facts

    def read(
        self, names: Sequence[str], periods: Sequence[Period] | None = None, by: Sequence[str] = ()
    ) -> list[Reading]:
        """Readings of some KPIs, for the chosen period unless told otherwise."""
        chosen = tuple(periods) if periods is not None else (self.period,)
        question = self._question(names, chosen, by)
        return self._remembered(repr(question), lambda facts: answer(facts, question))

    def _question(self, names: Sequence[str], periods: Sequence[Period], by: Sequence[str] = ()) -> Question:
        return Question(tuple(names), self.scope, tuple(periods), tuple(by), self.options, self._targets)

    def definitions_of(self, name: str) -> list[tuple[Alternative, Reading]]:
        """One figure by each definition of the field, on the same data: scope, period and all else as chosen."""
        found = of_the_field(name, self.options)
        asked = (found, self.scope, self.period, self._targets)

        def make(facts: Facts) -> list[Reading]:
            chosen = [readings.as_chosen(kpis.catalogue()[each.kpi], each.options, facts) for each in found]
            return readings.read_chosen(facts, chosen, self.scope, [self.period], targets=self.targets)

        return list(zip(found, self._remembered(f"definitions {asked!r}", make), strict=True))

    def target_of(self, kpi: Kpi) -> Target | None:
        """The target of everything that is in force on the last day of the chosen period."""
        day = self.period.end - timedelta(days=1) if self.period.end else None
        return self.targets[kpi.name].in_force(day) if kpi.name in self.targets else kpi.target

    def stories(self, names: Sequence[str]) -> dict[str, Story]:
        """Each KPI with its past: one query for all of them."""
        drawn = trend_periods(self.period, self.horizon)
        found: dict[str, list[Reading]] = {name: [] for name in names}
        for reading in self.read(names, [*history_periods(drawn[0], self.horizon), *drawn]):
            found[reading.kpi.name].append(reading)
        marked = self.markers(drawn)
        stories = {
            name: Story.of(self.period, past, drawn[0].start, marked, self.notes) for name, past in found.items()
        }
        for name, story in stories.items():
            self._know(name, story.now)
        return stories

    def _know(self, name: str, now: Reading) -> None:
        """A reading of the chosen period that came with its past need not be asked for again."""
        self._remembered(repr(self._question([name], [self.period])), lambda _: [now])

    def markers(self, periods: Sequence[Period]) -> tuple[Marker, ...]:
        """What happened in these periods: releases, incidents, and the notes people made."""
        asked = (self.scope, tuple(periods))
        found = self._remembered(f"markers {asked!r}", lambda facts: markers.markers(facts, *asked))
        noted = [note for note in self.notes if any(markers.within([note], each, note.kpi or "") for each in periods)]
        return tuple(sorted([*found, *noted], key=lambda marker: marker.day))

    def why(self, name: str, dimension: str) -> Why:
        """How the difference between the chosen period and the one before splits by a dimension."""
        previous = self.period.previous()
        periods = [self.period] if previous is None else [previous, self.period]
        found = {reading.period: reading for reading in self.read([name], periods)}
        now, before = found[self.period], None if previous is None else found[previous]
        if stopped(now, before):
            return why(now, before, [], dimension)
        return why(now, before, self.read([name], periods, by=[dimension]), dimension)

    def concentration(self, name: str) -> Concentration:
        """How much of a measurement the worst tenth of tickets holds in the chosen period."""
        asked = (name, self.scope, self.period, self.options)
        return self._remembered(f"concentration {asked!r}", lambda facts: concentration.concentration(facts, *asked))

    def open_work(self) -> OpenWork:
        """What stood open at the end of the chosen period, ticket by ticket."""
        asked = (self.scope, self.period)
        return self._remembered(f"open work {asked!r}", lambda facts: backlog_ages.open_work(facts, *asked))

    def apart(self) -> list[Apart]:
        """Events, tickets and customers of solving, reopening and coming back, in the chosen period."""
        asked = (self.scope, self.period, self.options)
        return self._remembered(f"apart {asked!r}", lambda facts: apart.apart(facts, *asked))

    def low_scores(self, kpi: Kpi, limit: int) -> Comments:
        """What customers wrote with a low score in the chosen period: how many did, and the first of them."""
        asked = (self.scope, self.period, limit, self.options)
        key = f"low scores {kpi.name} {asked!r}"
        return self._remembered(key, lambda facts: comments.low_scores(facts, kpi, *asked))

    def hours(self, name: str) -> Hours:
        """In which hours of the week the rows of a count lie, in the chosen period."""
        asked = (name, self.scope, self.period, self.options)
        return self._remembered(f"hours {asked!r}", lambda facts: hours.hours(facts, *asked))

    def by(self, name: str, dimension: str) -> list[Reading]:
        """One KPI cut by one dimension in the chosen period; groups without a single row left out."""
        return [reading for reading in self.read([name], by=[dimension]) if reading.n > 0]

    def reading_of(self, name: str, group: tuple[tuple[str, str | None], ...] = ()) -> Reading:
        """One number: a KPI in the chosen period, or one group of it."""
        found = self.read([name], by=[dimension for dimension, _ in group])
        return next((reading for reading in found if reading.group == group), replace(found[0], group=group, n=0))

    def tickets(
        self,
        kpi: Kpi,
        group: tuple[tuple[str, str | None], ...] = (),
        limit: int | None = None,
        part: Part | None = None,
    ) -> pd.DataFrame:
        """The tickets behind a number of the chosen period, or behind a part of it."""
        return readings.tickets(
            self.loaded, kpi, self.scope, self.period, group=group, options=self.options, limit=limit, part=part
        )

    def per_ticket(
        self, kpi: Kpi, group: tuple[tuple[str, str | None], ...] = (), part: Part | None = None
    ) -> PerTicket:
        """Everything measured on the tickets behind a number, one row each, in pieces."""
        return per_ticket(self.loaded, self.scope, self.options, kpi, self.period, group, part)

    def ticket(self, ticket_id: str) -> Timeline | None:
        """Everything that is known of one ticket; None where there is no such ticket."""
        return timeline.timeline(self.loaded, ticket_id)

    def standings(self, ticket_id: str) -> list[Standing]:
        """How each KPI counts one ticket, and whether it does in the chosen period."""
        return standings(
            self.loaded, kpis.catalogue().values(), ticket_id, self.period, self.scope, options=self.options
        )

    def quality(self) -> Quality:
        """What was loaded, what was refused, what is missing."""
        return self._remembered("quality", readings.quality)

    def dimensions(self) -> dict[str, list[str]]:
        """The dimensions that have values, with those values."""
        return self._remembered("dimensions", dimensions_of)

    @property
    def _targets(self) -> tuple[tuple[str, TargetHistory], ...]:
        """The targets in the order of their names, as part of a key."""
        return tuple(sorted(self.targets.items(), key=lambda pair: pair[0]))

    def remembered(self, key: str, make: Callable[[], T]) -> T:
        """What a query module beside the readings worked out, kept for this snapshot."""
        return self.remember(self.loaded.name, key, make)

    def _remembered(self, key: str, make: Callable[[Facts], T]) -> T:
        facts = self.loaded
        return self.remember(facts.name, key, lambda: make(facts))


def dimensions_of(facts: Facts) -> dict[str, list[str]]:
    """Each dimension of which the facts hold a value, with the values."""
    found = {name: [str(value) for value in readings.values_of(facts, name) if value] for name in DIMENSIONS}
    return {name: values for name, values in found.items() if values}


def default_grain(horizon: Horizon, today: date) -> Grain:
    """Weeks for a living feed; months when its end is long past or it holds no complete week."""
    if horizon.until is None or today - horizon.until > STALE:
        return Grain.MONTH
    return Grain.WEEK


def choices(horizon: Horizon | None, grain: Grain, timezone: str, week_start: str) -> dict[str, Period]:
    """The periods a visitor may choose, newest first, by their code: the running one, then complete ones."""
    if horizon is None or horizon.until is None or horizon.data_from is None:
        return {}
    whole = latest_whole(horizon.until, grain, CHOICES[grain], timezone, week_start)
    kept = [period for period in whole if period.start and period.start >= horizon.data_from]
    running = running_period(horizon.until, grain, timezone, week_start)
    return {code(period): period for period in [running, *reversed(kept)]}


def newest_telling(facts: Facts, found: Mapping[str, Period]) -> str:
    """The code of the newest complete period worth opening with, of those found (newest first).

    That is one with 30 rows or more and at least a tenth of the busiest period's, and with at least a tenth of its new
    tickets: an export that ends with a trickle of old tickets is not judged by its last four, nor by a month in which
    only what took long was resolved. Without such a period, the newest complete one.
    """
    whole = {name: period for name, period in found.items() if period.whole}
    if not whole:
        return next(iter(found))
    rows, opened = dict.fromkeys(whole.values(), 0), dict.fromkeys(whole.values(), 0)
    for reading in readings.read(facts, kpis.named([*_ACTIVITY, _OPENED]), Scope(), tuple(whole.values())):
        into = opened if reading.kpi.name == _OPENED else rows
        into[reading.period] += reading.n
    floor, least = max(30, max(rows.values()) / 10), max(opened.values()) / 10
    telling = (name for name, period in whole.items() if rows[period] >= floor and opened[period] >= least)
    return next(telling, next(iter(whole)))


def running_period(until: date, grain: Grain, timezone: str, week_start: str) -> Period:
    """The period the data ends in, not complete yet."""
    start = start_of(until, grain, week_start)
    return Period(start, next_start(start, grain), grain, timezone, whole=False)


def trend_periods(period: Period, horizon: Horizon | None) -> tuple[Period, ...]:
    """Thirteen complete periods that end with the chosen one, and the running one where it follows."""
    if period.start is None or period.end is None:
        return (period,)
    starts = [period.start]
    while len(starts) <= TREND:
        previous = replace(period, start=starts[-1], end=next_start(starts[-1], period.grain)).previous()
        if previous is None or previous.start is None:
            break
        starts.append(previous.start)
    first = horizon.data_from if horizon else None
    line = [
        Period(start, next_start(start, period.grain), period.grain, period.timezone, whole=True)
        for start in reversed(starts[1:TREND] if period.whole else starts[1:])
        if first is None or start >= first
    ]
    line.append(period)
    until = horizon.until if horizon else None
    if period.whole and until is not None and period.end <= until < next_start(period.end, period.grain):
        line.append(Period(period.end, next_start(period.end, period.grain), period.grain, period.timezone, False))
    return tuple(line)


def history_periods(first: Period, horizon: Horizon | None) -> tuple[Period, ...]:
    """The complete periods before the first one drawn, as many as limits rest on and the data hold; oldest first."""
    found: list[Period] = []
    since = horizon.data_from if horizon else None
    previous = first.previous() if first.grain is not Grain.ALL else None
    while previous and previous.start and len(found) < HISTORY and (since is None or previous.start >= since):
        found.append(previous)
        previous = previous.previous()
    return tuple(reversed(found))


def code(period: Period) -> str:
    """How a period stands in a link: 2016-W10, 2016-03 or 2016-Q1.

    A week is named by the ISO week its fourth day lies in, so that weeks starting on a Sunday have names too.
    """
    start = period.start
    if start is None:
        return "all"
    if period.grain is Grain.WEEK:
        iso = (start + timedelta(days=3)).isocalendar()
        return f"{iso.year}-W{iso.week:02d}"
    if period.grain is Grain.QUARTER:
        return f"{start.year}-Q{(start.month + 2) // 3}"
    if period.grain is Grain.MONTH:
        return f"{start.year}-{start.month:02d}"
    return start.isoformat()


def grain_of(text: str) -> Grain | None:
    """The grain of a period's code, or None for a word that is none."""
    year, dash, rest = text.partition("-")
    if not (year.isdigit() and dash and rest):
        return None
    if rest[0] == "W":
        return Grain.WEEK
    if rest[0] == "Q":
        return Grain.QUARTER
    return Grain.MONTH if len(rest) == 2 else None


def fields_of(kpi: Kpi) -> set[str]:
    """The fields of a ticket that a KPI is counted from, read off its own definition."""
    statistic = kpi.statistic
    parts = [kpi.dated_by, kpi.among, *statistic.columns(kpi.among).values(), *statistic.measured().values()]
    found = (element for part in parts for element in iterate(part))
    return {column.name for column in found if isinstance(column, Column) and column.table is ticket}
