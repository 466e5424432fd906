"""The user's targets: the catalogue's, overridden by ``targets.toml`` in the home folder."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, RootModel, ValidationError, model_validator

from dashboard.kpis import catalogue
from dashboard.kpis.kpi import Kpi, Unit
from dashboard.kpis.target import Above, Below, Between, Direction, Every, Relative, Target, Trending
from etl.errors import UsageError, nearest
from etl.settings import Home, Strict, explain, read_toml

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

    @model_validator(mode="after")
    def _exactly_one(self) -> TargetEntry:
        if len(self.written) != 1:
            raise ValueError("write exactly one of above, below, between, trending, every, change and none = true")
        if (self.change is not None) != (self.baseline is not None and self.by is not None):
            raise ValueError("a change needs a baseline (its first and last day) and the day it is due (by)")
        if self.margin and self.written[0] not in ("above", "below", "between"):
            raise ValueError("a margin belongs to above, below or between")
        self.target()  # raises ValueError for ends that lie the wrong way round
        return self

    @property
    def written(self) -> list[str]:
        """The kinds this entry names."""
        return [kind for kind in KINDS if getattr(self, kind) not in (None, False)]

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


class TargetsFile(RootModel[dict[str, dict[str, object]]]):
    """All of ``targets.toml``: a section a KPI, each a ``TargetEntry``."""

    root: dict[str, dict[str, object]] = {}


def targets(home: Home) -> dict[str, Target | None]:
    """The target in force for every KPI; raises UsageError for an unknown KPI or an impossible value."""
    known = catalogue()
    found = {name: kpi.target for name, kpi in known.items()}
    for name, section in read_toml(home.targets_file, TargetsFile).root.items():
        if name not in known:
            raise _refused(home, f"There is no KPI '{name}'. {nearest(name, known)}")
        target = _entry(home, name, section).target()
        fault = impossible(known[name], target)
        if fault:
            raise _refused(home, fault)
        found[name] = target
    return found


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


def _entry(home: Home, name: str, section: dict[str, object]) -> TargetEntry:
    try:
        return TargetEntry.model_validate(section)
    except ValidationError as error:
        raise _refused(home, f"In [{name}]: {explain(error, TargetEntry)}") from error


def _refused(home: Home, detail: str) -> UsageError:
    return UsageError(f"{home.targets_file.name} was not understood.", detail, "Mend that section.")
