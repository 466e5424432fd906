"""A line's trend as rows of numbers: what native charts of spreadsheets and slides, and those on paper, are made of.

One table for all three, so that no format draws another line than the page does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard import findings, wording
from dashboard.kpis.kpi import Unit

if TYPE_CHECKING:
    from dashboard.analysis.behaviour import Signal
    from dashboard.exports.report import Line
    from dashboard.readings import Reading
    from dashboard.story import Story

#: How a value is written on an axis and in a cell, by its unit: the words behind the heading, and the number format.
_FORMATS = {
    Unit.PERCENT: ("", "0.0%"),
    Unit.COUNT: ("", "#,##0"),
    Unit.POINTS: ("points", "0.0"),
    Unit.MINUTES_PER_TICKET: ("minutes per ticket", "0.0"),
    Unit.WEEKS: ("weeks", "0.0"),
}
_DURATIONS = {" min": "minutes", " h": "hours", " d": "days"}
_OTHER = ("", "#,##0.0##")


@dataclass(frozen=True)
class Point:
    """One period. Numbers in the unit of the trend; ``so_far`` in place of ``value`` while the period runs.

    ``low`` and ``high`` bound its interval, ``limits`` its normal variation; ``signal`` names the rule it breaks.
    """

    period: str
    start: str
    n: int
    value: float | None = None
    so_far: float | None = None
    low: float | None = None
    high: float | None = None
    targets: tuple[float, ...] = ()
    limits: tuple[float | None, float | None] = (None, None)
    signal: str = ""


@dataclass(frozen=True)
class Trend:
    """All that is drawn of one KPI, oldest first. ``format`` is a spreadsheet's; ``factor`` leads from the record."""

    label: str
    unit: str
    format: str
    factor: float
    interval: str
    points: tuple[Point, ...]

    @property
    def heading(self) -> str:
        """What the numbers are: ``Mean time to resolution, hours``."""
        return f"{self.label}, {self.unit}" if self.unit else self.label

    @property
    def targets(self) -> int:
        """How many lines the target has: none, one, or the two ends of a range."""
        return max((len(point.targets) for point in self.points), default=0)

    def series(self) -> list[tuple[str, list[float | None]]]:
        """The lines of the chart by name; those without a single value left out, but the first."""
        found: list[tuple[str, list[float | None]]] = [(VALUE, [point.value for point in self.points])]
        found.append((SO_FAR, self._so_far()))
        for place in range(self.targets):
            name = TARGET if self.targets == 1 else f"{TARGET}, {'lower' if place == 0 else 'upper'} end"
            found.append((name, [_at(point.targets, place) for point in self.points]))
        found += [
            (UPPER, [point.limits[1] for point in self.points]),
            (LOWER, [point.limits[0] for point in self.points]),
        ]
        return [(name, values) for name, values in found if name == VALUE or any(each is not None for each in values)]

    def _so_far(self) -> list[float | None]:
        """The running period, joined to the last complete one."""
        found = [point.so_far for point in self.points]
        running = next((place for place, each in enumerate(found) if each is not None), None)
        if running:
            found[running - 1] = self.points[running - 1].value
        return found

    def reaches(self) -> tuple[list[float], list[float]]:
        """How far the interval of each complete period reaches up and down from its value; 0 where it has none."""
        up, down = [], []
        for point in self.points:
            value, low, high = point.value, point.low, point.high
            up.append(0.0 if value is None or high is None else max(0.0, high - value))
            down.append(0.0 if value is None or low is None else max(0.0, value - low))
        return up, down

    @property
    def edges(self) -> tuple[float, float]:
        """The smallest and the largest number drawn."""
        every = [each for _, values in self.series() for each in values if each is not None]
        every += [each for point in self.points for each in (point.low, point.high) if each is not None]
        low, high = (min(every), max(every)) if every else (0.0, 1.0)
        return (min(0.0, low), high) if self.format == _FORMATS[Unit.COUNT][1] else (low, high)

    @property
    def ticks(self) -> list[float]:
        """Where the axis is marked: it holds everything drawn, intervals too, and zero where a number is counted."""
        return ticks(*self.edges)

    @property
    def axis_format(self) -> str:
        """How a spreadsheet writes the numbers of the axis: no digit more than its steps have."""
        step = self.ticks[1] - self.ticks[0]
        if self.format == _FORMATS[Unit.PERCENT][1]:
            return "0%" if step >= 0.01 - 1e-9 else self.format
        return "#,##0" if step >= 1 - 1e-9 else "#,##0.0##"


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers on an axis from below ``low`` to above ``high``: steps of 1, 2 or 5.

    >>> ticks(0.71, 0.79)
    [0.7, 0.72, 0.74, 0.76, 0.78, 0.8]
    """
    span = (high - low) or abs(high) or 1.0
    power = 10 ** math.floor(math.log10(span / about))
    step = next(power * each for each in (1, 2, 5, 10) if power * each * about >= span * 0.8)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    return [round(place * step, 10) for place in range(first, last + 1)]


VALUE, SO_FAR, TARGET, UPPER, LOWER = "Value", "So far", "Target", "Upper limit", "Lower limit"


def of(line: Line) -> Trend | None:
    """The trend of a line; None where fewer than two periods hold a value, for that is no line."""
    from dashboard.charts import Scale, drawn, values

    past = drawn(line.trend)
    story = line.story
    if story is None or sum(reading.value is not None for reading in past) < 2:
        return None
    kpi = line.reading.kpi
    factor, (unit, written) = 1.0, _FORMATS.get(kpi.unit, _OTHER)
    if kpi.unit is Unit.MINUTES:
        scale = Scale.of(kpi.unit, values(past, aimed=True))
        factor, unit, written = scale.factor, _DURATIONS[scale.suffix], "0.0"
    return Trend(kpi.label, unit, written, factor, line.reading.interval, tuple(_points(story, past, factor)))


def _points(story: Story, past: list[Reading], factor: float) -> list[Point]:
    found: list[Point] = []
    named: Signal | None = None
    for reading in past:
        signal = story.weighed.signal(reading)
        limits = story.weighed.limits(reading)
        is_new = signal is not None and (named is None or (signal.rule, signal.is_high) != (named.rule, named.is_high))
        lines = reading.target.lines if reading.target else ()
        value = _scaled(reading.value, factor)
        found.append(
            Point(
                wording.short_period(reading.period),
                reading.period.start.isoformat() if reading.period.start else "",
                reading.n,
                value if reading.period.whole else None,
                None if reading.period.whole else value,
                _scaled(reading.low, factor),
                _scaled(reading.high, factor),
                tuple(each * factor for each in lines),
                (_scaled(limits[0], factor), _scaled(limits[1], factor)),
                findings.SHORT[signal.rule] if signal is not None and is_new else "",
            )
        )
        named = signal
    return found


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _at(found: tuple[float, ...], place: int) -> float | None:
    return found[place] if place < len(found) else None
