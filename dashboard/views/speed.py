"""Speed: where customers wait, and for whom."""

from __future__ import annotations

import streamlit as st

from dashboard.ask import Ask
from dashboard.widgets import (
    alternatives,
    compare,
    concentrated,
    exhibit,
    figures,
    frame,
    hours,
    page_files,
    turns,
    why,
)

TITLE = "Speed"
ICON = ":material/timer:"
ORDER = 20
QUESTION = "Where do customers wait, and for whom?"

_HEADLINES = ("first_reply_time", "response_time", "mttr", "mttr_median", "mttr_p90", "sla_compliance")
#: Of the tickets that came in, open ones included: what the times of finished work cannot show.
_COHORT = ("mttr_censored", "resolved_in_time")
_LABELS = {"mttr": "mean", "mttr_median": "median", "mttr_p90": "90th percentile"}


def render(ask: Ask) -> None:
    """The figures, their trends, what each definition reads, then who waits."""
    stories = ask.stories([*_HEADLINES, *_COHORT])
    frame.heading(TITLE, QUESTION, ask)
    frame.sentence(
        figures.sentence([stories[name] for name in ("mttr", "sla_compliance", "response_time", "first_reply_time")])
    )
    figures.row(ask, [stories[name] for name in _HEADLINES], key="speed")
    exhibit.trend(
        ask,
        "Time to resolve: mean, median and 90th percentile",
        {label: stories[name] for name, label in _LABELS.items()},
        "resolution-times",
        "The mean carries the target; a mean far above the median says that a few tickets take very long.",
    )
    concentrated.note(ask, ("mttr", "first_reply_time"))
    left, right = st.columns(2, gap="medium")
    with left:
        reply = stories["first_reply_time"]
        exhibit.trend(ask, reply.now.kpi.label, {reply.now.kpi.label: reply}, "first-reply")
    with right:
        sla = stories["sla_compliance"]
        exhibit.trend(ask, sla.now.kpi.label, {sla.now.kpi.label: sla}, "sla")
    turns.panel(ask, "speed")
    why.panel(ask, ("mttr", "sla_compliance", "mttr_median", "first_reply_time"), "speed")
    frame.section(
        "Of the tickets that came in",
        "By created date, open tickets included: quick closes alone cannot improve these.",
    )
    figures.row(ask, [stories[name] for name in _COHORT], key="cohort")
    alternatives.panel(ask, ("mttr", "sla_compliance"), "speed")
    compare.by_group(
        ask, ("first_reply_time", "mttr_median", "sla_compliance"), ("team", "priority", "channel"), "speed"
    )
    hours.panel(ask, "speed")
    page_files.offer(ask, TITLE, stories.values())
    frame.foot(ask, stories.values())
