"""Which table of a Zendesk warehouse copy a file is, told by its columns alone: the file's name is never needed.

Built from Fivetran's documented schema and the seeds of its public dbt package, not from a real warehouse.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import Table, Text, func, literal, select

from etl.expressions import truth
from etl.rearranged import Cell, count
from etl.staging import RawTable, Stage

SYNCED = "_fivetran_synced"
DELETED = "_fivetran_deleted"
#: What the copying itself adds to any table, and what a union of several help desks does.
_ADDED = {SYNCED, DELETED, "_fivetran_start", "_fivetran_end", "_fivetran_active", "_fivetran_id", "source_relation"}
_YES = ("true", "t", "1", "yes")


@dataclass(frozen=True)
class Shape:
    """The columns a table must have, of which it must have ``least`` telling ones; ``only`` forbids all others."""

    needed: tuple[str, ...]
    telling: tuple[str, ...] = ()
    least: int = 1
    only: tuple[str, ...] | None = None


SHAPES = {
    "ticket": Shape(
        ("id", "status", "created_at", "requester_id", "via_channel"),
        ("ticket_form_id", "allow_channelback", "has_incidents", "system_client", "forum_topic_id", "via_source_rel"),
        2,
    ),
    "ticket_field_history": Shape(("field_name", "ticket_id", "updated", "user_id", "value"), only=()),
    "ticket_comment": Shape(
        ("id", "ticket_id", "user_id", "created", "public"), ("voice_comment", "facebook_comment", "tweet"), 2
    ),
    "ticket_tag": Shape(("ticket_id", "tag", SYNCED), only=()),
    "satisfaction_rating": Shape(
        ("id", "ticket_id", "requester_id", "score", "created_at", "assignee_id", "group_id"), (SYNCED, "reason")
    ),
    "user": Shape(
        ("id", "name", "role"), ("ticket_restriction", "restricted_agent", "only_private_comments", "shared_agent"), 2
    ),
    "group": Shape(
        ("id", "name", "created_at", SYNCED, "url"), only=("updated_at", "is_public", "default", "description")
    ),
    "organization": Shape(("id", "name", "shared_comments", "shared_tickets")),
    "schedule": Shape(("id", "start_time", "end_time", "time_zone"), ("start_time_utc", "end_time_utc", SYNCED)),
    "schedule_holiday": Shape(("schedule_id", "start_date", "end_date"), only=("id", "name")),
    "ticket_schedule": Shape(("ticket_id", "schedule_id", "created_at"), only=()),
    "audit_log": Shape(("action", "change_description", "source_type", "created_at"), ("source_label", "source_id"), 2),
    "ticket_sla_policy": Shape(("ticket_id", "sla_policy_id", "policy_applied_at"), only=()),
    "sla_policy_metric_history": Shape(("sla_policy_id", "sla_policy_updated_at", "metric", "priority", "target")),
    "sla_policy_history": Shape(
        ("id", "title", "updated_at", "position", SYNCED), only=("created_at", "description", "url")
    ),
    "brand": Shape(("id", "name"), ("has_help_center", "help_center_state", "brand_url", "logo_content_url"), 2),
    "daylight_time": Shape(("time_zone", "year", "daylight_start_utc", "daylight_end_utc", "daylight_offset"), only=()),
    "time_zone": Shape(("time_zone", "standard_offset"), only=()),
    "ticket_form_history": Shape(("id", "name", "display_name", "end_user_visible")),
    "domain_name": Shape(("organization_id", "domain_name"), only=("index",)),
    "organization_tag": Shape(("organization_id", "tag", SYNCED), only=()),
    "user_tag": Shape(("user_id", "tag", SYNCED), only=()),
    "ticket_chat": Shape(("chat_id", "ticket_id", "backend", "visitor_id")),
    "ticket_chat_event": Shape(("chat_id", "actor_id", "chat_index", "created_at", "type")),
}  # fmt: skip


def plain(column: str) -> str:
    """A column as the schema calls it: some warehouses shout, and quote words of their own.

    >>> plain('"ACTIVE"')
    'active'
    """
    return column.strip().strip('"').lower()


def which(columns: Iterable[str]) -> str | None:
    """The table these columns are of; None where they prove none."""
    there = {plain(each) for each in columns}
    return next((name for name, shape in SHAPES.items() if _fits(shape, there)), None)


def proof(name: str, columns: Iterable[str]) -> tuple[str, ...]:
    """The columns, as the file writes them, that prove a table."""
    shape = SHAPES[name]
    telling = {*shape.needed, *shape.telling, *(shape.only or ()), SYNCED, DELETED}
    return tuple(each for each in columns if plain(each) in telling)


def nearest(columns: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the tables some of whose telling columns are there, the one that lacks least: what it has, what it lacks."""
    there = {plain(each) for each in columns}
    found: list[tuple[int, tuple[str, ...], tuple[str, ...]]] = []
    for shape in SHAPES.values():
        told = tuple(each for each in shape.telling if each in there)
        missing = tuple(each for each in shape.needed if each not in there)
        if len(told) >= shape.least and shape.telling and missing:
            found.append((len(missing), (*(each for each in shape.needed if each in there), *told), missing))
    return min(found, default=(0, (), ()))[1:]


def _fits(shape: Shape, there: set[str]) -> bool:
    is_told = not shape.telling or sum(each in there for each in shape.telling) >= shape.least
    is_strange = shape.only is not None and bool(there - {*shape.needed, *shape.only} - _ADDED)
    return is_told and not is_strange and there.issuperset(shape.needed)


def as_named(raw: RawTable) -> RawTable:
    """The same rows under the schema's own names."""
    cells = {plain(each): raw.table.c[each] for each in raw.columns}
    rows = select(raw.table.c["_row"], *(cell.label(name) for name, cell in cells.items())).subquery()
    return replace(raw, table=cast(Table, rows), columns=tuple(cells))


def cell(raw: RawTable, name: str) -> Cell:
    """A column, NULL where the copy has none of that name."""
    return func.nullif(func.trim(raw.table.c[name]), "") if name in raw.columns else literal(None, Text)


def is_yes(raw: RawTable, name: str) -> Cell:
    """Whether a flag is set; false where it is empty, or the copy has no such column."""
    said = truth(func.lower(cell(raw, name)), _YES, ())
    return func.coalesce(said, False)


def standing(raw: RawTable, into: Stage, what: str) -> RawTable:
    """The rows that have not been deleted in Zendesk since; the others are told and left out."""
    if DELETED not in raw.columns:
        return raw
    gone = is_yes(raw, DELETED)
    into.leave_out(count(raw.table, into, gone), f"{what} that Zendesk has deleted")
    rows = select(raw.table).where(~gone).subquery()
    return replace(raw, table=cast(Table, rows), rows=count(raw.table, into, ~gone))
