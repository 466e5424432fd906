"""Which target holds when and for whom: what was set, from which day, for which segment, and by what authority."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from dashboard.kpis.target import Target

#: (dimension, value) pairs, in the order of their names; empty for everything.
Segment = tuple[tuple[str, str], ...]


class Origin(IntEnum):
    """Where a target was set. Of those in force on a day the greater one holds, however old."""

    CATALOGUE = 0
    FILE = 1
    JOURNAL = 2

    @property
    def words(self) -> str:
        """As the register names it."""
        return ("catalogue", "targets.toml", "journal")[self]


@dataclass(frozen=True)
class Commitment:
    """A target from a day on (None: always), for one segment or everything. ``target`` None takes one away."""

    target: Target | None
    origin: Origin
    since: date | None = None
    segment: Segment = ()


@dataclass(frozen=True)
class TargetHistory:
    """All that was ever set for one KPI, in the order it was written."""

    commitments: tuple[Commitment, ...] = ()

    def holding(self, day: date | None, segment: Segment = ()) -> Commitment | None:
        """What holds on a day (None: now and ever) for exactly this segment, else for everything.

        The origin decides first, then the later day, then what was written last.
        """
        for wanted in (segment, ()) if segment else ((),):
            known = [
                (each.origin, each.since or date.min, place)
                for place, each in enumerate(self.commitments)
                if each.segment == wanted and (day is None or each.since is None or each.since <= day)
            ]
            if known:
                return self.commitments[max(known)[2]]
        return None

    def in_force(self, day: date | None, segment: Segment = ()) -> Target | None:
        """The target that holds on a day for a segment; None where none was set or the last one was taken away."""
        held = self.holding(day, segment)
        return None if held is None else held.target

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments with a target of their own, each once."""
        return tuple(dict.fromkeys(each.segment for each in self.commitments if each.segment))

    def has(self, kind: type[Target]) -> bool:
        """Whether a target of this kind was ever set."""
        return any(isinstance(each.target, kind) for each in self.commitments)


def segment(pairs: Iterable[tuple[str, str]]) -> Segment:
    """Pairs in the one order a segment is compared in."""
    return tuple(sorted(pairs))


def of_catalogue(target: Target | None) -> TargetHistory:
    """The history of a KPI for which nobody set anything else."""
    return TargetHistory(() if target is None else (Commitment(target, Origin.CATALOGUE),))
