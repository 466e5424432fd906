"""Zammad: the REST API's tickets (plain and with ``expand=true``), articles, history, users, groups, organizations,
states and priorities (JSON).

Built from the documented fields and Zammad's published source, not from a real installation.

- Plain tickets hold numbers (``state_id``), expanded ones names beside them (``state``); names count where they are.
  Numbers of states mean what the list of the states says, else what Zammad ships.
- ``closed`` is the only end. ``close_at`` is the first close and stays when the ticket is opened again,
  ``last_close_at`` the last one.
- ``…_in_min`` are minutes of the calendar of the ticket's SLA, ``…_diff_in_min`` what was left of the target: from 0
  on it was kept. Without an SLA both are empty.
- ``escalation_at`` is when the next target falls due: Zammad calls an overdue ticket escalated.
- Owner 1 is nobody. Of customers only their numbers, and the domains of their addresses, are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Double, and_, case, func, literal, or_, select, try_cast

from etl import zammad_history
from etl.api_records import Records, fields, flag, listed, put, put_named
from etl.api_records import claim as claim_records
from etl.api_records import stage as stage_records
from etl.expressions import instant
from etl.naming import put_names
from etl.rearranged import Cell, rearranged, refuse_where
from etl.staging import Claim, RawTable, Stage
from etl.threads import domain_of
from etl.zammad_words import AGENT, NOBODY, PRIORITY, SOURCE, STATUS, WORDS

NAME = SOURCE


def claim(raw: RawTable) -> Claim:
    """Claim records of the API by their keys."""
    return Claim(NAME, ()) if raw.kind == "csv" else claim_records(NAME, raw, _KINDS)


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    stage_records(raw, into, _KINDS)


_TICKET = (
    "id", "number", "title", "state", "state_id", "priority", "priority_id", "group", "group_id", "owner_id",
    "customer_id", "organization_id", "organization", "type", "tags", "create_article_type",
    "create_article_type_id", "create_article_sender", "create_article_sender_id", "created_at", "updated_at",
    "close_at", "last_close_at", "first_response_at", "first_response_in_min", "first_response_diff_in_min",
    "first_response_escalation_at", "close_in_min", "close_diff_in_min", "close_escalation_at", "update_in_min",
    "update_diff_in_min", "update_escalation_at", "last_contact_agent_at", "escalation_at",
)  # fmt: skip


def _tickets(raw: RawTable, into: Stage) -> None:
    """Tickets by their own number inside Zammad (``id``), which articles and history name."""
    rows = fields(raw, into, _TICKET)
    c = rows.table.c
    kept = [try_cast(c[f"{clock}_diff_in_min"], Double) for clock in ("first_response", "update", "close")]
    worst = func.least(*kept)
    sender = func.lower(func.coalesce(c.create_article_sender, c.create_article_sender_id))
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "subject": c.title,
        "status": func.coalesce(c.state, c.state_id),
        "priority": func.coalesce(c.priority, c.priority_id),
        "channel": func.coalesce(c.create_article_type, c.create_article_type_id),
        "team": c.group_id,
        "owner": func.nullif(c.owner_id, NOBODY),
        "requester": c.customer_id,
        "account": c.organization_id,
        "category": c.type,
        "tags": func.lower(_tags(c.tags)),
        "created_at": c.created_at,
        "updated_at": c.updated_at,
        "first_reply_at": c.first_response_at,
        "first_resolved_at": c.close_at,
        "resolved_at": func.coalesce(c.last_close_at, c.close_at),
        "due_at": c.escalation_at,
        "vendor_first_reply_business_minutes": c.first_response_in_min,
        "vendor_first_resolution_business_minutes": c.close_in_min,
        "vendor_sla_met": flag(worst >= 0),
        "is_outbound": flag(sender.in_(AGENT)),
    }
    put(rows, into, NAME, "ticket", cells, words=WORDS, optional=("due_at", "first_reply_at", "first_resolved_at"))
    put_named(rows, into, NAME, "team", c.group_id, c.group)
    _stage_targets(rows, into)
    zammad_history.stage_embedded(raw, into)


def _tags(tags: Cell) -> Cell:
    """Tags as a list or as text."""
    joined = func.array_to_string(func.from_json(listed(tags), '["VARCHAR"]'), ",")
    return case((func.starts_with(tags, "["), func.nullif(joined, "")), else_=tags)


_CLOCKS = {"first_response": "first_reply", "update": "next_reply", "close": "resolution"}


def _stage_targets(rows: RawTable, into: Stage) -> None:
    """The target clocks of the SLA, with Zammad's own verdict: time left, or a clock that still runs."""
    c = rows.table.c
    met = {"first_response": c.first_response_at, "update": c.last_contact_agent_at, "close": c.close_at}
    last = func.row_number().over(partition_by=c.id, order_by=[c.updated_at.desc(), c["_row"].desc()])
    numbered = select(rows.table, last.label("place")).subquery()
    d = numbered.c
    for theirs, ours in _CLOCKS.items():
        left, due = try_cast(d[f"{theirs}_diff_in_min"], Double), d[f"{theirs}_escalation_at"]
        chosen: list[Any] = [
            d["_row"].label("row"),
            d.id.label("original_id"),
            literal("1").label("cycle"),
            literal(ours).label("clock"),
            _instant(d.created_at).label("started_at"),
            _instant(due).label("due_at"),
            case((left.is_not(None), _instant(d[met[theirs].name]))).label("met_at"),
            case((left.is_not(None), left >= 0)).label("is_met"),
        ]
        there = and_(d.place == 1, d.id.is_not(None), or_(left.is_not(None), _instant(due).is_not(None)))
        into.put("sla", NAME, select(*chosen).where(there, _instant(d.created_at).is_not(None)))


