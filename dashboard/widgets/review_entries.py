"""What is written in a review: comments, actions, decisions, blockers, requests, answers, and a section's own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import streamlit as st
from pydantic import ValidationError

from dashboard import journal, kpis, loading, wording
from dashboard.ask import Ask, code
from dashboard.reviews import contents, drift, entries, work
from dashboard.reviews.entries import Action, Answer, Blocker, Comment, Decision, Plan, Request, Reworded, State
from dashboard.reviews.frozen import Shown
from dashboard.rhythm import Rhythm
from dashboard.widgets import frame
from etl.errors import SupportKpiError

_WHO = "_who"


def name(key: str) -> str:
    """The field for one's name; what was given once stands there the next time."""
    found: str = st.text_input("Your name", value=st.session_state.get(_WHO, ""), key=f"{key}-who", max_chars=200)
    return found


def remember(who: str) -> None:
    """Keep a name for the next form."""
    st.session_state[_WHO] = who


@contextmanager
def told() -> Iterator[None]:
    """What cannot be written is said in its place."""
    try:
        yield
    except ValidationError:
        st.html('<p class="kpi-note" role="alert">A field is empty: fill in all of them.</p>')
    except SupportKpiError as error:
        frame.fault(error)


def forms(ask: Ask, rhythm: Rhythm, book: journal.Journal, section: Shown) -> None:
    """The forms that belong below a section."""
    if loading.is_read_only():
        return
    review = contents.name_of(rhythm, ask)
    with st.container(horizontal=True, key=f"forms-{section.key}"):
        if section.figures:
            _comment(ask, book, section)
        if section.sentences:
            _reword(book, section, review)
        if section.key in ("load", "team"):
            _blocker(book, review)
        if section.key == "signals" or (section.key == "actions" and rhythm is Rhythm.MONTHLY):
            _answers(ask, book)
        if section.key in ("actions", "requests"):
            _action(book, review)
            _change_action(ask, book, rhythm, review)
            _decision(book, review)
        if section.key == "requests":
            _request(book, review)


def _save(key: str, label: str, book: journal.Journal, body: type[journal.Body], about: str, **values: object) -> None:
    """A name, a button, and the entry."""
    who = name(key)
    if not st.button(label, key=f"{key}-save"):
        return
    with told():
        book.write(body.model_validate(values), who=who, about=about)
        remember(who)
        st.rerun()


def _comment(ask: Ask, book: journal.Journal, section: Shown) -> None:
    with st.popover("Comment on a figure"):
        known = kpis.catalogue()
        names = [figure.kpi for figure in section.figures]
        key = f"comment-{section.key}"
        chosen = st.selectbox("Figure", names, format_func=lambda each: known[each].label, key=f"{key}-kpi")
        text = st.text_area("What is to be known about it", key=f"{key}-text", max_chars=2000)
        _save(key, "Write the comment", book, Comment, str(chosen), period=code(ask.period), text=text)


def _reword(book: journal.Journal, section: Shown, review: str) -> None:
    with st.popover("Put it in your words"):
        kept = [each for each in book.written(Reworded, review) if each.body.section == section.key]
        original = kept[-1].body.original if kept else "\n".join(section.sentences)
        key = f"reword-{section.key}"
        text = st.text_area("The section in your words", "\n".join(section.sentences), key=f"{key}-text", height=140)
        frame.note(f"As it was made from the readings: {original}")
        who = name(key)
        if st.button("Use these words", key=f"{key}-save"):
            with told():
                body = Reworded(section=section.key, text=text, original=original)
                book.write(body, who=who, about=review, replaces=kept[-1].id if kept else None)
                remember(who)
                st.rerun()
        if kept and st.button("Back to the original", key=f"{key}-back"):
            with told():
                book.take_back(kept[-1].id, Reworded, who=who)
                st.rerun()


def _action(book: journal.Journal, review: str) -> None:
    with st.popover("Add an action", icon=":material/add_task:"):
        text = st.text_input("What is done", key="action-text", max_chars=500)
        owner = st.text_input("By whom", key="action-owner", max_chars=200)
        due = st.date_input("Until", _today() + timedelta(days=7), key="action-due")
        _save("action", "Add the action", book, Action, review, text=text, owner=owner, due=due)


