"""Changes and what followed them: a sibling of ``readings`` with queries of its own.

A change is no ticket and its test no statistic of a period: accounts are counted in the hours after each change and
compared with the hours before it (``dashboard.analysis.changes``). The database adds tickets up by product, topic and
hour; no ticket comes into Python but the few that are shown as examples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, case, cast, extract, func, null, or_, select

from dashboard import investigation, named_changes
from dashboard.analysis.changes import deploy_days, power
from dashboard.analysis.changes.arrivals import LONG, NEVER, Arrivals
from dashboard.analysis.changes.clock import Clock
from dashboard.analysis.changes.deploy_days import DayEffect
from dashboard.analysis.changes.judged import ChangeSet, sets, surged
from dashboard.analysis.changes.linking import Comparison, Key, Linked, Made, link, places
from dashboard.analysis.tax.estimate import Minutes
from dashboard.analysis.tax.signals import NAMES
from dashboard.engine import Facts
from dashboard.kpis.effort import column_of
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.kpis.population import counted_tickets
from dashboard.kpis.statistic import Estimate, Proportion
from dashboard.queries import Cut
from dashboard.scope import Period, Scope
from etl.tables import change, ticket
from etl.vocabulary import ChangeOutcome

#: Changes are reviewed over a quarter at least: a week holds too few to tell rises from chance.
QUARTER = timedelta(days=91)
_HOUR = 3600
#: When a change was made, and that it was: a cancelled one was not.
HAPPENED = func.coalesce(change.c.deployed_at, change.c.started_at)
WAS_MADE = func.coalesce(change.c.outcome, "") != ChangeOutcome.CANCELLED
#: Who wrote: the account, else the person, else nobody knows and each ticket counts as one.
WHO = func.coalesce(ticket.c.account, ticket.c.requester, ticket.c.ticket_id)
#: What a customer began.
FROM_CUSTOMERS = (counted_tickets, ticket.c.created_at.is_not(None), ticket.c.is_outbound.is_(False))


@dataclass(frozen=True)
class Question:
    """Which tickets and until when; one for all queries of this page."""

    facts: Facts
    scope: Scope
    period: Period
    options: Options = DEFAULTS

    @property
    def window(self) -> tuple[datetime | None, datetime | None]:
        """From when to when changes are reviewed: the period, and a quarter at least up to its end."""
        start, end = self.period.instants()
        return (min(start, end - QUARTER) if start is not None and end is not None else start), end

    def conditions(self) -> list[ColumnElement[bool]]:
        """The tickets counted, of all time."""
        return [*FROM_CUSTOMERS, *Cut(self.scope).conditions()]


@dataclass(frozen=True)
class Told:
    """What the change log says of one change. ``product`` is its own word, which tickets may not know."""

    change_id: str
    title: str
    product: str | None
    kind: str | None
    outcome: str | None
    url: str | None
    is_approved: bool | None
    made: Made


@dataclass(frozen=True)
class Everything:
    """All changes and all series of a scope, tested once for a snapshot."""

    changes: Mapping[str, Told]
    linked: Linked
    clock: Clock
    series: Mapping[Key, Arrivals]


@dataclass(frozen=True)
class Review:
    """The changes of a period: what followed them, how surely, and what could not be told."""

    sets: tuple[ChangeSet, ...]
    everything: Everything
    documented: Mapping[str, int]
    window: tuple[datetime | None, datetime | None]

    @property
    def tests(self) -> int:
        """How many tests the q-values are over."""
        return sum(len(each.found) for each in self.sets)

    @property
    def changes(self) -> list[Told]:
        """The changes of the period."""
        return [self.everything.changes[made.change_id] for each in self.sets for made in each.changes]

    @property
    def followed(self) -> Estimate:
        """The share of sets of changes followed by a rise, of those that could be judged."""
        return _share(*surged(self.sets))

    def signed(self) -> dict[bool | None, Estimate]:
        """The same for changes with and without sign-off; a set counts as signed off when all of it was."""
        found: dict[bool | None, list[ChangeSet]] = defaultdict(list)
        for each in self.sets:
            told = {self.everything.changes[made.change_id].is_approved for made in each.changes}
            found[told.pop() if len(told) == 1 else (None if None in told else False)].append(each)
        return {key: _share(*surged(some)) for key, some in found.items()}

    def threshold(self) -> float:
        """The largest p that is called strong in this period."""
        return power.threshold([each for some in self.sets for each in some.found])

    def detectable(self, test: Comparison) -> float | None:
        """A rise larger than so many times would probably have been seen; None: hardly any would."""
        return power.detectable(self.everything.linked, test, self.threshold())

    def too_close(self) -> dict[str | None, DayEffect | None]:
        """Products whose changes of the period follow each other too closely: the average effect of days with one."""
        found, concerned = {}, {made.product for each in self.sets for made in each.changes}
        for product in self.everything.linked.too_close:
            if product not in concerned:
                continue
            made = [each.made for each in self.everything.changes.values() if each.made.product == product]
            series = self.everything.series.get(Key(product))
            at = places(self.everything.clock, made)
            found[product] = None if series is None else deploy_days.effect(self.everything.clock, series, at)
        return found


def _share(events: int, n: int) -> Estimate:
    return Proportion(change.c.change_id).finish({"n": n, "events": events})


def everything(question: Question) -> Everything | None:
    """Every change against every series; None where no change or no ticket is loaded."""
    told = _changes(question)
    bounds = question.facts.bounds
    if not told or bounds.first is None or bounds.as_of is None:
        return None
    clock = Clock.of(bounds.first, bounds.as_of, question.period.timezone)
    whole = any(each.made.product is None for each in told)
    series = {
        key: arrivals
        for by in ((), ("product",), ("product", "category"))
        if by or whole
        for key, arrivals in _series(question, clock, by).items()
    }
    made = [each.made for each in told]
    return Everything({each.change_id: each for each in told}, link(clock, series, made), clock, series)


def review(question: Question, every: Everything) -> Review:
    """The changes of the question's window, in sets, what rose after them first."""
    start, end = question.window
    inside = [
        each.made
        for each in every.changes.values()
        if (start is None or each.made.moment >= start) and (end is None or each.made.moment < end)
    ]
    named = named_changes.tally(question.facts, question.scope, every.changes)
    return Review(tuple(sets(every.linked, inside, named)), every, named, (start, end))


