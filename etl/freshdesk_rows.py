"""What Freshdesk and Freshservice share: durations, messages, merges, ratings, and how their API records are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Dictionary
from typing import NamedTuple

from sqlalchemy import BigInteger, Double, Text, and_, case, cast, func, literal, or_, select, try_cast

from etl.files import flatten
from etl.freshdesk_words import RATINGS
from etl.mapping import Clock, Mapping, Survey, Words
from etl.rearranged import Cell, rearranged
from etl.staging import Claim, RawTable, Stage
from etl.threads import message_cells, once, stage_events, unnested
from etl.translate import stage_mapping
from etl.vocabulary import Event, Role, SurveyKind

#: Both APIs write every clock with its offset, mostly Z.
CLOCK = Clock(timezone="UTC")

_MERGED_INTO = r"^\W*this ticket is closed and merged into ticket\s+#?(\d+)"
#: What a conversation is, by its ``source``: 8 is an email forwarded to somebody who is not the requester.
_FORWARDED = "8"


class Records(NamedTuple):
    """One kind of API record: keys it must have, keys of which it must have one, keys it must not have.

    ``envelope`` names the key a page of them stands under: ``...`` for any, None for a bare list. The two vendors'
    conversations are alike; Freshdesk answers with bare lists and Freshservice with an envelope.
    """

    needed: tuple[str, ...]
    telling: tuple[str, ...]
    stage: Callable[[RawTable, Stage], None]
    foreign: tuple[str, ...] = ()
    envelopes: tuple[str | None, ...] | None = None


def kind_of(raw: RawTable, kinds: Iterable[Records]) -> Records | None:
    """The kind of record a table holds; None where it is none of them."""
    there = keys_of(raw.columns)
    for kind in kinds:
        if _is_foreign(kind, there, raw.envelope):
            continue
        if there.issuperset(kind.needed) and (not kind.telling or not there.isdisjoint(kind.telling)):
            return kind
    return None


def claim_records(name: str, raw: RawTable, kinds: Iterable[Records]) -> Claim:
    """Claim API records by their keys; for the nearest kind say what is missing."""
    there = keys_of(raw.columns)
    near = Claim(name, ())
    for kind in kinds:
        if _is_foreign(kind, there, raw.envelope):
            continue
        telling = tuple(key for key in kind.telling if key in there)
        found = tuple(key for key in kind.needed if key in there)
        missing = tuple(key for key in kind.needed if key not in there)
        if not telling and kind.telling:
            continue
        if not missing:
            return Claim(name, (*found, *telling))
        if len(found) > len(near.matched):
            near = Claim(name, (*found, *telling), missing)
    return near


def _is_foreign(kind: Records, there: set[str], envelope: str | None) -> bool:
    if not there.isdisjoint(kind.foreign):
        return True
    return kind.envelopes is not None and envelope not in kind.envelopes


def keys_of(paths: Iterable[str]) -> set[str]:
    """Every dotted path and every beginning of one."""
    found = set()
    for path in paths:
        parts = path.split(".")
        found |= {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
    return found


def minutes_of(text: Cell) -> Cell:
    """``26:30:00`` or ``01:15`` as minutes in text, a bare number as hours.

    What is neither (or below zero) stays as it stands, so that it is told as unreadable.
    """
    clock = r"^\s*(\d+):([0-5]\d)(:([0-5]\d))?\s*$"

    def part(number: int) -> Cell:
        return func.coalesce(try_cast(func.nullif(func.regexp_extract(text, clock, number), ""), Double), 0.0)

    minutes = part(1) * 60 + part(2) + part(4) / 60
    hours = try_cast(text, Double)
    return case(
        (func.regexp_matches(text, clock), cast(minutes, Text)),
        (and_(hours.is_not(None), hours >= 0), cast(hours * 60, Text)),
        else_=text,
    )


def list_text(cell: Cell) -> Cell:
    """A JSON list of words joined by commas; NULL for an empty one."""
    return func.nullif(func.array_to_string(func.from_json(cell, '["VARCHAR"]'), ","), "")


_INNER = (
    "id",
    "user_id",
    "incoming",
    "private",
    "source",
    "auto_response",
    "body_text",
    "body",
    "created_at",
)


def stage_conversations(raw: RawTable, into: Stage, source: str, words: Words) -> None:
    """Conversations in a list of their own: messages and notes, and what says that a ticket was merged."""
    flat = flatten(raw, ("ticket_id", *_INNER), into.connection)
    cells: dict[str, Cell] = {f"item.{name}": flat.table.c[name] for name in _INNER}
    cells |= {"id": flat.table.c.ticket_id, "place": literal(1)}
    rows = rearranged(flat, into, cells)
    _refuse_repeated(rows, into)
    _stage_messages(once(rows, into, "item.id"), into, source, words)


def _refuse_repeated(rows: RawTable, into: Stage) -> None:
    """Pages of an export overlap: of a conversation that comes twice the first copy counts."""
    c = rows.table.c
    place = func.row_number().over(partition_by=c["item.id"], order_by=c["_row"]).label("telling")
    told = select(c["_row"], c["item.id"].label("number"), place).where(c["item.id"].is_not(None)).subquery()
    into.refuse(
        select(
            told.c["_row"].label("row"),
            literal("id").label("column"),
            told.c.number.label("value"),
            literal("duplicate row").label("reason"),
        ).where(told.c.telling > 1)
    )


def stage_inner_conversations(raw: RawTable, into: Stage, source: str, words: Words) -> None:
    """Conversations inside their tickets; the description is the requester's first message."""
    rows = once(unnested(raw, into, "conversations", ("id",), _INNER), into, "item.id")
    _stage_messages(rows, into, source, words)
    paths = ("id", "requester_id", "source", "description_text", "description", "created_at")
    flat = flatten(raw, paths, into.connection)
    cell = flat.table.c
    is_outbound = and_(cell.source == "10", literal(source) == "freshdesk")
    body = func.coalesce(cell.description_text, cell.description)
    first: dict[str, Cell] = {
        "original_id": cell.id,
        "occurred_at": cell.created_at,
        "activity": literal(str(Event.PUBLIC_MESSAGE)),
        "actor": case((~func.coalesce(is_outbound, False), cell.requester_id)),
        "actor_role": case((is_outbound, str(Role.AGENT)), else_=str(Role.CUSTOMER)),
        **message_cells(body),
    }
    is_told = and_(cell.id.is_not(None), cell.created_at.is_not(None), body.is_not(None))
    stage_events(rearranged(flat, into, first, is_told), into, source, words)


