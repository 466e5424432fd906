"""Minutes of rebuilt context as bars with ranges: groups, assumptions, levers, and outcomes by third."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import charts
from dashboard.charts_parts import NAMED_ROWS, above, clip
from dashboard.palette import palette


@dataclass(frozen=True)
class Bar:
    """One bar from zero with its range, where it has one, and its words at the end; ``code`` is what it is known by."""

    name: str
    value: float
    words: str
    low: float | None = None
    high: float | None = None
    code: str = ""


def bars(rows: Sequence[Bar], dark: bool = False, width: int = 36) -> go.Figure:
    """Bars from zero, to the left of it where they are below, the range as a whisker, the words right of it."""
    colours = palette(dark)
    names = [charts.safe(clip(row.name, width)) for row in rows]
    largest = max((max(row.value, row.high or 0) for row in rows), default=1)
    lowest = min((min(row.value, row.low or 0) for row in rows), default=0)
    below, whole = min(0.0, 1.05 * lowest), (largest - min(0.0, lowest)) or 1
    figure = charts.blank(
        colours,
        40 + 34 * max(len(rows), 1),
        yaxis=NAMED_ROWS,
        xaxis={"visible": False, "range": [below, largest + whole]},
        shapes=[charts.upright(0, {"width": 1, "color": colours.muted})] if below else [],
        annotations=[
            {
                "x": max(row.value, row.high or 0, 0), "y": name, "text": f" {charts.safe(row.words)}",
                "showarrow": False, "xanchor": "left", "xshift": 4, "font": {"size": 12, "color": colours.ink},
            }
            for name, row in zip(names, rows, strict=True)
        ],
    )  # fmt: skip
    figure.add_bar(
        x=[row.value for row in rows],
        y=names,
        orientation="h",
        marker={"color": colours.accent},
        error_x={
            "type": "data",
            "visible": any(row.high is not None for row in rows),
            "symmetric": False,
            "array": [0 if row.high is None else max(0.0, row.high - row.value) for row in rows],
            "arrayminus": [0 if row.low is None else max(0.0, row.value - row.low) for row in rows],
            "color": colours.muted,
            "thickness": 1.5,
            "width": 4,
        },
        customdata=[row.code for row in rows],
        hovertext=[charts.safe(f"{row.name}: {row.words}") for row in rows],
        hoverinfo="text",
        width=0.56,
    )
    return figure


def spans(rows: Sequence[Bar], middle: float, dark: bool = False) -> go.Figure:
    """A tornado: one bar a row from its low to its high, about the line of the value itself."""
    colours = palette(dark)
    figure = charts.blank(
        colours,
        56 + 34 * max(len(rows), 1),
        yaxis=NAMED_ROWS,
        xaxis={"showgrid": True, "nticks": 6, "ticksuffix": " h"},
        shapes=[charts.upright(middle, {"width": 1.5, "color": colours.ink})],
    )
    names = [charts.safe(row.name) for row in rows]
    figure.add_bar(
        base=[row.low for row in rows],
        x=[(row.high or 0) - (row.low or 0) for row in rows],
        y=names,
        orientation="h",
        marker={"color": colours.band, "line": {"width": 1.5, "color": colours.accent}},
        hovertext=[charts.safe(f"{row.name}: {row.words}") for row in rows],
        hoverinfo="text",
        width=0.56,
    )
    return figure


def floor_and_central(rows: Sequence[tuple[str, float, float | None, str]], dark: bool = False) -> go.Figure:
    """What is at least won back as a full bar, and up to the central value as a hatched one.

    Names and words stand above their bar, so that a phone's width cuts neither.
    """
    colours = palette(dark)
    names = [charts.safe(name) for name, *_ in rows]
    more = [max(0.0, (central or floor) - floor) for _, floor, central, _ in rows]
    has_more = any(more)
    largest = max((max(floor, central or 0) for _, floor, central, _ in rows), default=1) or 1
    figure = charts.blank(
        colours,
        70 + 52 * max(len(rows), 1),
        barmode="stack",
        showlegend=has_more,
        legend=above(),
        margin={"t": 44 if has_more else 18},
        yaxis=NAMED_ROWS | {"visible": False},
        xaxis={"visible": False, "range": [0, 1.05 * largest]},
        annotations=[
            {
                "x": 0, "y": name, "text": f"{name}: {charts.safe(words)}", "showarrow": False, "xanchor": "left",
                "yanchor": "bottom", "yshift": 9, "font": {"size": 12, "color": colours.ink},
            }
            for name, (_, _, _, words) in zip(names, rows, strict=True)
        ],
    )  # fmt: skip
    figure.add_bar(x=[floor for _, floor, _, _ in rows], y=names, orientation="h", name="at least",
                   marker={"color": colours.accent}, width=0.36, hoverinfo="skip")  # fmt: skip
    figure.add_bar(
        x=more, y=names, orientation="h", name="central", width=0.36, hoverinfo="skip",
        marker={
            "color": colours.accent, "line": {"width": 1, "color": colours.accent},
            "pattern": {"shape": "/", "size": 6, "solidity": 0.4, "fgcolor": colours.accent, "bgcolor": colours.paper},
        },
    )  # fmt: skip
    return figure
