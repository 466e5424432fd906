"""From a number to its tickets."""

from __future__ import annotations

import streamlit as st

from dashboard.ask import Ask, code
from dashboard.kpis.kpi import Kpi
from dashboard.readings import Reading

#: Where the frame keeps the pages of this run, by the name of their file.
PAGES = "_pages"


def query(ask: Ask, kpi: Kpi, group: tuple[tuple[str, str | None], ...] = ()) -> dict[str, str | list[str]]:
    """The link's parameters: KPI, period, scope and group, so that it also holds in a tab of its own."""
    cut = [name if value is None else f"{name}:{value}" for name, value in group]
    asked: dict[str, str | list[str]] = {"kpi": kpi.name, "period": code(ask.period)}
    return asked | {**ask.scope.as_query()} | {**ask.options.as_query()} | ({"group": cut} if cut else {})


def tickets(ask: Ask, reading: Reading, label: str | None = None) -> None:
    """``See the 1,212 tickets``, leading to the page that lists them."""
    if reading.n == 0:
        return
    words = label or f"See the {reading.n:,} {reading.kpi.counted}"
    to("tickets", words, query(ask, reading.kpi, reading.group))


def to(page: str, label: str, parameters: dict[str, str | list[str]] | None = None) -> None:
    """A link to another page, which keeps scope and period; nothing where that page is not part of this run."""
    pages = st.session_state.get(PAGES, {})
    if page in pages:
        st.page_link(pages[page], label=label, query_params=parameters)
