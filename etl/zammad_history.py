"""Zammad's articles and its history → events: what was said, who has the ticket, in which state it is.

The history (``/api/v1/ticket_history/…``) names objects and attributes: a changed attribute ``state``, ``owner``,
``group`` or ``priority`` of a ticket is an event, and ``merged_into`` tells the survivor. An escalation in Zammad is
an SLA target that fell due, not somebody else taking over: it is no event of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Text, and_, case, cast, func, literal, null, or_, select

from etl.api_records import fields, is_true, refuse_repeated, refuse_undated
from etl.rearranged import Cell, count, our_word, rearranged, report_unknown
from etl.staging import RawTable, Stage
from etl.threads import message_cells, once, stage_events, unnested
from etl.vocabulary import Event, Role, Status
from etl.zammad_words import AGENT, CUSTOMER, NOBODY, PRIORITY, SOURCE, STATUS, SYSTEM, WORDS

_ARTICLE = ("id", "sender", "sender_id", "internal", "body", "created_by_id", "origin_by_id", "created_at")
_TRACKED = {"state": Event.STATUS, "owner": Event.OWNER, "group": Event.TEAM, "priority": Event.PRIORITY}
_KNOWN_TYPES = (
    "created", "updated", "removed", "notification", "email", "escalation", "reminder_reached", "merged_into",
    "received_merge", "link", "unlink", "added", "time_trigger", "triggered", "user_generated", "email_trigger",
    "checklist_item_checked", "knowledge_base",
)  # fmt: skip


def stage_embedded(raw: RawTable, into: Stage) -> None:
    """Put the articles that were written into their tickets (``articles``)."""
    if "articles" not in raw.columns:
        return
    rows = unnested(raw, into, "articles", ("id",), _ARTICLE)
    if rows.rows:
        c = rows.table.c
        cells: dict[str, Cell] = {"ticket_id": c.id, "place": c.place}
        cells |= {name: c[f"item.{name}"] for name in _ARTICLE}
        _stage_articles(once(rearranged(rows, into, cells), into, "id"), into)


def stage_articles(raw: RawTable, into: Stage) -> None:
    """Put articles that come one a record."""
    rows = refuse_repeated(fields(raw, into, ("ticket_id", *_ARTICLE)), into, "id")
    rows = refuse_undated(rows, into, "ticket_id", "created_at")
    _stage_articles(rows, into)


def _stage_articles(rows: RawTable, into: Stage) -> None:
    c = rows.table.c
    sender = func.lower(func.coalesce(c.sender, c.sender_id))
    report_unknown(rows, into, func.coalesce(c.sender, c.sender_id), _words(*AGENT, *CUSTOMER, *SYSTEM), "sender")
    role = case(
        (sender.in_(SYSTEM), str(Role.BOT)), (sender.in_(CUSTOMER), str(Role.CUSTOMER)), (sender.in_(AGENT), "agent")
    )
    # An agent may write down what a customer said on the phone.
    actor = case((sender.in_(CUSTOMER), func.coalesce(c.origin_by_id, c.created_by_id)), else_=c.created_by_id)
    cells: dict[str, Cell] = {
        "original_id": c.ticket_id,
        "occurred_at": c.created_at,
        "activity": case((is_true(c.internal), str(Event.PRIVATE_NOTE)), else_=str(Event.PUBLIC_MESSAGE)),
        "actor": actor,
        "actor_role": role,
        "place": c.place if "place" in c else literal("1"),
        **message_cells(c.body),
    }
    stage_events(rearranged(rows, into, cells), into, SOURCE, WORDS)


def _ours(meanings: Mapping[str, str]) -> dict[str, str]:
    return {word: str(ours) for word, ours in meanings.items()}


def _words(*words: str) -> dict[str, str]:
    return {word: word for word in words}


def stage_history(raw: RawTable, into: Stage) -> None:
    """Put the history of tickets; what happened to their articles is told by the articles."""
    rows = fields(
        raw, into,
        ("id", "o_id", "object", "type", "attribute", "value_from", "value_to", "id_from", "id_to", "created_at",
         "created_by_id"),
    )  # fmt: skip
    rows = refuse_undated(refuse_repeated(rows, into, "id"), into, "o_id", "created_at")
    c = rows.table.c
    is_ticket = func.coalesce(c.object, "") == "Ticket"
    tickets = rearranged(rows, into, {name: c[name] for name in rows.columns}, is_ticket)
    report_unknown(tickets, into, tickets.table.c.type, _words(*_KNOWN_TYPES), "type")
    is_change = and_(is_ticket, c.type == "updated", func.coalesce(c.attribute, "").in_(list(_TRACKED)))
    is_merge = and_(is_ticket, c.type == "merged_into", c.id_to.is_not(None))
    into.leave_out(count(rows.table, into, ~or_(is_change, is_merge)), "history that changes nothing we measure")
    c = tickets.table.c
    is_number = c.attribute.in_(("owner", "group"))
    cells: dict[str, Cell] = {
        "original_id": c.o_id,
        "occurred_at": c.created_at,
        "activity": case({name: str(event) for name, event in _TRACKED.items()}, value=c.attribute, else_=null()),
        "actor": c.created_by_id,
        "actor_role": case((c.created_by_id == NOBODY, str(Role.BOT)), else_=cast(null(), Text)),
        "old_value": case(
            (is_number, _holder(c.attribute, c.id_from)),
            (c.attribute == "state", our_word(func.coalesce(c.value_from, c.id_from), _ours(STATUS))),
            (c.attribute == "priority", our_word(func.coalesce(c.value_from, c.id_from), _ours(PRIORITY))),
        ),
        "new_value": case((is_number, _holder(c.attribute, c.id_to)), else_=func.coalesce(c.value_to, c.id_to)),
    }
    changes = and_(c.type == "updated", func.coalesce(c.attribute, "").in_(list(_TRACKED)))
    stage_events(rearranged(tickets, into, cells, changes), into, SOURCE, WORDS)
    _stage_merges(tickets, into)


def _holder(attribute: Cell, number: Cell) -> Cell:
    """The number of an owner or a group; owner 1 is nobody."""
    return case((and_(attribute == "owner", number == NOBODY), null()), else_=number)


def _stage_merges(tickets: RawTable, into: Stage) -> None:
    c = tickets.table.c
    chosen: list[Any] = [
        func.max(c["_row"]).label("row"),
        literal("merge").label("part"),
        c.o_id.label("original_id"),
        func.arg_max(c.id_to, c["_row"]).label("merged_into"),
        literal(str(Status.MERGED)).label("status"),
        literal("merged").label("original_status"),
    ]
    merges = select(*chosen).where(c.type == "merged_into", c.id_to.is_not(None), c.o_id.is_not(None))
    into.put("ticket", SOURCE, merges.group_by(c.o_id))
