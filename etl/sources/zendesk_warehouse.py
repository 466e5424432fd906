"""Zendesk as Fivetran copies it into a warehouse: one table a file, CSV or Parquet, whatever the files are called.

Built from Fivetran's documented schema and the seeds of its public dbt package, not from a real warehouse. The facts
carry the label of Zendesk itself: a copy and the API's own files tell of the same tickets and complete each other.

Traps: every clock is in UTC, with and without a mark. Minutes of a schedule count from Sunday 00:00. Zones are
Rails' names. Agents who left stand there as customers: the audit log says when they lost their role. Deleted rows
stay, with ``_fivetran_deleted``. Targets (``sla_policy_metric_history`` and the fields of the history) say what was
promised and never whether it was kept; no verdict is guessed from them. The value before a change is the one of the
row before, so a history has to be copied whole.

Merges: ``ticket.merged_ticket_ids`` lists, on the survivor, those merged into it. The column and a list in it stand
in the public seeds, its meaning in public code over such copies; Fivetran documents neither. Without it the survivor
is the one the merged ticket's comment names, where the tag ``closed_by_merge`` says that it was merged.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import and_, case, func, literal, select

from etl import warehouse_rows, warehouse_tables
from etl.expressions import instant, number
from etl.mapping import Mapping
from etl.rearranged import Cell, only
from etl.staging import Claim, RawTable, Stage, loaded_ticket
from etl.threads import domain_of
from etl.translate import stage_mapping
from etl.warehouse_rows import CLOCK
from etl.warehouse_tables import DELETED, as_named, cell, is_yes, standing
from etl.warehouse_zones import IANA
from etl.zendesk_fields import LOOKS_LIKE, looking_like
from etl.zendesk_rows import SOURCE, derived
from etl.zendesk_words import WORDS

NAME = "zendesk_warehouse"
_OWN_FIELD = "custom_"
_WEEK = 7 * 24 * 60
_DAY = 24 * 60

#: Of these nothing is kept; what the load report says of their rows.
_NOTHING = {
    "ticket_sla_policy": "policies that were applied, which say no verdict (load ticket_metric_events)",
    "sla_policy_metric_history": "targets, which say no verdict: declare them in supportkpi.toml",
    "sla_policy_history": "names of target policies",
    "brand": "brands",
    "daylight_time": "daylight saving times: the zone database knows them",
    "time_zone": "offsets of time zones: the zone database knows them",
    "ticket_form_history": "ticket forms",
    "domain_name": "domains of organizations",
    "organization_tag": "tags of organizations",
    "user_tag": "tags of users",
    "ticket_chat": "chats: their lines are not read as messages",
    "ticket_chat_event": "lines of chats: they are not read as messages",
}


def claim(raw: RawTable) -> Claim:
    """Claim a table of the copy by its columns."""
    if raw.kind != "csv":
        return Claim(NAME, ())
    name = warehouse_tables.which(raw.columns)
    if name is None:
        return Claim(NAME, *warehouse_tables.nearest(raw.columns))
    return Claim(NAME, warehouse_tables.proof(name, raw.columns))


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    name = warehouse_tables.which(raw.columns)
    rows = as_named(raw)
    if name in _NOTHING:
        into.leave_out(rows.rows, _NOTHING[name])
    elif name is not None:
        _STAGES[name](rows, into)


def _stage_tickets(rows: RawTable, into: Stage) -> None:
    columns = {
        "original_id": "id", "subject": "subject", "status": "status", "priority": "priority", "channel": "via_channel",
        "ticket_type": "type", "team": "group_id", "owner": "assignee_id", "requester": "requester_id",
        "account": "organization_id", "problem_key": "problem_id", "created_at": "created_at",
        "updated_at": "updated_at", "due_at": "due_at",
    }  # fmt: skip
    cells: dict[str, Cell] = {theirs: cell(rows, theirs) for theirs in columns.values()}
    cells["status"] = case((is_yes(rows, DELETED), "deleted"), else_=cells["status"])
    cells["outbound"] = case((func.lower(cell(rows, "via_source_rel")) == "outbound", "true"))
    columns["is_outbound"] = "outbound"
    own = _own_fields(rows, "product", "category", "region")
    cells |= {name: rows.table.c[name] for name in own.values()}
    if own:
        told = "; ".join(f"{theirs} as {ours}" for ours, theirs in own.items())
        into.warnings.append(f"Own fields read: {told}.")
    mapping = Mapping(
        name="zendesk-warehouse-tickets",
        shape="ticket",
        source=SOURCE,
        clock=CLOCK,
        columns={ours: (theirs,) for ours, theirs in (columns | own).items()},
        words=WORDS,
        optional=("due_at",),
    )
    stage_mapping(mapping, derived(rows, into, cells), into)
    _stage_births(rows, into)
    _stage_merges(rows, into)


def _stage_births(rows: RawTable, into: Stage) -> None:
    """Who opened a ticket, as an event: by it, tickets that agents opened are told from the others."""
    kept = select(loaded_ticket.c.row, loaded_ticket.c.original_id, loaded_ticket.c.created_at)
    kept = kept.where(loaded_ticket.c.load_id == into.load_id, loaded_ticket.c.part == "ticket")
    ticket = kept.where(loaded_ticket.c.source == SOURCE).subquery()
    actor = func.coalesce(cell(rows, "submitter_id"), cell(rows, "requester_id"))
    whole = select(
        ticket.c.row, ticket.c.original_id, literal("created").label("kind"), actor.label("actor"),
        ticket.c.created_at.label("occurred_at"), literal(0.0).label("sequence"),
    ).join_from(ticket, rows.table, rows.table.c["_row"] == ticket.c.row)  # fmt: skip
    into.put("event", SOURCE, whole)


def _stage_merges(rows: RawTable, into: Stage) -> None:
    """Those merged into a ticket, as parts of their own tickets; a deleted survivor holds nobody's messages."""
    listed = func.from_json(cell(rows, "merged_ticket_ids"), '["VARCHAR"]')
    survivor = cell(rows, "id")
    children = select(
        rows.table.c["_row"], survivor.label("survivor"), func.unnest(listed).label("child")
    ).where(func.json_valid(cell(rows, "merged_ticket_ids")), ~is_yes(rows, DELETED))  # fmt: skip
    told = children.subquery().c
    merged = select(
        func.min(told["_row"]).label("row"), literal("merge").label("part"), told.child.label("original_id"),
        func.arg_max(told.survivor, told["_row"]).label("merged_into"),
    ).where(told.child != told.survivor)  # fmt: skip
    into.put("ticket", SOURCE, merged.group_by(told.child))


