"""Beginning an initiative and changing it: the baseline is shown before it is locked, a moved goal needs a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import streamlit as st
from pydantic import ValidationError

from dashboard import initiative_record, initiative_start, journal, kpis
from dashboard.analysis.weighing import is_better
from dashboard.ask import Ask
from dashboard.initiative_record import Initiative, Sprint
from dashboard.initiative_start import Start
from dashboard.initiatives import Standing
from dashboard.kpis.statistic import Count
from dashboard.scope import Scope
from dashboard.widgets import frame, target_editor
from etl.errors import SupportKpiError, UsageError
from etl.settings import Home

_EARLIEST = date(2000, 1, 1)
_WHO = "_who"
_CHANGE, _VALUE = "A change against the baseline", "A value to be reached"
_TEST = ("roi", "agent", "customer", "scale", "integration")


def begin(ask: Ask) -> None:
    """The form; the segment and the options are those chosen in the sidebar."""
    known = kpis.catalogue()
    until = ask.horizon.until if ask.horizon else date(2025, 1, 1)
    one, two = st.columns(2)
    name = one.text_input("Name", key="initiative-name", max_chars=200)
    kpi = known[two.selectbox("KPI", list(known), format_func=lambda each: known[each].label, key="initiative-kpi")]
    four, five, six, seven = st.columns(4)
    first = four.date_input("Baseline from", until - timedelta(weeks=12), min_value=_EARLIEST, key="initiative-first")
    last = five.date_input("Baseline to", until - timedelta(days=1), min_value=_EARLIEST, key="initiative-last")
    begins = six.date_input("Starts", until, min_value=_EARLIEST, key="initiative-start")
    due = seven.date_input("Due", until + timedelta(days=60), min_value=_EARLIEST, key="initiative-due")
    aim = st.container()
    control = _control(ask)
    more = _more()
    bad = st.checkbox("It is begun because of bad numbers", value=True, key="initiative-bad")
    frame.note(
        f"Segment: {ask.scope.words() or 'all tickets'}. Counted: {ask.options.in_words() or 'by the defaults'}."
    )
    try:
        made = initiative_start.start(ask, kpi.name, first, last)
        with aim:  # what is typed there stays while the segment to compare with cannot be
            goal = _goal(made)
        made = initiative_start.start(ask, kpi.name, first, last, control)
    except UsageError as error:
        frame.note(str(error))
        return
    frame.note(f"Baseline, to be locked: {initiative_start.told_of(made.reading)} {made.reading.kpi.counts}")
    if made.control is not None:
        frame.note(f"Compared with {control.words()}, in the same days: {initiative_start.told_of(made.control)}")
    who = st.text_input("Your name", value=st.session_state.get(_WHO, ""), key="initiative-who", max_chars=200)
    if st.button("Lock and begin", type="primary", key="initiative-save"):
        said = more | goal | {"name": name, "start": begins, "due": due, "triggered_by_bad_numbers": bad}
        _save(lambda book: initiative_start.begin(book, initiative_start.body(made, said), who=who), who)


def _goal(made: Start) -> dict[str, float]:
    """A change against the baseline, or a value to be reached, which starts at the baseline; of a count, a week's."""
    kpi = made.reading.kpi
    one, two = st.columns(2)
    kind = one.selectbox("The goal is", (_CHANGE, _VALUE), key="initiative-goal")
    if kind == _CHANGE:
        start = 10.0 if is_better(kpi, is_higher=True) else -30.0
        percent = two.number_input(
            "Change against the baseline (%)", value=start, format="%g", key=f"initiative-change-{start:g}"
        )
        return {"change": round(percent / 100, 6)}
    label = "Value a week" if isinstance(kpi.statistic, Count) else "Value"
    return {"line": target_editor.number(two, label, kpi, made.base, f"initiative-line-{kpi.name}")}


def _control(ask: Ask) -> Scope:
    """The segment to compare with; none unless one is chosen."""
    one, two = st.columns(2)
    values = ask.dimensions()
    name = one.selectbox(
        "Compare with what it does not touch", [None, *values], key="initiative-control",
        format_func=lambda each: "Nothing" if each is None else each.replace("_", " ").capitalize(),
        help="What happened there anyway is taken off the effect. The two segments share no ticket.",
    )  # fmt: skip
    if name is None:
        return Scope()
    return Scope.of({name: two.multiselect("Which", values[name], key=f"initiative-control-{name}")})


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
    else:
        moved["line"] = target_editor.number(five, "Goal, locked", made.kpi, body.line, f"{key}-line")
    because = six.text_input("Why, if something locked is changed", key=f"{key}-because")
    who = seven.text_input("Your name", st.session_state.get(_WHO, ""), key=f"{key}-who")
    if st.button("Save a new version", key=f"{key}-save"):
        free = {"name": name, "owner": owner, "notes": notes, "sprints": tuple(sprints), "because": because}
        fields = body.model_dump() | moved | free
        _save(lambda book: initiative_record.change(book, made.entry, Initiative.model_validate(fields), who=who), who)


def _save(write: Callable[[journal.Journal], object], who: str) -> None:
    try:
        write(journal.open(Home()))
    except ValidationError as error:
        frame.note(str(error.errors()[0]["msg"]).removeprefix("Value error, "))
        return
    except SupportKpiError as error:
        frame.fault(error)
        return
    st.session_state[_WHO] = who
    st.rerun()
