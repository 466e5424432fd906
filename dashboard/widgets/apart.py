"""Events, tickets and customers side by side, so that none is taken for another."""

from __future__ import annotations

import pandas as pd

from dashboard import wording
from dashboard.apart import Apart
from dashboard.ask import Ask
from dashboard.widgets import exhibit, frame


def panel(ask: Ask, key: str) -> None:
    """The table, with its rules below."""
    frame.section(
        "Events, tickets and customers",
        "A ticket solved twice is two events and one ticket, and one customer may stand behind several tickets.",
    )
    found = ask.apart()
    if not found:
        frame.note("No history of statuses and no customer's return is known in this scope.")
        return
    rows = table(found)
    exhibit.show(rows, f"apart-{key}")
    exhibit.download(rows, f"events-tickets-customers-{wording.period(ask.period)}.csv", f"apart-{key}")
    unknown = max(each.unknown for each in found)
    if unknown:
        frame.note(f"{unknown:,} of the tickets of a line name no customer; they are in no number of customers.")


def table(found: list[Apart]) -> pd.DataFrame:
    """A line each, with how it is counted."""
    return pd.DataFrame(
        [
            {
                "What happened": each.what,
                "Events": each.events,
                "Tickets": each.tickets,
                "Customers": each.customers,
                "Counted": each.rule,
            }
            for each in found
        ]
    )
