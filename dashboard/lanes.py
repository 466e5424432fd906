"""One ticket as lanes over one time axis, through the template of ``charts``: clocks, targets, states, events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from dashboard import charts, wording
from dashboard.palette import Palette, palette
from dashboard.timeline import TURNS, Clock, Mark, Row, Stretch, Timeline

#: Dragging across looks closer, a double click shows everything again.
CONFIG = {**charts.CONFIG, "doubleClick": "reset"}

_LANES = {"status": "Status", "turn": "Whose turn", "team": "Team", "owner": "Owner"}
_MARKS = {"message": "Messages", "private note": "Private notes", "escalation": "Escalations, links, reopens"}
#: Who acted is a shape; colour repeats it.
SYMBOLS = {"customer": "circle", "agent": "square", "engineering": "diamond", "bot": "x"}


@dataclass(frozen=True)
class _Pen:
    """What all lanes share: colours, and the zone in which moments are written."""

    colours: Palette
    zone: ZoneInfo

    def local(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None)

    def fills(self) -> dict[str, str]:
        """Whose turn it is has a colour and a pattern of its own."""
        found = (
            self.colours.accent,
            self.colours.misses,
            self.colours.muted,
            self.colours.second,
            self.colours.grid,
        )
        return dict(zip(TURNS, found, strict=True))


PATTERNS = dict(zip(TURNS, ("", "x", "/", ".", ""), strict=True))


def figure(line: Timeline, timezone: str, dark: bool = False) -> go.Figure:
    """The whole ticket: what ran, what was so, what happened, one lane each."""
    pen = _Pen(palette(dark), ZoneInfo(timezone))
    names = lane_names(line)
    found = charts.blank(pen.colours, 70 + 31 * len(names))
    for clock in line.clocks:
        _clock(found, clock, pen)
    for place, target in enumerate(line.targets):
        _target(found, target, target_name(line.targets, place), pen)
    for lane in _LANES:
        _states(found, [stretch for stretch in line.stretches if stretch.lane == lane], pen)
    for lane in _MARKS:
        _happened(found, [mark for mark in line.marks if mark.lane == lane], pen)
    found.update_layout(barmode="overlay", bargap=0.28, uniformtext={"minsize": 11, "mode": "hide"}, dragmode="zoom")
    found.update_layout(margin={"l": 8, "r": 24, "t": 8, "b": 8})
    found.update_xaxes(type="date", showgrid=True, fixedrange=False, nticks=8)
    found.update_yaxes(categoryorder="array", categoryarray=names[::-1], showgrid=False, ticklabelstandoff=6)
    return found


def lane_names(line: Timeline) -> list[str]:
    """The lanes there are, from the top."""
    targets = [target_name(line.targets, place) for place in range(len(line.targets))]
    states = [name for lane, name in _LANES.items() if any(stretch.lane == lane for stretch in line.stretches)]
    marks = [name for lane, name in _MARKS.items() if any(mark.lane == lane for mark in line.marks)]
    return [*(clock.label for clock in line.clocks), *targets, *states, *marks]


def target_name(targets: Sequence[Row], place: int) -> str:
    """``Target: first reply``; numbered where the same clock ran more than once."""
    clock = targets[place]["clock"]
    same = [index for index, target in enumerate(targets) if target["clock"] == clock]
    number = f" {same.index(place) + 1}" if len(same) > 1 else ""
    return f"Target: {str(clock).replace('_', ' ')}{number}"


def minutes_of(clock: Clock) -> str:
    """A clock's minutes by each way of counting: ``calendar 39 min · business 39 min · active 39 min``."""
    told = {"calendar": clock.calendar, "business": clock.business, "active": clock.active}
    known = [f"{name} {wording.duration(minutes)}" for name, minutes in told.items() if minutes is not None]
    return " · ".join(known) or "minutes not known"


def _bar(found: go.Figure, lane: str, stretches: Sequence[tuple[datetime, datetime]], **look: object) -> None:
    found.add_bar(
        base=[start for start, _ in stretches],
        x=[max((end - start).total_seconds(), 1) * 1000 for start, end in stretches],
        y=[lane] * len(stretches),
        orientation="h",
        hoverinfo="text",
        insidetextanchor="middle",
        textposition="inside",
        textangle=0,
        **look,
    )


def _clock(found: go.Figure, clock: Clock, pen: _Pen) -> None:
    start, end = pen.local(clock.starts_at), pen.local(clock.ends_at)
    words = minutes_of(clock)
    found.add_scatter(
        x=[start, end],
        y=[clock.label] * 2,
        mode="lines+markers",
        line={"color": pen.colours.accent, "width": 3},
        marker={
            "size": 11,
            "symbol": ["line-ns-open", "line-ns-open"],
            "color": pen.colours.accent,
            "line": {"width": 2},
        },
        hovertext=[f"<b>{clock.label}</b><br>{words}<br>{_when(moment)}" for moment in (start, end)],
        hoverinfo="text",
    )
    found.add_annotation(
        x=start,
        y=clock.label,
        text=words,
        showarrow=False,
        xanchor="left",
        yshift=10,
        font={"size": 11, "color": pen.colours.muted},
    )


