"""What a KPI is held to: one class a kind of target, its source on each.

Judging, wording, charts and exports ask a target what they need of it, so that a new kind is one class here and one
key in ``dashboard.settings``. Values stand in the reading's unit: fractions, minutes, points, counts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from dashboard.kpis.statistic import Estimate

#: Writes a value with its unit; what a target says in words is the same on every screen and paper.
Written = Callable[[float], str]


class Direction(StrEnum):
    """Which way a trend goes."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Target(ABC):
    """What all kinds have: who says so, and the answers every reader of a target needs."""

    because: str = field(kw_only=True)

    @property
    def above(self) -> float | None:
        """The line to stay above, where there is one."""
        return None

    @property
    def below(self) -> float | None:
        """The line to stay below, where there is one."""
        return None

    @property
    def lines(self) -> tuple[float, ...]:
        """The lines to draw, the lower first."""
        return tuple(line for line in (self.above, self.below) if line is not None)

    @abstractmethod
    def chance(self, estimate: Estimate) -> float | None:
        """How likely it is that the true value meets the target; None where one period cannot tell."""

    @abstractmethod
    def is_met_by(self, value: float) -> bool | None:
        """What comparing the bare value would say; None where one value cannot tell."""

    @abstractmethod
    def words(self, written: Written) -> str:
        """The target as it stands behind the word "target": ``above 70 %``."""

    def enough(self, usual: int) -> int:
        """The smallest n that is judged, where the KPI itself asks for ``usual``."""
        return usual

    def is_near(self, value: float) -> bool:
        """Whether a value on the good side lies within the warning band before the line."""
        del value
        return False


@dataclass(frozen=True)
class Above(Target):
    """Stay above a line; within ``margin`` of it the line is near."""

    value: float
    margin: float = field(default=0, kw_only=True)

    @property
    def above(self) -> float:
        return self.value

    def chance(self, estimate: Estimate) -> float | None:
        return estimate.probability_above(self.value)

    def is_met_by(self, value: float) -> bool:
        return value > self.value

    def words(self, written: Written) -> str:
        return f"above {written(self.value)}"

    def is_near(self, value: float) -> bool:
        return self.value < value < self.value + self.margin


@dataclass(frozen=True)
class Below(Target):
    """Stay below a line; within ``margin`` of it the line is near."""

    value: float
    margin: float = field(default=0, kw_only=True)

    @property
    def below(self) -> float:
        return self.value

    def chance(self, estimate: Estimate) -> float | None:
        above = estimate.probability_above(self.value)
        return None if above is None else 1 - above

    def is_met_by(self, value: float) -> bool:
        return value < self.value

    def words(self, written: Written) -> str:
        return f"below {written(self.value)}"

    def is_near(self, value: float) -> bool:
        return self.value - self.margin < value < self.value


@dataclass(frozen=True)
class Between(Target):
    """Stay between two lines: too much is as wrong as too little."""

    low: float
    high: float
    margin: float = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError("the low end of a range lies below its high end")

    @property
    def above(self) -> float:
        return self.low

    @property
    def below(self) -> float:
        return self.high

    def chance(self, estimate: Estimate) -> float | None:
        over_low, over_high = estimate.probability_above(self.low), estimate.probability_above(self.high)
        return None if over_low is None or over_high is None else max(0.0, over_low - over_high)

    def is_met_by(self, value: float) -> bool:
        return self.low < value < self.high

    def words(self, written: Written) -> str:
        return f"between {written(self.low)} and {written(self.high)}"

    def is_near(self, value: float) -> bool:
        return self.is_met_by(value) and min(value - self.low, self.high - value) < self.margin


@dataclass(frozen=True)
class Every(Target):
    """Each event counted keeps its promise: "a postmortem within 72 hours for every Sev1".

    The limit itself belongs to the KPI's counting rule, a share of events that kept it. The events are all there are,
    no sample of others: one that failed is a miss, and none needs to be many before it counts.
    """

    def chance(self, estimate: Estimate) -> float | None:
        return None if estimate.value is None else float(self.is_met_by(estimate.value))

    def is_met_by(self, value: float) -> bool:
        return value >= 1

    def words(self, written: Written) -> str:
        return f"every one ({written(1.0)})"

    def enough(self, usual: int) -> int:
        del usual
        return 1


@dataclass(frozen=True)
class Trending(Target):
    """Go one way over the complete periods that end with the one read; ``dashboard.verdict`` fits the slope."""

    direction: Direction

    def __post_init__(self) -> None:
        # The word alone is as good as the member: Trending("down", because=…).
        object.__setattr__(self, "direction", Direction(self.direction))

    def chance(self, estimate: Estimate) -> None:
        del estimate

    def is_met_by(self, value: float) -> None:
        del value

    def words(self, written: Written) -> str:
        del written
        return f"trending {self.direction}"


@dataclass(frozen=True)
class Baseline:
    """What a KPI read in the days a relative target starts from, with its 95 % interval."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Relative(Target):
    """A change against the days from ``first`` to ``last``, reached ``by`` a day: −30 % is ``change`` −0.3.

    ``baseline`` is what the KPI read in those days, in the same scope; whoever reads the KPI puts it in. Before ``by``
    a miss is not one yet.
    """

    change: float
    first: date
    last: date
    by: date
    baseline: Baseline | None = None

    def __post_init__(self) -> None:
        if self.change == 0 or self.change <= -1:
            raise ValueError("a relative target is a change such as -0.3, and less than all of it")
        if not self.first <= self.last < self.by:
            raise ValueError("a baseline ends after it begins, and before the day the change is due")

    @property
    def line(self) -> float | None:
        """The value the change comes to."""
        return None if self.baseline is None else self.baseline.value * (1 + self.change)

    @property
    def above(self) -> float | None:
        return self.line if self.change > 0 else None

    @property
    def below(self) -> float | None:
        return self.line if self.change < 0 else None

    def chance(self, estimate: Estimate) -> None:
        """The baseline is uncertain too: ``dashboard.verdict`` weighs both."""
        del estimate

    def is_met_by(self, value: float) -> bool | None:
        if self.line is None:
            return None
        return value > self.line if self.change > 0 else value < self.line

    def words(self, written: Written) -> str:
        side = "above" if self.change > 0 else "below"
        size = f"{100 * abs(self.change):.3g} % {side} {_day(self.first)} to {_day(self.last)}"
        line = "" if self.line is None else f", {side} {written(self.line)},"
        return f"{size}{line} by {_day(self.by)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
