"""Overview: the seven headline figures, and one sentence that says how we stand."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import kpis, wording
from dashboard.ask import Ask, Story
from dashboard.kpis.kpi import Good
from dashboard.verdict import Verdict
from dashboard.widgets import card, frame

TITLE = "Overview"
ICON = ":material/monitoring:"
ORDER = 10
QUESTION = "Are we all right, and what should I talk about?"


def render(ask: Ask) -> None:
    """Sentence, seven cards, what changed, freshness."""
    names = [kpi.name for kpi in kpis.headlines()]
    stories = ask.stories(names)
    frame.heading(TITLE, QUESTION, ask)
    frame.sentence(wording.headline_sentence([stories[name].now for name in names]))
    with st.container(key="headlines"):
        grid = st.grid(4, min_column_width=235, gap="small", border=True)
        for name in names:
            with grid.cell():
                card.headline(ask, stories[name])
        with grid.cell():
            _agenda(list(stories.values()))
    frame.foot(ask)


def _agenda(stories: list[Story]) -> None:
    """The eighth place: what really changed, and what is off target."""
    changed = [story for story in stories if story.change is not None and story.change.is_real]
    missed = [story for story in stories if story.now.verdict == Verdict.MISSES]
    left = _list("Really changed", [_change(story) for story in changed[:3]], "Nothing beyond normal variation.")
    right = _list("Needs a decision", [_miss(story) for story in missed[:3]], "No target is missed for certain.")
    st.html(f'<div class="kpi-card kpi-agenda"><div>{left}</div><div>{right}</div></div>')


def _list(title: str, rows: list[str], otherwise: str) -> str:
    items = "".join(f"<li>{row}</li>" for row in rows) or f'<li class="small">{escape(otherwise)}</li>'
    return f'<div class="label">{escape(title)}</div><ul class="kpi-list">{items}</ul>'


def _change(story: Story) -> str:
    change, kpi = story.change, story.now.kpi
    if change is None:
        return ""
    kind = card.direction(change, kpi.good)
    word = "" if kpi.good is Good.NEITHER else {"meets": ", better", "misses": ", worse"}.get(kind, "")
    arrow = "▲" if change.difference > 0 else "▼"
    size = escape(wording.difference(change.difference, kpi.unit))
    return f'{escape(kpi.label)} <b class="kpi-{kind}">{arrow} {size}{word}</b>'


def _miss(story: Story) -> str:
    value = escape(wording.value(story.now.value, story.now.kpi.unit))
    return f"{escape(story.now.kpi.label)} <b>{value}</b>, {escape(card.target_words(story.now))}"
