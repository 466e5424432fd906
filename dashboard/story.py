"""A KPI over time: the periods drawn, those before them that the limits rest on, and what follows from both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from dashboard import verdict
from dashboard.analysis import forecast
from dashboard.analysis.behaviour import Signal
from dashboard.analysis.outlook import Outlook
from dashboard.analysis.weighing import Weighed, weigh
from dashboard.markers import Marker
from dashboard.readings import Reading
from dashboard.scope import Period


@dataclass(frozen=True)
class Story:
    """``past`` is drawn: oldest first, complete periods and the running one last where there is one.

    ``history`` are complete periods before those, oldest first: the limits rest on them. ``markers`` are what happened
    meanwhile; ``anew`` are days from which on limits and forecasts rest on nothing before.
    """

    now: Reading
    past: tuple[Reading, ...]
    history: tuple[Reading, ...] = ()
    markers: tuple[Marker, ...] = ()
    anew: tuple[date, ...] = ()

    @classmethod
    def of(
        cls,
        period: Period,
        found: Sequence[Reading],
        drawn_from: date | None = None,
        markers: Iterable[Marker] = (),
        notes: Iterable[Marker] = (),
    ) -> Story:
        """Order the readings, pick the one of the chosen period, and set apart those before ``drawn_from``.

        ``notes`` are all there are, also of days before what is drawn: with some the limits begin anew.
        """
        ordered = tuple(sorted(found, key=lambda reading: reading.period.start or date.min))
        now = next(reading for reading in ordered if reading.period.start == period.start)
        history = tuple(each for each in ordered if drawn_from and each.period.start and each.period.start < drawn_from)
        mine = tuple(marker for marker in markers if marker.kpi in (None, now.kpi.name))
        anew = sorted(each.day for each in notes if each.begins_anew and each.kpi in (None, now.kpi.name))
        return cls(now, ordered[len(history) :], history, mine, tuple(anew))

    @classmethod
    def alone(cls, past: Sequence[Reading]) -> Story:
        """Readings that come without a history, weighed by themselves; at least one of them."""
        whole = [reading for reading in past if reading.period.whole]
        return cls(whole[-1] if whole else past[-1], tuple(past))

    @property
    def before(self) -> Reading | None:
        """The reading of the complete period just before the chosen one."""
        place = self.past.index(self.now)
        return self.past[place - 1] if place else None

    @property
    def change(self) -> verdict.Change | None:
        """The change against the previous complete period; None where the two may not be compared."""
        if self.before is None or not self.now.period.whole:
            return None
        return verdict.change(self.now, self.before)

    @cached_property
    def weighed(self) -> Weighed:
        """Limits and signals of the complete periods up to and with those drawn."""
        return weigh([*self.history, *self.past], self.anew)

    @property
    def signal(self) -> Signal | None:
        """The signal the chosen period is, if it is one."""
        return self.weighed.signal(self.now)

    @property
    def has_changed(self) -> bool:
        """Whether the chosen period is more than the usual ups and downs.

        The limits say so where there are any. Where there are too few periods for limits, a difference from the
        period before that is more than chance has to do.
        """
        if self.weighed.behaviour.centre is not None:
            return self.signal is not None
        return self.change is not None and bool(self.change.is_real)

    @property
    def running(self) -> Reading | None:
        """The reading of the running period, where it is part of the story."""
        last = self.past[-1]
        return None if last.period.whole else last

    @cached_property
    def ending(self) -> Outlook | None:
        """Where the running period is likely to end; None without one, or with too little history."""
        return None if self.running is None else forecast.ending_of(self.running, self.weighed.now.past)
