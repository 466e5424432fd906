"""What sources share whose records hold a list each: messages, and changes of a ticket, told apart from the ticket.

``unnested`` makes a row of every element of a list inside JSON records; ``message_cells`` says of a text what is kept
of it (never the text); ``stage_events`` turns rows that tell one happening each into events, and makes no ticket of
a number that only its messages name.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Column,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.types import ARRAY

from etl import expressions
from etl.claims import ASSERTS_CAUSE
from etl.files import json_path
from etl.mapping import Clock, Happening, Mapping, Words
from etl.rearranged import Cell, count, rearranged
from etl.staging import MESSAGE_CELLS, RawTable, Stage
from etl.translate import stage_mapping
from etl.vocabulary import Event

#: The columns ``stage_events`` looks for; all but the first three may be missing.
EVENT_COLUMNS = (
    "original_id",
    "occurred_at",
    "activity",
    "actor",
    "actor_role",
    "old_value",
    "new_value",
    *MESSAGE_CELLS,
)

#: What the word of ``activity`` means: one each for what a ticket can go through.
ACTIVITIES = {
    str(kind): Happening(event=kind)
    for kind in (
        Event.STATUS,
        Event.OWNER,
        Event.TEAM,
        Event.PRIORITY,
        Event.PUBLIC_MESSAGE,
        Event.PRIVATE_NOTE,
        Event.LINK,
        Event.ESCALATION,
    )
}


def unnested(raw: RawTable, into: Stage, path: str, outer: Sequence[str], inner: Sequence[str]) -> RawTable:
    """Make a table with a row for each element of the list at ``path`` of JSON records.

    Its columns: the ``outer`` paths of the record, ``place`` (of the element, from 1), ``item`` (the element as
    JSON) and the ``inner`` paths of the element, as ``item.<path>``. A record without the list has no row.
    """
    found = func.json_extract(raw.table.c.record, literal(json_path(path) + "[*]"))
    listed = select(raw.table.c["_row"], raw.table.c.record, found.label("items")).subquery()
    laid_out = select(
        listed.c["_row"],
        listed.c.record,
        func.unnest(listed.c["items"]).label("item"),
        func.generate_subscripts(listed.c["items"], 1).label("place"),
    ).subquery()
    whole = _paths(laid_out.c.record, outer)
    part = _paths(laid_out.c.item, inner)
    rows = select(laid_out, whole.label("whole"), part.label("part")).subquery()
    cells: dict[str, Cell] = {name: func.list_extract(rows.c.whole, n) for n, name in enumerate(outer, start=1)}
    cells |= {"place": rows.c.place, "item": rows.c.item}
    cells |= {f"item.{name}": func.list_extract(rows.c.part, n) for n, name in enumerate(inner, start=1)}
    columns = [Column(name, Text) for name in cells]
    table = Table(
        f"raw_unnested_{uuid4().hex[:12]}", MetaData(), Column("_row", BigInteger), *columns, prefixes=["TEMPORARY"]
    )
    table.create(into.connection)
    chosen = select(rows.c["_row"], *(func.nullif(cast(cell, Text), "") for cell in cells.values()))
    into.connection.execute(insert(table).from_select(["_row", *cells], chosen))
    return replace(raw, table=table, columns=tuple(cells), rows=count(table, into), kind="csv")


def _paths(record: Cell, paths: Sequence[str]) -> Cell:
    wanted: list[str] = [json_path(each) for each in paths] or ["$"]
    found: Cell = func.json_extract_string(record, literal(wanted, ARRAY(Text)))
    return found


def message_cells(body: Cell) -> dict[str, Cell]:
    """``words``, ``is_question``, ``asserts_cause`` and ``text_hash`` of a text or of HTML; NULL where there is none.

    Tags are no words, and a question mark inside an address asks nothing.
    """
    plain = func.regexp_replace(body, "<[^>]+>", " ", "g")
    plain = func.replace(func.replace(plain, "&nbsp;", " "), "\u00a0", " ")
    said = func.lower(func.trim(func.regexp_replace(plain, r"\s+", " ", "g")))
    number = func.length(said) - func.length(func.replace(said, " ", "")) + 1
    asks = or_(func.contains(said, "? "), func.suffix(said, "?"))
    claims = func.regexp_matches(said, ASSERTS_CAUSE)
    return {
        "words": case((body.is_(None), None), (said == "", 0), else_=number),
        "is_question": case((body.is_not(None), case((asks, "true"), else_="false"))),
        "asserts_cause": case((body.is_not(None), case((claims, "true"), else_="false"))),
        "text_hash": case((said != "", func.md5(said))),
    }


def domain_of(address: Cell) -> Cell:
    """``@example.com`` of a mail address, by which test requesters are known; nothing else of it is kept."""
    found: Cell = func.nullif(func.lower(func.regexp_extract(address, r"@[A-Za-z0-9.\-]+")), "")
    return found


def pseudonym(name: Cell) -> Cell:
    """A name that says nothing of its bearer, always the same: of a mail address the domain is kept."""
    mask = func.left(func.md5(func.lower(func.trim(name))), 12)
    return case((name.is_not(None), func.concat(mask, func.coalesce(domain_of(name), ""))))


@dataclass
class _EventsOnly(Stage):
    """A stage that keeps the events of a log and not the tickets a log implies, nor their creation."""

    def put(self, fact: str, source: str, rows: Select[Any]) -> None:
        if fact == "event":
            inner = rows.subquery()
            Stage.put(self, fact, source, select(inner).where(inner.c.kind != str(Event.CREATED)))


def stage_events(
    rows: RawTable, into: Stage, source: str, words: Words, activities: Dictionary[str, Happening] | None = None
) -> None:
    """Put an event for each row, in the order of their clocks; columns as ``EVENT_COLUMNS``, clocks in UTC.

    ``new_value`` of a status or priority is the vendor's word. A row without number or date is refused.
    """
    if not rows.rows:
        return
    c = rows.table.c
    moment = expressions.instant(c.occurred_at, "UTC")
    order = [moment.asc().nulls_last(), c["_row"]]
    order += [cast(c.place, BigInteger)] if "place" in c else []
    order += [cast(c.step, BigInteger)] if "step" in c else []
    cells: dict[str, Cell] = {name: c[name] for name in EVENT_COLUMNS if name in c}
    # Always there, even if empty: else the word of the activity would stand for the vendor's own value.
    cells.setdefault("new_value", literal(None, Text))
    cells["sequence"] = func.row_number().over(order_by=order)
    mapping = Mapping(
        name=f"{source}-events",
        shape="event",
        source=source,
        clock=Clock(timezone="UTC"),
        columns={name: (name,) for name in cells},
        words=words,
        activities=dict(activities or ACTIVITIES),
    )
    only_events = _EventsOnly(into.connection, into.load_id, into.timezone, into.settings, into.warnings)
    stage_mapping(mapping, rearranged(rows, into, cells), only_events)


def once(rows: RawTable, into: Stage, *keys: str) -> RawTable:
    """Of rows with one key (overlapping pages of an export) the first; the key's columns are those of ``rows``.

    For the elements of lists: their records are judged where the records themselves are.
    """
    c = rows.table.c
    by = [c[name] for name in keys]
    place = func.row_number().over(partition_by=by, order_by=[c["_row"], cast(c.place, BigInteger)])
    numbered = select(rows.table, place.label("telling")).subquery()
    is_known = and_(*(numbered.c[name].is_not(None) for name in keys))
    kept = select(*(numbered.c[name] for name in ("_row", *rows.columns))).where(
        or_(numbered.c.telling == 1, ~is_known)
    )
    inner = kept.subquery()
    return rearranged(replace(rows, table=inner), into, {name: inner.c[name] for name in rows.columns})  # type: ignore[arg-type]
