"""Initiatives and commitments: what was promised, whether it is on its way, and whether it changed anything."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import charts_initiative, initiative_words, initiatives, loading
from dashboard.ask import Ask
from dashboard.initiatives import Standing
from dashboard.scope import Scope
from dashboard.widgets import exhibit, frame, initiative_form, style

TITLE = "Initiatives and commitments"
ICON = ":material/trending_up:"
ORDER = 46
QUESTION = "Is the fix working?"


def render(ask: Ask) -> None:
    """The answer, the list, one block each, the form."""
    ask.loaded  # noqa: B018  (nothing is loaded yet: the frame says what to load)
    frame.heading(TITLE, QUESTION)
    found = initiatives.standings(ask)
    frame.sentence(sentence(found))
    frame.note("Each is read in the segment and by the rules it was locked with, whatever the sidebar says.")
    if found:
        exhibit.show(table(found), "initiatives")
        exhibit.download(table(found), "initiatives.csv", "initiatives")
    for each in found:
        _one(each)
    frame.section("Begin an initiative", "What it starts from is read now, shown, and locked when it is saved.")
    if loading.is_read_only():
        frame.note("This dashboard is served for reading only.")
    else:
        initiative_form.begin(ask)
    frame.foot(ask)


def sentence(found: list[Standing]) -> str:
    """How many there are and how they stand."""
    if not found:
        return "No initiative is written down yet."
    words = dict.fromkeys(each.word for each in found)
    told = [f"{sum(each.word is word for each in found)} {word}" for word in words]
    noun = "initiative" if len(found) == 1 else "initiatives"
    return f"{len(found)} {noun}: {', '.join(told)}."


def table(found: list[Standing]) -> pd.DataFrame:
    """A row each."""
    rows = [
        {
            "initiative": each.body.name,
            "status": each.status,
            "goal": initiative_words.target(each),
            "due": each.body.due,
            "owner": each.body.owner,
            "cost": " for ".join(part for part in (each.body.cost, each.body.cost_for) if part),
        }
        for each in found
    ]
    return pd.DataFrame(rows)


def _one(made: Standing) -> None:
    body = made.body
    frame.section(f"{body.name}: {made.status}")
    for words in (initiative_words.target(made), *made.sentences[1:]):
        frame.note(words)
    key = f"initiative-{made.entry.begun}"
    title = f"{made.kpi.label} by week, from the baseline to the goal of {initiative_words.day(body.due)}"
    other = f"The dashed line is {Scope(body.control).words()} in the same weeks." if made.control else ""
    alt = f"{title}. {' '.join([*made.sentences[:3], other]).strip()}"
    exhibit.drawing(title, charts_initiative.course(made, style.dark()), alt, weeks_table(made), key, other)
    if body.sprints:
        frame.note("Capacity promised and given, by sprint")
        exhibit.show(_capacity(made), f"{key}-capacity")
    answers = {name: getattr(body, name) for name in ("roi", "agent", "customer", "scale", "integration")}
    if any(answers.values()):
        tested = pd.DataFrame([{"test": name, "answer": text or "not answered"} for name, text in answers.items()])
        exhibit.show(tested, f"{key}-test")
    with st.expander("What is locked, and its versions"):
        frame.note(f"Definition: {body.definition}")
        moved = [initiative_words.moved(each) for each in made.breaks]
        for words in moved or ["Nothing that is locked was changed since it began."]:
            frame.note(words)
        if not loading.is_read_only():
            initiative_form.edit(made)


def weeks_table(made: Standing) -> pd.DataFrame:
    """A row a week drawn; where there is a second line, with the segment it is of."""
    own = exhibit.table([reading for some in (*made.earlier, made.weeks) for reading in some])
    if not made.control:
        return own
    other = exhibit.table(made.control)
    own.insert(1, "Segment", charts_initiative.OWN)
    other.insert(1, "Segment", charts_initiative.compared_with(made.body))
    return pd.concat([own, other], ignore_index=True)


def _capacity(made: Standing) -> pd.DataFrame:
    def percent(share: float | None) -> str:
        return "not told" if share is None else f"{100 * share:.0f} %"

    sprints = made.body.sprints
    return pd.DataFrame(
        [{"sprint": s.name, "promised": percent(s.promised), "given": percent(s.delivered)} for s in sprints]
    )
