"""Parts of Intercom's conversations and tickets → events: what was said, who has it, in which state it is.

Parts come inside their conversation or one a record. A part may be several things at once: words that reopen, a
reply that closes. Of the words only their number, whether they ask, and a hash are kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, Select, and_, case, cast, func, literal, not_, null, or_, select, text, union_all
from sqlalchemy import Text as TextType

from etl import expressions
from etl.files import flatten
from etl.intercom_words import (
    ASSIGNING,
    CLOSING,
    MESSAGES,
    NOTES,
    REOPENING,
    ROLE,
    SNOOZED,
    SNOOZED_BY_US,
    SNOOZED_FOR_CUSTOMER,
    SNOOZING,
    SOURCE,
    WORDS,
)
from etl.rearranged import Cell, count, our_word, rearranged, refuse_where, report_unknown
from etl.staging import MESSAGE_CELLS, RawTable, Stage
from etl.threads import message_cells, once, stage_events, unnested
from etl.vocabulary import Event

_INNER = (
    "id", "part_type", "body", "created_at", "author.type", "author.id", "author.from_ai_agent",
    "assigned_to", "assigned_to.id", "assigned_to.type", "ticket_state", "previous_ticket_state",
)  # fmt: skip
#: Parts that change nothing we measure. Any other type nobody knows is reported.
_SILENT = (
    "participant_added", "participant_removed", "attribute_collected", "language_detection_details",
    "conversation_attribute_updated_by_admin", "conversation_attribute_updated_by_user",
    "conversation_attribute_updated_by_workflow", "conversation_tags_updated", "operator_workflow_event",
    "ticket_attribute_updated_by_admin", "ticket_attribute_updated_by_user", "ticket_shared", "ticket_unshared",
    "custom_action_started", "custom_action_finished", "conversation_rating_changed",
    "conversation_rating_remark_added",
    "channel_and_reply_time_expectation", "email_channel_details", "fin_guidance_applied", "message_strategy_details",
    "conversation_sla_applied_by_workflow", "conversation_sla_removed_by_admin", "sla_target_missed",
)  # fmt: skip
_STATE_CHANGE = "ticket_state_updated_by_admin", "ticket_state_updated_by_user", "ticket_state_updated_by_workflow"
_KNOWN = {each: each for each in (*_SILENT, *_STATE_CHANGE, *NOTES, *MESSAGES, *REOPENING, *CLOSING, *SNOOZING)}


def stage_embedded(raw: RawTable, into: Stage, name: str) -> None:
    """Put the events of parts inside their record: ``conversation_parts`` or ``ticket_parts``.

    A conversation's first message stands outside its parts; it is told only where the parts are there too, as else
    a conversation would seem to have no reply.
    """
    if not any(path == name or path.startswith(f"{name}.") for path in raw.columns):
        return
    path = f"{name}.{name}" if any(each.startswith(f"{name}.") for each in raw.columns) else name
    parts = unnested(raw, into, path, ("id",), _INNER)
    paths = ("id", "created_at", path, f"{name}.total_count", "source.body", "source.author.type", "source.author.id")
    begun = flatten(raw, paths, into.connection)
    _warn_truncated(begun, into, path, f"{name}.total_count")
    cell = begun.table.c
    first = {
        "id": cell.id,
        "place": literal("0"),
        "item.id": func.concat("first of ", cell.id),
        "item.part_type": literal("comment" if name == "conversation_parts" else "submitted"),
        "item.body": cell["source.body"],
        "item.created_at": cell.created_at,
        "item.author.type": cell["source.author.type"],
        "item.author.id": cell["source.author.id"],
    }
    names = ("id", "place", *(f"item.{each}" for each in _INNER))
    began = select(cell["_row"], *(cast(first.get(each, null()), TextType).label(each) for each in names))
    listed = select(parts.table.c["_row"], *(parts.table.c[each] for each in names))
    whole = union_all(began.where(cell[path].is_not(None), cell.id.is_not(None)), listed)
    _stage(_table(replace(raw, columns=names), whole, into), into, is_ticket=name == "ticket_parts")


def _table(raw: RawTable, rows: Any, into: Stage) -> RawTable:
    inner = rows.subquery()
    return rearranged(replace(raw, table=inner), into, {name: inner.c[name] for name in raw.columns})


def stage_listed(raw: RawTable, into: Stage) -> None:
    """Put the events of parts that come one a record; what was told already by the same file is refused."""
    flat = flatten(raw, ("conversation_id", *_INNER), into.connection)
    cell = flat.table.c
    telling = func.row_number().over(partition_by=cell.id, order_by=cell["_row"])
    flat = rearranged(flat, into, {**{name: cell[name] for name in flat.columns}, "telling": telling})
    cell = flat.table.c
    flat = refuse_where(flat, into, and_(cell.telling != "1", cell.id.is_not(None)), "id", "duplicate row")
    cell = flat.table.c
    inner = {f"item.{name}": cell[name] for name in _INNER}
    parts = rearranged(flat, into, {"id": cell.conversation_id, "place": literal("1"), **inner})
    c = parts.table.c
    parts = refuse_where(parts, into, c.id.is_(None), "conversation_id", "no number")
    c = parts.table.c
    parts = refuse_where(parts, into, c["item.created_at"].is_(None), "created_at", "no date")
    silent = count(parts.table, into, not_(_is_told(parts)))
    into.leave_out(silent, "parts that say nothing, hand nothing over and change no state")
    _stage(parts, into, is_ticket=False)


def _kind(parts: RawTable) -> Cell:
    return func.coalesce(func.lower(parts.table.c["item.part_type"]), "")


def _is_told(parts: RawTable) -> Cell:
    """Whether a part makes an event at all; never NULL."""
    kind = _kind(parts)
    speaks = and_(kind.in_((*MESSAGES, *NOTES)), parts.table.c["item.body"].is_not(None))
    return or_(speaks, kind.in_((*ASSIGNING, *REOPENING, *CLOSING, *SNOOZING)))


def _stage(parts: RawTable, into: Stage, is_ticket: bool) -> None:
    parts = once(parts, into, "id", "item.id")
    report_unknown(parts, into, parts.table.c["item.part_type"], {**_KNOWN, "submitted": ""}, "part_type")
    parts = _with_turn(parts, into)
    states = _ticket_states(parts) if is_ticket else _states(parts, into)
    told = union_all(_messages(parts), *_owners(parts), *states).subquery()
    rows = rearranged(replace(parts, table=told), into, {c.name: c for c in told.c if c.name != "_row"})  # type: ignore[arg-type]
    stage_events(rows, into, SOURCE, WORDS)


def _with_turn(parts: RawTable, into: Stage) -> RawTable:
    """The parts with ``role`` of their author and ``spoke``: who had spoken last, to the customer or as one."""
    c = parts.table.c
    is_fin = func.lower(c["item.author.from_ai_agent"]) == "true"
    roles = {word: str(each) for word, each in ROLE.items()}
    role = case((is_fin, "bot"), else_=our_word(c["item.author.type"], roles))
    is_message = and_(_kind(parts).in_(MESSAGES), c["item.body"].is_not(None))
    speaker = case((is_message, role))
    order = [expressions.instant(c["item.created_at"], "UTC"), c["_row"], cast(c.place, BigInteger)]
    spoke = func.last_value(speaker.op("IGNORE")(text("NULLS"))).over(partition_by=c.id, order_by=order)
    return rearranged(parts, into, {**{name: c[name] for name in parts.columns}, "role": role, "spoke": spoke})


def _row(parts: RawTable, step: int, activity: Cell, where: Cell, **values: Cell) -> Select[Any]:
    """A SELECT of happenings with every column ``stage_events`` wants."""
    c = parts.table.c
    told: dict[str, Cell] = {
        "original_id": c.id,
        "occurred_at": c["item.created_at"],
        "place": c.place,
        "step": literal(str(step)),
        "activity": activity,
        "actor": c["item.author.id"],
        "actor_role": c.role,
    }
    told |= {name: values.get(name, null()) for name in ("new_value", *MESSAGE_CELLS)}
    return select(c["_row"], *(cast(cell, TextType).label(name) for name, cell in told.items())).where(where)


def _messages(parts: RawTable) -> Select[Any]:
    body, kind = parts.table.c["item.body"], _kind(parts)
    activity = case((kind.in_(NOTES), str(Event.PRIVATE_NOTE)), else_=str(Event.PUBLIC_MESSAGE))
    return _row(parts, 1, activity, and_(kind.in_((*MESSAGES, *NOTES)), body.is_not(None)), **message_cells(body))


def _owners(parts: RawTable) -> list[Select[Any]]:
    """Handed to a person, to a team, or to nobody. A number without a kind is a person's, as connectors write it."""
    c = parts.table.c
    bare = case((~func.starts_with(c["item.assigned_to"], "{"), c["item.assigned_to"]))
    number = func.nullif(func.coalesce(c["item.assigned_to.id"], bare), "0")
    kind = func.coalesce(func.lower(c["item.assigned_to.type"]), "admin")
    is_handed = _kind(parts).in_(ASSIGNING)
    return [
        _row(parts, 2, literal(str(Event.TEAM)), and_(is_handed, kind == "team"), new_value=number),
        _row(parts, 2, literal(str(Event.OWNER)), and_(is_handed, kind != "team"), new_value=number),
    ]


