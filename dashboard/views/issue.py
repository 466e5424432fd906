"""One issue: its way from ticket to ticket over all systems, who had it, how it ended, and what people say of it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import issue_story
from dashboard.ask import Ask
from dashboard.issue_story import Story
from dashboard.question import Question
from dashboard.scope import Grain, Period
from dashboard.widgets import frame, issue_words, links, repeats
from dashboard.widgets import issue_story as drawn

TITLE = "Issue"
ICON = ":material/timeline:"
ORDER = 92
QUESTION = "What is the whole story of this issue, and who had it when?"
HIDDEN = True


def render(ask: Ask) -> None:
    """Header, the line of time, who had it, its tickets, what people say."""
    _ = ask.loaded  # nothing loaded: the frame says what to load
    key = st.query_params.get("issue", "")
    whole = replace(repeats.question(ask), period=Period(None, None, Grain.ALL, ask.period.timezone))
    found = _story(ask, whole, key) if key else None
    if found is None and key and (now := issue_words.led_to(ask, key)):
        found = _story(ask, whole, now)
    if found is None:
        frame.heading("No such issue" if key else TITLE, QUESTION)
        frame.sentence(f"No issue here has the key '{key}'." if key else "The link names no issue.")
        issue_words.told()
        frame.note(
            "It may have been split up, or its tickets are no longer alike enough; the ledger has all there are."
        )
        links.to("repeats", "What keeps coming back", links.standing(ask))
        return
    frame.heading(str(found.issue["label"] or key), QUESTION, ask)
    links.to("repeats", "What keeps coming back", links.standing(ask))
    drawn.header(found, ask.period.timezone)
    frame.sentence(drawn.sentence(found))
    drawn.picture(ask, found, ask.period.timezone)
    issue_words.panel(ask, found)
    drawn.tickets(ask, found)
    frame.foot(ask)


def _story(ask: Ask, whole: Question, key: str) -> Story | None:
    return ask.remembered(f"issue {whole!r} {key}", lambda: issue_story.story(whole, key))
