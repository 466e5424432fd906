"""Beginning an initiative: what it starts from is read now and locked, for the page and the terminal alike.

A segment to compare with is one that the initiative does not touch: what happened there anyway is taken off its effect
(difference in differences). Where the two share tickets the effect would be taken off itself, so that is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from dashboard import initiative_record, journal, wording
from dashboard.analysis.weighing import is_better
from dashboard.ask import Ask
from dashboard.initiative_record import Initiative
from dashboard.initiatives import weekly
from dashboard.kpis.statistic import Count
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope
from etl.errors import UsageError


@dataclass(frozen=True)
class Start:
    """The baseline of an initiative, and the same of the segment it is compared with."""

    ask: Ask
    first: date
    last: date
    reading: Reading
    control: Reading | None

    @property
    def base(self) -> float:
        """The baseline, a count by the week."""
        return weekly(self.reading.kpi, float(self.reading.value or 0), self.reading.period)

    def locked(self) -> dict[str, Any]:
        """The fields of an initiative that are read and not said."""
        found = self.reading
        return {
            "kpi": found.kpi.name, "options": tuple(self.ask.options.as_pairs()), "definition": found.kpi.counts,
            "segment": self.ask.scope.filters, "first": self.first, "last": self.last, "value": found.value,
            "low": found.low, "high": found.high, "n": found.n,
            "control": () if self.control is None else self.control.scope.filters,
        }  # fmt: skip


def start(ask: Ask, kpi: str, first: date, last: date, control: Scope | None = None) -> Start:
    """Read the baseline in the scope and by the options asked; raises UsageError where there is none."""
    if last < first:
        raise UsageError("The baseline ends before it begins.", "", "Choose another day.")
    period = [Period(first, last + timedelta(days=1), Grain.ALL, ask.settings.reporting.timezone)]
    (found,) = ask.read([kpi], period)
    if found.value is None:
        raise UsageError("There is no baseline.", _why(found), "Choose other days, or a wider segment.")
    if control is None or not control.filters:
        return Start(ask, first, last, found, None)
    if not _are_apart(ask.scope, control):
        raise UsageError(
            "The segment to compare with shares tickets with the one of the initiative.",
            "Its own effect would be taken off it.",
            "Filter both by one dimension, with other values.",
        )
    (other,) = replace(ask, scope=control).read([kpi], period)
    if other.value is None:
        raise UsageError("The segment to compare with has no baseline.", _why(other), "Choose a wider one, or none.")
    return Start(ask, first, last, found, other)


def _why(found: Reading) -> str:
    reason = (found.reason or "nothing counts in these days").rstrip(".")
    return f"{reason[0].upper()}{reason[1:]}."


def _are_apart(one: Scope, other: Scope) -> bool:
    """Whether no ticket can be in both: one dimension is filtered in both, by other values."""
    first, second = dict(one.filters), dict(other.filters)
    return any(not set(first[name]) & set(second[name]) for name in first.keys() & second.keys())


def body(made: Start, said: Mapping[str, Any]) -> Initiative:
    """What was read with what is said; raises UsageError for what cannot be meant, such as a goal worse than now."""
    try:
        found = Initiative.model_validate({**said, **made.locked()})
    except ValidationError as error:
        first = error.errors()[0]
        where = ", ".join(map(str, first["loc"]))
        words = str(first["msg"]).removeprefix("Value error, ")
        raise UsageError(f"{where}: {words}." if where else f"{words[0].upper()}{words[1:]}.") from error
    kpi = made.reading.kpi
    base, goal = _edges(made, found)
    if goal == base or is_better(kpi, goal > base) is False:
        way = "rise" if is_better(kpi, is_higher=True) else "fall"
        raise UsageError("The goal is no better than the baseline.", f"{kpi.label} is to {way}.", "Choose another one.")
    return found


def begin(book: journal.Journal, found: Initiative, *, who: str) -> journal.Written[Initiative]:
    """Lock it."""
    return initiative_record.begin(book, found, who=who)


def _edges(made: Start, found: Initiative) -> tuple[float, float]:
    """Baseline and goal, a count by the week."""
    base = made.base
    return base, found.line if found.line is not None else base * (1 + (found.change or 0))


def lines(made: Start, found: Initiative) -> list[str]:
    """What would be locked: the segment, the rule, the baseline, the goal, and the segment to compare with."""
    kpi, (base, goal) = made.reading.kpi, _edges(made, found)
    a_week = " a week" if isinstance(kpi.statistic, Count) else ""
    told = [
        f"{kpi.label}, {found.scope.words() or 'all tickets'}: {kpi.counts}",
        f"Baseline, {found.first} to {found.last}: {told_of(made.reading)}",
        f"Goal: {'at most' if goal < base else 'at least'} {wording.value(goal, kpi.unit)}{a_week} by {found.due}.",
    ]
    if made.control is not None:
        told.append(f"Compared with {made.control.scope.words()}, in the same days: {told_of(made.control)}")
    return told


def told_of(reading: Reading) -> str:
    """``12 h (95 % 11 to 13 h), n = 400.``"""
    edges = wording.interval(reading)
    return f"{wording.value(reading.value, reading.kpi.unit)}{f', {edges}' if edges else ''}, n = {reading.n:,}."
