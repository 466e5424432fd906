"""Figures told by hand or by a system of people or money: which of them speak for a period, and for how much.

Nobody draws a sample here, so there is no interval: the verdict is that of the bare value, and each reading says
"entered, no interval". A figure speaks for a period only when its own stretch of days lies in it; a month's cost is
never spread over weeks. Its days are days of the calendar, the same in every zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ColumnElement

from dashboard.kpis.statistic import Columns, Estimate, Row, rows

if TYPE_CHECKING:
    from dashboard.kpis.kpi import Kpi

ENTERED = "entered, no interval"
#: The metric under which the agents of a roster stand among the figures: one row each, from their first day to their
#: last. No metric that is loaded holds a space.
ROSTER = "agents of a roster"
#: What a unit is worth in the unit of a reading. A kind that is not here takes numbers as they are.
WORTH = {
    "share": {"%": 0.01, "percent": 0.01, "fraction": 1.0},
    "duration": {"minutes": 1.0, "min": 1.0, "hours": 60.0, "h": 60.0, "days": 1440.0, "d": 1440.0},
}
_EXPECTED = {"share": "%", "duration": "minutes, hours or days"}


@dataclass(frozen=True)
class Figure:
    """One figure: ``end`` is the day after its last."""

    metric: str
    segment: str | None
    unit: str | None
    value: float
    start: date
    end: date


@dataclass(frozen=True)
class Told:
    """What an entered statistic is finished from: all figures of its metrics, and the days asked for (None: all)."""

    figures: Sequence[Figure]
    start: date | None
    end: date | None
    until: date | None  # the first day the data do not fully cover
    counted: Sequence[Estimate] = ()  # the readings of ``beside``, in its order

    def of(self, metric: str) -> list[Figure]:
        """The figures of one metric whose days lie in those asked for."""
        return [each for each in self.figures if each.metric == metric and self.holds(each)]

    def holds(self, figure: Figure) -> bool:
        """Whether the days of a figure lie in those asked for."""
        return (self.start is None or figure.start >= self.start) and (self.end is None or figure.end <= self.end)


def stopped(reason: str) -> Estimate:
    """No reading, and why."""
    return Estimate(0, interval=ENTERED, reason=reason)


def exactly(n: int, value: float, events: float | None = None) -> Estimate:
    """A number without an interval: what it is compared with decides."""
    return Estimate(n, value, events=events, interval=ENTERED, is_exact=True)


def worth(figure: Figure, kind: str) -> float | None:
    """A figure in the unit of the reading; None where its own unit is no such unit."""
    known = WORTH.get(kind)
    if known is None:
        return figure.value
    factor = known.get((figure.unit or "").strip().lower())
    return None if factor is None else figure.value * factor


def _wrong_unit(figure: Figure, kind: str) -> Estimate:
    unit = f"in '{figure.unit}'" if figure.unit else "without a unit"
    return stopped(f"'{figure.metric}' is entered {unit}; enter it in {_EXPECTED[kind]}")


class _Hand:
    """What the kinds below have in common: no SQL aggregate, no rows of tickets."""

    shape: ClassVar[str] = "entered"

    def columns(self, among: ColumnElement[bool]) -> Columns:
        return {"n": rows(among)}

    def counted(self) -> None:
        return None

    def measured(self) -> Columns:
        return {}


@dataclass(frozen=True)
class Entered(_Hand):
    """The newest figure of a metric in the period. ``answers`` names the figure that says how many it stands on.

    With ``answers``, teams are added up by their answers, and fewer than ``least`` of them are not shown: a mean over
    three people is three people's secret.
    """

    metric: str
    kind: str = "number"  # share, duration or number
    answers: str | None = None
    least: int = 0
    beside: ClassVar[tuple[Kpi, ...]] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        return (self.metric,) if self.answers is None else (self.metric, self.answers)

    def finish(self, row: Row) -> Estimate:
        told: Told = row["told"]
        found = told.of(self.metric)
        if not found:
            return stopped(_nothing(told, self.metric))
        last = max(found, key=lambda each: (each.end, -each.start.toordinal()))
        newest = [each for each in found if (each.start, each.end) == (last.start, last.end)]
        whole = [each for each in newest if not each.segment]
        if self.answers is not None:
            return self._weighed(whole or newest, told.of(self.answers), self.answers)
        if not whole:
            parts = ", ".join(sorted(str(each.segment) for each in newest))
            return stopped(f"'{self.metric}' is entered for {parts} only; enter the whole, without a segment")
        value = worth(whole[0], self.kind)
        return _wrong_unit(whole[0], self.kind) if value is None else exactly(1, value)

    def _weighed(self, scores: Sequence[Figure], answers: Sequence[Figure], name: str) -> Estimate:
        n = {(each.segment or "", each.start, each.end): each.value for each in answers}
        told = [(each.value, n.get((each.segment or "", each.start, each.end))) for each in scores]
        known = [(value, count) for value, count in told if count is not None]
        if len(known) < len(told):
            return stopped(f"'{self.metric}' is entered without '{name}': nobody knows how many it stands on")
        total = sum(count for _, count in known)
        if total < self.least:
            return stopped(f"fewer than {self.least} answers: not shown, so that nobody is recognised")
        return exactly(int(total), sum(value * count for value, count in known) / total)


@dataclass(frozen=True)
class Trailing(_Hand):
    """What happened in the twelve months that end with the newest month of the period, over the mean headcount.

    ``complement``: one minus that, such as those who stayed. Where no headcount is entered, ``from_roster`` counts
    both from the first and last days of a roster.
    """

    events: str
    over: str
    complement: bool = False
    from_roster: bool = False
    beside: ClassVar[tuple[Kpi, ...]] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        return (self.events, self.over, *((ROSTER,) if self.from_roster else ()))

    def finish(self, row: Row) -> Estimate:
        told: Told = row["told"]
        entered = [each for each in told.figures if each.metric != ROSTER]
        figures = entered
        if self.from_roster and not any(each.metric == self.events for each in entered):
            figures = _months_of_roster(told, self.events, self.over)
        people, happened = added_up(figures, self.over), added_up(figures, self.events)
        ends = [end for start, end in people if told.holds(Figure("", None, None, 0, start, end))]
        if not ends:
            return stopped(_nothing(replace(told, figures=figures), self.over))
        window = _stretch(people, max(ends), _year_before(max(ends)))
        if window is None:
            return stopped(f"needs '{self.over}' of all twelve months up to {_last_month(max(ends))}, without a gap")
        missing = [stretch for stretch in window if stretch not in happened]
        if missing:
            return stopped(f"needs '{self.events}' of all twelve months; none is entered for {missing[0][0]:%b %Y}")
        mean = sum(people[stretch] for stretch in window) / len(window)
        if mean <= 0:
            return stopped("nobody was employed in these twelve months")
        total = sum(happened[stretch] for stretch in window)
        share = total / mean
        return exactly(len(window), 1 - share if self.complement else share, events=total)


@dataclass(frozen=True)
class Over(_Hand):
    """The sum of a figure over the period, divided by another figure's or by what the facts count.

    Both must cover the period to the day. ``per`` names the other figure, added up, or averaged with ``mean``; or
    ``beside`` holds the KPI whose n is divided by. ``instead`` is the KPI whose rows are added up where the figure
    itself is not entered.
    """

    of: str
    per: str | None = None
    mean: bool = False
    kind: str = "number"  # what ``of`` is entered in
    per_kind: str = "number"
    teams: bool = False  # entered a team at a time, so that segments are parts of one whole and may be added
    beside: tuple[Kpi, ...] = ()
    instead: bool = False  # the sum of ``beside`` stands for ``of`` where that is not entered

    @property
    def metrics(self) -> tuple[str, ...]:
        return (self.of,) if self.per is None else (self.of, self.per)

    def finish(self, row: Row) -> Estimate:
        told: Told = row["told"]
        measured = told.counted[0] if self.instead and told.counted else None
        if measured is not None and not told.of(self.of) and measured.value is not None:
            above: float | str = measured.value * measured.n
            parts = measured.n
        else:
            above, parts = self._sum(told, self.of, self.kind)
        if isinstance(above, str):
            return stopped(above)
        below: float | str = told.counted[0].n if self.per is None else self._sum(told, self.per, self.per_kind)[0]
        if isinstance(below, str):
            return stopped(below)
        if below <= 0:
            return stopped("there is nothing to divide by in this period")
        return exactly(parts, above / below, events=above)

    def _sum(self, told: Told, metric: str, kind: str) -> tuple[float | str, int]:
        """The sum of the figures that cover the period to the day, or why there is none; and how many they are."""
        found = told.of(metric)
        if not found:
            return _nothing(told, metric), 0
        wrong = next((each for each in found if worth(each, kind) is None), None)
        if wrong is not None:
            return _wrong_unit(wrong, kind).reason or "", 0
        units = {(each.unit or "").strip().lower() for each in found}
        if kind == "number" and len(units) > 1:
            return f"'{metric}' is entered in several units: {', '.join(sorted(units))}", 0
        per_stretch = added_up(found, metric, kind, whole_only=not self.teams)
        stretch = _stretch(per_stretch, told.end, told.start) if told.start and told.end else None
        if stretch is None:
            return f"'{metric}' does not cover this period to the day: ask for the months it is entered for", 0
        total = sum(per_stretch[each] for each in stretch)
        return (total / len(stretch) if self.mean and metric == self.per else total), len(stretch)


Stretch = tuple[date, date]


def added_up(
    figures: Iterable[Figure], metric: str, kind: str = "number", whole_only: bool = False
) -> dict[Stretch, float]:
    """One value a stretch: the figure of the whole where there is one, else the sum of the teams it is entered for.

    ``whole_only`` where segments may be of several kinds (a product and a region) and must not be added.
    """
    whole: dict[Stretch, float] = {}
    parts: dict[Stretch, float] = defaultdict(float)
    for each in figures:
        value = worth(each, kind)
        if each.metric != metric or value is None:
            continue
        if not each.segment:
            whole[each.start, each.end] = value
        else:
            parts[each.start, each.end] += value
    return whole if whole_only else {**parts, **whole}


def _stretch(known: Iterable[Stretch], end: date, start: date) -> list[Stretch] | None:
    """The fewest stretches that run from ``start`` to ``end`` without gap or overlap; None: there are none."""
    reached: dict[date, list[Stretch]] = {start: []}
    for each in sorted(known):
        before = reached.get(each[0])
        if before is None or each[1] > end:
            continue
        way = [*before, each]
        there = reached.get(each[1])
        if there is None or (len(way), way) < (len(there), there):
            reached[each[1]] = way
    return reached.get(end)


def _months_of_roster(told: Told, leavers: str, headcount: str) -> list[Figure]:
    """The twelve months before the end of the period, counted from a roster; none where they are not over yet."""
    people = [each for each in told.figures if each.metric == ROSTER]
    ends = [end for end in (told.end, told.until) if end is not None]
    if not people or not ends:
        return []
    end = min(ends).replace(day=1)
    found: list[Figure] = []
    for _ in range(12):
        start = _month_before(end)
        left = sum(1 for each in people if start <= each.end < end)
        here = sum(1 for each in people if each.start < end <= each.end)
        found += [Figure(leavers, None, None, left, start, end), Figure(headcount, None, None, here, start, end)]
        end = start
    return found


def _month_before(first: date) -> date:
    return first.replace(year=first.year - 1, month=12) if first.month == 1 else first.replace(month=first.month - 1)


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _last_month(end: date) -> str:
    return f"{date.fromordinal(end.toordinal() - 1):%b %Y}"


def _nothing(told: Told, metric: str) -> str:
    if any(each.metric == metric for each in told.figures):
        return f"no figure of '{metric}' is entered for days that all lie in this period; most are entered by month"
    return f"needs the figure '{metric}'"


def of_row(row: Any) -> Figure:
    """A row of the figures; who is still there has no last day yet."""
    end = date.max if row["period_end"] is None else row["period_end"].date()
    value = 0.0 if row["value"] is None else float(row["value"])
    return Figure(row["metric"], row["segment"], row["unit"], value, row["period_start"].date(), end)
