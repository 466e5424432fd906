"""The register of targets and the history of what was set, as the page, the command and the CSV tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard import kpis, wording
from dashboard.journal import TargetChange, newest
from dashboard.kpis.history import Commitment, Origin, Segment, TargetHistory
from dashboard.kpis.kpi import Kpi
from dashboard.target_entry import TargetEntry

#: A cell of a table; None is nothing to say.
Cell = str | None
NO_TARGET = "no target"


@dataclass(frozen=True)
class Line:
    """One KPI, for everything or for a segment, with what holds on a day."""

    kpi: Kpi
    segment: Segment
    holds: Commitment | None

    @property
    def words(self) -> str:
        """The target in words."""
        return in_words(self.holds, self.kpi)

    @property
    def because(self) -> str:
        """Its source; empty where there is no target."""
        return "" if self.holds is None or self.holds.target is None else self.holds.target.because


def lines(histories: Mapping[str, TargetHistory], day: date | None) -> Iterator[Line]:
    """Every KPI in the catalogue's order, its segments with a target of their own below it."""
    for name, kpi in kpis.catalogue().items():
        history = histories.get(name, TargetHistory())
        yield Line(kpi, (), history.holding(day))
        for segment in history.segments:
            held = history.holding(day, segment)
            if held is not None and held.segment == segment:
                yield Line(kpi, segment, held)


def in_words(held: Commitment | None, kpi: Kpi) -> str:
    """A commitment as its target in words."""
    return wording.target(held.target, kpi.unit) if held and held.target else NO_TARGET


def segment_words(segment: Segment) -> str:
    """``priority: urgent``; empty for everything."""
    return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in segment)


def since_words(since: date | None) -> str:
    """From which day."""
    return "always" if since is None else f"{since.day} {since:%b %Y}"


def record(line: Line) -> dict[str, Cell]:
    """A line of the register for a file or a terminal."""
    held = line.holds
    return {
        "kpi": line.kpi.name,
        "label": line.kpi.label,
        "segment": segment_words(line.segment),
        "target": line.words,
        "because": line.because or None,
        "set_in": held.origin.words if held else None,
        "since": held.since.isoformat() if held and held.since else None,
        "asks": line.kpi.asks,
    }


def changes(every: Sequence[TargetChange], histories: Mapping[str, TargetHistory]) -> list[dict[str, Cell]]:
    """What was set, the newest first: who, when, and what held before for that day and segment."""
    known = kpis.catalogue()
    found: list[dict[str, Cell]] = []
    for place, change in enumerate(every):
        kpi = known.get(change.kpi)
        if kpi is None:
            continue
        before = held_before(every[:place], change, histories[change.kpi])
        after = Commitment(entry(change).target(), Origin.JOURNAL, change.since, change.segment)
        found.append(
            {
                "written_at": f"{change.written_at:%Y-%m-%d %H:%M} UTC",
                "who": change.who,
                "kpi": change.kpi,
                "label": kpi.label,
                "segment": segment_words(change.segment),
                "old": in_words(before, kpi),
                "new": "taken back" if change.removed else in_words(after, kpi),
                "since": since_words(change.since),
                "because": change.because,
            }
        )
    return found[::-1]


def entry(change: TargetChange) -> TargetEntry:
    """What a change of the journal says, read as a section of ``targets.toml`` is."""
    return TargetEntry.of(change.values, change.because)


def held_before(earlier: Sequence[TargetChange], change: TargetChange, history: TargetHistory) -> Commitment | None:
    """What held on the first day of a change, before it was written."""
    given = [each for each in history.commitments if each.origin is not Origin.JOURNAL]
    written = [
        Commitment(entry(each).target(), Origin.JOURNAL, each.since, each.segment)
        for each in newest(earlier)
        if each.kpi == change.kpi
    ]
    day = change.since or date.min
    return TargetHistory((*given, *written)).holding(day, change.segment)