def _target(found: go.Figure, target: Row, name: str, pen: _Pen) -> None:
    """When it was met and when it fell due, joined; what was never met has its due time alone."""
    due, met = target["due_at"], target["met_at"]
    outcome = {True: "met", False: "missed", None: "still running"}[
        target["is_met"] if target["is_met"] is None else bool(target["is_met"])
    ]
    colour = {"met": pen.colours.meets, "missed": pen.colours.misses, "still running": pen.colours.muted}[outcome]
    points = [(pen.local(moment), what) for moment, what in ((met, "done"), (due, "due")) if moment is not None]
    if not points and target["dated_at"] is not None:
        points = [(pen.local(target["dated_at"]), outcome)]
    symbols = {"done": "circle", "due": "triangle-down", "met": "circle", "missed": "x", "still running": "circle-open"}
    found.add_scatter(
        x=[moment for moment, _ in points],
        y=[name] * len(points),
        mode="lines+markers+text",
        line={"color": colour, "width": 2, "dash": "dot"},
        marker={"size": 11, "color": colour, "symbol": [symbols[what] for _, what in points]},
        text=[what if what != "due" or outcome == "still running" else f"due · {outcome}" for _, what in points],
        textposition=["middle right" if moment == max(points)[0] else "middle left" for moment, _ in points],
        textfont={"size": 11, "color": colour},
        cliponaxis=False,
        hovertext=[
            f"<b>{charts.safe(name)}</b>: {outcome}<br>{what} {_when(moment)}<br>{charts.safe(target['basis'] or '')}"
            for moment, what in points
        ],
        hoverinfo="text",
    )


def _states(found: go.Figure, stretches: Sequence[Stretch], pen: _Pen) -> None:
    if not stretches:
        return
    lane = stretches[0].lane
    values = [stretch.value or "nobody" if lane == "owner" else stretch.value or "none" for stretch in stretches]
    spans = [(pen.local(stretch.starts_at), pen.local(stretch.ends_at)) for stretch in stretches]
    fills = list(_fills(lane, stretches, pen))
    _bar(
        found,
        _LANES[lane],
        spans,
        marker={
            "color": fills,
            "pattern": {
                "shape": [PATTERNS.get(value, "") if lane == "turn" else "" for value in values],
                "fgcolor": pen.colours.paper,
                "fillmode": "overlay",
                "fgopacity": 0.35,
                "size": 7,
                "solidity": 0.15,
            },
            "line": {"width": 1, "color": pen.colours.paper},
        },
        text=[charts.safe(value.replace("_", " ")) for value in values],
        textfont={
            "color": [
                pen.colours.ink if lane != "turn" or fill == pen.colours.grid else pen.colours.paper for fill in fills
            ]
        },
        hovertext=[
            f"<b>{charts.safe(value.replace('_', ' '))}</b><br>{wording.duration(stretch.minutes)}"
            f"<br>{_when(start)} – {_when(end)}"
            for value, stretch, (start, end) in zip(values, stretches, spans, strict=True)
        ],
    )


def _fills(lane: str, stretches: Sequence[Stretch], pen: _Pen) -> Iterator[str]:
    """Turns by their own colour; owners, teams and states alternate two quiet ones, told apart by their words."""
    fills = pen.fills()
    for place, stretch in enumerate(stretches):
        if lane == "turn":
            yield fills[stretch.value or TURNS[0]]
        else:
            yield pen.colours.band if place % 2 == 0 else pen.colours.grid


def _happened(found: go.Figure, marks: Sequence[Mark], pen: _Pen) -> None:
    if not marks:
        return
    found.add_scatter(
        x=[pen.local(mark.happened_at) for mark in marks],
        y=[_MARKS[mark.lane] for mark in marks],
        mode="markers",
        marker={
            "size": 10,
            "symbol": [SYMBOLS.get(mark.by or "", "circle-open") for mark in marks],
            "color": [pen.colours.second if mark.by == "customer" else pen.colours.accent for mark in marks],
            "line": {"width": 1, "color": pen.colours.paper},
        },
        cliponaxis=False,
        hovertext=[
            f"<b>{charts.safe(mark.what)}</b>{f' by {mark.by}' if mark.by else ''}"
            f"<br>{_when(pen.local(mark.happened_at))}"
            for mark in marks
        ],
        hoverinfo="text",
    )


def _when(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y %H:%M}"


def describe(line: Timeline) -> str:
    """The chart in words, for those who do not see it."""
    clocks = "; ".join(f"{clock.label.lower()}: {minutes_of(clock)}" for clock in line.clocks) or "no clock has ended"
    return f"Timeline of the ticket. {clocks}. {len(line.events)} events; the table below lists them."
