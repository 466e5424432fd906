"""Holding the thread: a ticket's way through many hands, and the places where it stops."""

from __future__ import annotations

import streamlit as st

from dashboard.ask import Ask
from dashboard.widgets import figures, frame, page_files, thread, thread_queues, thread_texts, turns

TITLE = "Holding the thread"
ICON = ":material/timeline:"
ORDER = 39
QUESTION = "Where does work get stuck, and where does the story get lost?"

_MAIN = ("four_owners", "ping_pong", "first_assignment", "unnoted_handoffs", "handoff_gap", "lost_tickets")
_MORE = (
    "handoffs_per_ticket",
    "warm_handoffs",
    "customer_repeats",
    "unowned_long",
    "push_to_front",
    "systems_per_ticket",
)
_CLAIMS = ("unproven_claims", "unproven_claims_returned", "proven_claims_returned")


def render(ask: Ask) -> None:
    """The answer, the figures, who passes to whom, where it gets stuck, whose turn, the tickets at the far end."""
    stories = ask.stories([*_MAIN, *_MORE, *_CLAIMS])
    frame.heading(TITLE, QUESTION, ask)
    frame.sentence(f"{thread.sentence(stories)} {thread_queues.sentence(ask)}".strip())
    thread.meaning()
    figures.row(ask, [stories[name] for name in _MAIN], key="thread-main")
    thread.handoff_map(ask)
    left, right = st.columns(2, gap="medium")
    with left:
        thread.circles(ask)
    with right:
        thread_queues.lost(ask)
    thread_queues.black_holes(ask)
    thread.routing(ask)
    frame.section("More on handoffs and routing")
    figures.row(ask, [stories[name] for name in _MORE], key="thread-more")
    thread_queues.worst(ask)
    turns.panel(ask, "thread")
    thread_texts.systems(ask)
    thread_texts.macros(ask)
    frame.section("What customers are told of causes")
    figures.row(ask, [stories[name] for name in _CLAIMS], key="thread-claims")
    page_files.offer(ask, TITLE, stories.values())
    frame.foot(ask, stories.values())
