"""Threads of Help Scout's conversations → events: what was said, who has the conversation, in which status it is.

A thread repeats the conversation's status and assignee as they were after it, so their changes are found by
comparing each thread with the one before. Drafts and hidden threads were never sent and say nothing. A merge leaves
a line on the survivor that names the conversation merged into it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, and_, case, cast, func, literal, not_, null, or_, select, union, union_all
from sqlalchemy import Text as TextType

from etl.api_records import before, fields, refuse_repeated, refuse_undated, snake
from etl.helpscout_words import ROLE, SOURCE, SYSTEM_USER, WORDS
from etl.rearranged import Cell, count, our_word, rearranged
from etl.staging import MESSAGE_CELLS, RawTable, Stage
from etl.threads import message_cells, once, stage_events, unnested
from etl.vocabulary import Event, Role, Status

_PATHS = (
    "id", "type", "status", "state", "action.type", "action.associatedEntities.originalConversation", "body",
    "createdBy.id", "createdBy.type", "assignedTo.id", "assignedTo.type", "createdAt",
)  # fmt: skip
_SAID = ("customer", "message", "chat", "beaconchat", "phone", "reply")
_NOTES = ("note", "forwardchild", "forwardparent")
_UNSENT = ("draft", "hidden", "review")
_DELETED = "deleted-ticket"
#: What a thread's status says where it changed nothing.
_SAME = "nochange"
_NOBODY = "nobody"


def stage_embedded(raw: RawTable, into: Stage) -> None:
    """Put the events of threads inside their conversations (``_embedded.threads``, or ``threads`` as a list)."""
    for path in ("_embedded.threads", "threads"):
        if path in raw.columns:
            inner = _spelt()
            rows = unnested(raw, into, path, ("id",), [each for several in inner.values() for each in several])
            if rows.rows:
                c = rows.table.c
                cells: dict[str, Cell] = {"conversation": c.id, "place": c.place}
                for name, several in inner.items():
                    cells[name] = func.coalesce(*(c[f"item.{each}"] for each in several), literal(None, TextType))
                _stage(once(rearranged(rows, into, cells), into, "conversation", "id"), into)


def _spelt() -> dict[str, list[str]]:
    return {path: list(dict.fromkeys((path, snake(path)))) for path in _PATHS}


def stage_listed(raw: RawTable, into: Stage) -> None:
    """Put the events of threads that come one a record, with the number of their conversation."""
    rows = fields(raw, into, ("conversationId", *_PATHS))
    rows = refuse_undated(refuse_repeated(rows, into, "id"), into, "conversationId", "createdAt")
    c = rows.table.c
    cells: dict[str, Cell] = {"conversation": c.conversationId, "place": literal("1")}
    cells |= {name: c[name] for name in _PATHS}
    _stage(rearranged(rows, into, cells), into, is_listed=True)


def _stage(threads: RawTable, into: Stage, is_listed: bool = False) -> None:
    listed = threads if is_listed else None
    threads = _with_states(threads, into)
    parts = [_messages(threads), *_changes(threads)]
    whole = union_all(*parts).subquery()
    cells: dict[str, Cell] = {each.name: each for each in whole.c if each.name != "_row"}
    rows = rearranged(replace(threads, table=whole), into, cells)  # type: ignore[arg-type]
    if listed is not None:
        told = union(select(whole.c["_row"]), select(_merges(threads).subquery().c.row))
        silent = listed.table.c["_row"].not_in(told)
        into.leave_out(count(listed.table, into, silent), "threads that say nothing and change nothing")
    stage_events(rows, into, SOURCE, WORDS)
    into.put("ticket", SOURCE, _merges(threads))


def _with_states(threads: RawTable, into: Stage) -> RawTable:
    """The threads that were sent or done, with the status and the holder each leaves behind, and those before."""
    c = threads.table.c
    unsent = func.coalesce(func.lower(c.state), "").in_(_UNSENT)
    drafts = count(threads.table, into, unsent)
    if drafts:
        into.warnings.append(f"{drafts:,} threads are drafts or hidden: they were never sent.")
    status = func.lower(c.status)
    holder = func.nullif(c["assignedTo.id"], "0")
    is_team = func.coalesce(func.lower(c["assignedTo.type"]), "user") == "team"
    cells: dict[str, Cell] = {name: c[name] for name in threads.columns}
    cells["now status"] = case(
        (func.lower(c["action.type"]) == _DELETED, "deleted"), (status != _SAME, status), else_=null()
    )
    # A thread always says who has it: nobody is told as "nobody", so that it can be compared.
    cells["now owner"] = func.coalesce(case((and_(not_(is_team), holder != SYSTEM_USER), holder)), _NOBODY)
    cells["now team"] = case((is_team, func.concat("team:", holder)))
    sent = rearranged(threads, into, cells, not_(unsent))
    d = sent.table.c
    order = [d.createdAt, d["_row"], d.id]
    states = {f"before {name}": before(d[f"now {name}"], d.conversation, order) for name in ("status", "owner", "team")}
    return rearranged(sent, into, {**{name: d[name] for name in sent.columns}, **states})


def _role(c: Any) -> Cell:
    is_system = and_(c["createdBy.id"] == SYSTEM_USER, func.lower(c["createdBy.type"]) != "customer")
    return case((is_system, str(Role.BOT)), else_=our_word(c["createdBy.type"], {k: str(v) for k, v in ROLE.items()}))


def _row(threads: RawTable, step: int, activity: Cell, where: Cell, **more: Any) -> Select[Any]:
    c = threads.table.c
    values: dict[str, Any] = {
        "original_id": c.conversation, "occurred_at": c.createdAt, "activity": activity,
        "actor": c["createdBy.id"], "actor_role": _role(c), "place": c.place, "step": literal(step),
        **dict.fromkeys(("old_value", "new_value", *MESSAGE_CELLS), null()), **more,
    }  # fmt: skip
    return select(c["_row"], *(cast(value, TextType).label(name) for name, value in values.items())).where(where)


def _messages(threads: RawTable) -> Select[Any]:
    c = threads.table.c
    kind = func.coalesce(func.lower(c.type), "")
    activity = case((kind.in_(_NOTES), str(Event.PRIVATE_NOTE)), else_=str(Event.PUBLIC_MESSAGE))
    is_told = and_(kind.in_((*_SAID, *_NOTES)), c.body.is_not(None))
    return _row(threads, 1, activity, is_told, **message_cells(c.body))


def _changes(threads: RawTable) -> list[Select[Any]]:
    c = threads.table.c
    status, owner, team = c["now status"], c["now owner"], c["now team"]
    moved = and_(status.is_not(None), status.is_distinct_from(c["before status"]))
    # A first thread without a holder tells of no change.
    owned = and_(owner.is_distinct_from(c["before owner"]), or_(owner != _NOBODY, c["before owner"].is_not(None)))
    return [
        _row(
            threads, 2, literal(str(Event.OWNER)), owned,
            old_value=func.nullif(c["before owner"], _NOBODY), new_value=func.nullif(owner, _NOBODY),
        ),
        _row(
            threads, 3, literal(str(Event.TEAM)), and_(team.is_not(None), team.is_distinct_from(c["before team"])),
            old_value=c["before team"], new_value=team,
        ),
        _row(threads, 4, literal(str(Event.STATUS)), moved, new_value=status),
    ]  # fmt: skip


def _merges(threads: RawTable) -> Select[Any]:
    c = threads.table.c
    merged = c["action.associatedEntities.originalConversation"]
    is_merge = and_(func.lower(c["action.type"]) == "merged", merged.is_not(None), not_(merged == c.conversation))
    return (
        select(
            func.min(c["_row"]).label("row"),
            literal("merge").label("part"),
            merged.label("original_id"),
            func.arg_max(c.conversation, c["_row"]).label("merged_into"),
            literal(str(Status.MERGED)).label("status"),
            literal("merged").label("original_status"),
        )
        .where(is_merge)
        .group_by(merged)
    )
