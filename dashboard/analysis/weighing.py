"""The process behaviour of a KPI: which of its readings are weighed, by which rules, and what came of it.

Headline KPIs are weighed by all three rules, every other one by the first alone, so that a page full of charts does not
cry wolf (methods, E3). Only complete periods enter, and none in which more rows are too young to judge than are judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from dashboard.analysis.behaviour import Behaviour, Rule, Signal, behaviour
from dashboard.kpis.kpi import Good, Kpi, Unit
from dashboard.kpis.statistic import Proportion
from dashboard.verdict import is_complete

if TYPE_CHECKING:
    from dashboard.readings import Reading

#: What a value can be at all; no limit and no forecast lies outside.
BOUNDS = {
    Unit.PERCENT: (0.0, 1.0),
    Unit.POINTS: (-100.0, 100.0),
    Unit.MINUTES: (0.0, math.inf),
    Unit.MINUTES_PER_TICKET: (0.0, math.inf),
    Unit.COUNT: (0.0, math.inf),
    Unit.WEEKS: (0.0, math.inf),
}


@dataclass(frozen=True)
class Stretch:
    """Neighbouring periods held to the same limits, oldest first; both have the same places.

    ``since`` is the day with which the limits began anew; None where they never did before.
    """

    past: tuple[Reading, ...]
    behaviour: Behaviour
    since: date | None = None


@dataclass(frozen=True)
class Weighed:
    """The complete periods of a KPI, oldest first, in stretches; there is at least one, and the last one counts now."""

    stretches: tuple[Stretch, ...]

    @property
    def past(self) -> tuple[Reading, ...]:
        """Every complete period."""
        return tuple(reading for stretch in self.stretches for reading in stretch.past)

    @property
    def now(self) -> Stretch:
        """The periods that say what is usual now."""
        return self.stretches[-1]

    @property
    def behaviour(self) -> Behaviour:
        """How those of now behave."""
        return self.now.behaviour

    def signal(self, reading: Reading) -> Signal | None:
        """The signal a reading is, if it is one."""
        found = self._place(reading)
        return None if found is None else found[0].at(found[1])

    def limits(self, reading: Reading) -> tuple[float | None, float | None]:
        """The limits at a reading; none for a part period, nor where nothing was weighed."""
        found = self._place(reading) if value_of(reading) is not None else None
        return (None, None) if found is None else (found[0].low[found[1]], found[0].high[found[1]])

    def _place(self, reading: Reading) -> tuple[Behaviour, int] | None:
        if not is_complete(reading):
            return None
        for stretch in self.stretches:
            starts = [each.period.start for each in stretch.past]
            if reading.period.start in starts:
                return stretch.behaviour, starts.index(reading.period.start)
        return None


def weigh(found: Sequence[Reading], anew: Iterable[date] = ()) -> Weighed:
    """Weigh the readings of one KPI (and one group), oldest first; part periods are left out.

    ``anew`` are days from which on the limits begin anew. A period that such a day cuts in two is of neither side.
    """
    past = [reading for reading in found if is_complete(reading)]
    stretches = [Stretch(tuple(some), _behaviour(some), since) for some, since in _cut(past, sorted(set(anew)))]
    return Weighed(tuple(stretches) or (Stretch((), behaviour([], [])),))


def _cut(past: Sequence[Reading], days: Sequence[date]) -> Iterator[tuple[list[Reading], date | None]]:
    """The periods between the same two days together, one that a day cuts alone; each with the newest day so far."""

    def side(reading: Reading) -> tuple[int, int]:
        start, end = reading.period.start, reading.period.end
        begun = sum(start is not None and day <= start for day in days)
        return begun, sum(end is not None and day < end for day in days)

    for (_, reached), some in groupby(past, side):
        yield list(some), days[reached - 1] if reached else None


def _behaviour(past: Sequence[Reading]) -> Behaviour:
    kpi = past[0].kpi
    is_count = kpi.unit is Unit.COUNT
    return behaviour(
        [value_of(reading) for reading in past],
        # A count is no sample: none of its periods has too few rows, not even an empty one.
        [1 if is_count else reading.n for reading in past],
        is_share=isinstance(kpi.statistic, Proportion),
        rules=tuple(Rule) if kpi.headline else (Rule.BEYOND,),
        floor=0 if is_count else kpi.enough,
        bounds=BOUNDS.get(kpi.unit, (-math.inf, math.inf)),
    )


def value_of(reading: Reading) -> float | None:
    """The value that is weighed and foretold from: none while more rows are too young to judge than are judged."""
    return None if reading.immature > reading.n else reading.value


def is_better(kpi: Kpi, is_higher: bool) -> bool | None:
    """Whether that way is the good one; None where neither is."""
    return None if kpi.good is Good.NEITHER else is_higher == (kpi.good is Good.UP)
