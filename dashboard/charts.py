"""Readings → figures: one template, one palette, shapes beside colours. The same for screen and paper."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import target_lines, wording
from dashboard.kpis.kpi import Unit
from dashboard.palette import Palette, palette
from dashboard.readings import Reading

FONT = "Source Sans, Source Sans Pro, Helvetica, Arial, sans-serif"
#: No toolbar over a chart: the table and the CSV stand below it.
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showAxisDragHandles": False}


@dataclass(frozen=True)
class Scale:
    """How values of a unit stand on an axis: multiplied by ``factor``, with ``suffix`` behind."""

    factor: float
    suffix: str

    @classmethod
    def of(cls, unit: Unit, values: Sequence[float]) -> Scale:
        """Percent as percent; durations in the largest unit that keeps the axis readable."""
        largest = max((abs(value) for value in values), default=0)
        if unit is Unit.PERCENT:
            return cls(100, " %")
        if unit is Unit.MINUTES:
            if largest >= 4 * 1440:
                return cls(1 / 1440, " d")
            return cls(1 / 60, " h") if largest >= 240 else cls(1, " min")
        return cls(1, " min" if unit is Unit.MINUTES_PER_TICKET else "")


def safe(text: object) -> str:
    """Text from the data for a label or hover: Plotly reads a little HTML, so none may come from outside."""
    return html.escape(str(text), quote=False)


def group_name(reading: Reading) -> str:
    """The value a reading is cut by, in words."""
    return " · ".join(str(value) if value is not None else "(none)" for _, value in reading.group)


def hover(reading: Reading) -> str:
    """Value, n, interval and period of a point."""
    name = f"<b>{safe(group_name(reading))}</b><br>" if reading.group else ""
    spread = wording.interval(reading)
    lines = [
        f"{name}<b>{safe(wording.value(reading.value, reading.kpi.unit))}</b>"
        + ("" if reading.period.whole else " so far"),
        safe(spread) if spread else "",
        f"n = {reading.n:,}",
        safe(wording.period(reading.period)),
    ]
    return "<br>".join(line for line in lines if line)


def _figure(colours: Palette, height: int) -> go.Figure:
    figure = go.Figure()
    axis = {"gridcolor": colours.grid, "zeroline": False, "linecolor": colours.grid, "fixedrange": True}
    figure.update_layout(
        height=height,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 13, "color": colours.ink},
        margin={"l": 8, "r": 16, "t": 10, "b": 8},
        showlegend=False,
        hovermode="closest",
        hoverlabel={
            "bgcolor": colours.paper,
            "bordercolor": colours.muted,
            "font": {"family": FONT, "color": colours.ink},
        },
        xaxis=axis | {"showgrid": False, "automargin": True},
        yaxis=axis | {"automargin": True},
    )
    return figure


#: The empty figure of the one template, for the charts that stand in a module of their own.
blank = _figure


def _readable(past: Sequence[Reading]) -> list[Reading]:
    return [reading for reading in past if reading.value is not None]


def _values(past: Sequence[Reading], aimed: bool = False) -> list[float]:
    """Every value an axis has to hold; with those of the targets where they are drawn."""
    found = [x for r in past for x in (r.value, r.low, r.high) if x is not None]
    return found + [line for r in past if aimed and r.target for line in r.target.lines]


def _ticks(past: Sequence[Reading]) -> list[str]:
    return [str(reading.period.start) for reading in past]


def _band(figure: go.Figure, past: Sequence[Reading], scale: Scale, colours: Palette) -> None:
    """The interval of complete periods as a light band."""
    kept = [r for r in past if r.low is not None and r.high is not None and r.period.whole]
    if len(kept) < 2:
        return
    for edge, fill in (("high", None), ("low", "tonexty")):
        figure.add_scatter(
            x=_ticks(kept),
            y=[getattr(r, edge) * scale.factor for r in kept],
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=colours.band,
            hoverinfo="skip",
        )


def _line(figure: go.Figure, past: Sequence[Reading], scale: Scale, colour: str, colours: Palette, size: float) -> None:
    """Complete periods as a line, the last one marked; the running one hollow, on a dashed stroke."""
    whole = [r for r in past if r.period.whole]
    running = [r for r in past if not r.period.whole]
    sizes = [size if r is not whole[-1] else size + 4 for r in whole]
    figure.add_scatter(
        x=_ticks(whole),
        y=[r.value * scale.factor if r.value is not None else None for r in whole],
        mode="lines+markers",
        line={"color": colour, "width": 2},
        marker={"size": sizes, "color": colour},
        hovertext=[hover(r) for r in whole],
        hoverinfo="text",
        connectgaps=False,
    )
    if running and whole and running[-1].value is not None:
        tail = [whole[-1], running[-1]] if whole[-1].value is not None else [running[-1]]
        figure.add_scatter(
            x=_ticks(tail),
            y=[r.value * scale.factor for r in tail if r.value is not None],
            mode="lines+markers",
            line={"color": colour, "width": 1.5, "dash": "dot"},
            marker={
                "size": [0] * (len(tail) - 1) + [size + 3],
                "color": colours.paper,
                "line": {"color": colour, "width": 1.5},
            },
            hovertext=[hover(r) for r in tail],
            hoverinfo="text",
        )


def drawn(past: Sequence[Reading]) -> list[Reading]:
    """The points worth a place: a running period is left out where it can only look like a collapse.

    That is a flow counted so far, and a rate of too few rows to say anything.
    """
    kept = [reading for reading in past if reading.period.whole]
    for reading in past:
        stock = reading.kpi.statistic.shape == "stock"
        rate = reading.kpi.unit is not Unit.COUNT and reading.n >= reading.kpi.enough
        if not reading.period.whole and (stock or rate):
            kept.append(reading)
    return kept


def spark(past: Sequence[Reading], dark: bool = False, height: int = 72) -> go.Figure:
    """The thirteen periods of a headline card: no axes, the target as a thin line."""
    colours = palette(dark)
    figure = _figure(colours, height)
    past = drawn(past)
    readable = _readable(past)
    if not readable:
        return figure
    scale = Scale.of(readable[0].kpi.unit, _values(readable, aimed=True))
    _band(figure, past, scale, colours)
    _line(figure, past, scale, colours.accent, colours, 3)
    target_lines.over_time(figure, past, scale.factor, colours)
    figure.update_layout(margin={"l": 2, "r": 8, "t": 4, "b": 4})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure


def trend(lines: Mapping[str, Sequence[Reading]], dark: bool = False, height: int = 290) -> go.Figure:
    """One line, or a few of the same unit, each labelled at its end. A band and target where it is one line."""
    colours = palette(dark)
    figure = _figure(colours, height)
    kept = {label: drawn(past) for label, past in lines.items() if _readable(drawn(past))}
    if not kept:
        return figure
    everything = [reading for past in kept.values() for reading in past]
    unit = everything[0].kpi.unit
    scale = Scale.of(unit, _values(_readable(everything), aimed=len(kept) == 1))
    for place, (label, past) in enumerate(kept.items()):
        colour = (colours.accent, colours.second, colours.third)[place % 3]
        if len(kept) == 1:
            _band(figure, past, scale, colours)
        _line(figure, past, scale, colour, colours, 5)
        if len(kept) > 1:
            _label_end(figure, label, past, scale, colour, _apart(label, kept))
    if len(kept) == 1:
        target_lines.over_time(figure, everything, scale.factor, colours, named=True)
    else:
        figure.update_layout(margin={"r": 24 + 8 * max(len(label) for label in kept)})
    _axes(figure, max(kept.values(), key=len), unit, scale)
    return figure


def _apart(label: str, lines: Mapping[str, Sequence[Reading]]) -> int:
    """How many pixels an end label moves so that two lines that end close together stay legible."""
    ends = {name: _readable(past)[-1].value or 0 for name, past in lines.items()}
    values = _values([reading for past in lines.values() for reading in past])
    near = (max(values) - min(values)) * 0.08
    others = [end for name, end in ends.items() if name != label and abs(end - ends[label]) < near]
    if not others:
        return 0
    highest = ends[label] > max(others) or (ends[label] == max(others) and label == next(iter(lines)))
    return 9 if highest else -9


def _label_end(figure: go.Figure, label: str, past: Sequence[Reading], scale: Scale, colour: str, shift: int) -> None:
    last = _readable(past)[-1]
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
    ticks = _ticks(past)
    step = -(-len(ticks) // 6)
    shown = [place for place in range(len(ticks)) if (len(ticks) - 1 - place) % step == 0]
    figure.update_xaxes(
        type="category",
        tickvals=[ticks[place] for place in shown],
        ticktext=[wording.short_period(past[place].period) for place in shown],
        autotickangles=[0, 30, 60],
    )
    figure.update_yaxes(ticksuffix=scale.suffix, nticks=6)
    if unit is Unit.COUNT:
        figure.update_yaxes(rangemode="tozero", tickformat=",")


def dots(groups: Sequence[Reading], dark: bool = False) -> go.Figure:
    """One dot a group with its interval, in the order given; below the floor the dot is hollow and grey."""
    colours = palette(dark)
    shown = [reading for reading in groups if reading.value is not None]
    figure = _figure(colours, 70 + 30 * max(len(shown), 1))
    if not shown:
        return figure
    unit = shown[0].kpi.unit
    scale = Scale.of(unit, _values([r for r in shown if r.n >= r.kpi.enough] or shown, aimed=True))
    names = [_clip(group_name(reading)) for reading in shown]
    enough = [reading.n >= reading.kpi.enough for reading in shown]
    figure.add_scatter(
        x=[(r.value or 0) * scale.factor for r in shown],
        y=list(range(len(shown))),
        mode="markers",
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [_reach(r.value, r.high, scale) for r in shown],
            "arrayminus": [_reach(r.low, r.value, scale) for r in shown],
            "color": colours.muted,
            "thickness": 1.5,
            "width": 3,
        },
        marker={
            "size": 10,
            "symbol": ["circle" if ok else "circle-open" for ok in enough],
            "color": [colours.accent if ok else colours.muted for ok in enough],
            "line": {"width": 1.5, "color": [colours.accent if ok else colours.muted for ok in enough]},
        },
        hovertext=[hover(r) for r in shown],
        hoverinfo="text",
    )
    figure.update_yaxes(
        tickvals=list(range(len(shown))), ticktext=names, autorange="reversed", showgrid=False, range=[len(shown), -1]
    )
    figure.update_xaxes(ticksuffix=scale.suffix, showgrid=True, nticks=6)
    target_lines.across(figure, shown, scale.factor, colours)
    figure.update_layout(margin={"l": 8, "r": 16, "t": 26, "b": 8})
    return figure


def _reach(start: float | None, end: float | None, scale: Scale) -> float:
    """How far an interval reaches to one side of its value."""
    return 0 if start is None or end is None else max(0.0, end - start) * scale.factor


def _clip(name: str, longest: int = 28) -> str:
    return safe(name if len(name) <= longest else name[: longest - 1] + "…")


def shares(parts: Sequence[tuple[str, int]], dark: bool = False) -> go.Figure:
    """Parts of a whole as one horizontal bar each, with count and share written at the end; bars start at zero."""
    colours = palette(dark)
    total = sum(count for _, count in parts)
    figure = _figure(colours, 40 + 34 * len(parts))
    figure.add_bar(
        x=[100 * count / total if total else 0 for _, count in parts],
        y=[safe(name) for name, _ in parts],
        orientation="h",
        marker={"color": [colours.accent, colours.third, colours.misses][: len(parts)]},
        text=[f" {100 * count / total:.1f} %  ({count:,})" if total else "" for _, count in parts],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
        width=0.55,
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    # Room for the words behind the longest bar.
    longest = max((count for _, count in parts), default=0)
    figure.update_xaxes(visible=False, range=[0, 130 * longest / total if total else 1])
    return figure


def describe(title: str, past: Sequence[Reading]) -> str:
    """The chart in one sentence, for those who do not see it."""
    readable = _readable(past)
    if not readable:
        return f"{title}: no readings."
    last = next((r for r in reversed(readable) if r.period.whole), readable[-1])
    what = "groups" if last.group else "periods"
    text = f"{title}: {len(readable)} {what}, from {wording.value(readable[0].value, last.kpi.unit)}"
    return f"{text} to {wording.value(last.value, last.kpi.unit)} ({wording.period(last.period)})."
