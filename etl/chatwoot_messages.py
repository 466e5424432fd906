"""Chatwoot's messages → events: what was said, and what its activities tell of the status.

Chatwoot's API gives no history. What happened is told by messages of the kind ``activity``, in the language of the
account: the English ones are read, others are counted and told. Templates (greetings, surveys) are a bot's words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Double, Select, Text, and_, case, cast, func, literal, null, or_, select, try_cast, union_all

from etl.api_records import fields, is_true, refuse_repeated, refuse_undated
from etl.chatwoot_words import (
    ACTIVITY,
    AUTO_CLOSED,
    BY_CONTACT,
    BY_SYSTEM,
    INCOMING,
    OTHERS,
    OUTGOING,
    SOURCE,
    TELLS,
    TEMPLATE,
    WORDS,
)
from etl.rearranged import Cell, count, rearranged, report_unknown
from etl.staging import MESSAGE_CELLS, RawTable, Stage
from etl.threads import message_cells, once, stage_events, unnested
from etl.vocabulary import Event, Role

_MESSAGE = (
    "id", "content", "message_type", "private", "created_at", "sender.id", "sender.type", "sender_id", "sender_type",
    "status",
)  # fmt: skip
_BOTS = ("agent_bot", "agentbot", "captain_assistant", "captain::assistant")
_CONTACTS = ("contact",)


def contact(number: Cell) -> Cell:
    """A contact's number, which an agent may have too."""
    return case((number.is_not(None), func.concat("contact:", number)))


def stage_embedded(raw: RawTable, into: Stage) -> None:
    """Put the messages inside conversations, where they are all there.

    A list of conversations holds the last message of each and no other: nothing can be counted by that one.
    """
    if "messages" not in raw.columns:
        return
    longest = func.max(func.json_array_length(raw.table.c.record, "$.messages"))
    if (into.connection.execute(select(longest)).scalar() or 0) < 2:
        into.warnings.append("Conversations hold their last message only: load their messages to count replies.")
        return
    rows = unnested(raw, into, "messages", ("id",), _MESSAGE)
    c = rows.table.c
    cells: dict[str, Cell] = {"conversation_id": c.id, "place": c.place}
    cells |= {name: c[f"item.{name}"] for name in _MESSAGE}
    _stage(once(rearranged(rows, into, cells), into, "id"), into)


def stage_listed(raw: RawTable, into: Stage) -> None:
    """Put messages that come one a record."""
    rows = refuse_repeated(fields(raw, into, ("conversation_id", *_MESSAGE)), into, "id")
    rows = refuse_undated(rows, into, "conversation_id", "created_at")
    c = rows.table.c
    kind = _kind(c)
    silent = or_(
        and_(kind.in_(ACTIVITY), _told(c).is_(None)), kind.not_in((*INCOMING, *OUTGOING, *ACTIVITY, *TEMPLATE))
    )
    silent = or_(silent, and_(kind.not_in(ACTIVITY), func.coalesce(c.status, "") == "failed"))
    into.leave_out(count(rows.table, into, silent), "messages that were not delivered, and activities without a status")
    _stage(rows, into)


def _kind(c: Any) -> Cell:
    return func.coalesce(func.lower(c.message_type), "")


def _told(c: Any) -> Cell:
    """The status an activity tells of; NULL for one that tells none."""
    text = func.lower(c.content)
    return case(*((func.regexp_matches(text, pattern), status) for pattern, status in TELLS.items()), else_=null())


def _stage(rows: RawTable, into: Stage) -> None:
    c = rows.table.c
    if "place" not in c:
        rows = rearranged(rows, into, {**{name: c[name] for name in rows.columns}, "place": literal("1")})
    c = rows.table.c
    kinds = {word: word for word in (*INCOMING, *OUTGOING, *ACTIVITY, *TEMPLATE)}
    report_unknown(rows, into, c.message_type, kinds, "message_type")
    whole = union_all(_messages(rows), _activities(rows)).subquery()
    cells: dict[str, Cell] = {each.name: each for each in whole.c if each.name != "_row"}
    stage_events(rearranged(replace(rows, table=whole), into, cells), into, SOURCE, WORDS)  # type: ignore[arg-type]
    _tell_unread(rows, into)
    into.put("ticket", SOURCE, _auto_closed(rows))