def _stage_messages(rows: RawTable, into: Stage, source: str, words: Words) -> None:
    c = rows.table.c
    body = func.coalesce(c["item.body_text"], c["item.body"])
    is_private = or_(c["item.private"] == "true", c["item.source"] == _FORWARDED)
    is_incoming = and_(c["item.incoming"] == "true", ~func.coalesce(is_private, False))
    is_bot = c["item.auto_response"] == "true"
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "occurred_at": c["item.created_at"],
        "activity": case((is_private, str(Event.PRIVATE_NOTE)), else_=str(Event.PUBLIC_MESSAGE)),
        "actor": c["item.user_id"],
        "actor_role": case((is_bot, str(Role.BOT)), (is_incoming, str(Role.CUSTOMER)), else_=str(Role.AGENT)),
        "place": c.place,
        **message_cells(body),
    }
    stage_events(rearranged(rows, into, cells), into, source, words)
    _stage_merges(rows, into, source, body)


def _stage_merges(rows: RawTable, into: Stage, source: str, body: Cell) -> None:
    """Merging leaves a note on the ticket that was closed by it, and nothing else that an export holds."""
    c = rows.table.c
    survivor = func.nullif(func.regexp_extract(body, _MERGED_INTO, 1, "i"), "")
    told = select(c["_row"], c.id, survivor.label("survivor")).where(
        c["item.incoming"].is_distinct_from("true"), c.id.is_not(None)
    )
    notes = told.subquery()
    merged = select(
        func.min(notes.c["_row"]).label("row"),
        literal("merge").label("part"),
        notes.c.id.label("original_id"),
        func.arg_max(notes.c.survivor, notes.c["_row"]).label("merged_into"),
    ).where(notes.c.survivor.is_not(None))
    into.put("ticket", source, merged.group_by(notes.c.id))


def survey_mapping(source: str, columns: Dictionary[str, tuple[str, ...]], clock: Clock) -> Mapping:
    """Ratings as CSAT surveys on the scale of ``freshdesk_words.RATINGS``."""
    survey = Survey(kind=SurveyKind.CSAT, lowest=1, highest=5, higher_is_better=True, words=RATINGS)
    return Mapping(
        name=f"{source}-ratings", shape="survey", source=source, clock=clock, columns=dict(columns), survey=survey
    )


_RATING = {
    "survey_id": ("survey",),
    "ticket_original_id": ("ticket_id",),
    "respondent": ("user_id",),
    "score": ("ratings.default_question",),
    "comment": ("feedback",),
    "sent_at": ("created_at",),
    "answered_at": ("created_at",),
}


def stage_ratings(raw: RawTable, into: Stage, source: str) -> None:
    """Satisfaction ratings: the newest of a ticket replaces what a ticket export told, older ones stay beside it."""
    paths = ("id", "ticket_id", "user_id", "ratings.default_question", "feedback", "created_at")
    flat = flatten(raw, paths, into.connection)
    c = flat.table.c
    newest = func.row_number().over(
        partition_by=c.ticket_id, order_by=[c.created_at.desc(), try_cast(c.id, BigInteger).desc(), c["_row"].desc()]
    )
    ticket, rating = func.concat("ticket:", c.ticket_id), func.concat("rating:", c.id)
    cells: dict[str, Cell] = {name: c[name] for name in paths}
    cells["survey"] = case((and_(newest == 1, c.ticket_id.is_not(None)), ticket), else_=rating)
    # A number outside the words of the scale is no score of it, whatever lies between 1 and 5.
    score = c["ratings.default_question"]
    cells["ratings.default_question"] = case((score.in_(list(RATINGS)), score), else_=func.concat("rating ", score))
    stage_mapping(survey_mapping(source, _RATING, CLOCK), rearranged(flat, into, cells), into)


def stage_records(
    raw: RawTable,
    into: Stage,
    source: str,
    shape: str,
    cells: Dictionary[str, Cell],
    optional: tuple[str, ...] = (),
    words: Words | None = None,
) -> None:
    """Put one fact a row: ``cells`` says each column of ours as an expression over ``raw.table``."""
    mapping = Mapping.model_validate(
        {
            "name": f"{source}-{shape.replace('_', '-')}",
            "shape": shape,
            "source": source,
            "clock": CLOCK,
            "columns": {name: (name,) for name in cells},
            "words": words or Words(),
            "optional": optional,
        }
    )
    stage_mapping(mapping, rearranged(raw, into, cells), into)
