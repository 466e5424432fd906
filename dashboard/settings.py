"""The targets in force: the catalogue's, under those of ``targets.toml``, under those set in the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from pydantic import RootModel, ValidationError

from dashboard import journal
from dashboard.kpis import catalogue
from dashboard.kpis.history import Commitment, Origin, TargetHistory, of_catalogue, segment
from dashboard.kpis.target import Target
from dashboard.target_entry import TargetEntry, impossible
from etl.errors import UsageError, nearest
from etl.settings import Home, explain, read_toml

Sections = dict[str, object] | list[dict[str, object]]


class TargetsFile(RootModel[dict[str, Sections]]):
    """All of ``targets.toml``: a section a KPI (or several, of other days and segments), each a ``TargetEntry``."""

    root: dict[str, Sections] = {}


def targets(home: Home) -> dict[str, TargetHistory]:
    """Every target ever set, by KPI; raises UsageError for an unknown KPI or an impossible value."""
    found = {name: list(of_catalogue(kpi.target).commitments) for name, kpi in catalogue().items()}
    for name, commitment in (*_of_file(home), *_of_journal(home)):
        found[name].append(commitment)
    return {name: TargetHistory(tuple(commitments)) for name, commitments in found.items()}


def in_force(histories: Mapping[str, TargetHistory], day: date | None = None) -> dict[str, Target | None]:
    """The target of everything for every KPI on a day (None: today)."""
    when = day or date.today()  # noqa: DTZ011  (the day of whoever asks)
    return {name: history.in_force(when) for name, history in histories.items()}


def _of_file(home: Home) -> Iterable[tuple[str, Commitment]]:
    known = catalogue()
    for name, given in read_toml(home.targets_file, TargetsFile).root.items():
        if name not in known:
            raise _refused(home, f"There is no KPI '{name}'. {nearest(name, known)}")
        for section in given if isinstance(given, list) else [given]:
            entry = _entry(home, name, section)
            target = entry.target()
            fault = impossible(known[name], target)
            if fault:
                raise _refused(home, fault)
            yield name, Commitment(target, Origin.FILE, entry.since, segment(entry.segment.items()))


def _of_journal(home: Home) -> Iterable[tuple[str, Commitment]]:
    """What was set on the page; an entry for a KPI that is no more is passed over."""
    known = catalogue()
    for change in journal.open(home).target_changes():
        if change.kpi in known:
            target = TargetEntry.of(change.values, change.because).target()
            yield change.kpi, Commitment(target, Origin.JOURNAL, change.since, change.segment)


def _entry(home: Home, name: str, section: dict[str, object]) -> TargetEntry:
    try:
        return TargetEntry.model_validate(section)
    except ValidationError as error:
        raise _refused(home, f"In [{name}]: {explain(error, TargetEntry)}") from error


def _refused(home: Home, detail: str) -> UsageError:
    return UsageError(f"{home.targets_file.name} was not understood.", detail, "Mend that section.")
