"""Counts and parts as bars and cells: open work by age and group, what came in and went out, hours, whose turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard import charts, wording
from dashboard.palette import Palette, palette
from dashboard.parts import HourOfWeek
from dashboard.readings import Reading

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


#: The axis of named rows: first row on top, one name a row.
NAMED_ROWS = {"autorange": "reversed", "showgrid": False, "type": "category"}


def bars(parts: Sequence[tuple[str, int, str]], dark: bool = False, codes: Sequence[str] = ()) -> go.Figure:
    """One horizontal bar a part from zero, with its words at the end; ``codes`` are what they are known by."""
    colours = palette(dark)
    # Room for the words behind the longest bar.
    across = [0, 2.1 * max((count for _, count, _ in parts), default=1) or 1]
    figure = charts.blank(
        colours, 40 + 32 * max(len(parts), 1), yaxis=NAMED_ROWS, xaxis={"visible": False, "range": across}
    )
    figure.add_bar(
        x=[count for _, count, _ in parts],
        y=[charts.safe(clip(name)) for name, _, _ in parts],
        orientation="h",
        marker={"color": colours.accent},
        text=[f" {charts.safe(words)}" for _, _, words in parts],
        textposition="outside",
        cliponaxis=False,
        customdata=list(codes) or None,
        hovertext=[charts.safe(f"{name}: {words}") for name, _, words in parts],
        hoverinfo="text" if codes else "skip",
        width=0.6,
    )
    return figure


def clip(name: str, longest: int = 24) -> str:
    """A name short enough for an axis."""
    return name if len(name) <= longest else name[: longest - 1] + "…"


def pairs(first: Sequence[Reading], second: Sequence[Reading], names: tuple[str, str], dark: bool = False) -> go.Figure:
    """Two counts a period side by side from zero, the second one hatched so that it is told without colour."""
    colours = palette(dark)
    figure = charts.blank(
        colours,
        260,
        barmode="group",
        showlegend=True,
        legend=above(),
        margin={"t": 34},
        yaxis={"rangemode": "tozero", "nticks": 5},
        xaxis={"type": "category"},
    )
    styles = ({"color": colours.accent}, _hatched(colours.second, "/", colours))
    for name, readings, marker in zip(names, (first, second), styles, strict=True):
        shown = [each for each in charts.drawn(readings) if each.value is not None]
        figure.add_bar(
            x=[wording.short_period(each.period) for each in shown],
            y=[each.value for each in shown],
            name=name,
            marker=marker,
            customdata=[charts.code_of(each) for each in shown],
            hovertext=[f"{name}<br>{charts.hover(each)}" for each in shown],
            hoverinfo="text",
        )
    return figure


def _hatched(colour: str, shape: str, colours: Palette) -> dict[str, object]:
    return {
        "color": colour,
        "pattern": {"shape": shape, "size": 6, "solidity": 0.45, "fgcolor": colour, "bgcolor": colours.paper},
        "line": {"width": 1, "color": colour},
    }


def above() -> dict[str, object]:
    """A legend in one line over the plot."""
    return {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"}


def heat(counts: Sequence[Sequence[int]], dark: bool = False) -> go.Figure:
    """Weekdays across, hours down, the count written in each cell: darker is more, and the number says how many."""
    colours = palette(dark)
    # The ranges are told, because the points on the cells would ask for room around them.
    down = {"range": [23.5, -0.5], "showgrid": False, "type": "category", "dtick": 1, "tickfont": {"size": 11}}
    figure = charts.blank(
        colours,
        60 + 21 * 24,
        yaxis=down,
        xaxis={"range": [-0.5, 6.5], "side": "top", "type": "category"},
        margin={"r": 8, "t": 30},
    )
    figure.add_heatmap(
        z=[[counts[day][hour] for day in range(7)] for hour in range(24)],
        x=list(_DAYS),
        y=[f"{hour:02d}:00" for hour in range(24)],
        # Half the accent at most, so that ink stays readable on every cell.
        colorscale=[[0, colours.paper], [1, between(colours.paper, colours.accent)]],
        zmin=0,
        showscale=False,
        texttemplate="%{z}",
        textfont={"size": 11, "color": colours.ink},
        xgap=1,
        ygap=1,
        hoverinfo="skip",
    )
    _cells(figure, counts)
    return figure


def _cells(figure: go.Figure, counts: Sequence[Sequence[int]]) -> None:
    """A point nobody sees on each cell: cells of a heat map cannot be picked, points can."""
    places = [(day, hour) for day in range(7) for hour in range(24)]
    figure.add_scatter(
        x=[_DAYS[day] for day, _ in places],
        y=[f"{hour:02d}:00" for _, hour in places],
        mode="markers",
        marker={"size": 18, "symbol": "square", "opacity": 0},
        opacity=0,
        customdata=[HourOfWeek(day, hour).code for day, hour in places],
        hovertext=[f"{HourOfWeek(day, hour).words}: <b>{counts[day][hour]:,}</b>" for day, hour in places],
        hoverinfo="text",
    )


def between(first: str, second: str) -> str:
    """The colour halfway between two."""
    pairs_of = [(int(first[place : place + 2], 16), int(second[place : place + 2], 16)) for place in (1, 3, 5)]
    return "#" + "".join(f"{(one + other) // 2:02x}" for one, other in pairs_of)


def stacked(
    rows: Sequence[tuple[str, Mapping[str, float]]],
    dark: bool = False,
    codes: Mapping[tuple[int, str], str] | None = None,
) -> go.Figure:
    """Parts of a whole as one bar a row, 0 to 100 %; each part has a pattern beside its colour, and its share.

    ``codes`` are what a part is known by: the place of its row and its name → code.
    """
    colours = palette(dark)
    names = list(dict.fromkeys(name for _, parts in rows for name in parts))
    labels = [charts.safe(label) for label, _ in rows]
    figure = charts.blank(
        colours,
        80 + 34 * max(len(rows), 1),
        barmode="stack",
        showlegend=True,
        legend=above(),
        margin={"t": 34},
        yaxis=NAMED_ROWS,
        xaxis={"range": [0, 100], "visible": False},
        annotations=[
            written
            for place, name in enumerate(names)
            for written in _written(_shares(rows, name), labels, shares_before(rows, names[:place]), colours)
        ],
    )
    plain = {"color": colours.accent, "line": {"width": 1, "color": colours.paper}}
    markers = [
        plain,
        _hatched(colours.misses, "x", colours),
        _hatched(colours.second, "/", colours),
        _hatched(colours.third, ".", colours),
    ]
    for place, name in enumerate(names):
        shares = _shares(rows, name)
        figure.add_bar(
            x=shares,
            y=labels,
            orientation="h",
            name=name,
            marker=markers[place % len(markers)],
            customdata=[(codes or {}).get((row, name), "") for row in range(len(rows))],
            hovertext=[
                f"{label}<br>{charts.safe(name)}: <b>{share:.1f} %</b>"
                for label, share in zip(labels, shares, strict=True)
            ],
            hoverinfo="text",
            width=0.62,
        )
    return figure


def _shares(rows: Sequence[tuple[str, Mapping[str, float]]], name: str) -> list[float]:
    return [100 * parts.get(name, 0) for _, parts in rows]


def shares_before(rows: Sequence[tuple[str, Mapping[str, float]]], names: Sequence[str]) -> list[float]:
    """Where the next part begins in each row, in percent."""
    return [100 * sum(parts.get(name, 0) for name in names) for _, parts in rows]


def _written(
    shares: Sequence[float], labels: Sequence[str], starts: Sequence[float], colours: Palette
) -> list[dict[str, object]]:
    """The share on its part, on a ground of paper so that the pattern does not cross it; none on a thin part."""
    return [
        {
            "x": start + share / 2, "y": label, "text": f"{share:.0f} %", "showarrow": False, "bgcolor": colours.paper,
            "font": {"size": 12, "color": colours.ink}, "borderpad": 1,
        }
        for share, label, start in zip(shares, labels, starts, strict=True)
        if share >= 9
    ]  # fmt: skip
