"""What is behind a bar or point of the page of what keeps coming back: accounts, or fixes that did not hold."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard import came_back, wording
from dashboard.ask import Ask
from dashboard.came_back import AtStage, Broken
from dashboard.stages import STAGES
from dashboard.widgets import exhibit, frame, links, repeats
from dashboard.wording import period

TITLE = "Behind the chart"
ICON = ":material/list:"
ORDER = 93
QUESTION = "Which accounts, or which fixes, stand behind this mark?"
HIDDEN = True

#: Rows drawn on the page; the file always holds all of them.
_SHOWN = 2000


def render(ask: Ask) -> None:
    """The list a link names, with its file and the way on to stories and tickets."""
    _ = ask.loaded  # nothing loaded: the frame says what to load
    behind = came_back.of_code(st.query_params.get("behind", ""))
    if isinstance(behind, AtStage):
        _accounts(ask, behind)
    elif isinstance(behind, Broken):
        _fixes(ask, behind)
    else:
        frame.heading(TITLE, QUESTION, ask)
        frame.sentence("The link names no mark of a chart.")
        _back(ask)
    frame.foot(ask)


def _back(ask: Ask) -> None:
    links.to("repeats", "Back to what keeps coming back", links.standing(ask))


def _accounts(ask: Ask, behind: AtStage) -> None:
    """An account a row, on the issue it has met most often."""
    asked = repeats.question(ask)
    found = ask.remembered(f"behind {behind!r} {asked!r}", lambda: came_back.accounts(asked, behind))
    stage, count = STAGES[behind.stage], wording.quantity(len(found), "accounts")
    frame.heading(f"Accounts at {stage}: {len(found):,}", QUESTION, ask)
    frame.sentence(f"By the end of {period(ask.period)} {count} had met one issue {repeats.times(behind.stage)}.")
    _back(ask)
    if not found:
        frame.note("No account stands there.")
        return
    frame.note(
        f"{_rows(len(found))} One row an account, on the issue it has met most often, of several the one with most "
        "tickets. Tick a row for that issue's story."
    )
    _list(
        repeats.stage_table(found, ask.period.timezone), f"accounts-{behind.code.replace('/', '-')}",
        "Or choose an account by its name",
        lambda at: f"{found[at].account} · {found[at].label or found[at].issue_key}",
        lambda at: ("issue", "Open the story of its issue", repeats.story_link(ask, found[at].issue_key)),
    )  # fmt: skip


def _fixes(ask: Ask, behind: Broken) -> None:
    """A fix a row, with the ticket its issue came back with."""
    asked = repeats.question(ask)
    found = ask.remembered(f"behind {behind!r} {asked!r}", lambda: came_back.returned(asked, behind))
    count, within = wording.quantity(len(found), "fixes"), f" within {behind.days} days" if behind.days else ""
    frame.heading(
        f"{behind.name}: {count} that did not hold{f' {behind.days} days' if behind.days else ''}", QUESTION, ask
    )
    frame.sentence(
        f"Of the fixes of this kind until the end of {period(ask.period)}, these were followed by a new ticket of "
        f"their issue{within}, as far as is known now."
    )
    _back(ask)
    if not found:
        frame.note("No fix lies there.")
        return
    frame.note(
        f"{_rows(len(found))} One row a fix, with the ticket that broke it; those that held shortest come first. Tick "
        "a row for that ticket's timeline."
    )
    zone, ids = ask.period.timezone, [each.ticket_id or "" for each in found]
    _list(
        repeats.returned_table(found, zone), behind.code.replace("/", "-"),
        "Or choose a fix by its issue",
        lambda at: f"{found[at].label or found[at].issue_key} · fixed {repeats.day(found[at].fixed_at, zone)}",
        lambda at: ("ticket", f"Open the timeline of {ids[at]}", links.ticket(ask, ids[at])),
    )  # fmt: skip


def _rows(count: int) -> str:
    return f"The first {_SHOWN:,} rows are shown; the file holds all." if count > _SHOWN else f"{count:,} rows."


def _list(
    table: pd.DataFrame,
    key: str,
    ask_for: str,
    name: Callable[[int], str],
    way: Callable[[int], tuple[str, str, links.Parameters]],
) -> None:
    """The rows; one that is ticked leads on, and so does the choice below, which a keyboard reaches."""
    exhibit.download(table, f"{key}.csv", key)
    place = exhibit.choose(table.head(_SHOWN), key, height=min(560, 38 + 35 * len(table)))
    if place is not None:
        page, _, parameters = way(place)
        links.go(page, parameters)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        at = st.selectbox(
            ask_for, range(len(table)), index=None, key=f"open-{key}", placeholder="Type to search", format_func=name
        )
    with right:
        if at is not None:
            links.to(*way(at))
