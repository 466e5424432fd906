"""The user's targets: the catalogue's, overridden by ``targets.toml`` in the home folder."""

from __future__ import annotations

from pydantic import RootModel, ValidationError, model_validator

from dashboard.kpis import catalogue
from dashboard.kpis.kpi import Target, Unit
from etl.errors import UsageError, nearest
from etl.settings import Home, Strict, explain, read_toml


class TargetEntry(Strict):
    """One section: a line to stay above or below, and why; ``none = true`` takes the shipped target away."""

    above: float | None = None
    below: float | None = None
    because: str = "set in targets.toml"
    none: bool = False

    @model_validator(mode="after")
    def _exactly_one(self) -> TargetEntry:
        if sum((self.above is not None, self.below is not None, self.none)) != 1:
            raise ValueError("write exactly one of above, below and none = true")
        return self

    def target(self) -> Target | None:
        return None if self.none else Target(self.because, above=self.above, below=self.below)


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
        if target is not None and known[name].unit is Unit.PERCENT and not 0 <= target.value <= 1:
            raise _refused(home, f"'{name}' is a share: write 95 % as 0.95, not as {target.value:g}.")
        found[name] = target
    return found


def _entry(home: Home, name: str, section: dict[str, object]) -> TargetEntry:
    try:
        return TargetEntry.model_validate(section)
    except ValidationError as error:
        raise _refused(home, f"In [{name}]: {explain(error, TargetEntry)}") from error


def _refused(home: Home, detail: str) -> UsageError:
    return UsageError(f"{home.targets_file.name} was not understood.", detail, "Mend that section.")
