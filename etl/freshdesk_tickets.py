"""Tickets of Freshdesk's and Freshservice's API: the same fields in both, and a few of each vendor's own."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from sqlalchemy import and_, case, func, literal

from etl.files import flatten
from etl.freshdesk_rows import CLOCK, list_text, stage_records
from etl.mapping import Mapping, Words
from etl.rearranged import Cell, rearranged
from etl.staging import RawTable, Stage
from etl.translate import stage_mapping
from etl.zendesk_fields import LOOKS_LIKE, looking_like

_COLUMNS = {
    "original_id": ("id",),
    "subject": ("subject",),
    "status": ("status",),
    "priority": ("priority",),
    "channel": ("source",),
    "ticket_type": ("type",),
    "team": ("group_id",),
    "owner": ("responder_id",),
    "requester": ("requester_id",),
    "tags": ("tags",),
    "created_at": ("created_at",),
    "updated_at": ("updated_at",),
    "due_at": ("due_by",),
    "first_reply_at": ("stats.first_responded_at",),
    "resolved_at": ("stats.resolved_at",),
    "closed_at": ("stats.closed_at",),
}
#: Paths of a ticket that other cells are made of.
_INSIDE = (
    "spam",
    "deleted",
    "is_escalated",
    "fr_escalated",
    "fr_due_by",
    "association_type",
    "associated_tickets_list",
)
_OWN = "custom_fields."


def stage_tickets(
    raw: RawTable, into: Stage, source: str, words: Words, columns: Dictionary[str, tuple[str, ...]]
) -> None:
    """Put the tickets, and the vendor's verdict on their first-reply targets.

    ``columns`` are the vendor's own: ours ← the paths of which the first that is filled counts.
    """
    wanted = {**_COLUMNS, **columns, **_own_fields(raw, into, columns)}
    paths = [path for theirs in wanted.values() for path in theirs]
    flat = flatten(raw, list(dict.fromkeys([*paths, *_INSIDE])), into.connection)
    c = flat.table.c
    cells: dict[str, Cell] = {path: c[path] for path in flat.columns}
    cells |= {
        "tags": list_text(c.tags),
        "status": case((c.deleted == "true", "deleted"), (c.spam == "true", "spam"), else_=c.status),
        # Without a due date no target ran.
        "sla met": case(
            (c.due_by.is_(None), None), (c.is_escalated == "true", "false"), (c.is_escalated == "false", "true")
        ),
        # Of a ticket related to a tracker the list names the tracker.
        "tracker": case((c.association_type == "4", func.json_extract_string(c.associated_tickets_list, "$[0]"))),
        "outbound": case((and_(c.source == "10", literal(source) == "freshdesk"), "true")),
    }
    made = {"vendor_sla_met": ("sla met",), "problem_key": ("tracker",), "is_outbound": ("outbound",)}
    mapping = Mapping(
        name=f"{source}-tickets",
        shape="ticket",
        source=source,
        clock=CLOCK,
        columns={**wanted, **made},
        words=words,
        optional=("due_at",),
    )
    stage_mapping(mapping, rearranged(flat, into, cells), into)
    _stage_first_reply_targets(flat, into, source)


def _stage_first_reply_targets(flat: RawTable, into: Stage, source: str) -> None:
    """The vendor's verdict on the first reply: overdue, or replied in time; none while it is still to come."""
    c = flat.table.c
    is_told = and_(c.id.is_not(None), c.created_at.is_not(None), c.fr_due_by.is_not(None))
    told = rearranged(flat, into, {name: c[name] for name in flat.columns}, is_told)
    if not told.rows:
        return
    c = told.table.c
    replied = c["stats.first_responded_at"]
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "clock": literal("first_reply"),
        "started_at": c.created_at,
        "due_at": c.fr_due_by,
        "met_at": replied,
        "is_met": case(
            (c.fr_escalated == "true", "false"), (and_(c.fr_escalated == "false", replied.is_not(None)), "true")
        ),
    }
    stage_records(told, into, source, "sla", cells, optional=("started_at", "due_at", "met_at"))


def _own_fields(raw: RawTable, into: Stage, columns: Dictionary[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The account's own fields that stand for a product, a category or a region, known by their names."""
    named = {
        path: path.removeprefix(_OWN).removeprefix("cf_").replace("_", " ").lower()
        for path in raw.columns
        if path.startswith(_OWN) and path.count(".") == 1
    }
    found = {ours: path for ours, path in looking_like(named, LOOKS_LIKE).items() if ours != "tier"}
    if found:
        taken = "; ".join(f"{path.removeprefix(_OWN)} as {ours}" for ours, path in found.items())
        into.warnings.append(f"Own fields read: {taken}.")
    return {ours: (path, *columns.get(ours, ())) for ours, path in found.items()}
