"""Investigation tax: what agents' time goes into finding out again what somebody already knew."""

from __future__ import annotations

import streamlit as st

from dashboard import auditing, investigation, journal
from dashboard.ask import Ask
from dashboard.widgets import exhibit, frame, page_files, tax, tax_audit, tax_evidence
from etl.settings import Home

TITLE = "Investigation tax"
ICON = ":material/manage_search:"
ORDER = 37
QUESTION = "What does missing context cost?"


def render(ask: Ask) -> None:
    """The answer, the figures, the line, what it is made of, where it lies, how sure it is, what could be done."""
    story = ask.stories([investigation.KPI])[investigation.KPI]
    frame.heading(TITLE, QUESTION, ask)
    asked = tax.question(ask)
    if story.now.value is None:
        frame.sentence(f"There is no investigation tax to read: {exhibit.nothing([story.now])}")
        frame.foot(ask, [story])
        return
    seen = ask.remembered(f"tax seen {asked!r}", lambda: investigation.seen(asked))
    if seen.is_of_few:
        frame.sentence("Fewer than five agents own these tickets: what their work costs is not told of so few.")
        frame.note("The tax is of a desk and not of persons. Widen the filters or the period.")
        frame.foot(ask)
        return
    audits = auditing.of_question(asked, journal.open(Home()).tax_audits())
    basis = ask.remembered(f"tax basis {asked.minutes()!r}", lambda: investigation.basis(asked))
    found = tax.Tax(ask, story.now, seen, basis, auditing.standing(audits))
    frame.sentence(tax.sentence(found))
    tax.lower_bound(found, ask.remembered(f"tax lacking {asked!r}", lambda: investigation.lacking(asked)))
    tax.figures(found, tax.share(found), tax.staff(found), ask.reading_of("delay_tax"))
    left, right = st.columns(2, gap="medium")
    with left:
        label = story.now.kpi.label
        exhibit.trend(ask, "Assumed minutes per ticket", {label: story}, "tax-trend")
    with right:
        tax.parts(found)
    there = ask.remembered(f"tax cuts {asked!r}", lambda: investigation.told(asked))
    if there:
        tax.where(found, there)
    tax.concentrated(found)
    tax_evidence.tornado(found)
    tax_evidence.levers(found)
    tax_evidence.saved(found)
    tax_evidence.outcomes(found)
    tax_audit.panel(found, audits)
    page_files.offer(ask, TITLE, [story])
    frame.foot(ask, [story])
