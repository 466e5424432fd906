"""Incidents: their figures, and the accounts each of them touched."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import change_words, touched, wording
from dashboard.ask import Ask, Story
from dashboard.touched import Touched
from dashboard.widgets import exhibit, figures, frame, links
from dashboard.widgets.foresight import question


def panel(ask: Ask, stories: Sequence[Story]) -> None:
    """The five figures, the incidents of a quarter at least, and who was touched by one."""
    frame.section("Incidents", "Whether what was promised after an incident is kept, and whom incidents touched.")
    figures.row(ask, stories, key="incidents")
    asked = question(ask)
    found = ask.remembered(f"touched {asked!r}", lambda: touched.incidents(asked))
    exhibit.heading(
        f"Incidents and the accounts they touched{change_words.window(*asked.window, ask.period.timezone)}",
        "An account is touched when it wrote about the incident's product, or one of its products, while it ran; "
        "whoever suffered in silence is not in it."
        + (f" The newest {touched.MOST} are listed." if len(found) == touched.MOST else ""),
    )
    if not found:
        frame.note(
            "No incident began in this stretch, or none is loaded: an export of your incident system or status page "
            "brings them."
        )
        return
    table = pd.DataFrame([_row(ask, each) for each in found])
    exhibit.show(table, "touched")
    exhibit.download(table, "incidents-and-accounts.csv", "touched")
    _accounts(ask, found)
    links.to(
        "satisfaction", "How the accounts touched answered before, during and after incidents", links.standing(ask)
    )


def _row(ask: Ask, each: Touched) -> dict[str, object]:
    over = each.resolved_at
    return {
        "Incident": each.incident_id,
        "Title": each.title,
        "Severity": each.severity or "not told",
        "Product": each.product or "not told: all tickets",
        "Began": change_words.moment(each.started_at, ask.period.timezone),
        "Lasted": "not over" if over is None else wording.duration((over - each.started_at).total_seconds() / 60),
        "Accounts that wrote": each.accounts,
        "Tickets": each.tickets,
        "ARR of those known": "–" if each.revenue is None else f"{each.revenue:,.0f} ({each.known} of {each.accounts})",
        "Accounts by the incident record": each.counted_elsewhere,
    }


def _accounts(ask: Ask, found: Sequence[Touched]) -> None:
    """The accounts one incident touched."""
    told, zone = [each for each in found if each.accounts], ask.period.timezone
    if not told:
        return
    with st.expander("The accounts one incident touched"):
        place = st.selectbox(
            "Incident", range(len(told)), key="touched-by",
            format_func=lambda at: f"{change_words.moment(told[at].started_at, zone)} · {told[at].title}",
        )  # fmt: skip
        rows = touched.accounts(question(ask), told[place or 0].incident_id)
        exhibit.show(rows, "touched-accounts")
        exhibit.download(rows, "touched-accounts.csv", "touched-accounts")