def _changes(question: Question) -> list[Told]:
    names = ("change_id", "title", "product", "kind", "outcome", "url", "is_approved", "rolled_back_at")
    statement = select(HAPPENED.label("moment"), *(change.c[name] for name in names)).where(
        WAS_MADE, HAPPENED.is_not(None)
    )
    products = dict(question.scope.filters).get("product")
    if products:
        statement = statement.where(or_(change.c.product.in_(products), change.c.product.is_(None)))
    known = _products(question)
    return [_told(row, known) for row in question.facts.rows(statement.order_by(HAPPENED, change.c.change_id))]


def _told(row: Mapping[str, Any], known: set[str]) -> Told:
    product = row["product"] if row["product"] in known else None
    approved = None if row["is_approved"] is None else bool(row["is_approved"])
    return Told(
        row["change_id"], row["title"] or row["change_id"], row["product"], row["kind"], row["outcome"], row["url"],
        approved, Made(row["change_id"], product, row["moment"], row["rolled_back_at"]),
    )  # fmt: skip


def _products(question: Question) -> set[str]:
    rows = question.facts.rows(select(ticket.c.product).where(*question.conditions()).distinct())
    return {row["product"] for row in rows if row["product"]}


def _whole_hour(moment: ColumnElement[Any]) -> ColumnElement[int]:
    """The second its hour begins in: the same whole number on every engine."""
    second = cast(extract("epoch", moment), BigInteger)
    return second - second % _HOUR


