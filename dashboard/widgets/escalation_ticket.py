"""The escalation of one ticket: the tiers it stood in, its rounds with engineering, and what stood there before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from dashboard import escalation_loop, wording
from dashboard.ask import Ask
from dashboard.escalation_parts import tier_words
from dashboard.widgets import exhibit, frame

_CAME = {
    "first": "where it began",
    "up": "up",
    "again": "up again",
    "down": "down",
    "back": "back from a team without a tier",
}
_WAYS = {"followed": "followed", "skipped": "a step was skipped", "elsewhere": "went to a team that is no step"}


def panel(ask: Ask, ticket_id: str) -> None:
    """Nothing for a ticket that never left its first tier."""
    found = escalation_loop.of_ticket(ask.loaded, ticket_id)
    if found.escalation is None and len(found.stays) < 2:
        return
    exhibit.heading("Up the ladder, and to engineering and back")
    if found.escalation is not None:
        frame.note(sentence(found.escalation))
    if found.stays:
        exhibit.show(stay_table(found.stays, ask.period.timezone), "tier-stays")


def sentence(row: dict[str, Any]) -> str:
    """What is known of its escalation; what is not told is left out."""
    told = []
    if row["rounds"] is not None and row["sent"]:
        now = ", and engineering's turn still" if row["is_theirs_now"] else ""
        told.append(
            f"{wording.quantity(row['sent'], 'times')} to engineering, {wording.quantity(row['rounds'], 'rounds')} "
            f"there and back{now}, {wording.duration(row['with_engineering_minutes'])} with engineering together"
        )
    if row["clarification_trips"]:
        told.append(wording.quantity(row["clarification_trips"], "clarification trips"))
    if row["path"] is not None:
        told.append(f"escalation path: {_WAYS[row['path']]}")
    if row["ended"] is not None:
        told.append(f"ended in: {row['ended']}")
    if row["pass_number"] is not None and row["issue_evidence"] != "single":
        told.append(f"pass {row['pass_number']} of its issue (known by: {row['issue_evidence']})")
    if row["days_to_return"] is not None:
        told.append(f"the issue came back {wording.duration(row['days_to_return'] * 1440)} after")
    if row["solved_before"] is not None:
        told.append(f"the answer may have stood in {row['solved_before']}")
    text = "; ".join(told)
    return f"{text[:1].upper()}{text[1:]}." if text else "Handed up; the export tells no more of it."


def stay_table(stays: tuple[dict[str, Any], ...], timezone: str) -> pd.DataFrame:
    """One row a stay, in local time."""
    return pd.DataFrame(
        [
            {
                "Tier": tier_words(stay["tier"]),
                "How it came": _CAME[stay["came"]],
                f"From ({timezone})": _stamp(stay["entered_at"], timezone),
                f"To ({timezone})": _stamp(stay["left_at"], timezone),
                "Open there": wording.duration(stay["minutes"]),
            }
            for stay in stays
        ]
    )


def _stamp(moment: datetime, timezone: str) -> str:
    return f"{moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"
