"""The tickets behind one number, named in the link by KPI, period and group."""

from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard import kpis, wording
from dashboard.ask import Ask, code
from dashboard.exports import per_ticket
from dashboard.kpis.kpi import Kpi
from dashboard.parts import OWN_TIME, Part, part_of
from dashboard.readings import Reading
from dashboard.scope import DIMENSIONS, Grain, Period
from dashboard.widgets import card, exhibit, frame, links, review_links

TITLE = "Tickets"
ICON = ":material/list:"
ORDER = 90
QUESTION = "Which tickets stand behind the number?"
HIDDEN = True

Group = tuple[tuple[str, str | None], ...]

#: Rows drawn on the page; the files always hold all of them.
_SHOWN = 2000


def render(ask: Ask) -> None:
    """A number, its definition, and every row it was counted from."""
    kpi = _asked(ask)
    if kpi is None:
        return
    # A part is one of tickets: where none stand behind the number, the whole is shown, and said to be.
    group, part = _group(), None if kpi.drill is None else part_of(st.query_params.get("part"))
    # The links of this page keep the period that was looked at, whatever it is read in.
    asked = _in_own_time(ask, part)
    number = asked.reading_of(kpi.name, group)
    cut = "".join(f", {name.replace('_', ' ')}: {value or '(none)'}" for name, value in group)
    cut += f", {part.words}" if part else ""
    rows = asked.tickets(kpi, group, limit=_SHOWN + 1, part=part)
    counted = wording.counted(number)
    if part is not None:
        counted = f"{len(rows):,} of {counted}" if len(rows) <= _SHOWN else f"more than {_SHOWN:,} of {counted}"
    frame.heading(f"{kpi.label}: {counted}{cut}", QUESTION, asked)
    frame.sentence(_sentence(number, part))
    if not group and part is None:
        review_links.note(ask, number)
    links.to("overview", "Back to the overview")
    if rows.empty:
        frame.note(exhibit.nothing([number]))
        return
    many = len(rows) > _SHOWN
    told = f"The first {_SHOWN:,} rows are shown; the files hold all." if many else f"{len(rows):,} rows."
    tick = "" if kpi.drill is None else " Tick a row to see its timeline."
    frame.note(f"{told} What went against the figure comes first. Times are UTC.{tick}")
    _files(asked, kpi, group, part)
    _list(ask, rows.head(_SHOWN))


def _in_own_time(ask: Ask, part: Part | None) -> Ask:
    """The question as a part is asked: of all time where the part names its own stretch."""
    if not isinstance(part, OWN_TIME):
        return ask
    return replace(ask, period=Period(None, None, Grain.ALL, ask.period.timezone))


def _files(ask: Ask, kpi: Kpi, group: Group, part: Part | None) -> None:
    """What is listed as CSV, and everything measured on these tickets with its definitions; made when pressed."""
    name = f"{kpi.name}-{code(ask.period)}"
    with st.container(horizontal=True):
        exhibit.download_made(
            "Download these tickets as CSV",
            f"{name}.csv",
            "text/csv",
            lambda: exhibit.csv(ask.tickets(kpi, group, part=part)),
            "tickets",
        )
        if kpi.drill is None:
            return
        exhibit.download_made(
            "Every metric of each ticket, with definitions (zip)",
            f"{name}-every-metric.zip",
            "application/zip",
            lambda: _zipped(ask, kpi, group, part),
            "metrics",
        )


def _zipped(ask: Ask, kpi: Kpi, group: Group, part: Part | None) -> bytes:
    buffer = io.BytesIO()
    per_ticket.write(ask.per_ticket(kpi, group, part), buffer)
    return buffer.getvalue()


def _list(ask: Ask, rows: pd.DataFrame) -> None:
    """The rows; one that is ticked opens its ticket, and so does the choice below, which a keyboard reaches."""
    if "ticket_id" not in rows:  # no ticket stands behind this number
        exhibit.show(rows.dropna(axis="columns", how="all"), "tickets", height=560)
        return
    place = exhibit.choose(rows.dropna(axis="columns", how="all"), "tickets", height=560)
    if place is not None and isinstance(rows["ticket_id"].iloc[place], str):
        links.go("ticket", links.ticket(ask, rows["ticket_id"].iloc[place]))
    known = rows.dropna(subset=["ticket_id"]).drop_duplicates("ticket_id")
    if known.empty:
        return
    subjects = dict(
        zip(known["ticket_id"], known["subject"].astype(object).where(known["subject"].notna(), ""), strict=True)
    )
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        picked = st.selectbox(
            "Or choose a ticket by its number or subject",
            list(subjects),
            index=None,
            key="open-ticket",
            placeholder="Type to search",
            format_func=lambda name: f"{name} · {subjects[name]}" if subjects[name] else name,
        )
    with right:
        if picked is not None:
            links.to("ticket", f"Open the timeline of {picked}", links.ticket(ask, picked))


def _sentence(number: Reading, part: Part | None) -> str:
    if number.value is None:
        return "There is no reading here."
    whole = "" if part is None else f"All {wording.counted(number)}, of which these are a part: "
    words = f"{whole}{wording.value(number.value, number.kpi.unit)} ({card.evidence(number)}). {number.kpi.counts}"
    if number.immature:
        words += f" {number.immature:,} more are still too young to judge."
    return words


def _asked(ask: Ask) -> Kpi | None:
    """The KPI of the link; without one, the choice of all of them."""
    _ = ask.loaded  # nothing loaded: the frame says what to load
    name = st.query_params.get("kpi")
    known = kpis.catalogue()
    if name in known:
        return known[name]
    frame.heading(TITLE, QUESTION, ask)
    if name:
        frame.note(f"The link names '{name}', which is no KPI here.")
    frame.note("Choose a number:")
    for kpi in known.values():
        links.to("tickets", kpi.label, links.query(ask, kpi))
    return None


def _group() -> Group:
    """The group of the link: ``team:Billing``, or ``team`` alone for the tickets without one."""
    pairs = (text.partition(":") for text in st.query_params.get_all("group"))
    return tuple((name, value if colon else None) for name, colon, value in pairs if name in DIMENSIONS)