def _own_fields(rows: RawTable, *words: str) -> dict[str, str]:
    """Our word → the column of a field of the account's own that stands for it by its name."""
    named = {each: each.removeprefix(_OWN_FIELD).replace("_", " ") for each in rows.columns if _OWN_FIELD in each[:7]}
    return looking_like(named, {word: LOOKS_LIKE[word] for word in words})


def _stage_users(rows: RawTable, into: Stage) -> None:
    """Agents by name; of customers only the domain of their address, by which test requesters are known."""
    role = func.lower(cell(rows, "role"))
    is_staff = and_(role.is_not(None), role != "end-user")
    cells: dict[str, Cell] = {each: cell(rows, each) for each in ("id", "role", "default_group_id", "organization_id")}
    cells["name or domain"] = case((is_staff, cell(rows, "name")), else_=domain_of(cell(rows, "email")))
    columns = {
        "original_id": ("id",),
        "name": ("name or domain",),
        "role": ("role",),
        "team": ("default_group_id",),
        "account": ("organization_id",),
    }
    mapping = Mapping(name="zendesk-warehouse-users", shape="person", source=SOURCE, columns=columns, words=WORDS)
    stage_mapping(mapping, derived(rows, into, cells), into)


def _stage_audit_log(rows: RawTable, into: Stage) -> None:
    """When somebody who was staff lost the role; of all else in the account's log nothing is kept."""
    said = func.lower(cell(rows, "change_description"))
    before = func.trim(func.regexp_extract(said, "support role changed from '?([a-z -]+?)'? to '?([a-z -]+)", 1))
    after = func.trim(func.regexp_extract(said, "support role changed from '?([a-z -]+?)'? to '?([a-z -]+)", 2))
    nobody = ("not set", "end-user", "end user", "")
    is_loss = and_(func.lower(cell(rows, "source_type")) == "user", ~before.in_(nobody), after.in_(nobody[:3]))
    losses = only(rows, into, func.coalesce(is_loss, False), "other changes in the account's own log")
    if not losses.rows:
        return
    cells: dict[str, Cell] = {"source_id": cell(losses, "source_id"), "created_at": cell(losses, "created_at")}
    mapping = Mapping(
        name="zendesk-warehouse-leavers",
        shape="person",
        source=SOURCE,
        clock=CLOCK,
        columns={"original_id": ("source_id",), "left_at": ("created_at",)},
    )
    stage_mapping(mapping, derived(losses, into, cells), into)


