"""Frappe's communications, ticket comments and versions → events; and how its clocks and durations are read.

A communication was sent or received; a comment is for the team alone. A version lists the fields that one save
changed. Automatic replies are communications of the kind ``Automated Message``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import DateTime, Double, Text, and_, case, cast, func, literal, null, select, try_cast

from etl import clocks, expressions
from etl.api_records import fields, listed, refuse_repeated, refuse_undated
from etl.frappe_words import PRIORITY, SOURCE, STATUS, SYSTEM, WORDS
from etl.rearranged import Cell, count, exploded, our_word, rearranged
from etl.staging import RawTable, Stage
from etl.threads import message_cells, pseudonym, stage_events
from etl.vocabulary import Event, Role

_TICKET = "hd ticket"
_TRACKED = {"status": Event.STATUS, "agent_group": Event.TEAM, "priority": Event.PRIORITY, "_assign": Event.OWNER}
_SPELT = r"^\s*(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+(?:\.\d+)?)s)?\s*$"


def require_zone(rows: RawTable, into: Stage, *columns: str) -> None:
    """Ask for the site's zone, as no clock of it says one. Raises ZoneNeededError where nobody declared it."""
    if into.is_zone_declared:
        return
    c = rows.table.c
    example = into.connection.execute(select(func.min(func.coalesce(*(c[name] for name in columns), null())))).scalar()
    if example is not None:
        raise clocks.zone_needed(rows.file_name, f", such as '{example}'")


def clock_of(text: Cell, into: Stage) -> Cell:
    """The UTC timestamp of a clock of the site."""
    return expressions.instant(text, into.timezone)


def minutes(duration: Cell) -> Cell:
    """Minutes of seconds or of ``1d 2h 30m 5s``; what is neither stays as it stands, to be told as unreadable."""
    seconds = try_cast(duration, Double)

    def part(number: int) -> Cell:
        return func.coalesce(try_cast(func.nullif(func.regexp_extract(duration, _SPELT, number), ""), Double), 0.0)

    spelt = part(1) * 1440 + part(2) * 60 + part(3) + part(4) / 60
    is_spelt = and_(func.regexp_matches(duration, _SPELT), func.regexp_matches(duration, "[dhms]"))
    # A duration below zero is none: it is told as it stands, and its ticket is kept.
    return case(
        (seconds >= 0, cast(seconds / 60, Text)),
        (is_spelt, cast(spelt, Text)),
        (seconds < 0, func.concat(duration, " s")),
        else_=duration,
    )


def _in_utc(text: Cell, into: Stage) -> Cell:
    """A clock of the site as text in UTC; what cannot be read stays, to be refused."""
    moment = cast(clock_of(text, into), DateTime)
    return func.coalesce(func.strftime(moment, "%Y-%m-%dT%H:%M:%S.%fZ"), text)


def _put(rows: RawTable, into: Stage, cells: dict[str, Cell], where: Cell | None = None) -> None:
    stage_events(rearranged(rows, into, cells, where), into, SOURCE, WORDS)


def stage_communications(raw: RawTable, into: Stage) -> None:
    """Put what was sent and received on tickets; other communications are left out."""
    rows = fields(
        raw, into,
        ("name", "reference_doctype", "reference_name", "sent_or_received", "communication_type", "sender", "content",
         "creation", "communication_date"),
    )  # fmt: skip
    rows = refuse_undated(refuse_repeated(rows, into, "name"), into, "reference_name", "creation")
    require_zone(rows, into, "creation")
    c = rows.table.c
    is_told = and_(
        func.coalesce(func.lower(c.reference_doctype), "") == _TICKET,
        func.lower(func.coalesce(c.sent_or_received, "")).in_(("sent", "received")),
    )
    into.leave_out(count(rows.table, into, ~is_told), "communications of other records")
    is_received = func.lower(c.sent_or_received) == "received"
    is_bot = func.coalesce(func.lower(c.communication_type), "") == "automated message"
    cells: dict[str, Cell] = {
        "original_id": c.reference_name,
        "occurred_at": _in_utc(func.coalesce(c.communication_date, c.creation), into),
        "activity": literal(str(Event.PUBLIC_MESSAGE)),
        "actor": pseudonym(c.sender),
        "actor_role": case((is_received, str(Role.CUSTOMER)), (is_bot, str(Role.BOT)), else_=str(Role.AGENT)),
        **message_cells(c.content),
    }
    _put(rows, into, cells, is_told)


