"""Freshservice: the ticket export of the user interface (CSV), and the API's tickets (with ``stats``, ``requester`` and
``conversations``), conversations, agents, requesters, departments, groups and changes.

Built from the export's header and the documented fields of the API (v2), not from real files. The CSV and its traps:
``etl/freshdesk_ui.py``. What it has beyond Freshdesk: urgency and impact (not read: the priority is made of them),
category, sub-category and item, and the kind, Incident or Service Request.

- Freshservice answers with an envelope (``{"tickets": [...]}``) where Freshdesk answers with a bare list: by that
  their conversations, which are alike, are told apart.
- ``is_escalated`` says that the resolution is overdue; "Escalated" in the CSV is what the account itself says.
- Changes tell when they were planned and not when they went out: a closed one counts as deployed at its planned end.
"""

from __future__ import annotations

from sqlalchemy import case, func, literal

from etl import freshdesk_ui
from etl.files import flatten
from etl.freshdesk_rows import (
    Records,
    claim_records,
    kind_of,
    stage_conversations,
    stage_inner_conversations,
    stage_records,
)
from etl.freshdesk_tickets import stage_tickets
from etl.freshdesk_words import FRESHSERVICE
from etl.rearranged import Cell
from etl.staging import Claim, RawTable, Stage
from etl.threads import domain_of

NAME = "freshservice"
_EXPORT = freshdesk_ui.Export(NAME, FRESHSERVICE, is_service=True)


def claim(raw: RawTable) -> Claim:
    """Claim a ticket export by its columns, and API records by their keys."""
    if raw.kind == "csv":
        return freshdesk_ui.claim(raw, _EXPORT)
    return claim_records(NAME, raw, _KINDS)


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    if raw.kind == "csv":
        freshdesk_ui.stage(raw, into, _EXPORT)
        return
    kind = kind_of(raw, _KINDS)
    if kind is not None:
        kind.stage(raw, into)


_TICKET = {
    "account": ("department_id",),
    "category": ("category",),
    "product": ("item_category", "sub_category"),
}


def _tickets(raw: RawTable, into: Stage) -> None:
    stage_tickets(raw, into, NAME, FRESHSERVICE, _TICKET)
    if any(path.split(".")[0] == "conversations" for path in raw.columns):
        stage_inner_conversations(raw, into, NAME, FRESHSERVICE)


def _conversations(raw: RawTable, into: Stage) -> None:
    stage_conversations(raw, into, NAME, FRESHSERVICE)


def _agents(raw: RawTable, into: Stage) -> None:
    flat = flatten(raw, ("id", "first_name", "last_name"), into.connection)
    c = flat.table.c
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "name": func.nullif(func.concat_ws(" ", c.first_name, c.last_name), ""),
        "role": literal("agent"),
    }
    stage_records(flat, into, NAME, "person", cells)


def _requesters(raw: RawTable, into: Stage) -> None:
    """Customers by number; of their address only the domain is kept, by which test requesters are known."""
    flat = flatten(raw, ("id", "primary_email", "department_ids"), into.connection)
    c = flat.table.c
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "name": domain_of(c.primary_email),
        "role": literal("customer"),
        "account": func.json_extract_string(c.department_ids, "$[0]"),
    }
    stage_records(flat, into, NAME, "person", cells)


def _named(shape: str, raw: RawTable, into: Stage) -> None:
    flat = flatten(raw, ("id", "name"), into.connection)
    stage_records(flat, into, NAME, shape, {"original_id": flat.table.c.id, "name": flat.table.c.name})


def _departments(raw: RawTable, into: Stage) -> None:
    _named("account", raw, into)


def _groups(raw: RawTable, into: Stage) -> None:
    _named("team", raw, into)


_RISK = {"1": "low", "2": "medium", "3": "high", "4": "very high"}
_CHANGE_TYPE = {"1": "minor", "2": "standard", "3": "major", "4": "emergency"}
#: The number of a change's last state.
_CLOSED = "6"


def _changes(raw: RawTable, into: Stage) -> None:
    paths = ("id", "subject", "change_type", "risk", "status", "approval_status", "planned_start_date")
    flat = flatten(raw, (*paths, "planned_end_date", "item_category", "sub_category", "category"), into.connection)
    c = flat.table.c
    cells: dict[str, Cell] = {
        "original_id": func.concat("CHN-", c.id),
        "title": c.subject,
        "kind": case(_CHANGE_TYPE, value=c.change_type, else_=c.change_type),
        "risk": case(_RISK, value=c.risk, else_=c.risk),
        "product": func.coalesce(c.item_category, c.sub_category, c.category),
        "started_at": c.planned_start_date,
        "deployed_at": case((c.status == _CLOSED, c.planned_end_date)),
        "is_approved": case((c.approval_status == "1", "true"), (c.approval_status == "2", "false")),
    }
    stage_records(flat, into, NAME, "change", cells)
    into.warnings.append(
        "Changes tell when they were planned and not when they went out: a closed one counts as deployed at its "
        "planned end, and how it ended is not known."
    )


_KINDS = (
    Records(
        ("id", "subject", "status", "planned_start_date", "planned_end_date"),
        ("change_type", "approval_status", "risk"),
        _changes,
        ("release_type",),
    ),
    Records(
        ("id", "ticket_id", "user_id", "incoming", "private", "created_at"),
        ("support_email", "from_email", "to_emails", "body_text"),
        _conversations,
        ("category", "thread_id", "auto_response", "last_edited_at", "outgoing_failures", "email_failure_count"),
        envelopes=("conversations", "conversation"),
    ),
    Records(
        ("id", "status", "created_at", "requester_id", "responder_id", "fr_escalated"),
        ("department_id", "urgency", "impact", "item_category", "workspace_id", "sub_category", "requested_for_id"),
        _tickets,
    ),
    Records(("id", "first_name", "email", "roles"), ("scoreboard_level_id", "member_of", "department_ids"), _agents),
    Records(("id", "first_name", "primary_email"), ("department_ids", "reporting_manager_id"), _requesters),
    Records(("id", "name", "domains"), ("head_user_id", "prime_user_id"), _departments),
    Records(
        ("id", "name", "escalate_to", "unassigned_for"),
        ("business_hours_id", "observers", "members", "workspace_id", "restricted"),
        _groups,
    ),
)
