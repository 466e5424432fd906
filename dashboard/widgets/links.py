"""From a number to its tickets."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from dashboard import wording
from dashboard.ask import Ask, code
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import CHOICES
from dashboard.readings import Reading
from dashboard.scope import DIMENSIONS, Period

#: Where the frame keeps the pages of this run, by the name of their file.
PAGES = "_pages"
#: The period of the page a point was clicked on.
_LEFT = "_period_left"
#: Pages that list what is behind a number, and what their links name beside the period.
_LISTS = ("tickets", "ticket")
_NAMED = ("kpi", "group", "part")
#: What the link of a ticket keeps, so that there is a way back to its list.
CAME_FROM = (*_NAMED, "frozen")


Parameters = dict[str, str | list[str]]


def query(
    ask: Ask, kpi: Kpi, group: tuple[tuple[str, str | None], ...] = (), period: Period | None = None
) -> Parameters:
    """The link's parameters: KPI, period, scope and group, so that it also holds in a tab of its own."""
    cut = [name if value is None else f"{name}:{value}" for name, value in group]
    asked: Parameters = {"kpi": kpi.name, **standing(ask, period)}
    return asked | ({"group": cut} if cut else {})


def standing(ask: Ask, period: Period | None = None) -> Parameters:
    """What every link carries: period, scope and how it is counted."""
    return {"period": code(period or ask.period), **ask.scope.as_query(), **ask.options.as_query()}


def tickets(ask: Ask, reading: Reading, label: str | None = None) -> None:
    """``See the 1,212 tickets``, leading to the page that lists them."""
    if reading.n == 0:
        return
    words = label or f"See the {wording.quantity(reading.n, reading.kpi.counted)}"
    to("tickets", words, query(ask, reading.kpi, reading.group))


def ticket(ask: Ask, ticket_id: str) -> Parameters:
    """The link of one ticket; it keeps the list it was reached from, so that there is a way back to it."""
    came_from: Parameters = {name: st.query_params.get_all(name) for name in CAME_FROM if name in st.query_params}
    return {"ticket": ticket_id, **standing(ask), **came_from}


def go(page: str, parameters: Parameters) -> None:
    """Open another page now, in the same tab; Back leads here again.

    Filters and options are left out: their widgets write them into every address themselves, and refuse to be told.
    """
    pages = st.session_state.get(PAGES, {})
    if page in pages:
        if page == "tickets":  # a list that opens one of its tickets has the period of the point, not of the page
            st.session_state[_LEFT] = st.query_params.get("period")
        own = {name: value for name, value in parameters.items() if name not in {*DIMENSIONS, *CHOICES}}
        st.switch_page(pages[page], query_params=own)


def came_back() -> None:
    """Give a page that was left by a click its own link again.

    Streamlit writes the link of a list into the address of the page it is opened from first, and Back leads there.
    """
    page = (st.context.url or "").rstrip("/").rpartition("/")[2]
    if page in _LISTS or "kpi" not in st.query_params or _LEFT not in st.session_state:
        return
    for name in _NAMED:
        st.query_params.pop(name, None)
    if st.session_state[_LEFT] is not None:
        st.query_params["period"] = st.session_state[_LEFT]


def to(page: str, label: str, parameters: Parameters | None = None) -> None:
    """A link to another page, which keeps scope and period; nothing where that page is not part of this run."""
    pages = st.session_state.get(PAGES, {})
    if page in pages:
        st.page_link(pages[page], label=label, query_params=parameters)


def address(page: str, parameters: Parameters | Sequence[tuple[str, str]]) -> str:
    """A page as a plain link, relative to any page. It loads afresh, so that the filters and options it names hold."""
    path = "" if page == "overview" else page
    return f"./{path}?{urlencode(parameters, doseq=True)}"
