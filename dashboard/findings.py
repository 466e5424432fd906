"""What signals, limits, changes and forecasts say, in plain words: one wording for cards, charts and alt texts.

Two questions are kept apart. *More than chance*: do two periods differ by more than the number of their rows explains?
*A signal*: is a period more than the usual ups and downs of its trend? With many rows the first is often yes where the
second is no; then nothing happened that does not happen in other periods, and the words say both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from dashboard import markers, wording
from dashboard.analysis.behaviour import LEAST, Method, Rule, expected_false
from dashboard.analysis.forecast import Met, by_date, due_of
from dashboard.analysis.outlook import Outlook
from dashboard.analysis.weighing import Weighed, is_better
from dashboard.kpis.entered import ENTERED
from dashboard.kpis.kpi import Kpi, Unit
from dashboard.markers import Kind
from dashboard.readings import Reading
from dashboard.scope import Grain
from dashboard.story import Story

#: A rule in a word or two, beside a ring.
SHORT = {Rule.BEYOND: "beyond limits", Rule.RUN: "eight on one side", Rule.NEAR: "three of four near limit"}
_NOUN = {Grain.DAY: "days", Grain.WEEK: "weeks", Grain.MONTH: "months", Grain.QUARTER: "quarters"}


@dataclass(frozen=True)
class Standing:
    """How the chosen period stands to the one before and to its trend. ``kind``: better, worse, changed or nothing."""

    words: str
    kind: str = ""
    arrow: str = ""


def standing(story: Story) -> Standing:
    """One statement out of signal and change, so that the two never contradict each other."""
    now, signal = story.now, story.signal
    if not now.period.whole:
        likely = "" if story.ending is None else f" Likely to end at {_ahead(story.ending, now.kpi.unit)}."
        return Standing(f"So far: not compared, not judged.{likely}")
    against = _against(story)
    if signal is None:
        return _without_signal(story, against)
    kind = _kind(now.kpi, signal.is_high)
    told = f"Signal, {kind}: {rule_words(signal.rule, signal.is_high, now.period.grain)}"
    return Standing(f"{told} · {against}" if against else told, kind, "▲" if signal.is_high else "▼")


def _against(story: Story) -> str:
    """``+1.9 points on week 44``; empty where there is nothing to compare with."""
    if story.change is None or story.before is None:
        return ""
    if story.change.difference == 0:
        return f"as in {wording.short_period(story.before.period)}"
    size = wording.difference(story.change.difference, story.now.kpi.unit)
    return f"{size} on {wording.short_period(story.before.period)}"


def _without_signal(story: Story, against: str) -> Standing:
    """A change that is no signal: within chance, within the limits, or the most that a short trend can say."""
    now, before, found = story.now, story.before, story.change
    if found is None or before is None:
        return Standing("No earlier complete period to compare with.")
    if found.is_real is None:
        few = ", too few to compare" if min(now.n, before.n) < now.kpi.enough else ""
        untested = {"assumed": ", assumed minutes are not tested", ENTERED: ", entered figures are not tested"}
        return Standing(against + untested.get(now.kpi.grade or "", few))
    has_limits = story.weighed.behaviour.centre is not None
    if not found.is_real:
        return Standing(f"{against}, within {'normal variation' if has_limits else 'chance'}")
    if has_limits:
        return Standing(f"{against}, more than chance but within its usual limits")
    kind = _kind(now.kpi, found.difference > 0)
    return Standing(f"{against}: more than chance, {kind}", kind, "▲" if found.difference > 0 else "▼")


def _kind(kpi: Kpi, is_higher: bool) -> str:
    better = is_better(kpi, is_higher)
    return "changed" if better is None else "better" if better else "worse"


def rule_words(rule: Rule, is_high: bool, grain: Grain) -> str:
    """A rule as it was broken: ``above the upper limit``."""
    if rule is Rule.BEYOND:
        return "above the upper limit" if is_high else "below the lower limit"
    if rule is Rule.RUN:
        return f"eight {_NOUN.get(grain, 'periods')} in a row {'above' if is_high else 'below'} the mean"
    return f"three of four {_NOUN.get(grain, 'periods')} near the {'upper' if is_high else 'lower'} limit"


def behaviour(weighed: Weighed, drawn: Sequence[Reading]) -> str:
    """What a trend shows: its signals by name, or that there are none, or that it is too short to tell."""
    if not weighed.past:
        return ""
    found, grain = weighed.behaviour, weighed.past[0].period.grain
    noun = _NOUN.get(grain, "periods")
    if found.centre is None:
        kpi = weighed.past[0].kpi
        known = wording.quantity(found.baseline, noun)
        if weighed.now.since is not None:
            return f"Too few complete periods since {_day(weighed.now.since)} for limits: {known} of at least {LEAST}."
        if len(weighed.past) >= LEAST and kpi.unit is not Unit.COUNT:
            return f"Too few complete periods with {kpi.enough} {kpi.counted} for limits: {known} of at least {LEAST}."
        return f"Too few complete periods for limits: {known} of at least {LEAST}."
    complete = [reading for reading in drawn if reading.period.whole]
    told = "; ".join(_signals(weighed, complete))
    text = f"Signals: {told}." if told else f"Stable: nothing beyond normal variation in {len(complete)} {noun}."
    if weighed.now.since is not None:
        text += f" The limits begin anew on {_day(weighed.now.since)}."
    if found.is_provisional:
        text += f" The limits are provisional: they rest on {found.baseline} {noun}."
    if found.method is Method.DEVIATION:
        text += f" Neighbouring {noun} resemble each other, so the limits are wider."
    return text


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _signals(weighed: Weighed, drawn: Sequence[Reading]) -> list[str]:
    """Each stretch of neighbouring signals of one kind: ``week 38 to week 41 above the upper limit (worse)``."""
    keyed = [(reading, weighed.signal(reading)) for reading in drawn]
    told = []
    for key, some in groupby(keyed, lambda pair: None if pair[1] is None else (pair[1].rule, pair[1].is_high)):
        stretch = [reading for reading, _ in some]
        if key is None:
            continue
        first, last = (wording.short_period(reading.period) for reading in (stretch[0], stretch[-1]))
        kind = _kind(stretch[0].kpi, key[1])
        words = rule_words(key[0], key[1], stretch[0].period.grain)
        told.append(f"{first if first == last else f'{first} to {last}'} {words} ({kind})")
    return told


def ending_words(story: Story) -> str:
    """Where the running period will end, with its range: ``Likely to end at 4 h 10 min (80 %: 3 h 20 min – 5 h).``"""
    running, ending = story.running, story.ending
    if running is None or ending is None:
        return ""
    unit, when = running.kpi.unit, wording.short_period(running.period)
    return f"{when[:1].upper()}{when[1:]} is likely to end at {_ahead(ending, unit)}."


def _ahead(found: Outlook, unit: Unit) -> str:
    value = round(found.value) if unit is Unit.COUNT else found.value
    low, high = (round(each) if unit is Unit.COUNT else each for each in (found.low, found.high))
    return f"{wording.value(value, unit)} ({wording.span(low, high, unit)}, 80 % range)"


def met(story: Story) -> Met | None:
    """Whether a target with a day will be met by it; None for a target without one, and with too little history."""
    target, due = story.now.target, due_of(story.now.target)
    if target is None or due is None:
        return None
    complete = [reading for reading in story.weighed.now.past if reading.period <= story.now.period]
    return by_date(complete, due, target.above, target.below)


def met_words(story: Story) -> str:
    """``Target by 31 Mar 2026: likely.``"""
    found = met(story)
    if found is None:
        return ""
    standing_at = _ahead(found.outlook, story.now.kpi.unit)
    return f"Target by {_day(found.due)}: {found.word}; then at {standing_at}."


def false_alarms(stories: Sequence[Story]) -> str:
    """How many signals of a page are to be expected by chance alone; empty where no trend has limits."""
    weighed = [story.weighed.behaviour for story in stories if story.weighed.behaviour.centre is not None]
    if not weighed:
        return ""
    found = expected_false(weighed)
    number = f"{found:.1f}" if found >= 0.1 else "less than 0.1"
    trends = wording.quantity(len(weighed), "trends")
    return f"{trends} with limits on this page: {number} signals in a period are to be expected by chance alone."


#: How a mark on a chart looks, in a line that explains it.
_GLYPHS = {
    Kind.NOTE: "■",
    Kind.INCIDENT: "◆",
    Kind.UNDONE: "✕",
    Kind.RELEASE: "▾",
    Kind.INITIATIVE: "★",
}


def marked(story: Story) -> str:
    """What happened in the periods drawn: ``Marked: ▾ 7 releases, ◆ 1 incident.``"""
    by_kind = [(kind, [mark for mark in story.markers if mark.kind is kind]) for kind in reversed(list(Kind))]
    told = [f"{_GLYPHS[kind]} {markers.counted(some)}" for kind, some in by_kind if some]
    return f"Marked: {', '.join(told)}." if told else ""
