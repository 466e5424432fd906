"""From a point, bar or cell of a chart to its tickets: by a click, or from a list that a keyboard reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from dashboard import charts, kpis, wording
from dashboard.arrived import Arrived
from dashboard.ask import Ask
from dashboard.kpis.kpi import Kpi
from dashboard.parts import Part
from dashboard.readings import Reading
from dashboard.widgets import links

_HINT = "<br><i>click: see them</i>"


@dataclass(frozen=True)
class Door:
    """What is behind a point, in words, and the link of its tickets; ``page`` is another where it is one of them."""

    label: str
    parameters: links.Parameters
    page: str = "tickets"


#: By the code a point carries as its ``customdata``.
Doors = Mapping[str, Door]


def of_readings(ask: Ask, readings: Iterable[Reading]) -> Doors:
    """A door for each reading that counts any row."""
    return {
        charts.code_of(reading): Door(_label(reading), links.query(ask, reading.kpi, reading.group, reading.period))
        for reading in readings
        if reading.n
    }


def of_arrived(ask: Ask, found: Iterable[tuple[str, Arrived]]) -> Doors:
    """A door for each named stretch of arrivals, whatever period is looked at."""
    return of_own_time(ask, kpis.catalogue()["tickets_created"], found)


def of_own_time(ask: Ask, kpi: Kpi, found: Iterable[tuple[str, Part]]) -> Doors:
    """A door for each named part of a KPI's rows that names its own stretch of time."""
    asked = links.query(ask, kpi)
    return {each.code: Door(name, asked | {"part": each.code}) for name, each in found}


def of_tickets(ask: Ask, found: Iterable[tuple[str, str]]) -> Doors:
    """A door to the timeline of each ticket, by its id."""
    return {ticket_id: Door(name, links.ticket(ask, ticket_id), "ticket") for name, ticket_id in found}


def of_parts(ask: Ask, kpi: Kpi, parts: Iterable[tuple[Part, int]]) -> Doors:
    """A door for each part that holds any row."""
    return {
        part.code: Door(
            f"{part.words[:1].upper()}{part.words[1:]}: {count:,}", links.query(ask, kpi) | {"part": part.code}
        )
        for part, count in parts
        if count
    }


def _label(reading: Reading) -> str:
    of = charts.group_name(reading) if reading.group else wording.period(reading.period)
    return f"{of}: {reading.kpi.label}, {wording.quantity(reading.n, reading.kpi.counted)}"


def plot(figure: go.Figure, key: str, alt: str, doors: Doors | None = None) -> None:
    """Draw a chart; a click on a point with a door opens the list behind it.

    The click is forgotten as it is followed, so that coming back to the page does not lead away again.
    """
    if not doors:
        st.plotly_chart(figure, key=f"chart-{key}", theme=None, config=charts.CONFIG, alt=alt)
        return
    _hinted(figure, doors)
    count = st.session_state.setdefault(f"clicked-{key}", 0)
    picked = st.plotly_chart(
        figure, key=f"chart-{key}-{count}", theme=None, config=charts.CONFIG, alt=alt,
        on_select="rerun", selection_mode="points",
    )  # fmt: skip
    for point in picked["selection"]["points"]:
        door = doors.get(_code(point.get("customdata")))
        if door is not None:
            st.session_state[f"clicked-{key}"] = count + 1
            links.go(door.page, door.parameters)


def choose(doors: Doors | None, key: str) -> None:
    """The same doors as a list, with a link to the one chosen."""
    if not doors:
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        code = st.selectbox(
            "See what is behind one point", list(doors), index=None, key=f"door-{key}", placeholder="Choose a point",
            format_func=lambda code: doors[code].label,
        )  # fmt: skip
    with right:
        if code is not None:
            links.to(doors[code].page, "See them", doors[code].parameters)


def _code(customdata: object) -> str:
    """Plotly hands back the code alone or in a list."""
    return str(customdata[0] if isinstance(customdata, list | tuple) and customdata else customdata)


def _hinted(figure: go.Figure, doors: Doors) -> None:
    """Say at each point with a door that it is one; a point that was picked looks like the others."""
    for trace in figure.data:
        codes, texts = trace.customdata, trace.hovertext
        if codes is not None and isinstance(texts, tuple | list):
            trace.hovertext = [
                f"{text}{_HINT if code in doors else ''}" for text, code in zip(texts, codes, strict=True)
            ]
        opacity = 1 if trace.opacity is None else trace.opacity
        if trace.type in ("scatter", "bar"):
            trace.selected = trace.unselected = {"marker": {"opacity": opacity}}
