"""Targets that look beyond one period: a trend over the periods before it, a change against a baseline.

A reading by itself cannot be judged against those. This module says which other periods are needed, has them read, and
judges: the same reading has the same status on every page and in every export, whatever else was asked with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dashboard import verdict
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.target import Baseline, Direction, Relative, Trending
from dashboard.scope import Grain, Period
from dashboard.verdict import Verdict

if TYPE_CHECKING:
    from dashboard.readings import Reading

#: How many complete periods a trend is judged over, the one read included: those its chart shows.
PERIODS = 13
#: Reads one KPI in other periods: same scope, same cut, no target.
Read = Callable[[Kpi, Sequence[Period]], "list[Reading]"]


def judged(readings: Sequence[Reading], read: Read) -> list[Reading]:
    """The readings with the verdicts that one period alone could not give; all others as they are."""
    found = list(readings)
    for kpi in dict.fromkeys(each.kpi for each in found if isinstance(each.target, Trending | Relative)):
        places = [place for place, each in enumerate(found) if each.kpi is kpi]
        mine = [found[place] for place in places]
        other = read(kpi, _needed(mine))
        for place, new in zip(places, (_judged(each, other) for each in mine), strict=True):
            found[place] = new
    return found


def _needed(readings: Sequence[Reading]) -> list[Period]:
    """Every other period the targets of these readings look at, each once."""
    found: dict[Period, None] = {}
    for each in readings:
        if isinstance(each.target, Trending):
            found |= dict.fromkeys(course_of(each.period))
        elif isinstance(each.target, Relative):
            found[_baseline_period(each.target, each.period.timezone)] = None
    return list(found)


def course_of(period: Period) -> list[Period]:
    """The complete periods a trend is judged over, oldest first; of all of time there is none."""
    if period.start is None or period.end is None:
        return []
    found = [period]
    while len(found) < PERIODS:
        before = found[-1].previous()
        if before is None or before.start is None or before.start.year < 2:
            break
        found.append(before)
    return found[::-1]


def _baseline_period(target: Relative, timezone: str) -> Period:
    return Period(target.first, target.last + timedelta(days=1), Grain.ALL, timezone)


def _judged(reading: Reading, other: Sequence[Reading]) -> Reading:
    """One reading against what its target looks at, in the same group."""
    mine = {each.period: each for each in other if each.group == reading.group}
    if isinstance(reading.target, Trending):
        past = [mine[period] for period in course_of(reading.period) if period in mine]
        return _on_course(reading, reading.target.direction, past)
    if isinstance(reading.target, Relative):
        base = mine.get(_baseline_period(reading.target, reading.period.timezone))
        return _on_baseline(reading, reading.target, base)
    return reading


def _on_course(reading: Reading, direction: Direction, past: Sequence[Reading]) -> Reading:
    if reading.verdict != Verdict.NOT_ENOUGH or reading.n < reading.kpi.enough:
        return reading
    points = [
        (place, each.value)
        for place, each in enumerate(past)
        if each.value is not None and each.n >= each.kpi.enough and verdict.is_complete(each)
    ]
    rising = verdict.rising(points)
    if rising is None:
        return reading
    chance = rising if direction is Direction.UP else 1 - rising
    point = Verdict.MEETS if chance > 0.5 else Verdict.MISSES
    return replace(reading, verdict=verdict.weighed(chance), point_verdict=point)


def _on_baseline(reading: Reading, target: Relative, base: Reading | None) -> Reading:
    if base is None or base.value is None or base.n < base.kpi.enough or not verdict.is_complete(base):
        return reading
    against = replace(target, baseline=Baseline(base.value, base.low, base.high))
    found = replace(reading, target=against, point_verdict=verdict.judge_point(reading.value, against))
    if reading.verdict != Verdict.NOT_ENOUGH or reading.n < reading.kpi.enough or reading.kpi.grade == "assumed":
        return found
    weighed = verdict.weighed(verdict.changed_enough(reading, against))
    if weighed is not Verdict.MEETS and _last_day(reading.period) < target.by:
        weighed = Verdict.NOT_DUE
    return replace(found, verdict=weighed)


def _last_day(period: Period) -> date:
    return date.max if period.end is None else period.end - timedelta(days=1)
