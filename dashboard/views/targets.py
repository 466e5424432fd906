"""Targets: what was promised, who said so, whether it is kept; and a change of it, with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from html import escape

import pandas as pd
import streamlit as st

from dashboard import journal, kpis, loading, target_register, wording
from dashboard.ask import Ask
from dashboard.kpis.history import Segment
from dashboard.kpis.kpi import Unit
from dashboard.kpis.target import Relative
from dashboard.readings import Reading
from dashboard.target_register import Line
from dashboard.verdict import Verdict
from dashboard.widgets import card, exhibit, frame, target_editor
from etl.settings import Home

TITLE = "Targets"
ICON = ":material/flag:"
ORDER = 45
QUESTION = "What did we promise, who said so, and do we keep it?"

_PRECEDENCE = (
    "A target of the catalogue holds until targets.toml sets another, and that until one is set here: the journal is "
    "over targets.toml is over the catalogue. A period is held to the target in force on its last day, so that a new "
    "target never judges what was done under the old one."
)
_STATES = (
    (Verdict.MEETS, "met"),
    (Verdict.MISSES, "missed"),
    (Verdict.TOO_CLOSE, "too close to call"),
    (Verdict.NOT_ENOUGH, "without enough data"),
    (Verdict.NO_READING, "without a reading"),
    (Verdict.NOT_DUE, "not due yet"),
    (Verdict.SO_FAR, "not judged before the period is over"),
)


def render(ask: Ask) -> None:
    """The register by family, the form, the history."""
    frame.heading(TITLE, QUESTION, ask)
    day = ask.period.end - timedelta(days=1) if ask.period.end else None
    lines = list(target_register.lines(ask.targets, day))
    readings = _readings(ask, lines)
    frame.sentence(_sentence(lines, readings, ask))
    st.html(_register(lines, readings))
    rows = [target_register.record(line) | _now(readings.get(_key(line))) for line in lines]
    exhibit.download(pd.DataFrame(rows), "targets.csv", "targets", "Download the register as CSV")
    book = journal.open(Home())
    frame.section("Change a target", _PRECEDENCE)
    if loading.is_read_only():
        frame.note("This dashboard is served for reading only. Targets are set where it may be written to.")
    else:
        target_editor.editor(ask)
    frame.section("History", "Every target set on this page, the newest first. Nothing is overwritten.")
    _history(ask, book)
    frame.foot(ask)


def _key(line: Line) -> tuple[str, Segment]:
    return line.kpi.name, line.segment


def _readings(ask: Ask, lines: Sequence[Line]) -> dict[tuple[str, Segment], Reading]:
    """The chosen period: every KPI at once, and each segment by itself where no filter stands against it."""
    if ask.facts is None:
        return {}
    readings: dict[tuple[str, Segment], Reading] = {}
    for reading in ask.read(list(kpis.catalogue())):
        readings[reading.kpi.name, ()] = reading
    if not ask.scope.filters:
        for line in lines:
            if line.segment:
                readings[_key(line)] = ask.reading_of(line.kpi.name, line.segment)
    return readings


def _sentence(lines: Sequence[Line], readings: dict[tuple[str, Segment], Reading], ask: Ask) -> str:
    """How many KPIs have a target, and how they stand."""
    aimed = [line for line in lines if not line.segment and line.holds is not None and line.holds.target is not None]
    total = len(kpis.catalogue())
    words = f"{len(aimed)} of {total} KPIs have a target."
    found = [readings[_key(line)].verdict for line in aimed if _key(line) in readings]
    told = [f"{found.count(verdict)} {word}" for verdict, word in _STATES if verdict in found]
    return f"{words} In {wording.short_period(ask.period)}: {', '.join(told)}." if told else words


def _register(lines: Sequence[Line], readings: dict[tuple[str, Segment], Reading]) -> str:
    """A table a family: KPI, target, what it reads, status, source."""
    parts = []
    for family in dict.fromkeys(line.kpi.family for line in lines):
        rows = "".join(_row(line, readings.get(_key(line))) for line in lines if line.kpi.family == family)
        parts.append(f'<tr><th colspan="5" scope="rowgroup">{escape(kpis.FAMILIES[family])}</th></tr>{rows}')
    head = "".join(f'<th scope="col">{name}</th>' for name in ("KPI", "Target", "Reading", "Status", "Because"))
    return f'<table class="kpi-register"><thead><tr>{head}</tr></thead><tbody>{"".join(parts)}</tbody></table>'


def _row(line: Line, reading: Reading | None) -> str:
    name = target_register.segment_words(line.segment) or line.kpi.label
    aimed = line.holds is not None and line.holds.target is not None
    target = escape(_words(line, reading)) if aimed else '<span class="small">no target</span>'
    kind = ' class="segment"' if line.segment else ""
    return (
        f"<tr{kind}><td>{escape(name)}</td><td>{target}</td><td>{_value(reading)}</td>"
        f"<td>{_status(reading, aimed)}</td><td>{_because(line)}</td></tr>"
    )


def _words(line: Line, reading: Reading | None) -> str:
    """The target; a change against a baseline with the line it comes to, which only a reading knows."""
    if reading is not None and isinstance(reading.target, Relative):
        return wording.target(reading.target, line.kpi.unit)
    return line.words


def _value(reading: Reading | None) -> str:
    if reading is None or reading.value is None:
        return '<span class="small">–</span>'
    words = f"<b>{escape(wording.value(reading.value, reading.kpi.unit))}</b>"
    # A count is its own n.
    return f'{words} <span class="small">{escape(_of(reading))}</span>'


def _of(reading: Reading) -> str:
    """What bounds it and what it was counted from."""
    if reading.kpi.unit is Unit.COUNT:
        return reading.kpi.counted
    return " · ".join(part for part in (wording.interval(reading), wording.counted(reading)) if part)


def _status(reading: Reading | None, aimed: bool) -> str:
    if reading is None:
        return ""
    if reading.value is None:
        return f'<span class="small">{escape(exhibit.nothing([reading]))}</span>'
    return card.status(reading) if aimed else ""


def _because(line: Line) -> str:
    held = line.holds
    if held is None or (held.target is None and held.origin.words == "catalogue"):
        return ""
    since = "" if held.since is None else f", from {target_register.since_words(held.since)}"
    where = f'<span class="small">{escape(held.origin.words + since)}</span>'
    return f"{escape(line.because)} {where}"


def _now(reading: Reading | None) -> dict[str, object]:
    """What the CSV says of the chosen period."""
    if reading is None:
        return {"value": None, "n": None, "status": None, "missing": None}
    missing = reading.reason if reading.value is None else None
    return {"value": reading.value, "n": reading.n, "status": wording.status(reading), "missing": missing}


def _history(ask: Ask, book: journal.Journal) -> None:
    rows = target_register.changes(book.every_target_change(), ask.targets)
    if not rows:
        frame.note("Nothing was set here yet: the targets are those of the catalogue and of targets.toml.")
        return
    table = pd.DataFrame(rows).drop(columns="kpi")
    shown = table.rename(columns={"written_at": "when", "label": "KPI", "segment": "for", "since": "from"})
    exhibit.show(shown, "target-history")
    exhibit.download(pd.DataFrame(rows), "target-history.csv", "target-history", "Download the history as CSV")
    if not loading.is_read_only():
        target_editor.take_back(book.target_changes())
