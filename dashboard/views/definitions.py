"""Definitions: how each number is counted, so that it can be checked by hand."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from dashboard import kpis, wording
from dashboard.ask import Ask
from dashboard.kpis.alternatives import choices_of
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.target import Target
from dashboard.widgets import frame

TITLE = "Definitions"
ICON = ":material/menu_book:"
ORDER = 50
QUESTION = "Can I trust this number, and defend it?"

#: So many found are shown in full; more as their questions, each to be opened.
_FEW = 5
#: Each kind of statistic with its interval, for those who check.
_STATISTICS = {
    "Proportion": "a share, with Wilson's 95 % interval",
    "Mean": "a mean, with Student's 95 % interval corrected for skewness (Hall)",
    "ScaleMean": "a mean of answers on one scale, with Student's 95 % interval corrected for skewness (Hall)",
    "EventRate": "events divided by rows, with a 95 % Poisson interval as much wider as events come in bunches",
    "CensoredMedian": "a median that knows of what is still open (Kaplan–Meier), with the 95 % log–log interval",
    "Quantile": "a quantile by rank, with the 95 % interval of order statistics",
    "NetScore": "share of promoters minus share of detractors, in points, with its 95 % interval",
    "Count": "a complete count; the range is what chance alone would give (Poisson)",
    "RatioOfSums": "one sum divided by another, with a 95 % interval by the delta method",
    "Stock": "a complete count at the end of the period, without an interval",
    "WeeksOfWork": "exact Poisson, of the tickets resolved; what is open is a complete count",
    "Entered": "the newest figure entered, without an interval; the value alone is judged",
    "Trailing": "entered figures of twelve months, without an interval; the value alone is judged",
    "Over": "entered figures divided, without an interval; the value alone is judged",
    "Scenario": "a mean of assumed minutes; the range is what the assumptions allow, not a confidence interval",
}


def render(ask: Ask) -> None:
    """Every KPI of the catalogue, searchable."""
    frame.heading(TITLE, QUESTION)
    chosen = ask.options.in_words()
    frame.note(f"Counted: {chosen}." if chosen else "Counted with the defaults of each definition.")
    word = st.text_input(
        "Search", key="find", bind="query-params", placeholder="A word, such as reopened", label_visibility="collapsed"
    )
    known = [kpis.under(name, ask.options) for name in kpis.catalogue()]
    found = [kpi for kpi in known if not word or word.casefold() in _text(kpi).casefold()]
    if not found:
        frame.note("No definition holds that word.")
    for family in dict.fromkeys(kpi.family for kpi in found):
        mine = [kpi for kpi in found if kpi.family == family]
        frame.section(kpis.FAMILIES[family])
        st.html("".join(_block(kpi, ask.target_of(kpi), is_open=len(found) <= _FEW) for kpi in mine))
    frame.section("How a status is given")
    frame.note(
        "Every rate and time has an interval. A reading meets its target, or misses it, only when that is at least "
        "90 % likely; otherwise it is too close to call. Below the smallest n there is not enough data. A period "
        "that is not over is shown so far, and never judged or compared."
    )


def _text(kpi: Kpi) -> str:
    return " ".join((kpi.name, kpi.label, kpi.asks, kpi.counts, kpi.beware, kpi.needs, kpi.owner))


def _block(kpi: Kpi, target: Target | None, is_open: bool) -> str:
    rows = {
        "Counted": kpi.counts,
        "Caution": kpi.beware,
        "Statistic": _statistic(kpi),
        "In a period by": _anchor(kpi),
        "Target": _target(kpi, target),
        "Smallest n for a status": f"{kpi.enough:,} {kpi.counted}",
        "Answered for by": kpi.owner,
        "Needs": kpi.needs,
        "Filtered and cut by": "" if kpi.cuts is None else _listed(kpi.cuts) or "nothing: it stands for the whole",
    }
    rows |= {label: f"{words}." for label, words in choices_of(kpi)}
    body = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows.items() if text)
    grade = f' <span class="badge">{escape(kpi.grade)}</span>' if kpi.grade else ""
    aim = f'<span class="aim">{escape(wording.target(target, kpi.unit))}</span>' if target else ""
    return (
        f'<details class="kpi-def" id="{escape(kpi.name)}"{" open" if is_open else ""}><summary>'
        f'<span class="label">{escape(kpi.label)}{grade}</span> <span class="asks">{escape(kpi.asks)}</span>{aim}'
        f'</summary><div class="small">{escape(kpi.name)}</div><dl>{body}</dl></details>'
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _anchor(kpi: Kpi) -> str:
    if kpi.statistic.shape == "entered":
        return "the days it was entered for, all of which must lie in the period"
    return f"being {kpi.anchor}" if kpi.anchor.startswith("open") else f"the time it was {kpi.anchor}"


def _statistic(kpi: Kpi) -> str:
    return _STATISTICS.get(type(kpi.statistic).__name__, type(kpi.statistic).__name__)


def _target(kpi: Kpi, target: Target | None) -> str:
    if target is None:
        return "none; set one on the page Targets"
    return f"{wording.target(target, kpi.unit)}, because: {target.because}"