def _states(parts: RawTable, into: Stage) -> list[Select[Any]]:
    c, kind = parts.table.c, _kind(parts)
    is_declared = SNOOZED in (word.strip().lower() for word in into.settings.loading.status)
    turn = case((c.spoke == "customer", SNOOZED_BY_US), (c.spoke.is_not(None), SNOOZED_FOR_CUSTOMER), else_=SNOOZED)
    snoozed = literal(SNOOZED) if is_declared else turn
    begins = c.place == "0"
    state = case(
        (or_(kind.in_(REOPENING), begins), "open"), (kind.in_(CLOSING), "closed"), (kind.in_(SNOOZING), snoozed)
    )
    is_change = or_(begins, kind.in_((*REOPENING, *CLOSING, *SNOOZING)))
    return [_row(parts, 3, literal(str(Event.STATUS)), is_change, new_value=state)]


def _ticket_states(parts: RawTable) -> list[Select[Any]]:
    """A ticket has states of its own; that its conversation opens and closes says nothing of them."""
    c = parts.table.c
    begins = c.place == "0"
    now, before = c["item.ticket_state"], c["item.previous_ticket_state"]
    is_change = or_(begins, and_(now.is_not(None), now.is_distinct_from(before), before.is_not(None)))
    state = case((begins, "submitted"), else_=now)
    return [_row(parts, 3, literal(str(Event.STATUS)), is_change, new_value=state)]


def _warn_truncated(begun: RawTable, into: Stage, path: str, total: str) -> None:
    cell = begun.table.c
    number = func.coalesce(expressions.number(cell[total]), 0)
    is_short = number > func.coalesce(func.json_array_length(cell[path]), 0)
    short = count(begun.table, into, and_(cell[path].is_not(None), is_short))
    if short:
        into.warnings.append(
            f"{short:,} records lack their beginning: Intercom gives the newest 500 parts of each and no more."
        )
