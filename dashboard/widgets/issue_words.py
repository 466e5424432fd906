"""A person's word on an issue: said here, kept in the journal, followed by the facts, and what that restated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import pandas as pd
import streamlit as st

from dashboard import issue_story, issue_words, journal, kpis, loading, wording
from dashboard.ask import Ask
from dashboard.issue_story import Story
from dashboard.issue_words import IssueSaid, Said, Word
from dashboard.widgets import exhibit, frame
from etl.errors import SupportKpiError
from etl.settings import Home

_WHO, _DONE = "_who", "_issue_said"
_WORDS: dict[Word, str] = {
    "confirm": "These are one issue",
    "split": "Some tickets are not of it",
    "merge": "It is the same as another",
    "rename": "Call it something else",
    "link": "It has a record",
}


def panel(ask: Ask, story: Story) -> None:
    """What was said of it, the form for one more, and the figures the last one moved."""
    home, key = Home(), str(story.issue["issue_key"])
    book = journal.open(home)
    found = issue_words.said(book, key, story.issue["problem_key"])
    may_write = not loading.is_read_only()
    if not found and not may_write:
        return
    frame.section(
        "What people say of it",
        "A person's word outranks every rule. It stands with who said it and when, can be taken back, and the figures "
        "that rest on it are restated.",
    )
    told()
    if found:
        exhibit.show(table(book, found), "issue-words")
        exhibit.download(table(book, found), "what-people-said.csv", "issue-words")
    if may_write:
        _form(ask, home, book, story)
        _take_back(home, book, found)
        if issue_words.is_pending(book):
            frame.note("The facts do not follow every word yet: a load was running, or somebody left before the end.")
            if st.button("Derive the facts anew", key="issue-apply"):
                _apply(home, st.session_state.get(_WHO, "") or "a visitor", "The facts follow every word.")


def led_to(ask: Ask, issue_key: str) -> str | None:
    """The key an issue of no row here goes by since people merged or linked it; None where nobody did."""
    now = issue_words.became(
        issue_words.said(journal.open(Home())), issue_key, lambda record: issue_story.of_record(ask.loaded, record)
    )
    return None if now == issue_key else now


def told() -> None:
    """What was just done, once; its place stays, so that the form below it does not shut when it goes."""
    text = st.session_state.pop(_DONE, "")
    done = f'<p class="kpi-note" role="status"><b class="kpi-meets">✓</b> {escape(text)}</p>'
    st.html(done if text else "<span></span>")


def table(book: journal.Journal, found: Sequence[Said]) -> pd.DataFrame:
    """A row a word, with what it restated."""
    applied = issue_words.restatements(book)
    return pd.DataFrame(
        [
            {
                "Said (UTC)": f"{each.said_at:%Y-%m-%d %H:%M}",
                "Who": each.who,
                "What": issue_words.in_words(each.body),
                "Restated": moved_words(applied[each.entry].body.moved) if each.entry in applied else "not yet",
            }
            for each in found
        ]
    )


def moved_words(moved: Sequence[issue_words.Moved]) -> str:
    """``Repeat-incident rate 9.5 % → 9.1 % (n 2,104 → 2,096)``."""
    known = kpis.catalogue()
    told = []
    for each in moved:
        if each.kpi not in known:
            continue
        unit = known[each.kpi].unit
        before, after = (wording.value(x, unit) for x in (each.before, each.after))
        told.append(f"{known[each.kpi].label} {before} → {after} (n {each.before_n:,} → {each.after_n:,})")
    return "; ".join(told) or "no figure moved"


def _form(ask: Ask, home: Home, book: journal.Journal, story: Story) -> None:
    with st.expander("Say something of this issue"):
        word = st.radio(
            "What do you know", list(_WORDS), format_func=lambda each: _WORDS[each], horizontal=True, key="issue-word"
        )
        body = _asked(ask, story, word)
        who = st.text_input("Your name", value=st.session_state.get(_WHO, ""), key="issue-who", max_chars=200)
        if not st.button("Keep it and restate the figures", key="issue-save"):
            return
        try:
            issue_words.say(book, body, who)
        except SupportKpiError as error:
            frame.fault(error)
            return
        st.session_state[_WHO] = who
        _apply(home, who, f"Kept: {issue_words.in_words(body)}.")


def _asked(ask: Ask, story: Story, word: Word) -> IssueSaid:
    """What the visitor says, as it stands in the form."""
    key = str(story.issue["issue_key"])
    named = {row["ticket_id"]: f"{row['ticket_id']} {row['subject'] or ''}" for row in story.tickets[::-1]}
    keys: tuple[str, ...] = (key,)
    some: tuple[str, ...] = ()
    name: str | None = None
    record: str | None = None
    if word == "split":
        some = tuple(
            st.multiselect("Tickets that are not of it", list(named), format_func=_label(named), key="issue-split")
        )
        name = st.text_input("They are one issue of this name (or leave it empty: each stands alone)", key="issue-new")
    elif word == "merge":
        others = dict(issue_story.others(ask.loaded, key))
        other = st.selectbox("The other issue", list(others), index=None, format_func=_label(others), key="issue-other")
        keys = (key,) if other is None else (key, other)
    elif word == "rename":
        name = st.text_input("Name", value=str(story.issue["label"] or ""), key="issue-name", max_chars=200)
    elif word == "link":
        record = st.text_input("Number of the problem or engineering record", key="issue-record", max_chars=200)
    return IssueSaid(
        word=word, issue_keys=keys, ticket_ids=some, name=name.strip() or None if name else None,
        problem_key=record.strip() or None if record else None,
    )  # fmt: skip


def _label(names: Mapping[str, str]) -> Callable[[str], str]:
    def words(each: str) -> str:
        return names.get(each, each)

    return words


def _take_back(home: Home, book: journal.Journal, found: Sequence[Said]) -> None:
    if not found:
        return
    with st.popover("Take a word back"):
        names = {each.entry: f"{each.who}: {issue_words.in_words(each.body)}" for each in reversed(found)}
        entry = st.selectbox("Word", list(names), format_func=lambda each: names.get(each, ""), key="issue-back")
        who = st.text_input("Your name", value=st.session_state.get(_WHO, ""), key="issue-back-who", max_chars=200)
        if not st.button("Take it back", key="issue-back-save"):
            return
        try:
            issue_words.take_back(book, entry, who)
        except SupportKpiError as error:
            frame.fault(error)
            return
        st.session_state[_WHO] = who
        _apply(home, who, "The word is taken back; its versions stay in the journal.")


def _apply(home: Home, who: str, done: str) -> None:
    """Let the loader follow the words, then show the page again on the new facts. The word stays, whatever happens."""
    try:
        with st.spinner("Deriving the facts anew: half a minute for ten thousand tickets. The word is kept already."):
            moved = loading.apply_issue_words(home, who)
    except SupportKpiError as error:
        frame.fault(error)
        return
    figures = moved_words([issue_words.Moved.model_validate(each) for each in moved])
    st.session_state[_DONE] = f"{done} Figures are restated over all of time: {figures}."
    st.rerun()