def _change_action(ask: Ask, book: journal.Journal, rhythm: Rhythm, review: str) -> None:
    found = {each.id: each for each in entries.carried(book, rhythm, review, ask.period.start or _today())}
    if not found:
        return
    with st.popover("Change an action"):
        chosen = st.selectbox(
            "Action", list(found), format_func=lambda each: found[each].body.text, key="change-action"
        )
        old = found[chosen].body
        key = f"change-{chosen}"
        text = st.text_input("What is done", old.text, key=f"{key}-text", max_chars=500)
        owner = st.text_input("By whom", old.owner, key=f"{key}-owner", max_chars=200)
        due = st.date_input("Until", old.due, key=f"{key}-due")
        state = st.selectbox("State", list(State), index=list(State).index(old.state), key=f"{key}-state")
        who = name(key)
        if st.button("Save the change", key=f"{key}-save"):
            with told():
                ended = None if state is State.OPEN else old.ended or _today()
                body = Action(text=text, owner=owner, due=due, state=State(str(state)), ended=ended)
                book.write(body, who=who, about=found[chosen].about, replaces=chosen)
                remember(who)
                st.rerun()


def _decision(book: journal.Journal, review: str) -> None:
    with st.popover("Write a decision", icon=":material/gavel:"):
        text = st.text_input("What was decided", key="decision-text", max_chars=500)
        owner = st.text_input("Carried out by", key="decision-owner", max_chars=200)
        _save("decision", "Write the decision", book, Decision, review, text=text, owner=owner)


def _blocker(book: journal.Journal, review: str) -> None:
    with st.popover("Raise a blocker or a need"):
        text = st.text_input("What keeps work from going on", key="blocker-text", max_chars=500)
        owner = st.text_input("Who can remove it", key="blocker-owner", max_chars=200)
        _save("blocker", "Raise it", book, Blocker, review, text=text, owner=owner)


def _request(book: journal.Journal, review: str) -> None:
    with st.popover("Ask for something"):
        text = st.text_input("What is asked for", key="request-text", max_chars=500)
        amount = st.text_input("Amount", key="request-amount", max_chars=100)
        expected = st.text_input("What it is expected to bring, with a range", key="request-expected", max_chars=300)
        judged = st.text_input("How it will be judged", key="request-judged", max_chars=300)
        due = st.date_input("When", _today() + timedelta(days=90), key="request-due")
        values = {"text": text, "amount": amount, "expected": expected, "judged_by": judged, "due": due}
        _save("request", "Ask for it", book, Request, review, **values)


def _answers(ask: Ask, book: journal.Journal) -> None:
    names = [*(kpi.name for kpi in kpis.headlines()), *work.WATCHED]
    found = [case for case in drift.cases(ask.stories(names), book) if case.answer is None]
    if found:
        with st.popover("Answer a signal"):
            chosen = st.selectbox("Signal", range(len(found)), format_func=lambda n: _case(found[n]), key="answer-case")
            case = found[chosen]
            text = st.text_area("What was found and done", key=f"answer-{chosen}-text", max_chars=2000)
            period = code(case.reading.period)
            _save("answer", "Write the answer", book, Answer, case.reading.kpi.name, period=period, text=text)
    _plan(book, names)


def _case(case: drift.Case) -> str:
    return f"{case.reading.kpi.label}, {wording.short_period(case.reading.period)}: {case.rule}"


def _plan(book: journal.Journal, names: Sequence[str]) -> None:
    with st.popover("Write a plan for a signal"):
        known = kpis.catalogue()
        chosen = st.selectbox("When this KPI drifts", names, format_func=lambda each: known[each].label, key="plan-kpi")
        kept = book.written(Plan, str(chosen))
        old = kept[-1].body if kept else None
        key = f"plan-{chosen}"
        owner = st.text_input("Who answers", old.owner if old else "", key=f"{key}-owner", max_chars=200)
        checks = st.text_area("First checks", old.first_checks if old else "", key=f"{key}-checks", max_chars=2000)
        tell = st.text_input("Whom to tell", old.tell if old else "", key=f"{key}-tell", max_chars=300)
        days = st.number_input("Days to answer in", 1, 365, old.within_days if old else 7, key=f"{key}-days")
        who = name("plan")
        if st.button("Save the plan", key="plan-save"):
            with told():
                body = Plan(owner=owner, first_checks=checks, tell=tell, within_days=int(days))
                book.write(body, who=who, about=str(chosen), replaces=kept[-1].id if kept else None)
                remember(who)
                st.rerun()


def _today() -> date:
    return datetime.now(UTC).date()