def _series(question: Question, clock: Clock, by: Sequence[str]) -> dict[Key, Arrivals]:
    """Tickets by hour and by the hour of the same account's ticket before, of each product, or topic of a product."""
    hour = _whole_hour(ticket.c.created_at).label("hour")
    names = [ticket.c[name].label(name) for name in by]
    told = [ticket.c[name].is_not(None) for name in by]
    rows = select(*names, WHO.label("who"), hour).where(*question.conditions(), *told).subquery("arrived")
    keys = [rows.c[name] for name in by]
    last = func.lag(rows.c.hour).over(partition_by=[*keys, rows.c.who], order_by=rows.c.hour)
    after = select(*keys, rows.c.hour, last.label("last")).subquery("after")
    # What is longer ago than the longest window does not matter: as "never" it is one row with all others.
    before = case((after.c.last > after.c.hour - LONG * _HOUR, after.c.last), else_=null()).label("before")
    groups = [*(after.c[name] for name in by), after.c.hour]
    statement = select(*groups, before, func.count().label("tickets")).group_by(*groups, "before")
    return _read(question.facts.frame(statement), clock, by)


def _read(frame: pd.DataFrame, clock: Clock, by: Sequence[str]) -> dict[Key, Arrivals]:
    first = int(pd.Timestamp(clock.start).timestamp()) // _HOUR
    hour = frame["hour"].to_numpy(dtype=np.int64) // _HOUR - first
    before = frame["before"].to_numpy(dtype=float, na_value=np.nan) // _HOUR - first
    frame = frame.assign(hour=hour, before=np.where(np.isnan(before), NEVER, before).astype(np.int64))
    frame = frame[(hour >= 0) & (hour < clock.hours)]
    if not by:
        return {Key(None): _arrivals(frame)} if len(frame) else {}
    groups = frame.groupby(list(by), sort=True)
    return {Key(*(str(name) for name in names)): _arrivals(some) for names, some in groups if isinstance(names, tuple)}


def _arrivals(frame: pd.DataFrame) -> Arrivals:
    return Arrivals(*(frame[name].to_numpy(dtype=np.int64) for name in ("hour", "before", "tickets")))


def _of_series(question: Question, key: Key, start: datetime, end: datetime) -> list[ColumnElement[bool]]:
    named = [ticket.c.product == key.product] if key.product is not None else []
    named += [ticket.c.category == key.cluster] if key.cluster is not None else []
    return [*question.conditions(), *named, ticket.c.created_at >= start, ticket.c.created_at < end]


def tickets(question: Question, key: Key, start: datetime, end: datetime, limit: int | None = None) -> pd.DataFrame:
    """The tickets of a series created in a stretch, oldest first."""
    shown = [ticket.c[name] for name in ("ticket_id", "created_at", "subject", "account", "product", "category")]
    statement = select(*shown).where(*_of_series(question, key, start, end))
    return question.facts.frame(statement.order_by(ticket.c.created_at, ticket.c.ticket_id).limit(limit))


@dataclass(frozen=True)
class Card:
    """What stands on the report card of one test beside its statistics."""

    tickets: int
    accounts: int
    first_at: datetime | None
    tax: Minutes


def stretch(test: Comparison) -> tuple[datetime, datetime]:
    """The window that says most: from the first whole hour after the change on, as it was counted."""
    moment = test.change.moment
    whole = moment.replace(minute=0, second=0, microsecond=0)
    start = whole if whole == moment else whole + timedelta(hours=1)
    return start, start + timedelta(hours=test.best.hours)


def card(question: Question, test: Comparison) -> Card:
    """The tickets in that window: how many, of whom, when the first came, and what rebuilding their context cost."""
    inside = _of_series(question, test.key, *stretch(test))
    sums = [func.coalesce(func.sum(ticket.c[column_of(name)]), 0).label(name) for name in NAMES]
    told = [
        func.count().label("n"),
        func.count(WHO.distinct()).label("who"),
        func.min(ticket.c.created_at).label("first"),
    ]
    (row,) = question.facts.rows(select(*told, *sums).where(*inside))
    asked = investigation.Question(question.facts, question.scope, question.period, question.options)
    tax = investigation.basis(asked).total({name: float(row[name]) for name in NAMES}, int(row["n"]))
    return Card(int(row["n"]), int(row["who"]), row["first"], tax)
