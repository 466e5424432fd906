"""Pages kept under a name: opened by anyone, saved and taken off the list where the dashboard may be written to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from dashboard import journal, loading
from dashboard.ask import Ask
from dashboard.kpis.options import CHOICES
from dashboard.scope import DIMENSIONS
from dashboard.widgets import frame, links
from etl.errors import SupportKpiError
from etl.settings import Home

_WHO, _SAID = "_who", "_view_said"


def panel(ask: Ask, page: str, pages: Collection[str]) -> None:
    """The foot of the sidebar: the saved views as links, then the form that saves the page as it stands now."""
    may_write = not loading.is_read_only()
    try:
        book = journal.open(Home())
        found = [view for view in book.views() if view.page in pages]
    except SupportKpiError as error:
        frame.fault(error)
        return
    if not found and not may_write:
        return
    with st.expander("Saved views"):
        st.html(_list(found))
        if may_write:
            _save(book, ask, page, found)
            _remove(book, found)


def query(ask: Ask) -> str:
    """All that the present address asks for: period, filters, how it is counted, and what the page itself was given."""
    known = {"period", *DIMENSIONS, *CHOICES}
    own = {name: st.query_params.get_all(name) for name in st.query_params if name not in known}
    return urlencode({**links.standing(ask), **own}, doseq=True)


def address(page: str, kept: str) -> str:
    """A view as a link relative to any page, its parameters encoded anew: what is stored is not trusted to be."""
    return links.address(page, parse_qsl(kept))


def _list(found: Sequence[journal.SavedView]) -> str:
    """Plain links: they load the page afresh, so that filters and options follow the address and not this session."""
    if not found:
        return '<p class="kpi-note">None yet.</p>'
    rows = "".join(
        f'<li><a href="{escape(address(view.page, view.query))}" target="_self">{escape(view.name)}</a>'
        f'<div class="small">{escape(view.who)}, {view.written_at:%-d %b %Y}</div></li>'
        for view in found
    )
    return f'<ul class="kpi-list kpi-saved">{rows}</ul>'


def _save(book: journal.Journal, ask: Ask, page: str, found: Sequence[journal.SavedView]) -> None:
    """A name that is there already gets a new version."""
    said = st.session_state.pop(_SAID, "")
    if said:
        st.html(f'<p class="kpi-note" role="status"><b class="kpi-meets">✓</b> {escape(said)}</p>')
    name = st.text_input("Save this page as", key="view-name", max_chars=200)
    who = st.text_input("Your name", value=st.session_state.get(_WHO, ""), key="view-who", max_chars=200)
    is_known = name.strip() in {view.name for view in found}
    if is_known:
        frame.note("There is a view of this name: it will show this page instead.")
    if st.button("Update" if is_known else "Save", key="view-save"):
        try:
            saved = book.save_view(name, page, query(ask), who=who)
        except SupportKpiError as error:
            frame.fault(error)
            return
        st.session_state[_WHO], st.session_state[_SAID] = who, f"{saved.name} is saved."
        st.rerun()


def _remove(book: journal.Journal, found: Sequence[journal.SavedView]) -> None:
    if not found:
        return
    names = {view.id: view.name for view in found}
    with st.popover("Remove a view"):
        chosen = st.selectbox("View", list(names), format_func=lambda id_: names.get(id_, ""), key="view-remove")
        who = st.text_input("Your name", value=st.session_state.get(_WHO, ""), key="view-remove-who", max_chars=200)
        if st.button("Remove it", key="view-remove-save"):
            try:
                book.remove_view(chosen, who=who)
            except SupportKpiError as error:
                frame.fault(error)
                return
            st.session_state[_WHO], st.session_state[_SAID] = who, f"{names[chosen]} is off the list."
            st.rerun()