def _event(c: Any, **more: Any) -> Select[Any]:
    values: dict[str, Any] = {
        "original_id": c.conversation_id, "occurred_at": c.created_at, "place": c.place,
        **dict.fromkeys(("actor", "actor_role", "new_value", *MESSAGE_CELLS), null()), **more,
    }  # fmt: skip
    return select(c["_row"], *(cast(value, Text).label(name) for name, value in values.items()))


def _messages(rows: RawTable) -> Select[Any]:
    c = rows.table.c
    kind = _kind(c)
    sender = func.lower(func.coalesce(c["sender.type"], c.sender_type))
    number = func.coalesce(c["sender.id"], c.sender_id)
    is_contact = or_(kind.in_(INCOMING), func.coalesce(sender, "").in_(_CONTACTS))
    # What goes out without a sender was sent by an automation or a campaign.
    is_bot = or_(kind.in_(TEMPLATE), func.coalesce(sender, "").in_(_BOTS), and_(kind.in_(OUTGOING), number.is_(None)))
    told = _event(
        c,
        activity=case((is_true(c.private), str(Event.PRIVATE_NOTE)), else_=str(Event.PUBLIC_MESSAGE)),
        actor=case(
            (is_contact, contact(number)),
            (is_bot, case((number.is_not(None), func.concat("bot:", number)))),
            else_=number,
        ),
        actor_role=case((is_contact, str(Role.CUSTOMER)), (is_bot, str(Role.BOT)), else_=str(Role.AGENT)),
        **message_cells(c.content),
    )
    is_sent = func.coalesce(c.status, "") != "failed"
    return told.where(kind.in_((*INCOMING, *OUTGOING, *TEMPLATE)), is_sent)


def _activities(rows: RawTable) -> Select[Any]:
    c = rows.table.c
    is_system = func.regexp_matches(func.lower(c.content), BY_SYSTEM)
    told = _event(
        c,
        activity=literal(str(Event.STATUS)),
        actor_role=case(
            (is_system, str(Role.BOT)),
            (func.regexp_matches(func.lower(c.content), BY_CONTACT), str(Role.CUSTOMER)),
            else_=str(Role.AGENT),
        ),
        new_value=_told(c),
    )
    return told.where(_kind(c).in_(ACTIVITY), _told(c).is_not(None))


def _tell_unread(rows: RawTable, into: Stage) -> None:
    c = rows.table.c
    text = func.coalesce(func.lower(c.content), "")
    unread = and_(_kind(c).in_(ACTIVITY), _told(c).is_(None), ~func.regexp_matches(text, OTHERS))
    number = count(rows.table, into, unread)
    if number:
        into.warnings.append(
            f"{number:,} activities are not written in Chatwoot's English: changes of the status they may tell of are "
            "not known."
        )


def _auto_closed(rows: RawTable) -> Select[Any]:
    """Conversations whose first resolve was for want of an answer."""
    c = rows.table.c
    told = _told(c)
    is_auto = func.regexp_matches(func.lower(c.content), AUTO_CLOSED)
    order = func.coalesce(try_cast(c.created_at, Double), 0.0)
    first = func.arg_min(is_auto, order).filter(told == "resolved")
    chosen: list[Any] = [
        func.min(c["_row"]).filter(told == "resolved").label("row"),
        literal("closing").label("part"),
        c.conversation_id.label("original_id"),
        literal(True).label("is_auto_closed"),
    ]
    closed = select(*chosen).where(_kind(c).in_(ACTIVITY), c.conversation_id.is_not(None))
    return closed.group_by(c.conversation_id).having(first)
