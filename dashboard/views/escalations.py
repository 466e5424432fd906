"""Escalations: why tickets leave support, how they travel, and how often the same issue comes back."""

from __future__ import annotations

import streamlit as st

from dashboard.ask import Ask
from dashboard.widgets import escalation, escalation_loops, exhibit, figures, frame, page_files, why

TITLE = "Escalations"
ICON = ":material/moving:"
ORDER = 36
QUESTION = "Why does it leave us, and how often does it come back?"

_FIGURES = ("escalation_rate", "rounds_per_escalation", "three_rounds", "loop_rate")
_MORE = ("clarification_trips", "re_escalation_rate", "path_adherence", "avoidable_escalations")
_APART = ("functional_escalations", "hierarchical_escalations", "overdue_clocks")
_WAITS = ("with_engineering_time", "engineering_latency", "engineering_latency_first")


def render(ask: Ask) -> None:
    """The answer, the figures, the lines, the ladder, the rounds, the loops, the ways, the tickets."""
    told = ask.stories([*_FIGURES, *_MORE, *_APART, *_WAITS])
    frame.heading(TITLE, QUESTION, ask)
    went = told["functional_escalations"]
    if went.now.value is None:
        frame.sentence(f"There are no escalations to read: {exhibit.nothing([went.now])}")
        frame.note(
            "Name the tiers of your teams under [groups.tier] in supportkpi.toml and load again: changes of team to a "
            "higher tier are escalations then. Nothing is taken for one before."
        )
        figures.row(ask, [told[name] for name in _APART], key="escalations-apart")
        frame.foot(ask, [went])
        return
    frame.sentence(escalation.sentence(told))
    frame.note(escalation.MEANS)
    figures.row(ask, [told[name] for name in (*_FIGURES, *_MORE)], key="escalations")
    for column, name in zip(st.columns(2, gap="medium"), ("escalation_rate", "rounds_per_escalation"), strict=True):
        with column:
            label = told[name].now.kpi.label
            exhibit.trend(ask, label, {label: told[name]}, f"escalations-{name}")
    frame.section("Three things with one name", "Counted apart and never added: a ticket may be in all three.")
    figures.row(ask, [told[name] for name in _APART], key="escalations-apart")
    frame.section("Up the ladder, and to engineering and back")
    for column, panel in zip(st.columns(2, gap="medium"), (escalation.ladder, escalation.rounds), strict=True):
        with column:
            panel(ask)
    left, right = st.columns(2, gap="medium")
    with left:
        escalation.waits(ask, told)
    with right:
        escalation.ended(ask)
    figures.row(ask, [told[name] for name in _WAITS], key="escalations-waits")
    escalation_loops.most_rounds(ask)
    escalation_loops.passes(ask)
    frame.section("Could it have gone otherwise")
    for column, panel in zip(
        st.columns(2, gap="medium"), (escalation_loops.paths, escalation_loops.answers), strict=True
    ):
        with column:
            panel(ask)
    escalation_loops.write_ups(ask)
    why.panel(ask, _FIGURES, "escalations")
    page_files.offer(ask, TITLE, told.values())
    frame.foot(ask, told.values())
