"""Freshdesk: the ticket export of the user interface (CSV), and the API's tickets (with ``stats``, ``requester`` and
``conversations``), conversations, satisfaction ratings, time entries, agents, contacts, companies and groups.

Built from the export's header and recorded answers of the API, with its documented fields; not from a whole account.
See Freshdesk's API reference (v2). The CSV and its traps: ``etl/freshdesk_ui.py``.

- ``is_escalated`` says that the resolution is overdue, not that somebody else took over: it is the vendor's verdict
  on its target. ``fr_escalated`` says the same of the first reply.
- There is no history of the status: ``stats`` holds the last resolve and close only, and reopens are not counted.
- A merged ticket is closed, and only a private note on it says so and names the survivor.
- Ratings run from 103 to -103 in up to seven steps that are no distances: ``etl/freshdesk_words.py`` places them.
"""

from __future__ import annotations

from sqlalchemy import case, func, literal

from etl import freshdesk_ui
from etl.files import flatten
from etl.freshdesk_rows import (
    Records,
    claim_records,
    kind_of,
    minutes_of,
    stage_conversations,
    stage_inner_conversations,
    stage_ratings,
    stage_records,
)
from etl.freshdesk_tickets import stage_tickets
from etl.freshdesk_words import FRESHDESK
from etl.rearranged import Cell
from etl.staging import Claim, RawTable, Stage
from etl.threads import domain_of

NAME = "freshdesk"
_EXPORT = freshdesk_ui.Export(NAME, FRESHDESK, is_service=False)


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


def _tickets(raw: RawTable, into: Stage) -> None:
    stage_tickets(raw, into, NAME, FRESHDESK, {"account": ("company_id",), "product": ("product_id",)})
    if any(path.split(".")[0] == "conversations" for path in raw.columns):
        stage_inner_conversations(raw, into, NAME, FRESHDESK)


def _conversations(raw: RawTable, into: Stage) -> None:
    stage_conversations(raw, into, NAME, FRESHDESK)


def _ratings(raw: RawTable, into: Stage) -> None:
    stage_ratings(raw, into, NAME)


def _time_entries(raw: RawTable, into: Stage) -> None:
    """Worklogs; ``time_spent`` is hours and minutes."""
    paths = ("ticket_id", "agent_id", "billable", "time_spent", "executed_at", "start_time", "created_at")
    flat = flatten(raw, paths, into.connection)
    c = flat.table.c
    cells: dict[str, Cell] = {
        "ticket_original_id": c.ticket_id,
        "agent": c.agent_id,
        "activity": case((c.billable == "true", "billable"), (c.billable == "false", "not billable")),
        "occurred_at": func.coalesce(c.executed_at, c.start_time, c.created_at),
        "minutes": minutes_of(c.time_spent),
    }
    stage_records(flat, into, NAME, "worklog", cells)


def _agents(raw: RawTable, into: Stage) -> None:
    flat = flatten(raw, ("id", "contact.name"), into.connection)
    cells: dict[str, Cell] = {
        "original_id": flat.table.c.id,
        "name": flat.table.c["contact.name"],
        "role": literal("agent"),
    }
    stage_records(flat, into, NAME, "person", cells)


def _contacts(raw: RawTable, into: Stage) -> None:
    """Customers by number; of their address only the domain is kept, by which test requesters are known."""
    flat = flatten(raw, ("id", "email", "company_id"), into.connection)
    c = flat.table.c
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "name": domain_of(c.email),
        "role": literal("customer"),
        "account": c.company_id,
    }
    stage_records(flat, into, NAME, "person", cells)


def _companies(raw: RawTable, into: Stage) -> None:
    paths = ("id", "name", "account_tier", "health_score", "renewal_date", "custom_fields.region")
    flat = flatten(raw, paths, into.connection)
    c = flat.table.c
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "name": c.name,
        "tier": c.account_tier,
        "health": c.health_score,
        "renewal_at": c.renewal_date,
        "region": c["custom_fields.region"],
    }
    stage_records(flat, into, NAME, "account", cells, optional=("renewal_at",))


def _groups(raw: RawTable, into: Stage) -> None:
    flat = flatten(raw, ("id", "name"), into.connection)
    stage_records(flat, into, NAME, "team", {"original_id": flat.table.c.id, "name": flat.table.c.name})


#: Keys that Freshservice's records have and Freshdesk's never do.
_FOREIGN = ("department_id", "urgency", "impact", "item_category", "workspace_id", "sub_category", "requested_for_id")

_KINDS = (
    Records(
        ("id", "ticket_id", "ratings", "agent_id", "created_at"), ("survey_id", "feedback"), _ratings, ("channel",)
    ),
    Records(("id", "ticket_id", "agent_id", "time_spent", "billable"), ("executed_at", "timer_running"), _time_entries),
    Records(
        ("id", "ticket_id", "user_id", "incoming", "private", "created_at"),
        ("category", "thread_id", "auto_response", "last_edited_at", "outgoing_failures", "email_failure_count"),
        _conversations,
    ),
    Records(
        ("id", "ticket_id", "user_id", "incoming", "private", "created_at"),
        ("support_email", "from_email", "to_emails", "body_text"),
        _conversations,
        envelopes=(None,),
    ),
    Records(
        ("id", "status", "created_at", "requester_id", "responder_id", "fr_escalated"),
        ("company_id", "product_id", "support_email", "nr_due_by", "association_type", "nr_escalated", "is_escalated"),
        _tickets,
        _FOREIGN,
    ),
    Records(("id", "contact", "ticket_scope"), ("occasional", "available", "agent_level_id"), _agents),
    Records(
        ("id", "email", "created_at"),
        ("view_all_tickets", "unique_external_id", "other_companies", "fb_profile_id", "twitter_id"),
        _contacts,
        ("department_ids", "contact"),
    ),
    Records(("id", "name", "domains", "note"), (), _companies, ("head_user_id", "prime_user_id")),
    Records(("id", "name", "domains"), ("health_score", "account_tier", "renewal_date", "industry"), _companies),
    Records(
        ("id", "name", "escalate_to", "unassigned_for"),
        ("business_hour_id", "auto_ticket_assign", "automatic_ticket_assignment", "agent_ids", "group_type"),
        _groups,
        ("business_hours_id", "observers", "members", "workspace_id", "restricted"),
    ),
)
