"""How a target is drawn: what is held to it lies beside the line, in the range, or on the way it should go."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import wording
from dashboard.palette import Palette
from dashboard.readings import Reading


def over_time(figure: go.Figure, past: Sequence[Reading], factor: float, colours: Palette, named: bool = False) -> None:
    """The target as a thin line that steps where it changed; a range as two, with a pale band between them."""
    lines = {side: [_line_of(r, side) for r in past] for side in ("above", "below")}
    constant = [set(heights) for heights in lines.values() if set(heights) != {None}]
    style = {"color": colours.target, "width": 1, "dash": "dash"}
    for heights in lines.values():
        told = {height for height in heights if height is not None}
        if told and None not in heights and len(told) == 1:
            height = told.pop() * factor
            # A shape across the plot, as ``add_hline`` draws it in ten times the time.
            figure.add_shape(type="line", x0=0, x1=1, xref="x domain", y0=height, y1=height, yref="y", line=style)
        elif told:
            steps = [None if height is None else height * factor for height in heights]
            shape = style | {"shape": "hvh"}
            figure.add_scatter(
                x=[str(r.period.start) for r in past],
                y=steps,
                mode="lines",
                line=shape,
                hoverinfo="skip",
                connectgaps=False,
            )
    if len(constant) == 2 and all(len(heights) == 1 for heights in constant):
        low, high = sorted(heights.pop() * factor for heights in constant)  # type: ignore[operator]
        figure.add_hrect(y0=low, y1=high, fillcolor=colours.target, opacity=0.08, line_width=0, layer="below")
    if named:
        _name(figure, past[-1], factor, colours)


def _line_of(reading: Reading, side: str) -> float | None:
    found: float | None = getattr(reading.target, side, None)
    return found


def _name(figure: go.Figure, last: Reading, factor: float, colours: Palette) -> None:
    """What the newest target says, beside its line; where it draws none, at the top."""
    if last.target is None:
        return
    lines = last.target.lines
    place = {"y": sum(lines) / len(lines) * factor} if lines else {"y": 1, "yref": "paper", "yanchor": "top"}
    side, _, rest = wording.target(last.target, last.kpi.unit).partition(" ")
    figure.add_annotation(
        x=1,
        xref="paper",
        xanchor="left",
        **place,
        text=f" target {html.escape(side)}<br> {_folded(rest)}",
        showarrow=False,
        align="left",
        font={"size": 12, "color": colours.target},
    )
    figure.update_layout(margin={"r": 92})


def _folded(text: str, width: int = 14) -> str:
    """Words in lines short enough for the margin of a chart."""
    return "<br> ".join(html.escape(line) for line in textwrap.wrap(text, width))


def across(figure: go.Figure, groups: Sequence[Reading], factor: float, colours: Palette) -> None:
    """One line for all groups; where segments have targets of their own, a mark on each group's row."""
    targets = {reading.target for reading in groups}
    if len(targets) > 1:
        marks = [(line, row) for row, r in enumerate(groups) if r.target for line in r.target.lines]
        figure.add_scatter(
            x=[line * factor for line, _ in marks],
            y=[row for _, row in marks],
            mode="markers",
            marker={"symbol": "line-ns-open", "size": 22, "line": {"width": 1.5, "color": colours.target}},
            hovertext=["target"] * len(marks),
            hoverinfo="text",
        )
        return
    target = targets.pop()
    if target is None or not target.lines:
        return
    for line in target.lines:
        style = {"color": colours.target, "width": 1, "dash": "dash"}
        x = line * factor
        figure.add_shape(type="line", x0=x, x1=x, xref="x", y0=0, y1=1, yref="y domain", line=style)
    figure.add_annotation(
        x=sum(target.lines) / len(target.lines) * factor,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=html.escape(f"target {wording.target(target, groups[0].kpi.unit)}"),
        showarrow=False,
        font={"size": 12, "color": colours.target},
    )
