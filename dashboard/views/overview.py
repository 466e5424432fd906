"""Overview: the seven headline figures, one sentence that says how we stand, and what to talk about."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard import agenda, kpis, wording
from dashboard.agenda import Item
from dashboard.ask import Ask
from dashboard.widgets import card, frame, notes, page_files, why

TITLE = "Overview"
ICON = ":material/monitoring:"
ORDER = 10
QUESTION = "Are we all right, and what should I talk about?"


def render(ask: Ask) -> None:
    """Sentence, seven cards and the agenda; then why what changed has changed; freshness."""
    names = [kpi.name for kpi in kpis.headlines()]
    stories = ask.stories(names)
    told = list(stories.values())
    frame.heading(TITLE, QUESTION, ask)
    verdicts = wording.headline_sentence([story.now for story in told])
    frame.sentence(f"{verdicts} {agenda.sentence(told)}".strip())
    with st.container(key="headlines"):
        grid = st.grid(4, min_column_width=235, gap="small", border=True)
        for name in names:
            with grid.cell():
                card.headline(ask, stories[name])
        with grid.cell():
            _agenda(agenda.changed(told), agenda.decisions(told), ask.period.whole)
    really = [item.story.now.kpi.name for item in agenda.changed(told)]
    rest = [name for name in names if name not in really]
    why.panel(ask, [*really, *rest], "overview")
    notes.panel(ask)
    page_files.offer(ask, TITLE, told)
    frame.foot(ask, told)


def _agenda(changed: Sequence[Item], decisions: Sequence[Item], is_over: bool) -> None:
    """The eighth place: what really changed, and what needs a decision."""
    running = "This period is not over: nothing is judged yet."
    calm = "No target is missed for certain, nothing got worse than usual."
    left = _list("Really changed", changed, "Nothing beyond normal variation." if is_over else running)
    right = _list("Needs a decision", decisions, calm if is_over else running)
    st.html(f'<div class="kpi-card kpi-agenda"><div>{left}</div><div>{right}</div></div>')


def _list(title: str, items: Sequence[Item], otherwise: str) -> str:
    rows = "".join(f"<li>{_row(item)}</li>" for item in items) or f'<li class="small">{escape(otherwise)}</li>'
    return f'<div class="label">{escape(title)}</div><ul class="kpi-list">{rows}</ul>'


def _row(item: Item) -> str:
    name = escape(item.story.now.kpi.label)
    return f'{name} <b class="kpi-{card.KIND_CLASS[item.kind]}">{escape(item.words)}</b>'
