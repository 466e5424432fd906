"""Gorgias' messages and events → what was said, who has the ticket, in which status it is.

Messages come inside their ticket or one a record, events one a record. Of texts only the number of words, whether
they ask, and a hash are kept. A message that failed was never delivered and is no reply.
"""

from __future__ import annotations

from sqlalchemy import and_, case, func, literal, or_

from etl.api_records import fields, is_true, refuse_repeated, refuse_undated
from etl.gorgias_words import DISOWNING, OWNING, SETS, SILENT, SOURCE, TEAMING, UNTEAMING, WORDS
from etl.rearranged import Cell, count, rearranged, report_unknown
from etl.staging import RawTable, Stage
from etl.threads import message_cells, once, stage_events, unnested
from etl.vocabulary import Event, Role

_MESSAGE = (
    "id", "public", "from_agent", "sender.id", "rule_id", "via", "channel", "body_text", "stripped_text", "body_html",
    "created_datetime", "sent_datetime", "failed_datetime",
)  # fmt: skip


def customer(number: Cell) -> Cell:
    """A customer's number, which a user may have too."""
    return case((number.is_not(None), func.concat("customer:", number)))


def stage_embedded(raw: RawTable, into: Stage) -> None:
    """Put the messages inside their tickets."""
    if "messages" not in raw.columns:
        return
    rows = unnested(raw, into, "messages", ("id",), _MESSAGE)
    if rows.rows:
        c = rows.table.c
        cells: dict[str, Cell] = {"ticket_id": c.id, "place": c.place}
        cells |= {name: c[f"item.{name}"] for name in _MESSAGE}
        _stage_messages(once(rearranged(rows, into, cells), into, "id"), into)


def stage_messages(raw: RawTable, into: Stage) -> None:
    """Put messages that come one a record."""
    rows = refuse_undated(
        refuse_repeated(fields(raw, into, ("ticket_id", *_MESSAGE)), into, "id"), into, "ticket_id", "created_datetime"
    )
    c = rows.table.c
    into.leave_out(count(rows.table, into, c.failed_datetime.is_not(None)), "messages that could not be delivered")
    _stage_messages(rows, into)


def _stage_messages(rows: RawTable, into: Stage) -> None:
    c = rows.table.c
    body = func.coalesce(c.body_text, c.stripped_text, c.body_html)
    is_note = or_(func.lower(c.public) == "false", c.channel == "internal-note")
    is_agent = is_true(c.from_agent)
    is_rule = and_(is_agent, or_(c.rule_id.is_not(None), func.lower(c.via) == "rule"))
    cells: dict[str, Cell] = {
        "original_id": c.ticket_id,
        "occurred_at": func.coalesce(c.sent_datetime, c.created_datetime),
        "activity": case((is_note, str(Event.PRIVATE_NOTE)), else_=str(Event.PUBLIC_MESSAGE)),
        # Users and customers are numbered apart.
        "actor": case((or_(is_agent, c["sender.id"].is_(None)), c["sender.id"]), else_=customer(c["sender.id"])),
        "actor_role": case((is_rule, str(Role.BOT)), (is_agent, str(Role.AGENT)), else_=str(Role.CUSTOMER)),
        "place": c.place if "place" in c else literal("1"),
        **message_cells(body),
    }
    stage_events(rearranged(rows, into, cells, c.failed_datetime.is_(None)), into, SOURCE, WORDS)


def stage_log(raw: RawTable, into: Stage) -> None:
    """Put the events of tickets; those of other objects (users, macros, integrations) are left out."""
    rows = fields(
        raw, into,
        ("id", "object_id", "object_type", "created_datetime", "user_id", "type", "context",
         "data.assignee_user_id|data.assignee_user.id", "data.assignee_team_id|data.assignee_team.id"),
    )  # fmt: skip
    rows = refuse_repeated(rows, into, "id")
    rows = refuse_undated(rows, into, "object_id", "created_datetime")
    c = rows.table.c
    is_ticket = func.coalesce(func.lower(c.object_type), "ticket") == "ticket"
    kind = func.coalesce(func.lower(c.type), "")
    known = {word: word for word in (*SETS, OWNING, DISOWNING, TEAMING, UNTEAMING, *SILENT)}
    tickets = rearranged(rows, into, {name: c[name] for name in rows.columns}, is_ticket)
    report_unknown(tickets, into, tickets.table.c.type, known, "type")
    is_told = and_(is_ticket, kind.in_((*SETS, OWNING, DISOWNING, TEAMING, UNTEAMING)))
    into.leave_out(count(rows.table, into, ~is_told), "events that change neither status nor owner nor team")
    cells: dict[str, Cell] = {
        "original_id": c.object_id,
        "occurred_at": c.created_datetime,
        "activity": case(
            (kind.in_((OWNING, DISOWNING)), str(Event.OWNER)),
            (kind.in_((TEAMING, UNTEAMING)), str(Event.TEAM)),
            else_=str(Event.STATUS),
        ),
        "actor": c.user_id,
        # What no user did, a rule did.
        "actor_role": case((c.user_id.is_(None), str(Role.BOT)), else_=str(Role.AGENT)),
        "new_value": case(
            (kind == OWNING, c["data.assignee_user_id"]),
            (kind == TEAMING, func.concat("team:", c["data.assignee_team_id"])),
            *((kind == word, status) for word, status in SETS.items()),
        ),
    }
    stage_events(rearranged(rows, into, cells, is_told), into, SOURCE, WORDS)
