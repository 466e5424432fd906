"""Backlog: what waits, how old it is, and whether it grows."""

from __future__ import annotations

import streamlit as st

from dashboard import wording
from dashboard.ask import Ask
from dashboard.widgets import exhibit, frame, open_work, page_files
from etl.vocabulary import Priority

TITLE = "Backlog"
ICON = ":material/inventory_2:"
ORDER = 35
QUESTION = "How much work waits, how old is it, and does it grow?"

_NAMES = ("backlog", "weeks_of_work", "tickets_created", "tickets_resolved")


def render(ask: Ask) -> None:
    """The answer, the figures, the line, the ages, the flow, the groups, then the oldest tickets."""
    stories = ask.stories(_NAMES)
    backlog = stories["backlog"]
    work, weeks = ask.open_work(), stories["weeks_of_work"]
    frame.heading(TITLE, QUESTION, ask)
    frame.sentence(open_work.sentence(backlog, work, weeks.now))
    if backlog.now.value is None:
        frame.foot(ask, [backlog])  # the only line with limits here
        return
    open_work.figures(ask, backlog, work, weeks)
    left, right = st.columns(2, gap="medium")
    with left:
        exhibit.trend(
            ask, "Open tickets at the end of each period", {"backlog": backlog}, "open-at-end",
            f"At 24:00, {ask.period.timezone}, rebuilt from history: a past day does not change by itself.",
        )  # fmt: skip
    when = wording.period(ask.period)
    with right:
        if work.n:
            open_work.bands(ask, backlog, work, when)
    open_work.flow(ask, stories["tickets_created"], stories["tickets_resolved"])
    if work.n:
        frame.section("Where it lies")
        left, right = st.columns(2, gap="medium")
        with left:
            open_work.group(ask, backlog, work, "team", when)
        with right:
            open_work.group(ask, backlog, work, "priority", when, [str(word) for word in Priority])
        open_work.oldest(ask, work)
    page_files.offer(ask, TITLE, stories.values())
    frame.foot(ask, [backlog])  # the only line with limits here
