"""Readings → figures: one template, one palette, shapes beside colours. The same for screen and paper."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboard import target_lines, wording
from dashboard.kpis.kpi import Unit
from dashboard.kpis.statistic import Stock
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


def code_of(reading: Reading) -> str:
    """What a point of a chart carries to be known by: KPI, first day and group."""
    return " ".join(
        [reading.kpi.name, str(reading.period.start), *(f"{name}={value!r}" for name, value in reading.group)]
    )


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


def blank(colours: Palette, height: int, **more: object) -> go.Figure:
    """An empty figure in the one template; ``more`` says what its layout has beyond it, or what an axis has.

    All is handed over at once: plotly takes ten times as long to update a layout as to be given one.
    """
    axis = {"gridcolor": colours.grid, "zeroline": False, "linecolor": colours.grid, "fixedrange": True}
    layout: dict[str, Any] = {
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": colours.ink},
        "margin": {"l": 8, "r": 16, "t": 10, "b": 8},
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": colours.paper,
            "bordercolor": colours.muted,
            "font": {"family": FONT, "color": colours.ink},
        },
        "xaxis": axis | {"showgrid": False, "automargin": True},
        "yaxis": axis | {"automargin": True},
    }
    for name, given in more.items():
        layout[name] = layout.get(name, {}) | dict(given) if isinstance(given, Mapping) else given
    return go.Figure(layout=layout)


def upright(x: float, line: Mapping[str, object]) -> dict[str, object]:
    """A shape for ``blank``: a line from the bottom of the plot to its top."""
    return {"type": "line", "x0": x, "x1": x, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain", "line": line}


def readable(past: Sequence[Reading]) -> list[Reading]:
    """Those that hold a value."""
    return [reading for reading in past if reading.value is not None]


def values(past: Sequence[Reading], aimed: bool = False) -> list[float]:
    """Every value an axis has to hold; with those of the targets where they are drawn."""
    found = [x for r in past for x in (r.value, r.low, r.high) if x is not None]
    return found + [line for r in past if aimed and r.target for line in r.target.lines]


def drawn(past: Sequence[Reading]) -> list[Reading]:
    """The points worth a place: a running period is left out where it can only look like a collapse.

    That is a flow counted so far, and a rate of too few rows to say anything.
    """
    kept = [reading for reading in past if reading.period.whole]
    for reading in past:
        stock = isinstance(reading.kpi.statistic, Stock)
        rate = reading.kpi.unit is not Unit.COUNT and reading.n >= reading.kpi.enough
        if not reading.period.whole and (stock or rate):
            kept.append(reading)
    return kept


def dots(groups: Sequence[Reading], dark: bool = False) -> go.Figure:
    """One dot a group with its interval, in the order given; below the floor the dot is hollow and grey."""
    colours = palette(dark)
    shown = [reading for reading in groups if reading.value is not None]
    height = 70 + 30 * max(len(shown), 1)
    if not shown:
        return blank(colours, height)
    unit = shown[0].kpi.unit
    scale = Scale.of(unit, values([r for r in shown if r.n >= r.kpi.enough] or shown, aimed=True))
    names = [_clip(group_name(reading)) for reading in shown]
    enough = [reading.n >= reading.kpi.enough for reading in shown]
    places = list(range(len(shown)))
    rows = {
        "tickvals": places,
        "ticktext": names,
        "autorange": "reversed",
        "showgrid": False,
        "range": [len(shown), -1],
    }
    across = {"ticksuffix": scale.suffix, "showgrid": True, "nticks": 6}
    figure = blank(colours, height, xaxis=across, yaxis=rows, margin={"t": 26})
    figure.add_scatter(
        x=[(r.value or 0) * scale.factor for r in shown],
        y=places,
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
        customdata=[code_of(r) for r in shown],
        hovertext=[hover(r) for r in shown],
        hoverinfo="text",
    )
    target_lines.across(figure, shown, scale.factor, colours)
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
    # Room for the words behind the longest bar.
    longest = max((count for _, count in parts), default=0)
    figure = blank(
        colours,
        40 + 34 * len(parts),
        yaxis={"autorange": "reversed", "showgrid": False},
        xaxis={"visible": False, "range": [0, 130 * longest / total if total else 1]},
    )
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
    return figure


def describe(title: str, past: Sequence[Reading]) -> str:
    """The chart in one sentence, for those who do not see it."""
    found = readable(past)
    if not found:
        return f"{title}: no readings."
    last = next((r for r in reversed(found) if r.period.whole), found[-1])
    what = "groups" if last.group else "periods"
    text = f"{title}: {len(found)} {what}, from {wording.value(found[0].value, last.kpi.unit)}"
    return f"{text} to {wording.value(last.value, last.kpi.unit)} ({wording.period(last.period)})."
