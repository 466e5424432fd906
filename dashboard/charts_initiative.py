"""One initiative over time: baseline, the way from it to the goal, weekly readings, and breaks that join nothing.

Where it names a segment it does not touch, that one's weeks are a second line: dashed, with open points and its name.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import initiatives
from dashboard.charts import Scale, blank, hover, safe
from dashboard.initiative_record import Initiative
from dashboard.initiatives import Standing
from dashboard.palette import Palette, palette
from dashboard.readings import Reading
from dashboard.scope import Scope

#: What the weeks of the segment itself are called.
OWN = "this initiative"


def course(made: Standing, dark: bool = False, height: int = 280) -> go.Figure:
    """The figure; what was read before a break is a line of its own, thin and grey, and so is what it is held to."""
    colours = palette(dark)
    base, low, high = initiatives.baseline(made)
    goal, body = initiatives.goal(made), made.body
    values = [each.value for each in (*made.weeks, *made.control) if each.value is not None]
    scale = Scale.of(made.kpi.unit, [*values, base, goal])
    figure = blank(colours, height + 40 * bool(made.control), margin={"r": 44, "t": 24}, xaxis={"type": "date"})
    figure.update_yaxes(ticksuffix=scale.suffix, nticks=6)
    for some in made.earlier:
        if all(each.kpi.unit == made.kpi.unit for each in some):
            _line(figure, some, scale, colours.muted, 1)
    if made.control:
        _line(figure, made.control, scale, colours.second, 1.5, compared_with(body))
        # Below the plot: at their ends the names would lie on the lines.
        figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.14, "yanchor": "top", "x": 0})
    _line(figure, made.weeks, scale, colours.accent, 2, OWN)
    span = {"x0": str(body.first), "x1": str(body.last)}
    edges = {"y0": low * scale.factor, "y1": high * scale.factor}
    figure.add_shape(type="rect", **span, **edges, fillcolor=colours.band, line={"width": 0})
    _stroke(figure, (body.first, body.last), (base, base), scale, colours.target, "solid")
    _stroke(figure, (body.start, body.due), (base, goal), scale, colours.target, "dash")
    _named(figure, str(body.first), low * scale.factor, "baseline", colours, "top")
    _named(figure, str(body.due), goal * scale.factor, "goal", colours, "middle")
    days = [(body.start, "start"), (body.due, "due"), *((each.day, "goal changed") for each in made.breaks)]
    for day, word in days:
        line = {"color": colours.muted, "width": 1, "dash": "dot"}
        figure.add_shape(type="line", x0=str(day), x1=str(day), y0=0, y1=1, yref="paper", line=line)
        figure.add_annotation(
            x=str(day), y=1, yref="paper", yanchor="bottom", text=word, showarrow=False,
            font={"size": 12, "color": colours.muted},
        )  # fmt: skip
    return figure


def compared_with(body: Initiative) -> str:
    """``compared with team: Billing``."""
    return f"compared with {Scope(body.control).words()}"


def _line(
    figure: go.Figure, weeks: Sequence[Reading], scale: Scale, colour: str, width: float, name: str | None = None
) -> None:
    """A line of weeks; one that is not named does not stand in the legend, one of another segment is dashed."""
    is_control = name not in (None, OWN)
    figure.add_scatter(
        x=[str(each.period.start) for each in weeks],
        y=[None if each.value is None else each.value * scale.factor for each in weeks],
        mode="lines+markers",
        line={"color": colour, "width": width, "dash": "dashdot" if is_control else "solid"},
        marker={"size": 6 if is_control else 5, "color": colour, "symbol": "diamond-open" if is_control else "circle"},
        hovertext=[hover(each) for each in weeks],
        hoverinfo="text",
        connectgaps=False,
        name=safe(name or ""),
        showlegend=name is not None,
    )


def _stroke(
    figure: go.Figure, days: tuple[object, object], heights: tuple[float, float], scale: Scale, colour: str, dash: str
) -> None:
    figure.add_scatter(
        x=[str(day) for day in days],
        y=[height * scale.factor for height in heights],
        mode="lines",
        line={"color": colour, "width": 1.3, "dash": dash},
        hoverinfo="skip",
        showlegend=False,
    )


def _named(figure: go.Figure, x: str, y: float, text: str, colours: Palette, anchor: str) -> None:
    font = {"size": 12, "color": colours.target}
    figure.add_annotation(x=x, y=y, text=safe(text), showarrow=False, xanchor="left", yanchor=anchor, font=font)
