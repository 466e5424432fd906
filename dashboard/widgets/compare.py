"""One KPI by one dimension: who differs by more than chance."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import kpis, wording
from dashboard.ask import Ask
from dashboard.readings import Reading
from dashboard.widgets import doors, exhibit, frame, scope_bar
from etl.vocabulary import Priority

#: More groups than this are not a picture any more; the table holds them all.
_SHOWN = 15


@st.fragment
def by_group(ask: Ask, names: Sequence[str], dimensions: Sequence[str], key: str) -> None:
    """Choose a KPI and a dimension, see a dot with its interval for each group, go to the tickets of one."""
    there = [name for name in dimensions if name in ask.dimensions()]
    frame.section("Where it differs")
    if not there:
        frame.note(f"No ticket carries {' or '.join(scope_bar.label(name).lower() for name in dimensions)} yet.")
        return
    known = {kpi.name: kpi for kpi in kpis.named(names)}
    left, right = st.columns([3, 2])
    with left:
        name = st.segmented_control(
            "Figure", list(known), default=names[0], key=f"figure-{key}", required=True,
            format_func=lambda name: known[name].label, label_visibility="collapsed",
        )  # fmt: skip
    with right:
        dimension = st.segmented_control(
            "By", there, default=there[0], key=f"by-{key}", required=True,
            format_func=lambda name: f"by {scope_bar.label(name).lower()}", label_visibility="collapsed",
        )  # fmt: skip
    if name is None or dimension is None:
        return
    groups = ordered(ask.by(name, dimension), dimension)
    title = f"{known[name].label} by {scope_bar.label(dimension).lower()}, {wording.period(ask.period)}"
    more = f" The {_SHOWN} with most rows are drawn; the table holds all {len(groups)}." if len(groups) > _SHOWN else ""
    exhibit.dots(
        title,
        groups,
        f"{key}-{name}-{dimension}",
        "A dot with its interval. Where intervals overlap much, the difference may be chance. "
        f"Hollow: fewer than {known[name].enough} {known[name].counted}.{more}",
        shown=_SHOWN,
        ways=doors.of_readings(ask, groups),
    )


def ordered(groups: Sequence[Reading], dimension: str) -> list[Reading]:
    """Urgency in its own order; anything else by value, highest first."""
    if dimension == "priority":
        places = {str(word): place for place, word in enumerate(Priority)}
        return sorted(groups, key=lambda reading: places.get(str(reading.group[0][1]), len(places)))
    return sorted(groups, key=lambda reading: -(reading.value if reading.value is not None else float("-inf")))
