"""Why did it move: choose a KPI and a dimension, see the parts of the difference, which add up to it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import charts, charts_why, kpis, why_words, wording
from dashboard.analysis.why import name_of
from dashboard.ask import Ask
from dashboard.widgets import doors, exhibit, frame, scope_bar, style

#: Dimensions worth splitting by, in the order offered; those with values are.
DIMENSIONS = ("team", "priority", "channel", "product", "category", "account_tier", "region", "source")


@st.fragment
def panel(ask: Ask, names: Sequence[str], key: str) -> None:
    """The panel of one page: its KPIs, the first of them chosen."""
    there = [name for name in DIMENSIONS if len(ask.dimensions().get(name, ())) > 1]
    frame.section(
        "Why did it move?",
        "The difference to the period before, split: other tickets came in (mix), or the same kind went otherwise. "
        "Arithmetic, not a cause.",
    )
    if not there:
        frame.note("No dimension of the tickets holds more than one value, so nothing can be split.")
        return
    known = {kpi.name: kpi for kpi in kpis.named(names)}
    name = st.segmented_control(
        "Figure", list(known), default=names[0], key=f"why-figure-{key}", required=True,
        format_func=lambda name: known[name].label, label_visibility="collapsed",
    )  # fmt: skip
    dimension = st.segmented_control(
        "By", there, default=there[0], key=f"why-by-{key}", required=True,
        format_func=lambda name: f"by {scope_bar.label(name).lower()}", label_visibility="collapsed",
    )  # fmt: skip
    if name is not None and dimension is not None:
        _shown(ask, name, dimension, key)


def _shown(ask: Ask, name: str, dimension: str, key: str) -> None:
    """The sentence, the waterfall, and the table behind it."""
    found = ask.why(name, dimension)
    text = why_words.sentence(found)
    frame.sentence(text)
    if found.movement is None or found.before is None:
        return
    was, now = (wording.short_period(reading.period) for reading in (found.before, found.now))
    unit = found.now.kpi.unit
    exhibit.heading(
        f"{found.now.kpi.label}: from {wording.value(found.movement.before, unit)} in {was} to "
        f"{wording.value(found.movement.after, unit)} in {now}, by {scope_bar.label(dimension).lower()}",
        "Green or red: a part that is more than chance, better or worse. Hatched: within chance, or not tested.",
    )
    segments = ask.by(name, dimension)
    codes = {name_of(reading): charts.code_of(reading) for reading in segments}
    ways = doors.of_readings(ask, segments)
    doors.plot(
        charts_why.waterfall(found, found.movement, style.dark(), codes), f"why-{key}-{name}-{dimension}",
        f"Waterfall from {was} to {now}. {text}", ways,
    )  # fmt: skip
    exhibit.behind(pd.DataFrame(why_words.rows(found)), f"why-{key}-{name}-{dimension}", ways)
