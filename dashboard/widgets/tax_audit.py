"""Auditing the tax from the page: drawing tickets, their worksheet to fill in, and the file that comes back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import audit_sheet, auditing, journal, loading
from dashboard.analysis.tax import audited
from dashboard.auditing import Audit
from dashboard.widgets import exhibit, frame
from dashboard.widgets.tax import Tax, hours, hours_span, question
from etl.errors import FileRefusedError, SupportKpiError
from etl.settings import Home

_WHO, _SAID = "_who", "_tax_audit_said"


def panel(tax: Tax, found: list[Audit]) -> None:
    """What audits there are of these tickets, and where the dashboard may be written to, the way to the next."""
    frame.section(
        "Audit it",
        "Tickets are drawn by chance, long ones more often. Somebody who knows the work writes down how many minutes "
        "of each went into rebuilding its context; the total of all follows, however wrong the assumed minutes are.",
    )
    said = st.session_state.pop(_SAID, "")
    if said:
        frame.note(said)
    book = journal.open(Home())
    if not loading.is_read_only():
        with st.expander("Draw tickets for an audit", expanded=bool(said and not found)):
            _draw(tax, book)
    if not found:
        frame.note(f"These tickets were not audited yet. An audit takes {audited.DRAWN} tickets, for money 80.")
        return
    exhibit.show(table(found), "tax-audits")
    newest = found[0].entry
    name = f"audit-{audit_sheet.code_of(newest)}.csv"
    label = f"Download the worksheet of draw {newest.draw}"
    exhibit.download_made(label, name, "text/csv", lambda: audit_sheet.sheet(newest, _address()), "tax-worksheet")
    if not loading.is_read_only():
        _upload(book, found)


def table(found: list[Audit]) -> pd.DataFrame:
    """One row a draw, newest first, with what came of it."""
    rows = []
    for each in found:
        minutes = each.minutes()
        told = minutes.reason or f"{hours(minutes.value)} ({hours_span(minutes)}, 95 % interval)"
        rows.append(
            {
                "draw": each.entry.draw,
                "by": each.entry.who,
                "written (UTC)": each.entry.written_at,
                "tickets drawn": len(each.entry.drawn),
                "answered": each.answered,
                "of tickets": each.entry.tickets,
                "seed": str(each.entry.seed),
                "result": told,
            }
        )
    return pd.DataFrame(rows)


def _draw(tax: Tax, book: journal.Journal) -> None:
    left, right = st.columns(2)
    size = left.number_input(
        "Tickets to draw",
        auditing.LEAST,
        auditing.MOST,
        audited.DRAWN,
        key="tax-audit-size",
        help="80 where money is told.",
    )
    who = right.text_input("Your name", value=st.session_state.get(_WHO, ""), key="tax-audit-who", max_chars=200)
    frame.note(
        "The draw is written to the journal with your name before anybody sees it; it can be followed but not undone."
    )
    if not st.button("Draw", key="tax-audit-draw"):
        return
    try:
        drawn = auditing.draw(question(tax.ask), int(size), book, who)
    except SupportKpiError as error:
        frame.fault(error)
        return
    _done(
        who, f"{len(drawn.entry.drawn)} of {drawn.entry.tickets:,} tickets are drawn. Download their worksheet below."
    )


def _upload(book: journal.Journal, found: list[Audit]) -> None:
    """The file is read as bytes and never kept; its name is not used."""
    with st.form("tax-audit-upload", clear_on_submit=True):
        given = st.file_uploader(
            "A worksheet with minutes filled in", type="csv", key="tax-audit-file", max_upload_size=2
        )
        who = st.text_input(
            "Name of the auditor", value=st.session_state.get(_WHO, ""), key="tax-audit-by", max_chars=200
        )
        sent = st.form_submit_button("Store the minutes")
    if not sent:
        return
    try:
        if given is None:
            raise FileRefusedError("No file was given.", "", "Choose the worksheet you filled in.")
        read = audit_sheet.read(given.getvalue(), book.tax_audits())
        _is_of_these(read.audit, found)
        kept = auditing.Audit(book.answer_tax_audit(read.audit.draw, read.minutes, who=who))
    except SupportKpiError as error:
        frame.fault(error)
        return
    drawn = len(kept.entry.drawn)
    rest = "" if kept.answered == drawn else f" {drawn - kept.answered} have no minutes yet."
    _done(who, f"{len(read.minutes)} answers are stored, {kept.answered} of {drawn} tickets are done.{rest}")


def _is_of_these(audit: journal.TaxAudit, found: list[Audit]) -> None:
    """Refuse a worksheet of another period or other filters: its answers would appear on another page."""
    if audit.draw in {each.entry.draw for each in found}:
        return
    days = "all of time" if audit.start is None else f"{audit.start} to {audit.end} (exclusive)"
    raise FileRefusedError(
        "This worksheet is of another draw.",
        f"It was drawn of {days}, {', '.join(audit.scope) or 'all tickets'}.",
        "Choose that period and those filters, then give it again.",
    )


def _address() -> str:
    """Where this dashboard is, as the browser calls it."""
    return (st.context.url or "").rstrip("/").removesuffix("/investigation_tax")


def _done(who: str, said: str) -> None:
    st.session_state[_WHO], st.session_state[_SAID] = who, said
    st.rerun()
