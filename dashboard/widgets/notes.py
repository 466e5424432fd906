"""Marking a day on the trends: a note with who wrote it, shown at once, taken back as a new version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import pandas as pd
import streamlit as st

from dashboard import journal, kpis, loading
from dashboard.ask import Ask
from dashboard.widgets import exhibit, frame
from etl.errors import SupportKpiError
from etl.settings import Home

_WHO, _SAID = "_who", "_note_said"
_ALL = "all KPIs"
_EARLIEST = date(2000, 1, 1)
_ANEW = (
    "For a change that is known and here to stay: a new definition, another team, a new product. What was before it no "
    "longer says what is usual; until eight periods have passed there are no limits. Not for a result you dislike."
)


def panel(ask: Ask) -> None:
    """The notes there are, and where the dashboard may be written to the form for one more; closed at first."""
    book = journal.open(Home())
    found = book.markers()
    may_write = not loading.is_read_only()
    if not found and not may_write:
        return
    said = st.session_state.pop(_SAID, "")
    with st.expander("Mark a day on the trends" if may_write else "Days marked on the trends", expanded=bool(said)):
        if said:
            st.html(f'<p class="kpi-note" role="status"><b class="kpi-meets">✓</b> {escape(said)}</p>')
        if may_write:
            _add(book, ask)
        if found:
            _list(found)
        if found and may_write:
            _take_back(book, found)


def table(found: Sequence[journal.Marker]) -> pd.DataFrame:
    """The notes, the newest day first."""
    rows = [
        {
            "day": note.day,
            "text": note.text,
            "on": _kpi_words(note.kpi),
            "limits begin anew": "yes" if note.begins_anew else "",
            "who": note.who,
            "written (UTC)": note.written_at,
        }
        for note in reversed(found)
    ]
    return pd.DataFrame(rows)


def _kpi_words(name: str | None) -> str:
    known = kpis.catalogue()
    return _ALL if name is None else known[name].label if name in known else name


def _add(book: journal.Journal, ask: Ask) -> None:
    day, text, kpi, who = st.columns([1, 3, 2, 1])
    names: list[str | None] = [None, *kpis.catalogue()]
    chosen = day.date_input("Day", _first_offered(ask), min_value=_EARLIEST, key="note-day")
    said = text.text_input("What happened", key="note-text", max_chars=200, placeholder="New macros for billing")
    on = kpi.selectbox("On the trends of", names, format_func=_kpi_words, key="note-kpi")
    name = who.text_input("Your name", value=st.session_state.get(_WHO, ""), key="note-who", max_chars=200)
    anew = st.checkbox("Limits of normal variation begin anew on this day", key="note-anew", help=_ANEW)
    if not st.button("Mark this day", key="note-save"):
        return
    try:
        book.add_marker(chosen, said, who=name, kpi=on, begins_anew=anew)
    except SupportKpiError as error:
        frame.fault(error)
        return
    _done(name, f"{chosen:%-d %b %Y} is marked on the trends of {_kpi_words(on)}.")


def _first_offered(ask: Ask) -> date:
    """The first day of the chosen period: what is noted is most often about what is looked at."""
    return ask.period.start or date.today()  # noqa: DTZ011 - a day to start from, not a moment


def _list(found: Sequence[journal.Marker]) -> None:
    frame.note("Every note there is, also of days outside the trends shown.")
    exhibit.show(table(found), "notes")
    exhibit.download(table(found), "notes.csv", "notes")


def _take_back(book: journal.Journal, found: Sequence[journal.Marker]) -> None:
    with st.popover("Take a note back"):
        notes = {note.id: f"{note.day:%-d %b %Y}: {note.text}" for note in reversed(found)}
        chosen = st.selectbox("Note", list(notes), format_func=lambda id_: notes.get(id_, ""), key="note-back")
        who = st.text_input("Your name", value=st.session_state.get(_WHO, ""), key="note-back-who", max_chars=200)
        if not st.button("Take it back", key="note-back-save"):
            return
        try:
            book.remove_marker(chosen, who=who)
        except SupportKpiError as error:
            frame.fault(error)
            return
        _done(who, "The note is taken back; its versions stay in the journal.")


def _done(who: str, said: str) -> None:
    st.session_state[_WHO], st.session_state[_SAID] = who, said
    st.rerun()
