"""A quiet row of figures for the pages below the Overview, and the sentence above it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard import wording
from dashboard.ask import Ask, Story
from dashboard.widgets import card, exhibit, links


def row(ask: Ask, stories: Sequence[Story], key: str) -> None:
    """A small card each: label, value, status, evidence, change, tickets."""
    with st.container(key=f"headlines-{key}"):
        # More than five would leave one alone in a second line: two lines alike instead.
        columns = len(stories) if len(stories) <= 5 else -(-len(stories) // 2)
        grid = st.grid(columns, min_column_width=190, gap="small", border=True)
        for story in stories:
            with grid.cell():
                _small(story)
                if story.now.value is not None:
                    links.tickets(ask, story.now)


def _small(story: Story) -> None:
    now = story.now
    badge = f'<span class="badge">{escape(now.kpi.grade)}</span>' if now.kpi.grade else ""
    label = f'<div class="label">{escape(now.kpi.label)}{badge}</div>'
    if now.value is None:
        missing = f'<p class="missing">{escape(exhibit.nothing([now]))}</p>'
        if now.beyond is not None:
            label += f'<div><span class="value">{escape(wording.over(now.beyond, now.kpi.unit))}</span></div>'
        st.html(f'<div class="kpi-card">{label}{card.status(now)}{missing}{card.counted_by(now)}</div>')
        return
    st.html(
        f'<div class="kpi-card">{label}<div>{card.value_html(now)}</div>'
        f"<div>{card.status(now)} {card.target_html(now)}</div>"
        f'<div class="small">{escape(card.evidence(now) + card.bare(now))}</div>{card.counted_by(now)}'
        f'<div class="change">{card.change_words(story)}</div></div>'
    )


def sentence(stories: Sequence[Story]) -> str:
    """The answer of a page in plain sentences: what met or missed its target, then what stands without one."""
    judged = [story.now for story in stories if story.now.target is not None and story.now.value is not None]
    others = [story.now for story in stories if story.now.target is None and story.now.value is not None]
    parts = [wording.headline_sentence(judged)] if judged else []
    parts += [f"{reading.kpi.label}: {wording.value(reading.value, reading.kpi.unit)}." for reading in others]
    return " ".join(parts) or wording.headline_sentence([story.now for story in stories])
