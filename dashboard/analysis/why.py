"""Why a KPI moved between two periods, by one dimension: the readings' side of ``movement``.

It splits what is a mean over its rows: shares, means, net scores, minutes per ticket. A median or a percentile is none,
so its difference cannot be split exactly, and nothing is shown rather than something near it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.analysis.movement import Movement, Segment, movement
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.scenario import Scenario
from dashboard.kpis.statistic import Mean, NetScore, Proportion
from dashboard.verdict import Change, change, is_complete

if TYPE_CHECKING:
    from dashboard.readings import Reading

#: What a segment without a value of the dimension is called.
NONE = "(none)"


@dataclass(frozen=True)
class Why:
    """A KPI in two periods and how its difference splits by ``dimension``; or the ``reason`` why it does not."""

    now: Reading
    before: Reading | None
    dimension: str
    movement: Movement | None = None
    reason: str | None = None

    @property
    def change(self) -> Change | None:
        """The difference as a whole, and whether it is more than chance."""
        return change(self.now, self.before)


def adds_up(kpi: Kpi) -> bool:
    """Whether the KPI's value is the mean over its rows, so that parts weighed by n add up to the whole."""
    return isinstance(kpi.statistic, Mean | Proportion | NetScore | Scenario)


def why(now: Reading, before: Reading | None, groups: Sequence[Reading], dimension: str) -> Why:
    """Split the difference between two readings of one KPI; ``groups`` are its readings cut by the dimension."""
    reason = stopped(now, before)
    if reason is not None or before is None:
        return Why(now, before, dimension, reason=reason)
    first, second = (_segments(groups, whole) for whole in (before, now))
    if sum(each.n for each in first.values()) != before.n or sum(each.n for each in second.values()) != now.n:
        return Why(now, before, dimension, reason="A row that stands in two groups cannot be split exactly.")
    moved = movement(first, second)
    return Why(now, before, dimension, moved, None if moved else "One of the two periods holds nothing.")


def stopped(now: Reading, before: Reading | None) -> str | None:
    """Why a difference is not split, in a sentence; None where it can be."""
    if not adds_up(now.kpi):
        return f"{now.kpi.label} cannot be split exactly: the parts of a median, percentile or count do not average."
    if not now.period.whole or not is_complete(now):
        return "This period is not over: nothing is compared with it."
    if before is None or not is_complete(before):
        return "There is no earlier complete period to compare with."
    if now.value is None or before.value is None:
        return "One of the two periods has no reading."
    return None


def _segments(groups: Sequence[Reading], whole: Reading) -> dict[str, Segment]:
    tested = whole.kpi.grade != "assumed"  # a range of assumptions is no confidence interval
    return {
        name_of(each): Segment(each.n, each.value, each.low if tested else None, each.high if tested else None)
        for each in groups
        if each.period == whole.period and each.n > 0
    }


def name_of(reading: Reading) -> str:
    """The group of a reading as one word."""
    return " · ".join(NONE if value is None else str(value) for _, value in reading.group)
