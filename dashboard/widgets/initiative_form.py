"""Beginning an initiative and changing it: the baseline is shown before it is locked, a moved goal needs a reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import streamlit as st
from pydantic import ValidationError

from dashboard import initiative_record, journal, kpis, wording
from dashboard.ask import Ask
from dashboard.initiative_record import Initiative, Sprint
from dashboard.initiatives import Standing
from dashboard.readings import Reading
from dashboard.scope import Grain, Period
from dashboard.widgets import frame
from etl.errors import SupportKpiError
from etl.settings import Home

_EARLIEST = date(2000, 1, 1)
_WHO = "_who"
_TEST = ("roi", "agent", "customer", "scale", "integration")


def begin(ask: Ask) -> None:
    """The form; the segment and the options are those chosen in the sidebar."""
    known = kpis.catalogue()
    until = ask.horizon.until if ask.horizon else date(2025, 1, 1)
    one, two, three = st.columns(3)
    name = one.text_input("Name", key="initiative-name", max_chars=200)
    kpi = two.selectbox("KPI", list(known), format_func=lambda each: known[each].label, key="initiative-kpi")
    percent = three.number_input("Goal: change against the baseline (%)", value=-30.0, key="initiative-change")
    four, five, six, seven = st.columns(4)
    first = four.date_input("Baseline from", until - timedelta(weeks=12), min_value=_EARLIEST, key="initiative-first")
    last = five.date_input("Baseline to", until - timedelta(days=1), min_value=_EARLIEST, key="initiative-last")
    start = six.date_input("Starts", until, min_value=_EARLIEST, key="initiative-start")
    due = seven.date_input("Due", until + timedelta(days=60), min_value=_EARLIEST, key="initiative-due")
    more = _more()
    bad = st.checkbox("It is begun because of bad numbers", value=True, key="initiative-bad")
    frame.note(
        f"Segment: {ask.scope.words() or 'all tickets'}. Counted: {ask.options.in_words() or 'by the defaults'}."
    )
    reading = _read(ask, kpi, first, last)
    if reading is None or reading.value is None:
        frame.note(f"No baseline: {reading.reason if reading else 'it ends before it begins'}.")
        return
    shown = wording.value(reading.value, reading.kpi.unit)
    frame.note(f"Baseline, to be locked: {shown}, {wording.interval(reading)}, n = {reading.n:,}. {reading.kpi.counts}")
    who = st.text_input("Your name", value=st.session_state.get(_WHO, ""), key="initiative-who", max_chars=200)
    if not st.button("Lock and begin", key="initiative-save"):
        return
    fields = more | {
        "name": name, "kpi": kpi, "options": tuple(ask.options.as_pairs()), "definition": reading.kpi.counts,
        "segment": ask.scope.filters, "first": first, "last": last, "value": reading.value, "low": reading.low,
        "high": reading.high, "n": reading.n, "change": round(percent / 100, 6), "start": start, "due": due,
        "triggered_by_bad_numbers": bad,
    }  # fmt: skip
    _save(fields, who, None)


def _more() -> dict[str, Any]:
    with st.expander("Owner, cost, capacity promised, the technology test"):
        one, two, three, four, five = st.columns(5)
        found: dict[str, Any] = {
            "owner": one.text_input("Owner", key="initiative-owner"),
            "cost": two.text_input("Cost", key="initiative-cost"),
            "cost_for": three.text_input("What for", key="initiative-cost-for"),
        }
        promised = four.number_input("Capacity promised (%)", 0, 100, 0, key="initiative-promised")
        sprints = five.number_input("for so many sprints", 1, 26, 2, key="initiative-sprints")
        if promised:
            found["sprints"] = tuple(Sprint(name=str(n + 1), promised=promised / 100) for n in range(int(sprints)))
        for column, word in zip(st.columns(5), _TEST, strict=True):
            found[word] = column.text_input(
                word.upper() if word == "roi" else word.capitalize(), key=f"initiative-{word}"
            )
    return found


def _read(ask: Ask, kpi: str, first: date, last: date) -> Reading | None:
    if last < first:
        return None
    return ask.read([kpi], [Period(first, last + timedelta(days=1), Grain.ALL, ask.period.timezone)])[0]


def edit(made: Standing) -> None:
    """What may change freely, and the goal and the due day with a reason."""
    body, key = made.body, f"initiative-{made.entry.begun}"
    one, two, three = st.columns(3)
    name = one.text_input("Name", body.name, key=f"{key}-name")
    owner = two.text_input("Owner", body.owner, key=f"{key}-owner")
    notes = three.text_input("Notes", body.notes, key=f"{key}-notes")
    sprints = []
    for place, each in enumerate(body.sprints):
        label, shown = f"Given in sprint {each.name} (%)", None if each.delivered is None else 100 * each.delivered
        given = st.number_input(label, value=shown, min_value=0.0, key=f"{key}-given-{place}")
        sprints.append(each.model_copy(update={"delivered": None if given is None else given / 100}))
    four, five, six, seven = st.columns(4)
    due = four.date_input("Due (locked)", body.due, min_value=_EARLIEST, key=f"{key}-due")
    moved: dict[str, Any] = {"due": due}
    if body.change is not None:
        percent = five.number_input("Goal, % (locked)", value=round(100 * body.change, 6), key=f"{key}-change")
        moved["change"] = round(percent / 100, 8)
    because = six.text_input("Why, if something locked is changed", key=f"{key}-because")
    who = seven.text_input("Your name", st.session_state.get(_WHO, ""), key=f"{key}-who")
    if st.button("Save a new version", key=f"{key}-save"):
        free = {"name": name, "owner": owner, "notes": notes, "sprints": tuple(sprints), "because": because}
        _save(body.model_dump() | moved | free, who, made)


def _save(fields: dict[str, Any], who: str, made: Standing | None) -> None:
    try:
        body = Initiative.model_validate(fields)
        book = journal.open(Home())
        if made is None:
            initiative_record.begin(book, body, who=who)
        else:
            initiative_record.change(book, made.entry, body, who=who)
    except ValidationError as error:
        frame.note(str(error.errors()[0]["msg"]).removeprefix("Value error, "))
        return
    except SupportKpiError as error:
        frame.fault(error)
        return
    st.session_state[_WHO] = who
    st.rerun()
