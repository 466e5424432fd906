"""Fixes that still hold as falling steps, one line a kind, with the band of the first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard import charts
from dashboard.came_back import Broken
from dashboard.durability import MARKS, Held
from dashboard.palette import palette

#: Percent below which there is no room for a name under a line.
_ROOM = 15
#: Pixels of a mark, its outline apart. Of a larger one the line beneath would be what the pointer finds: plotly takes
#: the smaller of two things at one place, and of two up to this size what is drawn later.
_MARK = 6
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def held(found: Sequence[Held], dark: bool = False) -> go.Figure:
    """The share of fixes that still hold after so many days. A line ends where the last was watched: ○."""
    colours = palette(dark)
    # The page's three line colours, told apart by their dashes too.
    tones = (colours.accent, colours.second, colours.third)
    traces: list[go.Scatter] = []
    names: list[dict[str, object]] = []
    longest = max((group.watched for group in found), default=0.0)
    for place, group in enumerate(found):
        tone, dash = tones[place % 3], _DASHES[place % len(_DASHES)]
        days, shares, low, high = _steps(group)
        if len(found) == 1 and len(days) > 2:
            traces += _band(days, low, high, colours.band)
        traces += [_line(group, days, shares, {"color": tone, "width": 2, "dash": dash, "shape": "hv"})]
        traces += [_marked(group, days, shares, tone)]
        names.append(_named(group, (days[-1], shares[-1]), longest, tone))
    figure = charts.blank(
        colours, 340, margin={"l": 8, "r": 24, "t": 10, "b": 8}, annotations=names,
        shapes=[{**charts.upright(mark, {"width": 1, "color": colours.grid}), "layer": "below"} for mark in MARKS],
        xaxis={"title": "days since the fix", "rangemode": "tozero", "tickvals": [*MARKS, 180, 270, 365, 540]},
        yaxis={"range": [0, 105], "ticksuffix": " %"},
    )  # fmt: skip
    return figure.add_traces(traces)


def _band(days: list[float], low: list[float], high: list[float], colour: str) -> list[go.Scatter]:
    """What lies between the ends of the 95 % interval."""
    return [
        go.Scatter(
            x=np.array(days), y=np.array(edge), mode="lines", line={"width": 0, "shape": "hv"}, fill=fill,
            fillcolor=colour, hoverinfo="skip",
        )
        for edge, fill in ((high, None), (low, "tonexty"))
    ]  # fmt: skip


def _line(group: Held, days: list[float], shares: list[float], line: dict[str, object]) -> go.Scatter:
    """Arrays and one text for all: of lists plotly looks at each of a thousand steps."""
    name = charts.safe(group.name)
    words = f"{name}: %{{y:.0f}} % hold after %{{x:.0f}} days<extra></extra>"
    return go.Scatter(x=np.array(days), y=np.array(shares), mode="lines", line=line, hovertemplate=words, name=name)


def _named(group: Held, end: tuple[float, float], longest: float, tone: str) -> dict[str, object]:
    """The name at the end of a line where the falling line itself is not: right of it, or below it at the edge."""
    x, y = end
    beside = {"xanchor": "left", "yanchor": "bottom", "xshift": 8}
    below = {"xanchor": "right", "yanchor": "top", "yshift": -6}
    above = {"xanchor": "right", "yanchor": "bottom", "yshift": 6}
    return {
        "x": x, "y": y, "text": charts.safe(f"{group.name} (n = {group.n:,})"), "showarrow": False,
        "font": {"size": 12, "color": tone}, **(beside if x < longest / 2 else below if y > _ROOM else above),
    }  # fmt: skip


def _marked(group: Held, days: Sequence[float], shares: Sequence[float], tone: str) -> go.Scatter:
    """Points at a week, a month and a quarter, and at the end (open): each leads to what did not hold so long."""
    marks = [mark for mark in MARKS if mark < days[-1]]
    told = [(group.back[mark], f"{mark} days") for mark in marks] + [(group.returned, "to this day")]
    left = [shares[bisect_right(days, mark) - 1] for mark in marks] + [shares[-1]]
    outline = {"width": [3] * len(marks) + [2], "color": tone}
    return go.Scatter(
        x=[*marks, days[-1]], y=left, mode="markers", hoverinfo="text", name=charts.safe(group.name),
        marker={"symbol": ["circle"] * len(marks) + ["circle-open"], "size": _MARK, "color": tone, "line": outline},
        customdata=[Broken(group.place, mark).code for mark in (*marks, None)],
        hovertext=[
            charts.safe(f"{group.name}: {share:.0f} % hold; {count:,} of {group.n:,} did not hold {when}")
            for share, (count, when) in zip(left, told, strict=True)
        ],
    )  # fmt: skip


def _steps(group: Held) -> tuple[list[float], list[float], list[float], list[float]]:
    """Percent over days from the fix to the last one watched."""
    curve = group.curve
    if curve is None:
        return [0.0, group.watched], [100.0, 100.0], [100.0, 100.0], [100.0, 100.0]
    days = [0.0, *(float(day) for day in curve.times)]
    lines = [[100.0, *(100 * float(x) for x in line)] for line in (curve.left, curve.left_low, curve.left_high)]
    if days[-1] < group.watched:
        days.append(group.watched)
        lines = [[*line, line[-1]] for line in lines]
    return days, lines[0], lines[1], lines[2]


def describe(title: str, found: Sequence[Held]) -> str:
    """The chart in words."""
    told = []
    for group in found:
        marks = [
            f"{100 * (share.value or 0):.0f} % of {share.n:,} held {days} days"
            for days, share in group.held.items()
            if share.n
        ]
        told.append(f"{group.name}, {group.n:,} fixes: {', '.join(marks) or 'none watched a week yet'}")
    return f"{title}: {'; '.join(told)}."