def _instant(text: Cell) -> Cell:
    return instant(text, "UTC")


def _users(raw: RawTable, into: Stage) -> None:
    """Agents and administrators by name; of customers only the domain of their address."""
    rows = fields(raw, into, ("id", "firstname", "lastname", "email", "roles", "role_ids", "organization_id"))
    c = rows.table.c
    roles = func.lower(func.coalesce(c.roles, c.role_ids, ""))
    is_agent = func.regexp_matches(roles, r'"(admin|agent)"|[\[, ](1|2)[\], ]')
    name = func.nullif(func.trim(func.concat_ws(" ", c.firstname, c.lastname)), "")
    cells: dict[str, Cell] = {
        "original_id": func.nullif(c.id, NOBODY),
        "name": case((is_agent, name), else_=domain_of(c.email)),
        "role": case((is_agent, "agent"), else_="customer"),
        "account": case((~is_agent, c.organization_id)),
    }
    where = c.id.is_distinct_from(NOBODY)
    system = into.connection.execute(select(func.count()).select_from(rows.table).where(~where)).scalar_one()
    into.leave_out(system, "the system's own user")
    put(rows, into, NAME, "person", cells, where=where)


def _groups(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, ("id", "name"))
    put(rows, into, NAME, "team", {"original_id": rows.table.c.id, "name": rows.table.c.name})


def _organizations(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, ("id", "name"))
    put(rows, into, NAME, "account", {"original_id": rows.table.c.id, "name": rows.table.c.name})


def _states(raw: RawTable, into: Stage) -> None:
    _stage_names(raw, into, "status", STATUS)


def _priorities(raw: RawTable, into: Stage) -> None:
    _stage_names(raw, into, "priority", PRIORITY)


def _stage_names(raw: RawTable, into: Stage, kind: str, meanings: Mapping[str, str]) -> None:
    """A list of what numbers are called."""
    rows = fields(raw, into, ("id", "name"))
    rows = refuse_where(rows, into, rows.table.c.id.is_(None), "id", "no number")
    c = rows.table.c
    put_names(rearranged(rows, into, {"number": c.id, "name": c.name}), into, NAME, kind, meanings)


_KINDS = (
    Records(
        ("id", "o_id", "object", "type", "created_at", "created_by_id"),
        ("attribute", "value_to", "id_to", "related_o_id"),
        zammad_history.stage_history,
    ),
    Records(
        ("id", "ticket_id", "created_at", "body", "internal"),
        ("sender", "sender_id", "type_id", "origin_by_id", "message_id_md5", "content_type"),
        zammad_history.stage_articles,
        enough=2,
    ),
    Records(
        ("id", "number", "title", "customer_id", "created_at"),
        ("state_id", "group_id", "owner_id", "article_count", "first_response_in_min", "close_diff_in_min",
         "create_article_type_id", "last_contact_customer_at", "escalation_at"),
        _tickets,
        enough=4,
    ),
    Records(
        ("id", "name", "state_type_id", "created_at"),
        ("next_state_id", "ignore_escalation", "default_create", "default_follow_up"),
        _states,
    ),
    Records(("id", "name", "default_create", "created_at"), ("ui_icon", "ui_color"), _priorities),
    Records(
        ("id", "login", "firstname", "lastname", "role_ids|roles"),
        ("group_ids", "out_of_office", "organization_id", "login_failed", "preferences", "verified"),
        _users,
        enough=2,
    ),
    Records(
        ("id", "name", "follow_up_possible"), ("follow_up_assignment", "email_address_id", "signature_id"), _groups
    ),
    Records(
        ("id", "name", "domain_assignment"), ("shared", "member_ids", "domain", "note", "members"), _organizations
    ),
)  # fmt: skip
