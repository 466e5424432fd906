"""Definitions: how each number is counted, so that it can be checked by hand."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import kpis, wording
from dashboard.ask import Ask
from dashboard.kpis.alternatives import choices_of
from dashboard.kpis.kpi import Kpi, Target
from dashboard.widgets import frame

TITLE = "Definitions"
ICON = ":material/menu_book:"
ORDER = 50
QUESTION = "Can I trust this number, and defend it?"

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
    for kpi in found:
        st.html(_block(kpi, ask.targets.get(kpi.name, kpi.target)))
    frame.section("How a status is given")
    frame.note(
        "Every rate and time has an interval. A reading meets its target, or misses it, only when that is at least "
        "90 % likely; otherwise it is too close to call. Below the smallest n there is not enough data. A period "
        "that is not over is shown so far, and never judged or compared."
    )


def _text(kpi: Kpi) -> str:
    return " ".join((kpi.name, kpi.label, kpi.asks, kpi.counts, kpi.beware, kpi.needs))


def _block(kpi: Kpi, target: Target | None) -> str:
    rows = {
        "Counted": kpi.counts,
        "Caution": kpi.beware,
        "Statistic": _statistic(kpi),
        "In a period by": f"the time it was {kpi.anchor}" if kpi.anchor[:4] != "open" else f"being {kpi.anchor}",
        "Target": _target(kpi, target),
        "Smallest n for a status": f"{kpi.enough:,} {kpi.counted}",
        "Needs": kpi.needs,
    }
    rows |= {label: f"{words}." for label, words in choices_of(kpi)}
    body = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows.items() if text)
    grade = f' <span class="badge">{escape(kpi.grade)}</span>' if kpi.grade else ""
    return (
        f'<div class="kpi-def kpi-card" id="{escape(kpi.name)}"><h2 class="kpi-h2">{escape(kpi.label)}{grade} '
        f'<span class="small">{escape(kpi.name)}</span></h2><div>{escape(kpi.asks)}</div><dl>{body}</dl></div>'
    )


def _statistic(kpi: Kpi) -> str:
    return _STATISTICS.get(type(kpi.statistic).__name__, type(kpi.statistic).__name__)


def _target(kpi: Kpi, target: Target | None) -> str:
    if target is None:
        return "none; set one in targets.toml"
    side = "above" if target.above is not None else "below"
    return f"{side} {wording.value(target.value, kpi.unit)}, because: {target.because}"
