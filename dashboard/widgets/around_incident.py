"""Satisfaction before, during and after incidents: the accounts they touched beside all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import around_words, charts, incident_window, kpis, wording
from dashboard.ask import Ask
from dashboard.incident_window import AROUND, LATE, Around, Happening, Phase
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, next_start, start_of
from dashboard.widgets import exhibit, frame, links, style

_TITLE = "Before, during and after incidents"
#: Names of accounts that stand in a line; of more only the first do.
_NAMED = 12


@st.fragment
def panel(ask: Ask, names: Sequence[str], key: str) -> None:
    """Choose a figure and an incident, or all of a year; see both sides in three stretches, and what may be said."""
    asked = (ask.scope, ask.period)
    happened = ask.remembered(f"incidents {asked!r}", lambda: incident_window.incidents(ask.loaded, *asked))
    frame.section(
        _TITLE,
        f"Before: the {AROUND.days} days before it began. During: until {LATE.days} days after it was over, since "
        f"answers come late. After: the {AROUND.days} days that follow. An account is touched when it wrote about the "
        "incident's product while it ran. Of severity 1 and 2, or without a severity.",
    )
    if not happened:
        frame.note(
            "No severe incident began in the year up to the end of this period, or none is loaded: an export of your "
            "incident system or status page brings them."
        )
        return
    known = {kpi.name: kpi for kpi in kpis.named(names)}
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        name = st.segmented_control(
            "Figure", list(known), default=names[-1], key=f"figure-around-{key}", required=True,
            format_func=lambda each: known[each].label, label_visibility="collapsed",
        )  # fmt: skip
    with right:
        choices: list[Happening | None] = [None, *happened]
        place = st.selectbox(
            "Incidents", range(len(choices)), key=f"incident-{key}",
            format_func=lambda place: _label(ask, choices[place], len(happened)),
        )  # fmt: skip
    chosen = choices[place or 0]
    if name is not None:
        _shown(ask, name, happened if chosen is None else [chosen], key)


def _label(ask: Ask, one: Happening | None, count: int) -> str:
    """``All 12 of the year``, or the day and name of one."""
    if one is None:
        return f"All {count} of the year up to this period's end" if count > 1 else "The one of the year"
    day = one.started_at.replace(tzinfo=UTC).astimezone(ZoneInfo(ask.period.timezone))
    return f"{day.day} {day:%b %Y} · {one.title}"


def _shown(ask: Ask, name: str, happened: Sequence[Happening], key: str) -> None:
    """The sentences, the picture with its table, and who was touched."""
    (kpi,) = kpis.named([name])
    asked = (name, ask.scope, ask.options, [each.incident_id for each in happened])
    found = ask.remembered(
        f"around {asked!r}",
        lambda: incident_window.around(ask.loaded, kpi, ask.scope, happened, ask.options),
    )
    readings = _readings(ask, found, happened)
    if not readings:
        frame.note(f"No {found.kpi.counted} lie near: {found.kpi.label} needs {found.kpi.needs}.")
        return
    told = around_words.sentences(found)
    st.html("".join(f"<p>{escape(each)}</p>" for each in told))
    title = f"{found.kpi.label} around {wording.quantity(len(happened), 'incidents')}"
    exhibit.drawing(
        title,
        charts.dots(readings, style.dark()),
        f"{title}: {' '.join(told)}",
        around_words.table(found),
        f"around-{key}",
        "An association: whatever else happened in those weeks is in it, too. Answers of one customer resemble each "
        "other, so the intervals are somewhat too narrow." + _nameless(found),
    )
    _touched(ask, found, happened)


def _nameless(found: Around) -> str:
    if not found.nameless:
        return ""
    return f" {wording.quantity(found.nameless, 'answers')} of no known account are on neither side."


def _readings(ask: Ask, found: Around, happened: Sequence[Happening]) -> list[Reading]:
    """The cells as readings a chart can draw: of no target, and dated by the stretch looked at."""
    zone = ZoneInfo(ask.period.timezone)
    edges = [edge.replace(tzinfo=UTC).astimezone(zone).date() for each in happened for edge in each.edges]
    period = Period(min(edges), max(edges), Grain.ALL, ask.period.timezone)
    base = replace(ask.reading_of(found.kpi.name), kpi=found.kpi, period=period, target=None)
    cells = [(touched, phase, found.cell(touched, phase)) for touched in around_words.SIDES for phase in Phase]
    return [
        replace(
            base,
            group=(("answers", f"{around_words.SIDES[touched]}, {phase}"),),
            n=each.n, value=each.value, low=each.low, high=each.high, events=each.events, parts=each.parts,
        )
        for touched, phase, each in cells
        if each.n
    ]  # fmt: skip


def _touched(ask: Ask, found: Around, happened: Sequence[Happening]) -> None:
    """The accounts by name; of a single incident with the way to their answers in the month it began."""
    names = sorted(found.touched)
    if not names:
        frame.note("No ticket of a known account was created while it ran, so no account is known to be touched.")
        return
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    frame.note(f"Touched: {wording.quantity(len(names), 'accounts')}: {', '.join(names[:_NAMED])}{more}.")
    if len(happened) == 1 and len(names) <= _NAMED:
        zone = ZoneInfo(ask.period.timezone)
        first = start_of(happened[0].started_at.replace(tzinfo=UTC).astimezone(zone).date(), Grain.MONTH)
        month = Period(first, next_start(first, Grain.MONTH), Grain.MONTH, ask.period.timezone)
        asked = {"kpi": found.kpi.name, **links.standing(ask, month), "account": names}
        links.to("tickets", f"See the answers of these accounts in {wording.period(month)}", asked)
