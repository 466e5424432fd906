"""A week by the hour: when tickets come in and when they are solved."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard import charts_parts, kpis, wording
from dashboard.ask import Ask
from dashboard.hours import Hours
from dashboard.parts import HourOfWeek, Part
from dashboard.widgets import doors, exhibit, frame, style

_CLOCKS = {"tickets_created": "Created", "tickets_resolved": "Resolved"}
_MONDAY = date(2024, 1, 1)
DAYS = [f"{_MONDAY + timedelta(days=place):%A}" for place in range(7)]


@st.fragment
def panel(ask: Ask, key: str) -> None:
    """Choose what is dated, see the count of each hour of the week on the wall clock of the reporting zone."""
    frame.section("Hours of the week")
    name = st.segmented_control(
        "What is counted", list(_CLOCKS), default="tickets_created", key=f"hours-{key}", required=True,
        format_func=_CLOCKS.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    if name is None:
        return
    found, when = ask.hours(name), wording.period(ask.period)
    title = f"Tickets {_CLOCKS[name].lower()} by hour and weekday, {when}"
    if not found.n:
        exhibit.heading(title)
        frame.note(exhibit.nothing(ask.read([name])))
        return
    exhibit.drawing(
        title, charts_parts.heat(found.counts, style.dark()), f"{title}: {words(found)}", table(found),
        f"hours-{key}-{name}", f"{words(found)} Clock of {ask.period.timezone}; darker is more.",
        doors.of_parts(ask, kpis.catalogue()[name], _parts(found)),
    )  # fmt: skip


def _parts(found: Hours) -> list[tuple[Part, int]]:
    return [(HourOfWeek(day, hour), found.counts[day][hour]) for day in range(7) for hour in range(24)]


def words(found: Hours) -> str:
    """The fullest hour in a sentence, with n."""
    busiest = found.busiest()
    if busiest is None:
        return "n = 0."
    day, hour, count = busiest
    return f"n = {found.n:,}; the fullest hour is {DAYS[day]} {hour:02d}:00–{hour + 1:02d}:00 with {count:,}."


def table(found: Hours) -> pd.DataFrame:
    """Hours down, weekdays across, as drawn."""
    rows = [
        {"Hour": f"{hour:02d}:00", **{day: found.counts[place][hour] for place, day in enumerate(DAYS)}}
        for hour in range(24)
    ]
    return pd.DataFrame(rows)
