"""Setting a target in the browser: in the units people read, old and new side by side, who and why required."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Any

import streamlit as st
from pydantic import ValidationError

from dashboard import journal, kpis, target_register, wording
from dashboard.ask import Ask
from dashboard.kpis.history import Commitment, Origin, Segment
from dashboard.kpis.kpi import Kpi, Unit
from dashboard.kpis.target import Target
from dashboard.target_entry import TargetEntry, impossible
from dashboard.widgets import frame
from etl.errors import SupportKpiError
from etl.settings import Home, explain

#: The dimensions a target may differ by on the page; ``targets.toml`` takes any.
SEGMENTED = ("priority", "account_tier", "team")
#: A kind of ``target_entry`` (and its word, where it has one) → what the list says.
KINDS: dict[tuple[str, str], str] = {
    ("above", ""): "Above a value",
    ("below", ""): "Below a value",
    ("between", ""): "Between two values",
    ("trending", "up"): "Trending up",
    ("trending", "down"): "Trending down",
    ("change", ""): "A change against a baseline, by a date",
    ("every", ""): "Every one counted",
    ("none", ""): "No target",
}
#: Unit → what it is called in a field, and how many of the reading's unit one of those is. Others go by their own name.
_FIELD = {
    Unit.PERCENT: ("%", 0.01),
    Unit.MINUTES: ("hours", 60.0),
    Unit.POINTS: ("points", 1.0),
    Unit.COUNT: ("", 1.0),
}
_WHO, _SAVED = "_who", "_target_saved"
_EARLIEST = date(2000, 1, 1)


def editor(ask: Ask) -> None:
    """The form; what it would change is shown before it is saved."""
    said = st.session_state.pop(_SAVED, None)
    if said:
        st.html(f'<p class="kpi-note" role="status"><b class="kpi-meets">✓ Saved.</b> {escape(said)}</p>')
    first, second, third = st.columns(3)
    known = kpis.catalogue()
    kpi = known[first.selectbox("KPI", list(known), format_func=lambda name: known[name].label, key="target-kpi")]
    segments = segments_of(ask)
    part = second.selectbox("For", list(segments), format_func=lambda name: segments[name], key="target-for")
    offered = [kind for kind in KINDS if kind[0] != "every" or kpi.unit is Unit.PERCENT]
    kind = third.selectbox("Kind", offered, format_func=lambda each: KINDS[each], key="target-kind")
    values = _values(kpi, kind, _settled(ask, kpi, part))
    left, middle, right = st.columns([1, 2, 1])
    since = left.date_input("From which day", first_day(ask), min_value=_EARLIEST, key="target-since")
    because = middle.text_input("Because", key="target-because", placeholder="Who decided it, and where it is written")
    who = right.text_input("Your name", value=st.session_state.get(_WHO, ""), key="target-who")
    st.session_state[_WHO] = who
    target, fault = _understood(kpi, values, because or "–")
    held = ask.targets[kpi.name].holding(since, part)
    new = Commitment(target, Origin.JOURNAL, since, part)
    _compare(ask, kpi, held, new, fault)
    missing = [name for name, text in (("a reason", because), ("your name", who)) if not text.strip()]
    if missing:
        frame.note(f"Still needed: {' and '.join(missing)}.")
    if st.button("Save the target", type="primary", disabled=bool(missing or fault), key="target-save"):
        _save(kpi, new, values, because, who)


def segments_of(ask: Ask) -> dict[Segment, str]:
    """What a target may be for: everything, and each value of the dimensions that have some."""
    found: dict[Segment, str] = {(): "Everything"}
    if ask.facts is not None:
        for name, values in ask.dimensions().items():
            if name in SEGMENTED:
                found |= {((name, value),): target_register.segment_words(((name, value),)) for value in values}
    return found


def today() -> date:
    """The day in UTC, as the journal counts."""
    return datetime.now(UTC).date()


def first_day(ask: Ask) -> date:
    """The day offered: today, or where the data end before, the first day they do not cover; no past is judged anew."""
    until = ask.horizon.until if ask.horizon else None
    return today() if until is None else min(today(), until)


def _settled(ask: Ask, kpi: Kpi, part: Segment) -> Target | None:
    held = ask.targets[kpi.name].holding(None, part)
    return held.target if held else None


def _values(kpi: Kpi, kind: tuple[str, str], old: Target | None) -> dict[str, Any]:
    """The fields of a kind; they start from the target that holds now."""
    name, word = kind
    if name in ("trending", "every", "none"):
        return {name: word or True}
    if name == "change":
        return _change()
    lines = old.lines if old else ()
    columns = st.columns(3)
    key = f"target-{kpi.name}-{name}"
    if name == "between":
        low = number(columns[0], "Lowest", kpi, lines[0] if lines else None, f"{key}-low")
        high = number(columns[1], "Highest", kpi, lines[-1] if lines else None, f"{key}-high")
        found: dict[str, Any] = {name: [low, high]}
    else:
        found = {name: number(columns[0], "Value", kpi, lines[0] if lines else None, key)}
    margin = number(columns[2], "Near the line from", kpi, 0.0, f"{key}-margin", _BAND)
    return found | ({"margin": margin} if margin else {})


_BAND = "A value that meets the target, but by less than this, is marked near the line. 0 marks nothing."


def number(place: Any, label: str, kpi: Kpi, start: float | None, key: str, explained: str | None = None) -> float:
    """A field in the unit people read; what it returns is in the reading's unit."""
    word, factor = _FIELD.get(kpi.unit, (str(kpi.unit), 1.0))
    shown = round((start or 0.0) / factor, 6)
    name = f"{label} ({word})" if word else label
    given = place.number_input(name, value=shown, step=None, format="%g", key=key, help=explained)
    return float(round(given * factor, 9))


