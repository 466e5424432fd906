"""Expected and seen: how many accounts were usual, and how many came, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import charts
from dashboard.charts_parts import clip
from dashboard.palette import palette


@dataclass(frozen=True)
class Pair:
    """One line: its name, both numbers of accounts, whether it is told as a rise, what a hover says, and its code."""

    name: str
    expected: float
    seen: int
    is_rise: bool
    hover: str
    code: str = ""


def expected_and_seen(pairs: Sequence[Pair], dark: bool = False) -> go.Figure:
    """From what was expected (a thin bar across) to what was seen (a dot; a filled triangle where it is a rise)."""
    colours = palette(dark)
    figure = charts.blank(colours, 92 + 30 * max(len(pairs), 1))
    # A number before each name keeps two lines of one name apart.
    names = [charts.safe(f"{place}. {clip(pair.name, 34)}") for place, pair in enumerate(pairs, 1)]
    for name, pair in zip(names, pairs, strict=True):
        figure.add_scatter(
            x=[pair.expected, pair.seen], y=[name, name], mode="lines", hoverinfo="skip", showlegend=False,
            line={"width": 3 if pair.is_rise else 1.5, "color": colours.misses if pair.is_rise else colours.grid},
        )  # fmt: skip
    figure.add_scatter(
        x=[pair.expected for pair in pairs], y=names, mode="markers", name="expected", hoverinfo="skip",
        marker={"symbol": "line-ns", "size": 13, "line": {"width": 2, "color": colours.muted}},
    )  # fmt: skip
    for is_rise, label, symbol in ((False, "seen", "circle"), (True, "seen, a rise", "triangle-right")):
        some = [(name, pair) for name, pair in zip(names, pairs, strict=True) if pair.is_rise is is_rise]
        if not some:
            continue
        figure.add_scatter(
            x=[pair.seen for _, pair in some], y=[name for name, _ in some], mode="markers", name=label,
            marker={"symbol": symbol, "size": 12, "color": colours.misses if is_rise else colours.accent},
            cliponaxis=False, customdata=[pair.code for _, pair in some],
            hovertext=[charts.safe(pair.hover) for _, pair in some], hoverinfo="text",
        )  # fmt: skip
    # Behind whichever is further right, so that the number never lies on the other mark.
    figure.add_scatter(
        x=[max(pair.expected, pair.seen) for pair in pairs],
        y=names,
        mode="text",
        text=[f"   {pair.seen:,}" for pair in pairs],
        textposition="middle right",
        textfont={"size": 12, "color": colours.ink},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
    widest = max([max(pair.expected, pair.seen) for pair in pairs] + [1])
    figure.update_yaxes(autorange=None, range=[len(pairs) - 0.5, -0.5], type="category", categoryorder="array",
                        categoryarray=names, showgrid=False)  # fmt: skip
    figure.update_xaxes(range=[-0.04 * widest, 1.12 * widest], showgrid=True, title="accounts", nticks=6)
    figure.update_layout(
        showlegend=True, margin={"l": 8, "r": 16, "t": 34, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"},
    )  # fmt: skip
    return figure