def _stage_groups(rows: RawTable, into: Stage) -> None:
    """Groups that were deleted too: old tickets were theirs."""
    mapping = Mapping(
        name="zendesk-warehouse-groups",
        shape="team",
        source=SOURCE,
        columns={"original_id": ("id",), "name": ("name",)},
    )
    stage_mapping(mapping, rows, into)


def _stage_organizations(rows: RawTable, into: Stage) -> None:
    own = _own_fields(rows, "tier", "region")
    columns = {"original_id": ("id",), "name": ("name",), **{ours: (theirs,) for ours, theirs in own.items()}}
    mapping = Mapping(name="zendesk-warehouse-organizations", shape="account", source=SOURCE, columns=columns)
    stage_mapping(mapping, rows, into)


def _stage_schedules(rows: RawTable, into: Stage) -> None:
    """Stretches from Sunday 00:00 become stretches from Monday 00:00; a week without end stays one."""
    rows = standing(rows, into, "hours of schedules")
    opens, closes = (number(cell(rows, each)) for each in ("start_time", "end_time"))
    faults = func.coalesce(closes <= opens, True)
    shifted = (opens + _WEEK - _DAY) % _WEEK
    zone = cell(rows, "time_zone")
    whole = select(
        rows.table.c["_row"].label("row"), cell(rows, "id").label("original_id"), cell(rows, "name").label("name"),
        func.coalesce(case(IANA, value=func.lower(zone)), zone).label("timezone"),
        shifted.label("opens_minute"), (shifted + closes - opens).label("closes_minute"),
    )  # fmt: skip
    told = (literal("start_time").label("column"), cell(rows, "start_time").label("value"))
    reason = literal("no stretch of a week").label("reason")
    into.refuse(select(rows.table.c["_row"].label("row"), *told, reason).where(faults))
    into.put("schedule", SOURCE, whole.where(~faults))


def _stage_holidays(rows: RawTable, into: Stage) -> None:
    """Days off, the last included."""
    rows = standing(rows, into, "holidays")
    first, last = (instant(cell(rows, each), "UTC") for each in ("start_date", "end_date"))
    is_day = and_(first.is_not(None), cell(rows, "schedule_id").is_not(None))
    row = rows.table.c["_row"].label("row")
    told = (literal("start_date").label("column"), cell(rows, "start_date").label("value"))
    into.refuse(select(row, *told, literal("no day off of a schedule").label("reason")).where(~is_day))
    whole = select(
        row, cell(rows, "schedule_id").label("schedule"), cell(rows, "name").label("name"),
        func.date_trunc("day", first).label("first_day"), func.date_trunc("day", last).label("last_day"),
    )  # fmt: skip
    into.put("holiday", SOURCE, whole.where(is_day))


def _stage_ticket_schedules(rows: RawTable, into: Stage) -> None:
    rows = standing(rows, into, "schedules of tickets")
    starts = instant(cell(rows, "created_at"), "UTC")
    keys = [cell(rows, each) for each in ("ticket_id", "schedule_id")]
    is_known = and_(starts.is_not(None), *(key.is_not(None) for key in keys))
    row = rows.table.c["_row"].label("row")
    told = (literal("created_at").label("column"), cell(rows, "created_at").label("value"))
    into.refuse(select(row, *told, literal("no ticket, schedule or time").label("reason")).where(~is_known))
    whole = select(row, keys[0].label("original_id"), keys[1].label("schedule"), starts.label("starts_at"))
    into.put("ticket_schedule", SOURCE, whole.where(is_known))


_STAGES: dict[str, Callable[[RawTable, Stage], None]] = {
    "ticket": _stage_tickets,
    "ticket_field_history": warehouse_rows.stage_history,
    "ticket_comment": warehouse_rows.stage_comments,
    "ticket_tag": warehouse_rows.stage_tags,
    "satisfaction_rating": warehouse_rows.stage_rating_table,
    "user": _stage_users,
    "group": _stage_groups,
    "organization": _stage_organizations,
    "schedule": _stage_schedules,
    "schedule_holiday": _stage_holidays,
    "ticket_schedule": _stage_ticket_schedules,
    "audit_log": _stage_audit_log,
}