def _change() -> dict[str, Any]:
    one, two, three, four = st.columns(4)
    percent = one.number_input("Change (%)", value=-30.0, format="%g", key="target-change")
    first = two.date_input("Baseline from", today() - timedelta(days=90), min_value=_EARLIEST, key="target-first")
    last = three.date_input("Baseline to", today() - timedelta(days=1), min_value=_EARLIEST, key="target-last")
    due = four.date_input("Reached by", today() + timedelta(days=90), min_value=_EARLIEST, key="target-by")
    return {
        "change": round(percent / 100, 6),
        "baseline": [first.isoformat(), last.isoformat()],
        "by": due.isoformat(),
    }


def _understood(kpi: Kpi, values: dict[str, Any], because: str) -> tuple[Target | None, str]:
    """The target the fields say, or why they cannot be meant."""
    try:
        target = TargetEntry.of(values, because).target()
    except ValidationError as error:
        return None, explain(error, TargetEntry).removeprefix("'': ")
    return target, impossible(kpi, target)


def _compare(ask: Ask, kpi: Kpi, held: Commitment | None, new: Commitment, fault: str) -> None:
    """Old and new, before anything is saved."""
    if fault:
        frame.note(fault)
        return
    old = target_register.in_words(held, kpi)
    source = f" ({held.target.because})" if held and held.target else ""
    day = target_register.since_words(new.since)
    late = ask.period.end is not None and new.since is not None and new.since >= ask.period.end
    after = f" {wording.period(ask.period)} ends before that day and keeps its target." if late else ""
    st.html(
        f'<p class="kpi-note">{escape(kpi.label)}'
        f"{escape(', ' + target_register.segment_words(new.segment)) if new.segment else ''}: "
        f"{escape(old + source)} → <b>{escape(target_register.in_words(new, kpi))}</b> from {escape(day)} on."
        f"{escape(after)}</p>"
    )


def _save(kpi: Kpi, new: Commitment, values: dict[str, Any], because: str, who: str) -> None:
    entry = TargetEntry.of(values, because)
    try:
        journal.open(Home()).add_target(
            kpi.name, entry.kind, entry.values(), because=because, who=who, since=new.since, segment=new.segment
        )
    except SupportKpiError as error:
        frame.fault(error)
        return
    st.session_state[_SAVED] = f"{kpi.label}: {target_register.in_words(new, kpi)}. Every page follows."
    st.rerun()


def take_back(changes: list[journal.TargetChange]) -> None:
    """Take an entry of the journal back, as if it had not been set; it stays in the history."""
    known = kpis.catalogue()
    open_ = {each.id: each for each in changes if each.kpi in known}
    if not open_:
        return
    with st.expander("Take an entry back"):
        one, two, three = st.columns([2, 2, 1])
        chosen = one.selectbox("Entry", list(open_), format_func=lambda id_: _entry_words(open_[id_]), key="back-entry")
        because = two.text_input("Because", key="back-because")
        who = three.text_input("Your name", value=st.session_state.get(_WHO, ""), key="back-who")
        ready = bool(because.strip() and who.strip())
        if st.button("Take it back", disabled=not ready, key="back-save"):
            journal.open(Home()).take_back_target(chosen, who=who, because=because)
            st.session_state[_WHO] = who
            st.rerun()


def _entry_words(change: journal.TargetChange) -> str:
    kpi = kpis.catalogue()[change.kpi]
    words = wording.target(target_register.entry(change).target(), kpi.unit) or target_register.NO_TARGET
    part = f", {target_register.segment_words(change.segment)}" if change.segment else ""
    return f"{kpi.label}{part}: {words}, from {target_register.since_words(change.since)}"
