"""What each definition of the field would read on the same data: one figure, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from dashboard import kpis, wording
from dashboard.ask import Ask
from dashboard.kpis.alternatives import Alternative
from dashboard.readings import Reading
from dashboard.widgets import exhibit, frame, links

TITLE = "What each definition would read on the same data"


@st.fragment
def panel(ask: Ask, names: Sequence[str], key: str) -> None:
    """Choose a figure; see a dot with its interval for each definition of it, the table, and what each counts."""
    frame.section(TITLE, "One word, several meanings. Same tickets, same period; only the counting rule differs.")
    known = {kpi.name: kpi for kpi in kpis.named(names)}
    name: str | None = names[0]
    if len(names) > 1:
        name = st.segmented_control(
            "Figure", list(known), default=names[0], key=f"defined-{key}", required=True,
            format_func=lambda name: known[name].label, label_visibility="collapsed",
        )  # fmt: skip
    if name is None:
        return
    found = ask.definitions_of(name)
    rows = [replace(reading, group=(("definition", each.label),)) for each, reading in found]
    alike = {reading.target for reading in rows}
    drawn = rows if len(alike) == 1 else [replace(reading, target=None) for reading in rows]
    exhibit.dots(f"{known[name].label} by each definition", drawn, f"{key}-{name}-defined", _note(ask, rows))
    st.html(_rules(rows, [_behind(ask, each, reading) for each, reading in found]))


def _note(ask: Ask, rows: Sequence[Reading]) -> str:
    missing = [reading.group[0][1] for reading in rows if reading.value is None]
    chosen = ask.options.in_words()
    parts = [f"All else counted as chosen: {chosen}." if chosen else "All else counted by default."]
    if missing:
        parts.append(f"Without a reading here: {', '.join(str(name) for name in missing)}; the list below says why.")
    return " ".join(parts)


def _behind(ask: Ask, each: Alternative, reading: Reading) -> str:
    """The way to what a definition counted: a page of its own, since it is counted otherwise than this one."""
    if not reading.n:
        return ""
    there = links.query(replace(ask, options=each.options), reading.kpi)
    where = escape(links.address("tickets", there))
    return f' <a href="{where}" target="_self">See the {escape(wording.quantity(reading.n, reading.kpi.counted))}</a>'


def _rules(rows: Sequence[Reading], ways: Sequence[str]) -> str:
    """Each definition with its caution and the way behind it, or what stops it; closed at first."""
    items = "".join(
        f"<dt>{escape(str(reading.group[0][1]))}</dt><dd>{escape(reading.kpi.counts)} "
        f'<span class="small">{escape(_caution(reading))}</span>{way}</dd>'
        for reading, way in zip(rows, ways, strict=True)
    )
    title = "What each counts, and its tickets"
    return f'<details class="kpi-def"><summary>{title}</summary><dl>{items}</dl></details>'


def _caution(reading: Reading) -> str:
    return reading.kpi.beware if reading.value is not None else f"No reading: {reading.reason}."
