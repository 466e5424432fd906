"""What a trend's behaviour looks like: limits, rings round signals, the likely end of the running period."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import plotly.graph_objects as go

from dashboard import findings, wording
from dashboard.analysis.behaviour import Signal
from dashboard.analysis.weighing import is_better
from dashboard.charts import Scale, hover, safe
from dashboard.palette import Palette
from dashboard.readings import Reading
from dashboard.story import Story


def places(past: Sequence[Reading]) -> list[str]:
    """Where readings stand on the axis of time."""
    return [str(reading.period.start) for reading in past]


def limits(figure: go.Figure, story: Story, past: Sequence[Reading], scale: Scale, colours: Palette) -> None:
    """The limits of normal variation and their mean, as thin lines; the upper one is named once."""
    is_named = False
    for stretch in story.weighed.stretches:
        here = {reading.period.start for reading in stretch.past}
        whole = [r for r in past if r.period.start in here and story.weighed.limits(r) != (None, None)]
        if len(whole) < 2 or stretch.behaviour.centre is None:
            continue
        edges = [story.weighed.limits(reading) for reading in whole]
        _thin(figure, whole, [low for low, _ in edges], scale, colours)
        _thin(figure, whole, [high for _, high in edges], scale, colours)
        _thin(figure, whole, [stretch.behaviour.centre] * len(whole), scale, colours, is_mean=True)
        if not is_named and edges[0][1] is not None:
            _named(figure, whole[0], edges[0][1] * scale.factor, colours)
            is_named = True


def _thin(
    figure: go.Figure,
    whole: Sequence[Reading],
    row: Sequence[float | None],
    scale: Scale,
    colours: Palette,
    is_mean: bool = False,
) -> None:
    figure.add_scatter(
        x=places(whole),
        y=[None if edge is None else edge * scale.factor for edge in row],
        mode="lines",
        line={"color": colours.muted, "width": 0.6 if is_mean else 1.3, "dash": "solid" if is_mean else "1px,3px"},
        hoverinfo="skip",
    )


def _named(figure: go.Figure, first: Reading, height: float, colours: Palette) -> None:
    figure.add_annotation(
        x=str(first.period.start),
        y=height,
        text="limits of normal variation",
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        font={"size": 11, "color": colours.muted},
    )


def point(story: Story, reading: Reading) -> str:
    """Value, n, interval and period; then the limits, and the rule where it is a signal."""
    low, high = story.weighed.limits(reading)
    signal = story.weighed.signal(reading)
    lines = [hover(reading)]
    if signal is not None:
        lines.append(f"<b>Signal: {findings.rule_words(signal.rule, signal.is_high, reading.period.grain)}</b>")
    if low is not None and high is not None:
        lines.append(f"limits {safe(wording.span(low, high, reading.kpi.unit))}")
    return "<br>".join(lines)


def rings(
    figure: go.Figure,
    story: Story,
    past: Sequence[Reading],
    scale: Scale,
    colours: Palette,
    size: float,
    named: bool,
) -> None:
    """A ring round each signal; the first of a stretch is named."""
    found = [(r, s) for r in past if r.value is not None and (s := story.weighed.signal(r)) is not None]
    if not found:
        return
    figure.add_scatter(
        x=places([reading for reading, _ in found]),
        y=[(reading.value or 0) * scale.factor for reading, _ in found],
        mode="markers",
        marker={
            "symbol": "circle-open",
            "size": size,
            "color": [_colour(r, s, colours) for r, s in found],
            "line": {"width": 2},
        },
        hoverinfo="skip",
    )
    if not named:
        return
    order = {reading.period.start: place for place, reading in enumerate(past)}
    stretches = groupby(
        enumerate(found),
        lambda each: (each[1][1].rule, each[1][1].is_high, order[each[1][0].period.start] - each[0]),
    )
    for _, some in stretches:
        reading, signal = next(iter(some))[1]
        figure.add_annotation(
            x=str(reading.period.start),
            y=(reading.value or 0) * scale.factor,
            text=findings.SHORT[signal.rule],
            showarrow=False,
            yshift=16 if signal.is_high else -16,
            xanchor="right" if order[reading.period.start] > len(past) / 2 else "left",
            font={"size": 12, "color": _colour(reading, signal, colours)},
        )


def _colour(reading: Reading, signal: Signal, colours: Palette) -> str:
    better = is_better(reading.kpi, signal.is_high)
    return colours.close if better is None else colours.meets if better else colours.misses


def ending(figure: go.Figure, story: Story, scale: Scale, colours: Palette) -> None:
    """Where the running period will end: a hollow diamond with its 80 % range."""
    running, end = story.running, story.ending
    if running is None or end is None:
        return
    figure.add_scatter(
        x=[str(running.period.start)],
        y=[end.value * scale.factor],
        mode="markers",
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [(end.high - end.value) * scale.factor],
            "arrayminus": [(end.value - end.low) * scale.factor],
            "color": colours.muted,
            "thickness": 1.2,
            "width": 5,
        },
        marker={"symbol": "diamond-open", "size": 9, "color": colours.muted, "line": {"width": 1.5}},
        hovertext=[safe(findings.ending_words(story))],
        hoverinfo="text",
    )
