"""What comes out of the journal: frozen records without a database behind them. Times are naive UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What every version of every entry has. ``replaces`` is the version this one takes the place of."""

    id: int
    who: str
    written_at: datetime
    replaces: int | None
    removed: bool  # this version takes the entry back


@dataclass(frozen=True, kw_only=True)
class TargetChange(Entry):
    """A target set for a KPI from a day on (None: always), for a segment or for everything.

    ``values`` are what ``dashboard.target_entry`` reads: the keys of ``targets.toml``.
    """

    kpi: str
    segment: tuple[tuple[str, str], ...]
    kind: str
    values: Mapping[str, Any] = field(hash=False)
    since: date | None
    because: str


@dataclass(frozen=True, kw_only=True)
class Marker(Entry):
    """A dated note to be drawn on charts, of one KPI or of all (None).

    ``begins_anew``: from that day on the trend is another one, and what was before it says nothing of what is usual.
    """

    day: date
    text: str
    kpi: str | None
    begins_anew: bool = False


@dataclass(frozen=True, kw_only=True)
class SavedView(Entry):
    """A page with its scope and period under a name."""

    name: str
    page: str
    query: str


@dataclass(frozen=True, kw_only=True)
class TaxAudit(Entry):
    """Tickets drawn to audit their investigation tax, and the minutes written down of them so far.

    ``scope`` are the filters and options as NAME=VALUE; ``start`` and ``end`` (exclusive) the period, None for all of
    time. ``drawn`` are ticket, predicted minutes and how often it was hit; ``predicted`` those of all ``tickets``.
    """

    scope: tuple[str, ...]
    start: date | None
    end: date | None
    timezone: str
    seed: int
    tickets: int
    predicted: float
    drawn: tuple[tuple[str, float, int], ...]
    answers: Mapping[str, float] = field(hash=False)

    @property
    def draw(self) -> int:
        """The number of the draw, the same in all its versions."""
        return self.id if self.replaces is None else self.replaces
