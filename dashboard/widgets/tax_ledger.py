"""The investigation tax of one ticket, sighting by sighting, and what the ticket was doing meanwhile."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pandas as pd

from dashboard import investigation, wording
from dashboard.analysis.tax.signals import SIGNALS
from dashboard.ask import Ask
from dashboard.kpis.kpi import Unit
from dashboard.widgets import exhibit, frame
from etl.vocabulary import REBUILDING

#: What a ticket was doing, as people say it.
STATES = {
    "first_queue": "waiting for somebody to look at it first",
    "first_investigation": "first investigation",
    "working": "worked on after an answer",
    "handoff_queue": "handed on, the new owner not there yet",
    "reinvestigation": "investigated again, after a reopen or another owner",
    "waiting_customer": "waiting for the customer",
    "waiting_other": "waiting for others, engineering mostly",
    "done": "stood resolved until it came back",
}
_BY = {True: "another than the first owner", False: "the first owner", None: ""}


def panel(ask: Ask, ticket_id: str, missing: str | None) -> None:
    """The ledger with its sum, then the states; what the export cannot tell is said. ``missing``: what it lacks."""
    question = investigation.Question(ask.loaded, ask.scope, ask.period, ask.options)
    basis = ask.remembered(f"tax basis {question.minutes()!r}", lambda: investigation.basis(question))
    entries = investigation.ledger(ask.loaded, ticket_id, basis)
    total = sum(entry.minutes for entry in entries)
    exhibit.heading(
        "What rebuilding its context took",
        f"{wording.number(total)} {basis.grade} minutes: each sighting of a signal with the mean minutes of one. "
        "They are the same for everybody; the minutes of this very ticket may have been others.",
    )
    if not entries:
        frame.note(f"No sighting: {missing}." if missing else "Nothing was seen that takes context to be rebuilt.")
    else:
        table = ledger_table(entries, ask.period.timezone).assign(Grade=str(basis.grade))
        exhibit.show(table, "tax-ledger", height=min(35 * len(table) + 38, 420))
        exhibit.download(table, f"{ticket_id.replace(':', '-')}-investigation-tax.csv", "tax-ledger")
    _states(ask, ticket_id)


def ledger_table(entries: list[investigation.Entry], timezone: str) -> pd.DataFrame:
    """One row a sighting, in local time."""
    rows = [
        {
            f"Time ({timezone})": ""
            if entry.occurred_at is None
            else f"{entry.occurred_at.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S}",
            "Signal": SIGNALS[entry.signal].label,
            "Seen": entry.quantity,
            "Minutes": round(entry.minutes, 2),
            "By": _BY[entry.by_later_owner],
            "System": entry.system or "",
        }
        for entry in entries
    ]
    return pd.DataFrame(rows)


def _states(ask: Ask, ticket_id: str) -> None:
    found = investigation.stretches(ask.loaded, ticket_id)
    if not found:
        return
    still = sum(minutes for state, minutes in found.items() if state != "done")
    rebuilding = sum(found.get(state, 0.0) for state in REBUILDING)
    share = f", {wording.value(rebuilding / still, Unit.PERCENT)} of the time it was open" if still else ""
    exhibit.heading(
        "What it was doing",
        f"Context was being rebuilt for {wording.duration(rebuilding)}{share}. Around the clock, nights included.",
    )
    rows = [
        {"State": STATES[state], "Time": wording.duration(minutes), "Context rebuilt": state in REBUILDING}
        for state, minutes in found.items()
    ]
    table = pd.DataFrame(rows)
    table["Context rebuilt"] = table["Context rebuilt"].map({True: "yes", False: ""})
    exhibit.show(table, "tax-states")