def stage_comments(raw: RawTable, into: Stage) -> None:
    """Put what agents wrote for each other."""
    rows = fields(raw, into, ("name", "reference_ticket", "commented_by", "content", "creation"))
    rows = refuse_undated(refuse_repeated(rows, into, "name"), into, "reference_ticket", "creation")
    require_zone(rows, into, "creation")
    c = rows.table.c
    cells: dict[str, Cell] = {
        "original_id": c.reference_ticket,
        "occurred_at": _in_utc(c.creation, into),
        "activity": literal(str(Event.PRIVATE_NOTE)),
        "actor": pseudonym(c.commented_by),
        "actor_role": literal(str(Role.AGENT)),
        **message_cells(c.content),
    }
    _put(rows, into, cells)


def stage_versions(raw: RawTable, into: Stage) -> None:
    """Put the changes of status, team, priority and assignment; other changes are left out."""
    rows = fields(raw, into, ("name", "ref_doctype", "docname", "data", "creation", "owner"))
    rows = refuse_undated(refuse_repeated(rows, into, "name"), into, "docname", "creation")
    require_zone(rows, into, "creation")
    c = rows.table.c
    is_ticket = func.coalesce(func.lower(c.ref_doctype), "") == _TICKET
    items = exploded(rows, _changed(c.data))
    field, old, new = (func.json_extract_string(items.c.item, f"$[{place}]") for place in range(3))
    joined = select(
        c["_row"], c.docname, c.creation, c.owner, items.c.position, field.label("field"),
        func.nullif(old, "").label("old"), func.nullif(new, "").label("new"),
    ).join(items, items.c["_row"] == c["_row"]).where(is_ticket, field.in_(list(_TRACKED))).subquery()  # fmt: skip
    told = select(joined.c["_row"])
    into.leave_out(count(rows.table, into, c["_row"].not_in(told)), "versions that change nothing we measure")
    _put_changes(rows, joined, into)


def _changed(data: Cell) -> Cell:
    """The list of changes of a version, whose data is JSON in text."""
    return func.json_extract(case((func.json_valid(data), data)), "$.changed[*]")


def _put_changes(rows: RawTable, joined: Any, into: Stage) -> None:
    c = joined.c
    is_system = func.lower(func.coalesce(c.owner, "")).in_(SYSTEM)

    def ours(value: Cell) -> Cell:
        return case(
            (c.field == "status", our_word(value, {word: str(each) for word, each in STATUS.items()})),
            (c.field == "priority", our_word(value, {word: str(each) for word, each in PRIORITY.items()})),
            (c.field == "_assign", _last_assigned(value)),
            else_=value,
        )

    cells: dict[str, Cell] = {
        "original_id": c.docname,
        "occurred_at": _in_utc(c.creation, into),
        "activity": case({name: str(event) for name, event in _TRACKED.items()}, value=c.field, else_=null()),
        "actor": case((~is_system, pseudonym(c.owner))),
        "actor_role": case((is_system, str(Role.BOT)), else_=cast(null(), Text)),
        "old_value": ours(c.old),
        "new_value": case((c.field == "_assign", _last_assigned(c.new)), else_=c.new),
        "place": c.position,
    }
    _put(replace(rows, table=joined), into, cells)


def _last_assigned(value: Cell) -> Cell:
    last = func.list_extract(func.from_json(listed(value), '["VARCHAR"]'), -1)
    return pseudonym(case((func.starts_with(value, "["), last), else_=value))
