"""Intercom: the exports of conversations, tickets and ratings (CSV), and the API's conversations, parts, tickets,
admins, teams, contacts and companies (JSON).

Built from the documented headers and field names and one recorded conversation, not from real exports.

- The workspace's time zone stands in the names of the export's clocks; a zone nobody knows is refused.
- ``closed`` is Intercom's only end: it counts as resolved, and may be undone any number of times.
- ``snoozed`` is read by whose turn it is (``etl.intercom_words``).
- A conversation that became a customer ticket keeps its number: both records then tell of one ticket, and the
  ticket's own state counts.
- ``sla_status`` tells whether every target of the policy was kept, not which one was missed.
- Ratings are of a person or of Fin alike; both count as CSAT of the conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from etl import intercom_api, intercom_ui
from etl.intercom_words import SOURCE
from etl.staging import Claim, RawTable, Stage

NAME = SOURCE


class _Records(NamedTuple):
    """One kind of API record: the keys it must have, keys of which it must have some, keys it cannot have."""

    needed: tuple[str, ...]
    telling: tuple[str, ...]
    stage: Callable[[RawTable, Stage], None]
    enough: int = 1
    never: tuple[str, ...] = ()


_KINDS = (
    _Records(
        ("id", "created_at", "state", "source"),
        ("statistics", "waiting_since", "snoozed_until", "admin_assignee_id", "team_assignee_id", "conversation_rating",
         "first_contact_reply", "sla_applied", "ai_agent_participated"),
        intercom_api.stage_conversations,
        enough=3,
    ),
    _Records(
        ("id", "created_at", "ticket_state"),
        ("ticket_parts", "ticket_attributes", "ticket_type", "admin_assignee_id"),
        intercom_api.stage_tickets,
        enough=2,
    ),
    _Records(
        ("id", "part_type", "conversation_id", "created_at", "author"),
        ("assigned_to", "notified_at", "redacted", "body", "external_id"),
        intercom_api.stage_parts,
    ),
    _Records(
        ("id", "name", "email"),
        ("has_inbox_seat", "away_mode_enabled", "away_mode_reassign", "team_priority_level"),
        intercom_api.stage_admins,
    ),
    _Records(("id", "name", "admin_ids"), ("admin_priority_level", "type"), intercom_api.stage_teams, never=("email",)),
    _Records(
        ("id", "role"),
        ("external_id", "workspace_id", "signed_up_at", "has_hard_bounced", "unsubscribed_from_emails"),
        intercom_api.stage_contacts,
        enough=2,
    ),
    _Records(
        ("id", "company_id", "name"),
        ("app_id", "remote_created_at", "monthly_spend", "session_count", "user_count"),
        intercom_api.stage_companies,
        enough=2,
    ),
)  # fmt: skip


def claim(raw: RawTable) -> Claim:
    """Claim an export by its columns, and API records by their keys."""
    if raw.kind == "csv":
        return intercom_ui.form_of(raw)[1]
    there = _keys(raw.columns)
    near = Claim(NAME, ())
    for kind in _KINDS:
        telling = tuple(key for key in kind.telling if key in there)
        found = tuple(key for key in kind.needed if key in there)
        missing = tuple(key for key in kind.needed if key not in there)
        if len(telling) < kind.enough or not there.isdisjoint(kind.never):
            continue
        if not missing:
            return Claim(NAME, (*found, *telling))
        if len(found) > len(near.matched):
            near = Claim(NAME, (*found, *telling), missing)
    return near


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    if raw.kind == "csv":
        intercom_ui.stage(raw, into)
        return
    there = _keys(raw.columns)
    for kind in _KINDS:
        enough = sum(key in there for key in kind.telling) >= kind.enough
        if enough and there.issuperset(kind.needed) and there.isdisjoint(kind.never):
            kind.stage(raw, into)
            return


def _keys(paths: Iterable[str]) -> set[str]:
    """Every dotted path and every beginning of one."""
    found: set[str] = set()
    for path in paths:
        parts = path.split(".")
        found.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return found
