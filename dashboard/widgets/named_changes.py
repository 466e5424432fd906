"""Changes that tickets name, whether a list of changes is loaded or not, and the tickets of one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import change_words, named_changes, wording
from dashboard.ask import Ask
from dashboard.named_changes import Named
from dashboard.widgets import exhibit, frame
from dashboard.widgets.foresight import listed, question


def panel(ask: Ask) -> None:
    """A row a change that tickets of the stretch name; a choice lists its tickets."""
    asked = question(ask)
    found = ask.remembered(
        f"changes named {asked!r}", lambda: named_changes.named(asked.facts, asked.scope, asked.window)
    )
    title = f"Changes that tickets name{change_words.window(*asked.window, ask.period.timezone)}"
    if not found:
        exhibit.heading(title)
        frame.note(
            "No ticket created in this stretch names a change, as its cause or as what is to solve it; ServiceNow's "
            "incidents do (caused_by, rfc), and any file whose mapping has caused_by or change_key."
        )
        return
    exhibit.heading(
        title,
        "What somebody wrote on the ticket: that a change caused it, or that one was raised to solve it. A word in the "
        "help desk, no test.",
    )
    table = pd.DataFrame([_row(ask, each) for each in found])
    exhibit.show(table, "changes-named", height=min(360, 40 + 35 * len(found)))
    exhibit.download(table, "changes-that-tickets-name.csv", "changes-named")
    place = st.selectbox(
        "See the tickets that name one change", range(len(found)), index=None, key="named-change",
        placeholder="Choose one", format_func=lambda at: _name(found[at]),
    )  # fmt: skip
    if place is not None:
        rows = named_changes.tickets_of(asked.facts, asked.scope, found[place], asked.window)
        listed(ask, rows, "changes-named-tickets")


def _name(each: Named) -> str:
    told = [
        f"{wording.quantity(n, 'tickets')} {words}"
        for n, words in ((each.causes, "name it as their cause"), (each.solves, "are to be solved by it"))
        if n
    ]
    return f"{each.word}{f' {each.title}' if each.title else ''}: {', '.join(told)}"


def _row(ask: Ask, each: Named) -> dict[str, object]:
    return {
        "Change": each.word,
        "In the list of changes": each.title or each.change_id or "not loaded",
        "Said to have caused": each.causes,
        "Raised to solve": each.solves,
        "Still open": each.still_open,
        "Accounts": each.accounts or None,
        "Newest ticket": "" if each.last_at is None else change_words.moment(each.last_at, ask.period.timezone),
        "Help desk": each.source,
    }
