"""Resolution: whether it is solved the first time and stays solved, and whether we keep up."""

from __future__ import annotations

import streamlit as st

from dashboard.ask import Ask
from dashboard.widgets import alternatives, apart, compare, exhibit, figures, frame, page_files, why

TITLE = "Resolution"
ICON = ":material/task_alt:"
ORDER = 30
QUESTION = "Do we solve it the first time, does it stay solved, and do we keep up?"

_QUALITY = ("fcr", "reopen_rate", "escalation_rate", "repeat_incident_rate", "repeat_contact_rate", "investigation_tax")
_VOLUME = ("tickets_created", "tickets_resolved", "backlog")


def render(ask: Ask) -> None:
    """Quality figures and trends, the comparison, then volume."""
    stories = ask.stories([*_QUALITY, *_VOLUME])
    frame.heading(TITLE, QUESTION, ask)
    frame.sentence(figures.sentence([stories[name] for name in _QUALITY[:4]]))
    figures.row(ask, [stories[name] for name in _QUALITY], key="resolution")
    for pair in (_QUALITY[:2], _QUALITY[2:4]):
        for column, name in zip(st.columns(2, gap="medium"), pair, strict=True):
            with column:
                label = stories[name].now.kpi.label
                exhibit.trend(ask, label, {label: stories[name]}, name)
    why.panel(ask, _QUALITY, "resolution")
    alternatives.panel(ask, ("fcr", "reopen_rate", "escalation_rate"), "resolution")
    compare.by_group(ask, _QUALITY, ("team", "priority", "product", "channel"), "resolution")
    apart.panel(ask, "resolution")
    frame.section(
        "Volume", "Created and resolved are counted on their own clocks, so their gap is the backlog's growth."
    )
    figures.row(ask, [stories[name] for name in _VOLUME], key="volume")
    left, right = st.columns(2, gap="medium")
    with left:
        lines = {"created": stories["tickets_created"], "resolved": stories["tickets_resolved"]}
        exhibit.trend(ask, "Tickets created and resolved", lines, "volume")
    with right:
        exhibit.trend(ask, "Backlog at the end of the period", {"backlog": stories["backlog"]}, "backlog")
    page_files.offer(ask, TITLE, stories.values())
    frame.foot(ask, stories.values())
