"""Reconciliation: our measurements beside the help desk's own, ticket by ticket, and why they differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pandas as pd
import streamlit as st

from dashboard import kpis, reconciliation, wording
from dashboard.ask import Ask
from dashboard.difference_reasons import MEANS
from dashboard.exports import reconciled
from dashboard.kpis.kpi import Unit
from dashboard.reconciliation import Comparison
from dashboard.scope import Grain
from dashboard.vendor_definitions import DEFINITIONS, VENDORS, Definition, Schedules, vendor_of
from dashboard.widgets import exhibit, frame, links
from etl.errors import SupportKpiError

TITLE = "Reconciliation"
ICON = ":material/balance:"
ORDER = 65
QUESTION = "Do our numbers tie to the help desk's own?"

T = TypeVar("T")
#: The figure of ours that measures the same thing.
_KPIS = {
    "first_reply_minutes": "first_reply_time",
    "resolution_minutes": "mttr",
    "reopens": "reopen_rate",
    "public_replies": "fcr",
}
_EVERYTHING = "All that is loaded"
_CHOSEN = "The chosen period"
#: Under which of a ticket's schedules business minutes are counted; None: as each vendor does.
_SCHEDULES = {"As the help desk counts": None, "Every schedule": Schedules.EVERY, "Last schedule only": Schedules.LAST}
_SHOWN = 2000
_NO_FIGURES = (
    "No export that is loaded carries the help desk's own figures in this period. Zendesk's ticket metrics and its "
    "CSV export carry them, as do the exports of Freshdesk, Intercom, HubSpot and Zammad; a mapping may name them "
    "too, under the columns “as the help desk measured it”. Without them, type a figure of its report below."
)


def render(ask: Ask) -> None:
    """Sentence; definitions and how far they agree; one in detail; a figure of the vendor's report."""
    _ = ask.loaded  # nothing loaded: the frame says what to load
    spot = st.container()
    choice = st.segmented_control(
        "Tickets", (_CHOSEN, _EVERYTHING), default=_CHOSEN, key="reconciled", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    rule = _rule()
    if choice == _EVERYTHING:
        ask = replace(ask, period=replace(ask.period, start=None, end=None, grain=Grain.ALL, whole=True))
    with spot:
        frame.heading(TITLE, QUESTION, ask)
    found = [each for each in _all(ask, rule) if each.compared or each.only_theirs]
    with spot:
        frame.sentence(_sentence(found) if found else "There is nothing to compare with yet.")
    if found:
        _table(found)
        _detail(ask, found)
    else:
        frame.note(_NO_FIGURES)
    _given(ask, rule)
    frame.foot(ask)


def _rule() -> Schedules | None:
    """The rule of schedules chosen for business minutes; None: the vendor's own."""
    chosen = st.segmented_control(
        "Business minutes", list(_SCHEDULES), default=next(iter(_SCHEDULES)), key="schedules", required=True,
        help="A ticket may pass through several schedules: each counts while it held, or the last one all along.",
    )  # fmt: skip
    return _SCHEDULES[chosen or next(iter(_SCHEDULES))]


def _remembered(ask: Ask, key: str, make: Callable[[], T]) -> T:
    return ask.remember(ask.loaded.name, f"reconciled {key} {ask.scope} {ask.period}", make)


def _all(ask: Ask, rule: Schedules | None) -> list[Comparison]:
    """Every definition there are figures for, without its tickets."""

    def compare() -> list[Comparison]:
        there = [each.under(rule) for each in reconciliation.there(ask.loaded)]
        return [reconciliation.compare(ask.loaded, each, ask.scope, ask.period, tickets=False) for each in there]

    return _remembered(ask, f"all {rule}", compare)


def _sentence(found: list[Comparison]) -> str:
    """How many figures tie, and which is furthest off."""
    judged = [each for each in found if each.share is not None]
    if not judged:
        return "The help desk gives figures for these tickets that we cannot measure: their history is not loaded."
    tied = [each for each in judged if each.share == 1]
    words = f"{len(tied)} of {wording.quantity(len(judged), 'figures')} tie on every ticket compared."
    if len(tied) == len(judged):
        return words
    worst = min(judged, key=lambda each: each.share or 0)
    share = wording.value(worst.share, Unit.PERCENT)
    return (
        f"{words} Furthest off: {_called(worst.definition)}, which agrees on {share} of "
        f"{wording.quantity(worst.compared, 'tickets')}."
    )


def _called(definition: Definition) -> str:
    return f"{VENDORS[definition.vendor]}, {definition.full_label.lower()}"


def _unit(definition: Definition) -> Unit:
    return Unit.COUNT if definition.is_count else Unit.MINUTES


def _agreement(found: Comparison) -> float:
    """For ordering: the worst first, and last what could not be compared."""
    return 2.0 if found.share is None else found.share


def _table(found: list[Comparison]) -> None:
    frame.section("Figure by figure", "Compared are the tickets for which both have a measurement.")
    rows = [
        {
            "Help desk": VENDORS[each.definition.vendor],
            "Figure": each.definition.full_label,
            "Agree": wording.value(each.share, Unit.PERCENT),
            "Compared": each.compared,
            "Differ": each.differ,
            "Only theirs": each.only_theirs,
            "Only ours": each.only_ours,
            "Their median": wording.value(each.theirs.median, _unit(each.definition)),
            "Our median": wording.value(each.ours.median, _unit(each.definition)),
            "Ours less theirs, of the means": wording.value(each.difference("mean"), _unit(each.definition)),
        }
        for each in sorted(found, key=lambda each: each.share if each.share is not None else 2.0)
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", height=min(38 + 35 * len(rows), 420))
    records = pd.DataFrame([reconciled.record(each) for each in found], columns=list(reconciled.COLUMNS))
    exhibit.download(records.drop(columns=["reasons"]), "reconciliation.csv", "reconciliation")


def _detail(ask: Ask, found: list[Comparison]) -> None:
    frame.section("One figure in detail")
    known = {f"{each.definition.vendor} {each.definition.name}": each for each in found}
    worst = min(known, key=lambda name: _agreement(known[name]))
    name = st.selectbox(
        "Figure", list(known), index=list(known).index(worst), key="definition", label_visibility="collapsed",
        format_func=lambda name: _called(known[name].definition), width=520,
    )  # fmt: skip
    definition = known[name].definition
    key = f"{name} {definition.schedules}"
    whole = _remembered(ask, key, lambda: reconciliation.compare(ask.loaded, definition, ask.scope, ask.period))
    frame.note(
        f"They count: {definition.counts} ({definition.told}.) Dated by when tickets were {_anchor(definition)}."
    )
    if not definition.is_count:
        margin = wording.duration(definition.tolerance)
        frame.note(f"Two values agree where they are no more than {margin} apart, the unit of the export.")
    _to_kpi(ask, definition)
    if whole.tickets.empty:
        frame.note("Every ticket compared agrees.")
        return
    reasons = [
        {"Why they differ": str(reason), "Tickets": count, "That is": MEANS[reason]}
        for reason, count in sorted(whole.reasons.items(), key=lambda pair: -pair[1])
    ]
    st.dataframe(pd.DataFrame(reasons), hide_index=True, width="stretch")
    _tickets(whole)


def _to_kpi(ask: Ask, definition: Definition) -> None:
    """The way to our own figure of the same thing and its tickets, in the same scope and period."""
    name = _KPIS.get(str(definition.figure).replace("_business", ""))
    if name is not None and ask.period.start is not None:
        (kpi,) = kpis.named([name])
        links.to("tickets", f"See our {kpi.label[:1].lower()}{kpi.label[1:]}, and its tickets", links.query(ask, kpi))


def _anchor(definition: Definition) -> str:
    return definition.anchor.removesuffix("_at")


def _tickets(found: Comparison) -> None:
    """The tickets that differ, the largest differences first; all of them in the file."""
    count = wording.quantity(len(found.tickets), "tickets")
    more = f" The first {_SHOWN:,} are shown; the file holds all." if len(found.tickets) > _SHOWN else ""
    cut = " There are more; these are the largest differences." if found.is_cut else ""
    unit = "" if found.definition.is_count else " Minutes; times are UTC."
    frame.section(f"{count} that differ", f"The largest difference first.{unit}{more}{cut}")
    only = sorted({str(reason) for reason in found.tickets["reason"]})
    picked = st.pills(
        "Only", only, selection_mode="multi", key=f"why {found.definition.name}", label_visibility="collapsed"
    )
    shown = found.tickets[found.tickets["reason"].isin(picked)] if picked else found.tickets
    drawn = shown.head(_SHOWN).dropna(axis="columns", how="all").round({"theirs": 1, "ours": 1, "difference": 1})
    exhibit.show(drawn, f"differ {found.definition.name}", height=360)
    exhibit.download(shown, f"{found.definition.vendor}-{found.definition.name}.csv", f"differ {found.definition.name}")


def _given(ask: Ask, rule: Schedules | None) -> None:
    """A figure somebody read off the vendor's report, beside ours."""
    frame.section(
        "Compare a figure of their report",
        "Type what the help desk's own dashboard says for this period and scope, and choose how it defines it.",
    )
    sources = ask.dimensions().get("source", [])
    vendors = list(dict.fromkeys(vendor_of(source) for source in sources)) or ["any"]
    choices = {f"{each.vendor} {each.name}": each.under(rule) for each in DEFINITIONS if each.vendor in vendors}
    grid = st.grid(3, min_column_width=220, gap="small")
    with grid.cell():
        name = st.selectbox(
            "Their figure", list(choices), key="their definition",
            format_func=lambda name: _called(choices[name]),
        )  # fmt: skip
    with grid.cell():
        statistic = st.selectbox("It is a", reconciliation.STATISTICS, key="their statistic")
    with grid.cell():
        text = st.text_input("It says", key="their value", placeholder="3.2h, 191.5 (minutes), 1h 30m or 02:30:00")
    if not text:
        return
    try:
        value = reconciliation.amount(text)
    except SupportKpiError as error:
        frame.fault(error)
        return
    definition = choices[name]
    found = reconciliation.against(ask.loaded, definition, value, statistic, ask.scope, ask.period)
    unit = _unit(definition)
    rows = [
        {
            "Figure": words if place == 0 else _without_clock(words, definition),
            f"{statistic.capitalize()}": wording.value(number, unit),
            "Tickets": n,
            "Less theirs": "" if number is None else wording.value(number - value, unit),
        }
        for place, (words, number, n) in enumerate((("Theirs, as typed", value, None), *found.lines))
    ]
    frame.sentence(_verdict(found.ours, value, definition, statistic))
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    if found.tickets.empty:
        return
    with st.expander("The tickets behind ours"):
        drawn = found.tickets.head(_SHOWN).dropna(axis="columns", how="all").round({"theirs": 1, "ours": 1})
        exhibit.show(drawn, "behind", height=320)
        exhibit.download(found.tickets, f"{definition.vendor}-{definition.name}-tickets.csv", "behind")


def _without_clock(words: str, definition: Definition) -> str:
    """A count has no clock."""
    return re.sub(r"around the clock, ", "", words) if definition.is_count else words


def _verdict(ours: float | None, theirs: float, definition: Definition, statistic: str) -> str:
    if ours is None:
        return "We have no measurement of it in this period and scope."
    unit = _unit(definition)
    gap = ours - theirs
    said = f"Ours by their definition is {wording.value(ours, unit)}"
    if abs(gap) <= max(definition.tolerance, 1e-9):
        return f"They tie: {said.lower()[:1].upper()}{said[1:]}, theirs {wording.value(theirs, unit)}."
    way = "more" if gap > 0 else "less"
    return f"{said}, {wording.value(abs(gap), unit)} {way} than their {statistic}."
