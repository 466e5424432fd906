"""A trend as a plain picture for paper: strokes and shapes that stay apart without colour, no library, no browser."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from dashboard import wording
from dashboard.exports import told, trends
from dashboard.palette import LIGHT

if TYPE_CHECKING:
    from dashboard.exports.report import Line
    from dashboard.exports.trends import Trend

WIDTH, HEIGHT = 660, 210
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 118, 14, 26


class _Plane:
    """Where a number and a place in time stand on the picture."""

    def __init__(self, trend: Trend) -> None:
        self.ticks = trend.ticks
        self.low, self.high = self.ticks[0], self.ticks[-1]
        self.step = (WIDTH - _LEFT - _RIGHT) / max(len(trend.points) - 1, 1)

    def x(self, place: int) -> float:
        return _LEFT + place * self.step

    def y(self, value: float) -> float:
        return _TOP + (self.high - value) / (self.high - self.low) * (HEIGHT - _TOP - _BOTTOM)


def draw(line: Line, trend: Trend) -> str:
    """The picture. Whoever places it gives it its words (``told.described``)."""
    plane = _Plane(trend)
    series = dict(trend.series())
    parts = [
        *_grid(plane, trend),
        _band(plane, trend),
        *(_line(plane, series[name], "0.9", "1 3") for name in (trends.UPPER, trends.LOWER) if name in series),
        *(_line(plane, values, "1.1", "6 3") for name, values in series.items() if name.startswith(trends.TARGET)),
        *_so_far(plane, series.get(trends.SO_FAR)),
        _line(plane, series[trends.VALUE], "2", "", LIGHT.accent),
        *_points(plane, trend, line),
        *_named(plane, trend, line),
    ]
    style = 'font-family="Paper, DejaVu Sans, sans-serif" font-size="10.5"'
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>{"".join(parts)}</svg>'


def written(value: float, trend: Trend) -> str:
    """A number on the axis."""
    return f"{100 * value:.4g} %".replace("-", "−") if trend.format == "0.0%" else wording.number(value)


def _text(x: float, y: float, words: str, anchor: str = "start", colour: str = LIGHT.muted, weight: str = "400") -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}"'
    return f"<text {where}>{escape(words)}</text>"


def _grid(plane: _Plane, trend: Trend) -> Iterable[str]:
    """Thin lines with their numbers, and the periods below."""
    for tick in plane.ticks:
        y = plane.y(tick)
        yield f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="{LIGHT.grid}" stroke-width="1"/>'
        yield _text(_LEFT - 6, y + 3.5, written(tick, trend), "end")
    every = -(-len(trend.points) // 7)
    last = len(trend.points) - 1
    for place, point in enumerate(trend.points):
        if (last - place) % every == 0:
            yield _text(plane.x(place), HEIGHT - 8, point.period, "middle")


def _band(plane: _Plane, trend: Trend) -> str:
    """The intervals of complete periods, as a pale band."""
    known = [(p, each) for p, each in enumerate(trend.points) if each.value is not None and each.low is not None]
    if len(known) < 2:
        return ""
    above = [f"{plane.x(p):.1f} {plane.y(each.high or 0):.1f}" for p, each in known]
    below = [f"{plane.x(p):.1f} {plane.y(each.low or 0):.1f}" for p, each in reversed(known)]
    return f'<path d="M{"L".join([*above, *below])}Z" fill="{LIGHT.accent}" fill-opacity="0.13"/>'


def _line(plane: _Plane, values: Sequence[float | None], width: str, dashes: str, colour: str = LIGHT.muted) -> str:
    """A line with gaps where there is no value."""
    words, is_open = [], False
    for place, value in enumerate(values):
        if value is not None:
            words.append(f"{'L' if is_open else 'M'}{plane.x(place):.1f} {plane.y(value):.1f}")
        is_open = value is not None
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{"".join(words)}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _so_far(plane: _Plane, values: Sequence[float | None] | None) -> Iterable[str]:
    """The running period: a dotted stroke to a hollow mark."""
    if values is None:
        return
    yield _line(plane, values, "1.4", "2 3", LIGHT.accent)
    place = max(place for place, value in enumerate(values) if value is not None)
    yield _dot(plane.x(place), plane.y(values[place] or 0), 4, LIGHT.paper)


def _dot(x: float, y: float, radius: float, fill: str = LIGHT.accent) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{LIGHT.accent}" stroke-width="1.4"/>'


def _points(plane: _Plane, trend: Trend, line: Line) -> Iterable[str]:
    """Complete periods as dots, the one reported larger; a ring and its word where a signal begins."""
    for place, point in enumerate(trend.points):
        if point.value is None:
            continue
        x, y = plane.x(place), plane.y(point.value)
        yield _dot(x, y, 4.5 if point.start == str(line.reading.period.start) else 2.2)
        if point.signal:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7.5" fill="none" stroke="{LIGHT.ink}" stroke-width="1.4"/>'
            anchor = "end" if place > len(trend.points) / 2 else "start"
            yield _text(x, y - 11 if y > _TOP + 24 else y + 20, point.signal, anchor, LIGHT.ink, "600")


def _named(plane: _Plane, trend: Trend, line: Line) -> Iterable[str]:
    """The lines by name at their ends, moved apart where they meet; the period reported by its value.

    That stands at the end as well, or above its point where the running period comes after it.
    """
    ends = {name: next((v for v in reversed(values) if v is not None), None) for name, values in trend.series()}
    words = {name: (end, name.lower(), "400") for name, end in ends.items() if end is not None}
    words.pop(trends.SO_FAR, None)
    words.pop(trends.VALUE, None)
    now = next((p for p, point in enumerate(trend.points) if point.start == str(line.reading.period.start)), None)
    value = None if now is None else trend.points[now].value
    if now is not None and value is not None:
        if now == len(trend.points) - 1:
            words[trends.VALUE] = (value, told.value(line.reading), "600")
        else:
            x, y = plane.x(now), plane.y(value)
            yield _halo(
                x, y - 11 if y > _TOP + 17 and not trend.points[now].signal else y + 20, told.value(line.reading)
            )
    floor = -math.inf
    for y, text, weight in sorted((plane.y(end), text, weight) for end, text, weight in words.values()):
        floor = max(y, floor + 12)
        yield _text(
            WIDTH - _RIGHT + 10, floor + 3.5, text, "start", LIGHT.ink if weight == "600" else LIGHT.muted, weight
        )


def _halo(x: float, y: float, words: str) -> str:
    """Words that stay legible where they lie on a line."""
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-weight="600"'
    under = f'<text {where} fill="{LIGHT.paper}" stroke="{LIGHT.paper}" stroke-width="3">{escape(words)}</text>'
    return under + f'<text {where} fill="{LIGHT.ink}">{escape(words)}</text>'
