"""Releases, incidents and notes on a trend: a mark a period, with what it stands for in a hover."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import markers, wording
from dashboard.charts import safe
from dashboard.markers import Kind, Marker
from dashboard.palette import Palette
from dashboard.readings import Reading

#: The shape of a mark; where several kinds fall in one period the most telling one stands for them.
_SHAPES = {
    Kind.INITIATIVE: "star",
    Kind.NOTE: "square",
    Kind.INCIDENT: "diamond",
    Kind.UNDONE: "x-thin",
    Kind.RELEASE: "triangle-down",
}
Marked = tuple[Reading, Sequence[Marker]]
#: How many of a period's marks are named in a hover.
_NAMED = 6


def marks(figure: go.Figure, found: Sequence[Marker], past: Sequence[Reading], colours: Palette) -> None:
    """A mark at the top of each period in which something happened, with a thin line where such periods are few."""
    by_period = [(reading, markers.within(found, reading.period, reading.kpi.name)) for reading in past]
    marked = [(reading, some) for reading, some in by_period if some]
    if not marked:
        return
    for reading, _ in _lined(marked, len(past)):
        start = str(reading.period.start)
        line = {"color": colours.muted, "width": 0.8, "dash": "dot"}
        figure.add_shape(type="line", x0=start, x1=start, y0=0, y1=1, yref="paper", line=line)
    figure.add_scatter(
        x=[str(reading.period.start) for reading, _ in marked],
        y=[0.5] * len(marked),
        yaxis="y2",
        mode="markers",
        marker={
            "symbol": [_shape(some) for _, some in marked],
            "size": [6 if all(mark.kind is Kind.RELEASE for mark in some) else 9 for _, some in marked],
            "color": colours.muted,
            "line": {"width": 1.5, "color": colours.muted},
        },
        hovertext=[mark_words(reading, some) for reading, some in marked],
        hoverinfo="text",
    )
    # A strip of their own above the plot, so that they hide neither line nor limits; nothing is read off its height.
    figure.update_layout(
        yaxis={"domain": [0, 0.88]},
        yaxis2={"domain": [0.91, 1], "range": [0, 1], "visible": False, "fixedrange": True, "anchor": "x"},
    )


def _lined(marked: Sequence[Marked], periods: int) -> Sequence[Marked]:
    """Lines in more than half of the periods are a fence: then only those of the unusual, where these are few."""
    unusual = [(reading, some) for reading, some in marked if any(mark.kind is not Kind.RELEASE for mark in some)]
    return next((found for found in (marked, unusual) if 2 * len(found) <= periods), [])


def _shape(some: Sequence[Marker]) -> str:
    return next(shape for kind, shape in _SHAPES.items() if any(marker.kind is kind for marker in some))


def mark_words(reading: Reading, some: Sequence[Marker]) -> str:
    """``7 releases`` and the first of them by name, what is out of the ordinary first."""
    order = list(_SHAPES)
    first = sorted(some, key=lambda marker: (order.index(marker.kind), marker.day))[:_NAMED]
    lines = [f"<b>{safe(wording.period(reading.period))}: {safe(markers.counted(some))}</b>"]
    lines += [f"{marker.day.day} {marker.day:%b}: {safe(marker.text[:70])}" for marker in first]
    if len(some) > _NAMED:
        lines.append(f"and {len(some) - _NAMED} more in the table")
    return "<br>".join(lines)
