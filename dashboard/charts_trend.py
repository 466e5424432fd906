"""A trend as a process-behaviour chart: line, interval, limits, ringed signals, marks, the likely end.

The same for screen and paper. A ring has a word beside it and a mark a shape, so that no meaning hangs on a colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import plotly.graph_objects as go

from dashboard import findings, target_lines, wording
from dashboard.charts import Scale, blank, code_of, drawn, readable, safe, values
from dashboard.charts_behaviour import ending, limits, places, point, rings
from dashboard.charts_marks import marks
from dashboard.kpis.kpi import Unit
from dashboard.palette import Palette, palette
from dashboard.readings import Reading
from dashboard.story import Story

#: Pixels of the stroke that is the interval of a period alone.
_STROKE = 10


def spark(story: Story, dark: bool = False, height: int = 72) -> go.Figure:
    """The thirteen periods of a headline card: no axes, the target as a thin line, signals ringed."""
    colours = palette(dark)
    past = drawn(story.past)
    found = readable(past)
    if not found:
        return blank(colours, height)
    time = {"visible": False, "type": "category", "categoryorder": "array", "categoryarray": places(past)}
    figure = blank(colours, height, xaxis=time, yaxis={"visible": False}, margin={"l": 2, "r": 8, "t": 4, "b": 4})
    scale = Scale.of(found[0].kpi.unit, values(found, aimed=True))
    _band(figure, past, scale, colours)
    _line(figure, story, past, scale, colours.accent, colours, 3)
    rings(figure, story, past, scale, colours, size=11, named=False)
    target_lines.over_time(figure, past, scale.factor, colours)
    return figure


def trend(lines: Mapping[str, Story], dark: bool = False, height: int = 290) -> go.Figure:
    """One line, or a few of the same unit, each labelled at its end. Limits, band and target where it is one line."""
    colours = palette(dark)
    figure = blank(colours, height)
    kept = {label: story for label, story in lines.items() if readable(drawn(story.past))}
    if not kept:
        return figure
    points = {label: drawn(story.past) for label, story in kept.items()}
    everything = [reading for past in points.values() for reading in past]
    if len({reading.kpi.unit for reading in everything}) > 1:
        raise ValueError("the lines of one chart are of one unit")
    alone = next(iter(kept.values())) if len(kept) == 1 else None
    unit = everything[0].kpi.unit
    scale = Scale.of(unit, [*values(readable(everything), aimed=alone is not None), *_edges(alone)])
    ends = _axis_periods(points.values(), alone)
    for place, (label, story) in enumerate(kept.items()):
        colour = (colours.accent, colours.second, colours.third)[place % 3]
        if alone:
            _band(figure, points[label], scale, colours)
            limits(figure, story, points[label], scale, colours)
        _line(figure, story, points[label], scale, colour, colours, 5)
        rings(figure, story, points[label], scale, colours, size=15, named=bool(alone))
        if not alone:
            _label_end(figure, label, points[label], scale, colour, _apart(label, points))
    if alone:
        ending(figure, alone, scale, colours)
    if alone:
        target_lines.over_time(figure, everything, scale.factor, colours, named=True)
    if not alone:
        figure.update_layout(margin={"r": 24 + 8 * max(len(label) for label in kept)})
    _axes(figure, ends, unit, scale)
    marks(figure, sorted({mark for story in kept.values() for mark in story.markers}), ends, colours)
    return figure


def describe(title: str, lines: Mapping[str, Story]) -> str:
    """The chart in words, for those who do not see it: from where to where, its signals, what is marked."""
    told = []
    for label, story in lines.items():
        found = [reading for reading in readable(story.past) if reading.period.whole] or readable(story.past)
        if not found:
            continue
        unit = found[0].kpi.unit
        name = f"{label}, " if len(lines) > 1 else ""
        told.append(
            f"{name}{len(found)} periods, from {wording.value(found[0].value, unit)} to "
            f"{wording.value(found[-1].value, unit)} ({wording.period(found[-1].period)}). "
            + findings.behaviour(story.weighed, story.past)
        )
    if not told:
        return f"{title}: no readings."
    marked = findings.marked(next(iter(lines.values())))
    return " ".join(part for part in (f"{title}:", *told, marked) if part)


def _edges(story: Story | None) -> list[float]:
    """The limits of what is drawn."""
    if story is None:
        return []
    return [edge for reading in story.past for edge in story.weighed.limits(reading) if edge is not None]


def _axis_periods(lines: Iterable[Sequence[Reading]], alone: Story | None) -> list[Reading]:
    """A reading for each place of the axis, oldest first; the running one too where its end is foretold."""
    found = {reading.period.start: reading for past in lines for reading in past}
    if alone is not None and alone.running is not None and alone.ending is not None:
        found[alone.running.period.start] = alone.running
    return [found[start] for start in sorted(found, key=str)]


def _band(figure: go.Figure, past: Sequence[Reading], scale: Scale, colours: Palette) -> None:
    """The interval of complete periods as a light band, broken where the line is."""
    whole = [r for r in past if r.period.whole]
    for is_known, stretch in groupby(whole, key=lambda r: r.low is not None and r.high is not None):
        if is_known:
            _stretch(figure, list(stretch), scale, colours)


def _stretch(figure: go.Figure, stretch: Sequence[Reading], scale: Scale, colours: Palette) -> None:
    """Periods side by side as a band; one alone as a stroke, since a band of one has no width."""
    edges: dict[str, list[float]] = {
        edge: [getattr(r, edge) * scale.factor for r in stretch] for edge in ("high", "low")
    }
    if len(stretch) == 1:
        ends = [edges["low"][0], edges["high"][0]]
        stroke = {"width": _STROKE, "color": colours.band}
        figure.add_scatter(x=places(stretch) * 2, y=ends, mode="lines", line=stroke, hoverinfo="skip")
        return
    for edge, fill in (("high", None), ("low", "tonexty")):
        figure.add_scatter(
            x=places(stretch),
            y=edges[edge],
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=colours.band,
            hoverinfo="skip",
        )


def _line(
    figure: go.Figure, story: Story, past: Sequence[Reading], scale: Scale, colour: str, colours: Palette, size: float
) -> None:
    """Complete periods as a line, the last one marked; the running one hollow, on a dashed stroke."""
    whole = [r for r in past if r.period.whole]
    running = [r for r in past if not r.period.whole]
    sizes = [size if r is not whole[-1] else size + 4 for r in whole]
    figure.add_scatter(
        x=places(whole),
        y=[r.value * scale.factor if r.value is not None else None for r in whole],
        mode="lines+markers",
        line={"color": colour, "width": 2},
        marker={"size": sizes, "color": colour},
        customdata=[code_of(r) for r in whole],
        hovertext=[point(story, r) for r in whole],
        hoverinfo="text",
        connectgaps=False,
    )
    if running and whole and running[-1].value is not None:
        tail = [whole[-1], running[-1]] if whole[-1].value is not None else [running[-1]]
        figure.add_scatter(
            x=places(tail),
            y=[r.value * scale.factor for r in tail if r.value is not None],
            mode="lines+markers",
            line={"color": colour, "width": 1.5, "dash": "dot"},
            marker={
                "size": [0] * (len(tail) - 1) + [size + 3],
                "color": colours.paper,
                "line": {"color": colour, "width": 1.5},
            },
            customdata=[code_of(r) for r in tail],
            hovertext=[point(story, r) for r in tail],
            hoverinfo="text",
        )


def _apart(label: str, lines: Mapping[str, Sequence[Reading]]) -> int:
    """How many pixels an end label moves so that two lines that end close together stay legible."""
    ends = {name: readable(past)[-1].value or 0 for name, past in lines.items()}
    found = values([reading for past in lines.values() for reading in past])
    near = (max(found) - min(found)) * 0.08
    others = [end for name, end in ends.items() if name != label and abs(end - ends[label]) < near]
    if not others:
        return 0
    highest = ends[label] > max(others) or (ends[label] == max(others) and label == next(iter(lines)))
    return 9 if highest else -9


def _label_end(figure: go.Figure, label: str, past: Sequence[Reading], scale: Scale, colour: str, shift: int) -> None:
    last = readable(past)[-1]
    figure.add_annotation(
        x=str(last.period.start),
        y=(last.value or 0) * scale.factor,
        text=f"&nbsp;&nbsp;&nbsp;{safe(label)}",
        showarrow=False,
        xanchor="left",
        yshift=shift,
        font={"size": 13, "color": colour},
    )


def _axes(figure: go.Figure, past: Sequence[Reading], unit: Unit, scale: Scale) -> None:
    ticks = places(past)
    step = -(-len(ticks) // 6)
    shown = [place for place in range(len(ticks)) if (len(ticks) - 1 - place) % step == 0]
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=ticks,
        tickvals=[ticks[place] for place in shown],
        ticktext=[wording.short_period(past[place].period) for place in shown],
        autotickangles=[0, 30, 60],
    )
    figure.update_yaxes(ticksuffix=scale.suffix, nticks=6)
    if unit is Unit.COUNT:
        figure.update_yaxes(rangemode="tozero", tickformat=",")
    elif unit is not Unit.POINTS and len(past) == 1:
        # Around a single reading plotly would draw room on either side, below zero too.
        figure.update_yaxes(rangemode="nonnegative")
