"""Is the fix working: where each initiative stands, in a word and in sentences, for pages, reviews and the terminal.

Only readings are asked, in the scope and under the options an initiative was locked with, whatever a page shows. After
a break nothing read before it is used, so that no effect is told and the pace begins with that day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from dashboard import journal, kpis, wording
from dashboard.analysis import before_after, pace
from dashboard.analysis.before_after import Effect
from dashboard.analysis.weighing import BOUNDS, value_of
from dashboard.ask import Ask
from dashboard.initiative_record import Break, Initiative, breaks
from dashboard.kpis.kpi import Kpi, Unit
from dashboard.kpis.statistic import Count
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope, periods, start_of
from dashboard.verdict import SURE, is_complete
from etl.settings import Home

#: Weeks before the start that the effect rests on, where the data hold them.
_BEFORE = 26
_DUE_DAYS = 7 * pace.WEEKS


class Word(StrEnum):
    """What may be said of an initiative."""

    WAITING = "not started"
    EARLY = "too early"
    ON_PACE = "on pace"
    OPEN = "open"
    BEHIND = "behind"
    MET = "met"
    MISSED = "missed"
    CLOSE = "too close to call"
    VOLUME = "cannot be shown with this volume"
    NOTHING = "no reading"


#: A word with a shape; colour comes third.
SHAPES = {
    Word.WAITING: "→", Word.EARLY: "…", Word.ON_PACE: "✓", Word.OPEN: "≈", Word.BEHIND: "✕", Word.MET: "✓",
    Word.MISSED: "✕", Word.CLOSE: "≈", Word.VOLUME: "…", Word.NOTHING: "–",
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """One initiative. ``weeks`` are complete weeks that count, oldest first; ``now`` its last four together.

    ``earlier`` are the weeks of versions before a break, each by itself, to be drawn and never compared. ``control``
    are the same weeks in the segment it does not touch, where it names one.
    """

    entry: journal.Written[Initiative]
    kpi: Kpi
    word: Word
    sentences: tuple[str, ...]
    weeks: tuple[Reading, ...]
    now: Reading | None
    chance: float | None
    effect: Effect | None
    breaks: tuple[Break, ...]
    earlier: tuple[tuple[Reading, ...], ...] = ()
    control: tuple[Reading, ...] = ()

    @property
    def body(self) -> Initiative:
        return self.entry.body

    @property
    def since(self) -> date:
        """The day from which readings count: the start, or the last break after it."""
        return max([self.body.start, *(each.day for each in self.breaks)])

    @property
    def status(self) -> str:
        return f"{SHAPES[self.word]} {self.word}"


def standings(ask: Ask, book: journal.Journal | None = None) -> list[Standing]:
    """Every initiative that counts now, in the order they were begun; one whose KPI is no more is passed over."""
    book = book or journal.open(Home())
    versions = book.every_written(Initiative)
    known = kpis.catalogue()
    found = [entry for entry in book.written(Initiative) if entry.body.kpi in known]
    return [standing(ask, entry, breaks([v for v in versions if v.begun == entry.begun])) for entry in found]


def standing(ask: Ask, entry: journal.Written[Initiative], broken: Sequence[Break] = ()) -> Standing:
    """Where one initiative stands at the end of what is loaded."""
    body = entry.body
    kpi = kpis.under(body.kpi, body.chosen(ask.options))
    weeks, earlier = _weeks(ask, body, broken)
    control = tuple(read(ask, body, [each.period for each in weeks], Scope(body.control))) if body.control else ()
    made = Standing(entry, kpi, Word.NOTHING, (), weeks, None, None, None, tuple(broken), earlier, control)
    made = replace(made, now=_now(ask, made))
    made = replace(made, chance=_chance(made), effect=_effect(ask, made))
    made = replace(made, word=_word(ask, made))
    from dashboard.initiative_words import sentences

    return replace(made, sentences=tuple(sentences(made)))


def read(ask: Ask, body: Initiative, asked: Sequence[Period], scope: Scope | None = None) -> list[Reading]:
    """Readings in the scope and under the options an initiative is locked with."""
    own = replace(ask, scope=body.scope if scope is None else scope, options=body.chosen(ask.options))
    return own.read([body.kpi], asked) if asked else []


def _until(ask: Ask) -> date:
    return ask.horizon.until if ask.horizon else date.min


def _cut(ask: Ask, first: date, end: date) -> list[Period]:
    chosen = ask.settings.reporting
    known = max(first, ask.horizon.data_from) if ask.horizon else first
    if known >= end:
        return []
    cut = periods(known, end, Grain.WEEK, chosen.timezone, chosen.week_start, _until(ask))
    return [each for each in cut if each.whole]


def _weeks(
    ask: Ask, body: Initiative, broken: Sequence[Break]
) -> tuple[tuple[Reading, ...], tuple[tuple[Reading, ...], ...]]:
    """The weeks that count, and those of each version before a break."""
    end = min(_until(ask), body.due + timedelta(days=1))
    edge = max((each.day for each in broken), default=None)
    begin = min(body.first, body.start - timedelta(weeks=_BEFORE)) if edge is None else edge
    own = tuple(each for each in read(ask, body, _cut(ask, begin, end)) if is_complete(each))
    earlier, since = [], None
    for each in broken:
        first = each.before.first if since is None else since
        some = read(ask, each.before, _cut(ask, first, min(each.day, _until(ask))))
        earlier.append(tuple(reading for reading in some if is_complete(reading)))
        since = each.day
    return own, tuple(earlier)


def _now(ask: Ask, made: Standing) -> Reading | None:
    """The four weeks up to the due day, or, before it, up to the last complete week."""
    body = made.body
    is_over = _until(ask) > body.due
    after = [each for each in made.weeks if each.period.start and each.period.start >= made.since]
    end = body.due + timedelta(days=1) if is_over else after[-1].period.end if after else None
    if end is None:
        return None
    start = max(end - timedelta(days=_DUE_DAYS), made.since)
    if start >= end:
        return None
    (found,) = read(ask, body, [Period(start, end, Grain.ALL, ask.settings.reporting.timezone)])
    return found


def weekly(kpi: Kpi, x: float, period: Period) -> float:
    """A count as what a week has of it; anything else as it is."""
    if not isinstance(kpi.statistic, Count) or period.start is None or period.end is None:
        return x
    return x * 7 / (period.end - period.start).days


def baseline(made: Standing) -> tuple[float, float, float]:
    """The locked value with its interval, a count by the week; without an interval it is taken as exact."""
    body, period = made.body, made.body.baseline_period("UTC")
    edges = (body.value, body.value if body.low is None else body.low, body.value if body.high is None else body.high)
    value, low, high = (weekly(made.kpi, each, period) for each in edges)
    return value, low, high


def goal(made: Standing) -> float:
    """The value to be reached, a count by the week."""
    body = made.body
    return body.line if body.line is not None else baseline(made)[0] * (1 + (body.change or 0))


def is_below(made: Standing) -> bool:
    """Whether the goal lies below the baseline."""
    return goal(made) < baseline(made)[0]


def _after(made: Standing) -> list[Reading]:
    return [each for each in made.weeks if each.period.start and each.period.start >= made.since]


def _chance(made: Standing) -> float | None:
    """How likely the goal is kept on its day; None before three weeks, and where history is too short."""
    after = _after(made)
    if len(after) < pace.EARLY or made.weeks[-1].period.end is None:
        return None
    values = [value for each in made.weeks if (value := value_of(each)) is not None]
    ahead = math.ceil((made.body.due + timedelta(days=1) - made.weeks[-1].period.end).days / 7)
    bounds = BOUNDS.get(made.kpi.unit, (-math.inf, math.inf))
    return pace.chance(values, ahead, goal(made), is_below(made), bounds)


def too_little(made: Standing) -> str:
    """Why this volume cannot show the change asked for; empty where it can, or where the goal is a fixed value."""
    body = made.body
    if body.change is None:
        return ""
    if isinstance(made.kpi.statistic, Count):
        needed = pace.needed_events(body.change)
        return "" if body.value >= needed else f"{body.value:.0f} events in the baseline, {needed} are needed"
    weeks = ((body.last - body.first).days + 1) // 7
    return "" if weeks >= pace.LEAST_BASELINE else f"{weeks} weeks of baseline, {pace.LEAST_BASELINE} are needed"


def _word(ask: Ask, made: Standing) -> Word:
    body, until = made.body, _until(ask)
    if until <= body.start:
        return Word.WAITING
    if too_little(made):
        return Word.VOLUME
    if until > body.due:
        return _final(made)
    if len(_after(made)) < pace.EARLY:
        return Word.EARLY
    if made.chance is None:
        return Word.NOTHING if made.now is None or made.now.value is None else Word.EARLY
    return Word.ON_PACE if made.chance > 0.8 else Word.BEHIND if made.chance < 0.2 else Word.OPEN


def _final(made: Standing) -> Word:
    """The four weeks up to the due day against the goal, both with their intervals."""
    found = made.now
    if found is None or found.value is None or found.low is None or found.high is None:
        return Word.NOTHING
    if found.n < made.kpi.enough and made.kpi.unit is not Unit.COUNT:
        return Word.NOTHING
    value, low, high = (weekly(made.kpi, each, found.period) for each in (found.value, found.low, found.high))
    base, base_low, base_high = baseline(made)
    share = 1 + made.body.change if made.body.change is not None else 0.0
    reach = (share * (base - base_low), share * (base_high - base))
    sure = pace.side(value, low, high, goal(made), *reach, is_below(made))
    return Word.MET if sure >= SURE else Word.MISSED if sure <= 1 - SURE else Word.CLOSE


def _effect(ask: Ask, made: Standing) -> Effect | None:
    """The step at the start beside the trend before it; none after a break."""
    if made.breaks or not made.weeks:
        return None
    body, week_start = made.body, ask.settings.reporting.week_start
    cut = start_of(body.start, Grain.WEEK, week_start)
    # A week the start cuts in two is of neither side.
    kept = [each for each in made.weeks if cut == body.start or each.period.start != cut]
    post = [each.period.start is not None and each.period.start >= body.start for each in kept]
    is_relative = made.kpi.unit is not Unit.POINTS
    control = None
    if body.control:
        other = {each.period: each for each in made.control}
        control = [_scaled(made.kpi, other.get(each.period), is_relative) for each in kept]
    values = [_scaled(made.kpi, each, is_relative) for each in kept]
    drop = before_after.WORST if body.triggered_by_bad_numbers else 0
    return before_after.effect(values, post, control=control, drop=drop, relative=is_relative)


def _scaled(kpi: Kpi, reading: Reading | None, is_relative: bool) -> float | None:
    """What is compared: a count half an event higher, so that a week of none has a logarithm."""
    found = None if reading is None else value_of(reading)
    return found + 0.5 if found is not None and is_relative and isinstance(kpi.statistic, Count) else found


def required(made: Standing) -> float | None:
    """How much the value must move each week from now on to be at its goal on the due day."""
    found = made.now
    if found is None or found.value is None or found.period.end is None:
        return None
    left = (made.body.due + timedelta(days=1) - found.period.end).days / 7
    return None if left <= 0 else (goal(made) - weekly(made.kpi, found.value, found.period)) / left


def written(made: Standing, x: float) -> str:
    """A value with its unit, a count by the week."""
    return wording.value(x, made.kpi.unit) + (" a week" if isinstance(made.kpi.statistic, Count) else "")
