"""The process behaviour of a KPI: which of its readings are weighed, by which rules, and what came of it.

Headline KPIs are weighed by all three rules, every other one by the first alone, so that a page full of charts does not
cry wolf (methods, E3). Only complete periods enter, and none in which more rows are too young to judge than are judged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
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
class Weighed:
    """The complete periods of a KPI, oldest first, and their behaviour; both have the same places."""

    past: tuple[Reading, ...]
    behaviour: Behaviour

    def signal(self, reading: Reading) -> Signal | None:
        """The signal a reading is, if it is one."""
        place = self._place(reading)
        return None if place is None else self.behaviour.at(place)

    def limits(self, reading: Reading) -> tuple[float | None, float | None]:
        """The limits at a reading; none for a part period, nor where nothing was weighed."""
        place = self._place(reading) if value_of(reading) is not None else None
        return (None, None) if place is None else (self.behaviour.low[place], self.behaviour.high[place])

    def _place(self, reading: Reading) -> int | None:
        starts = [each.period.start for each in self.past]
        is_here = is_complete(reading) and reading.period.start in starts
        return starts.index(reading.period.start) if is_here else None


def weigh(found: Sequence[Reading]) -> Weighed:
    """Weigh the readings of one KPI (and one group), oldest first; part periods are left out."""
    past = tuple(reading for reading in found if is_complete(reading))
    if not past:
        return Weighed((), behaviour([], []))
    kpi = past[0].kpi
    is_count = kpi.unit is Unit.COUNT
    values = [value_of(reading) for reading in past]
    # A count is no sample: none of its periods has too few rows, not even an empty one.
    counts = [1 if is_count else reading.n for reading in past]
    return Weighed(
        past,
        behaviour(
            values,
            counts,
            is_share=isinstance(kpi.statistic, Proportion),
            rules=tuple(Rule) if kpi.headline else (Rule.BEYOND,),
            floor=0 if is_count else kpi.enough,
            bounds=BOUNDS.get(kpi.unit, (-math.inf, math.inf)),
        ),
    )


def value_of(reading: Reading) -> float | None:
    """The value that is weighed and foretold from: none while more rows are too young to judge than are judged."""
    return None if reading.immature > reading.n else reading.value


def is_better(kpi: Kpi, is_higher: bool) -> bool | None:
    """Whether that way is the good one; None where neither is."""
    return None if kpi.good is Good.NEITHER else is_higher == (kpi.good is Good.UP)
