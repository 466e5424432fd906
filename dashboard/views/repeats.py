"""What keeps coming back: issues that return, fixes that did not hold, and the accounts that have had enough."""

from __future__ import annotations

import streamlit as st

from dashboard.ask import Ask
from dashboard.widgets import durability, exhibit, figures, frame, page_files, repeats

TITLE = "What keeps coming back"
ICON = ":material/event_repeat:"
ORDER = 37
QUESTION = "What keeps coming back, and who has had enough of it?"

_MAIN = (
    "repeat_incident_rate",
    "repeat_incident_tickets",
    "returned_after_fix_30",
    "third_occurrences",
    "accounts_in_doubt",
    "accounts_under_scrutiny",
)
_WORDS = ("reopen_rate", "repeat_contact_rate", "returned_after_fix_7", "returned_after_fix_90")
_LATENCY = ("engineering_latency", "engineering_latency_first", "executive_escalation_time")


def render(ask: Ask) -> None:
    """The answer, the figures, the ledger, the accounts, how fixes hold, the return or the wait."""
    told = ask.stories([*_MAIN, *_WORDS, *_LATENCY])
    frame.heading(TITLE, QUESTION, ask)
    rate = told["repeat_incident_rate"]
    if rate.now.value is None:
        frame.sentence(f"There is nothing to read of issues. {exhibit.nothing([rate.now])}")
        frame.note(repeats.WORDS)
        figures.row(ask, [told[name] for name in _WORDS], key="repeats-words")
        frame.foot(ask, [rate])
        return
    frame.sentence(repeats.sentence(ask, told))
    frame.note(repeats.WORDS)
    figures.row(ask, [told[name] for name in _MAIN], key="repeats")
    repeats.audited(ask)
    repeats.ledger(ask)
    repeats.stages(ask)
    frame.section("How long fixes hold")
    durability.curve(ask)
    for column, name in zip(
        st.columns(2, gap="medium"), ("repeat_incident_rate", "returned_after_fix_30"), strict=True
    ):
        with column:
            label = told[name].now.kpi.label
            exhibit.trend(ask, label, {label: told[name]}, f"repeats-{name}")
    frame.section(
        "The other words, and who waits for whom", "Each of the four words counts something else; none is added."
    )
    figures.row(ask, [told[name] for name in _WORDS], key="repeats-words")
    figures.row(ask, [told[name] for name in _LATENCY], key="repeats-latency")
    durability.return_or_wait(ask)
    repeats.flags(ask)
    page_files.offer(ask, TITLE, told.values())
    frame.foot(ask, told.values())
