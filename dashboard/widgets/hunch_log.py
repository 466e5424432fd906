"""The hunch log on the page: write a suspicion, see what came in since, confirm or reject it with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from dashboard import hunches, journal, loading, wording
from dashboard.ask import Ask
from dashboard.hunches import Evidence, Hunch, Standing, State
from dashboard.kpis.kpi import Unit
from dashboard.widgets import exhibit, frame
from dashboard.widgets.foresight import everything, question, week
from etl.errors import SupportKpiError
from etl.settings import Home

_WHO, _SAID = "_who", "_hunch_said"
_MARKS = {State.OPEN: "… open", State.CONFIRMED: "✓ confirmed", State.REJECTED: "✕ rejected"}


def panel(ask: Ask) -> None:
    """The suspicions there are with their evidence, and where the dashboard may be written to, a form for one more."""
    frame.section(
        "Hunch log",
        "Sensing is not proving: write down what you suspect, and what comes in is counted from the day you noticed. "
        "It is open until a person confirms or rejects it.",
    )
    said = st.session_state.pop(_SAID, "")
    if said:
        st.html(f'<p class="kpi-note" role="status"><b class="kpi-meets">✓</b> {escape(said)}</p>')
    book = journal.open(Home())
    found = hunches.standing(book)
    if found:
        frame.note(_median(found))
        rows = pd.DataFrame([_row(ask, each) for each in found])
        exhibit.show(rows, "hunches")
        exhibit.download(rows, "hunches.csv", "hunches")
    else:
        frame.note("No hunch is written down yet.")
    if loading.is_read_only():
        return
    left, right = st.columns(2, gap="medium")
    with left, st.expander("Write down a hunch"):
        _write(ask, book)
    if found:
        with right, st.expander("Confirm or reject one"):
            _decide(book, found)


def of_open(found: Sequence[Standing]) -> str:
    """How many are open, for the answer of the page."""
    count = sum(each.hunch.state is State.OPEN for each in found)
    return "" if not count else "1 hunch is open." if count == 1 else f"{count} hunches are open."


def sentence() -> str:
    """The open hunches in a sentence; nothing where there is none."""
    return of_open(hunches.standing(journal.open(Home())))


def _median(found: Sequence[Standing]) -> str:
    middle, n = hunches.median_to_confirmation(found)
    if middle is None:
        return "Median time to confirmation: no reading, none is confirmed yet."
    time = wording.value(middle.total_seconds() / 60, Unit.MINUTES)
    few = " Fewer than ten: take it as a list, not as a rate." if n < 10 else ""
    return f"Median time to confirmation: {time}, of {n} confirmed.{few}"


def _row(ask: Ask, each: Standing) -> dict[str, object]:
    hunch = each.hunch
    return {
        "State": _MARKS[hunch.state],
        "Suspicion": hunch.text,
        "About": _about(hunch),
        "Noticed": hunch.noticed,
        "Evidence": _evidence(ask, hunch),
        "Written by": each.begun_by,
        "Written (UTC)": each.begun_at,
        "Decided by": "" if hunch.state is State.OPEN else each.entry.who,
        "Decided (UTC)": each.decided_at,
        "Because": hunch.because,
    }


def _about(hunch: Hunch) -> str:
    parts = (hunch.product, hunch.topic, hunch.issue_key, hunch.change_id)
    return " · ".join(part for part in parts if part) or "not told"


def _evidence(ask: Ask, hunch: Hunch) -> str:
    asked = question(ask)
    found: Evidence | None = ask.remembered(f"hunch {asked.scope!r} {hunch!r}", lambda: hunches.evidence(asked, hunch))
    if found is None:
        return "none: it names nothing that is counted, or the data end before"
    per_week, before = 7 * found.accounts / found.days, found.accounts_before / 4
    return (
        f"{found.accounts} accounts, {found.tickets} tickets in {found.days:.0f} days since ({per_week:.1f} accounts a "
        f"week; {before:.1f} in the four weeks before); {wording.quantity(found.changes, 'changes')} of the product"
    )


def _write(ask: Ask, book: journal.Journal) -> None:
    text = st.text_area("What do you suspect?", key="hunch-text", max_chars=500)
    names = ask.dimensions()
    left, right = st.columns(2)
    product = left.selectbox("Product", names.get("product", []), index=None, key="hunch-product")
    topic = right.selectbox("Topic", names.get("category", []), index=None, key="hunch-topic")
    grown = week(ask)
    issues = {each.cluster.issue_key: each.cluster.words for each in (grown.found if grown else ())
              if each.cluster.issue_key and each.grown.seen}  # fmt: skip
    every = everything(ask)
    made = {} if every is None else {each.change_id: each.title for each in reversed(list(every.changes.values()))}
    issue = left.selectbox(
        "Issue of this week", list(issues), index=None, key="hunch-issue", format_func=lambda key: issues[key]
    )
    change = right.selectbox("Change", list(made), index=None, key="hunch-change",
                             format_func=lambda name: f"{made.get(name)} ({name})")  # fmt: skip
    as_of = ask.horizon.as_of if ask.horizon else None
    noticed = left.date_input("Noticed on", value=as_of.date() if as_of else "today", key="hunch-noticed")
    who = right.text_input("Your name", value=st.session_state.get(_WHO, ""), key="hunch-who", max_chars=200)
    if not st.button("Write it down", key="hunch-save"):
        return
    try:
        hunches.write(
            book,
            Hunch(text=text or "", noticed=noticed, product=product, topic=topic, issue_key=issue, change_id=change),
            who=who,
        )
    except SupportKpiError as error:
        frame.fault(error)
        return
    _done(who, "The hunch is written down.")


def _decide(book: journal.Journal, found: Sequence[Standing]) -> None:
    known = {each.entry.begun: each for each in found}
    chosen = st.selectbox(
        "Hunch", list(known), key="hunch-chosen",
        format_func=lambda begun: f"{_MARKS[known[begun].hunch.state]} · {known[begun].hunch.text}",
    )  # fmt: skip
    state = st.segmented_control(
        "It is", [State.CONFIRMED, State.REJECTED, State.OPEN], default=State.CONFIRMED, required=True,
        key="hunch-state", format_func=str,
    )  # fmt: skip
    because = st.text_input("What showed it", key="hunch-because", max_chars=500)
    who = st.text_input("Your name", value=st.session_state.get(_WHO, ""), key="hunch-decided-by", max_chars=200)
    if not st.button("Store", key="hunch-decide") or chosen is None or state is None:
        return
    try:
        hunches.decide(book, known[chosen].entry, State(state), because, who=who)
    except SupportKpiError as error:
        frame.fault(error)
        return
    _done(who, f"The hunch is {state}.")


def _done(who: str, said: str) -> None:
    st.session_state[_WHO], st.session_state[_SAID] = who, said
    st.rerun()
