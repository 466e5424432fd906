"""One target as people write it down: a section of ``targets.toml``, or the values of an entry in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from dashboard.kpis.kpi import Kpi, Unit
from dashboard.kpis.target import Above, Below, Between, Direction, Every, Relative, Target, Trending
from dashboard.scope import DIMENSIONS
from etl.errors import nearest
from etl.settings import Strict

#: The keys that name a kind; a section writes exactly one of them.
KINDS = ("above", "below", "between", "trending", "every", "change", "none")


class TargetEntry(Strict):
    """One target as it is written down: exactly one kind, and why; ``none = true`` takes the shipped one away."""

    above: float | None = None
    below: float | None = None
    between: tuple[float, float] | None = None
    trending: Literal["up", "down"] | None = None
    every: Literal[True] | None = None
    change: float | None = None  # against the baseline: −0.3 is 30 % less
    baseline: tuple[date, date] | None = None  # its first and last day
    by: date | None = None  # the day the change is due
    none: bool = False
    margin: float = Field(default=0, ge=0)  # how far before the line a value is near it
    because: str = "set in targets.toml"
    since: date | None = None  # the first day it holds; left out: always
    segment: dict[str, str] = Field(default_factory=dict)  # dimension → the value it is for; empty: everything

    @model_validator(mode="after")
    def _exactly_one(self) -> TargetEntry:
        if len(self.written) != 1:
            raise ValueError("write exactly one of above, below, between, trending, every, change and none = true")
        if (self.change is not None) != (self.baseline is not None and self.by is not None):
            raise ValueError("a change needs a baseline (its first and last day) and the day it is due (by)")
        if self.margin and self.written[0] not in ("above", "below", "between"):
            raise ValueError("a margin belongs to above, below or between")
        for name in self.segment:
            if name not in DIMENSIONS:
                raise ValueError(f"'{name}' is no dimension; {nearest(name, DIMENSIONS)}")
        self.target()  # raises ValueError for ends that lie the wrong way round
        return self

    @classmethod
    def of(cls, values: Mapping[str, Any], because: str) -> TargetEntry:
        """Read what ``values`` gave; raises ValueError (Pydantic's) for what cannot be meant."""
        return cls.model_validate({**values, "because": because})

    @property
    def kind(self) -> str:
        """The kind it names, as one of KINDS."""
        return self.written[0]

    def values(self) -> dict[str, Any]:
        """The kind with its values alone, as the journal keeps them."""
        return self.model_dump(mode="json", exclude_defaults=True, exclude={"because", "since", "segment"})

    @property
    def written(self) -> list[str]:
        """The kinds this entry names."""
        # By identity: a line at 0 equals False, and is a line.
        return [kind for kind in KINDS if getattr(self, kind) is not None and getattr(self, kind) is not False]

    def target(self) -> Target | None:
        """The target it says; None where it takes one away."""
        return self._with_lines() or self._without_lines()

    def _with_lines(self) -> Target | None:
        because, margin = self.because, self.margin
        if self.above is not None:
            return Above(self.above, margin=margin, because=because)
        if self.below is not None:
            return Below(self.below, margin=margin, because=because)
        if self.between is not None:
            return Between(*self.between, margin=margin, because=because)
        return None

    def _without_lines(self) -> Target | None:
        because = self.because
        if self.trending is not None:
            return Trending(Direction(self.trending), because=because)
        if self.every is not None:
            return Every(because=because)
        if self.change is not None and self.baseline is not None and self.by is not None:
            return Relative(self.change, *self.baseline, self.by, because=because)
        return None


def impossible(kpi: Kpi, target: Target | None) -> str:
    """Why a KPI cannot have this target, in a sentence; empty where it can."""
    if target is None:
        return ""
    if isinstance(target, Every) and kpi.unit is not Unit.PERCENT:
        return f"'{kpi.name}' is no share of events: 'every' means that each event counted keeps its promise."
    lines = () if isinstance(target, Relative) else target.lines
    wrong = next((line for line in lines if not 0 <= line <= 1), None)
    if kpi.unit is Unit.PERCENT and wrong is not None:
        return f"'{kpi.name}' is a share: write 95 % as 0.95, not as {wrong:g}."
    return ""
