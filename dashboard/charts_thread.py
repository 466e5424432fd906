"""Ways between teams as a matrix, and the chance of a long stay in each queue with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import charts
from dashboard.analysis.black_holes import Queue
from dashboard.charts_parts import between, clip
from dashboard.palette import Palette, palette


@dataclass(frozen=True)
class Cell:
    """One way: how dark it is, what is written in it, what a hover says, and what it is known by."""

    count: int
    words: str
    hover: str
    code: str


def matrix(
    teams: tuple[Sequence[str], Sequence[str]], cells: Mapping[tuple[str, str], Cell], titles: tuple[str, str],
    dark: bool = False,
) -> go.Figure:  # fmt: skip
    """From the team of a row to the team of a column, the count written in each cell: darker is more."""
    colours = palette(dark)
    down, across = teams
    figure = charts.blank(
        colours, 120 + 44 * max(len(down), 1), margin={"r": 8, "t": 60},
        yaxis={
            "range": [len(down) - 0.5, -0.5], "showgrid": False, "type": "category",
            "title": {"text": charts.safe(titles[0])},
        },
        xaxis={
            "range": [-0.5, len(across) - 0.5], "side": "top", "type": "category",
            "title": {"text": charts.safe(titles[1])},
        },
    )  # fmt: skip
    rows, columns = ([charts.safe(clip(name, 20)) for name in names] for names in (down, across))
    counts = [[cells[one, other].count if (one, other) in cells else None for other in across] for one in down]
    texts = [[_lines(cells[one, other].words) if (one, other) in cells else "" for other in across] for one in down]
    figure.add_heatmap(
        z=counts, x=columns, y=rows, text=texts, texttemplate="%{text}", zmin=0, showscale=False, xgap=2, ygap=2,
        colorscale=[[0, colours.paper], [1, between(colours.paper, colours.accent)]],
        textfont={"size": 12, "color": colours.ink}, hoverinfo="skip",
    )  # fmt: skip
    places = [(one, other) for one in down for other in across if (one, other) in cells]
    # A point nobody sees on each cell: cells of a heat map cannot be picked, points can.
    figure.add_scatter(
        x=[columns[list(across).index(other)] for _, other in places],
        y=[rows[list(down).index(one)] for one, _ in places],
        mode="markers",
        marker={"size": 34, "symbol": "square", "opacity": 0},
        opacity=0,
        customdata=[cells[place].code for place in places],
        hovertext=[charts.safe(cells[place].hover) for place in places],
        hoverinfo="text",
    )
    return figure


def _lines(words: str) -> str:
    return "<br>".join(charts.safe(line) for line in words.split("\n"))


def chances(queues: Sequence[Queue], pooled: float | None, dark: bool = False) -> go.Figure:
    """How likely a stay lasts over two days, a dot and its interval a queue; the line is all queues together."""
    colours = palette(dark)
    largest = max([100 * (queue.high or queue.share or 0) for queue in queues] + [5])
    figure = charts.blank(
        colours,
        70 + 32 * max(len(queues), 1),
        yaxis={"autorange": "reversed", "showgrid": True, "type": "category"},
        xaxis={"range": [0, 1.05 * largest], "showgrid": True, "ticksuffix": " %", "nticks": 6},
        margin={"t": 28},
        **({} if pooled is None else _pooled(pooled, colours)),
    )
    names = [charts.safe(clip(f"{queue.name} ({queue.n:,})", 30)) for queue in queues]
    shares = [100 * (queue.share or 0) for queue in queues]
    figure.add_scatter(
        x=shares,
        y=names,
        mode="markers",
        marker={
            "size": 11,
            "symbol": ["diamond" if queue.is_black_hole else "circle" for queue in queues],
            "color": [colours.misses if queue.is_black_hole else colours.accent for queue in queues],
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [100 * max(0.0, (queue.high or 0) - (queue.share or 0)) for queue in queues],
            "arrayminus": [100 * max(0.0, (queue.share or 0) - (queue.low or 0)) for queue in queues],
            "color": colours.muted,
            "thickness": 1.5,
            "width": 4,
        },
        hovertext=[charts.safe(_hover(queue)) for queue in queues],
        hoverinfo="text",
        cliponaxis=False,
    )
    return figure


def _pooled(share: float, colours: Palette) -> dict[str, object]:
    """The line of all queues together, with its words over the plot."""
    words = {
        "x": 100 * share, "y": 1, "yref": "paper", "text": f" all queues {100 * share:.1f} %", "showarrow": False,
        "xanchor": "left", "yanchor": "bottom", "font": {"size": 12, "color": colours.ink},
    }  # fmt: skip
    line = {"width": 1.5, "color": colours.ink, "dash": "dot"}
    return {"shapes": [charts.upright(100 * share, line)], "annotations": [words]}


def _hover(queue: Queue) -> str:
    spread = "" if queue.low is None or queue.high is None else f" ({100 * queue.low:.1f}–{100 * queue.high:.1f} %)"
    return f"{queue.name}: {100 * (queue.share or 0):.1f} %{spread} of {queue.n:,} stays"
