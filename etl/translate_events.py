"""An event log, one row an update: its last state is the ticket, its changes are the events.

One window over the rows finds their order inside each ticket and, for each state that matters, what it was before;
the events are then filtered out of that. An empty cell of a state column says nothing: it neither ends a state nor
starts one. A change is a change of our word, or of the vendor's where we know none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Double,
    FromClause,
    MetaData,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy import Column as TableColumn
from sqlalchemy.types import NullType

from etl import expressions
from etl.expressions import Expression
from etl.mapping import Happening, Mapping
from etl.staging import MESSAGE_CELLS, RawTable, Stage, loaded_event, loaded_ticket
from etl.translate_records import finish, refuse_duplicates, report_words
from etl.typed import ORIGINALS, Typed, build, headings, meanings
from etl.vocabulary import DONE, Event, Role

#: State columns whose changes are events, in the order the events of one row are told.
TRACKED = ("team", "owner", "priority", "status")
#: Before a vendor word nobody mapped, so that a change to and from it is seen.
_UNKNOWN = "?:"
#: Events of one row are this far apart in ``sequence`` from those of the next.
_STEP = 10
#: The activity's tidy word, in a layer of its own: a CASE computes what it compares once a branch.
_SAID = "said activity"
#: Cleared when a ticket is reopened: what an earlier row said counts only while the ticket is done.
_ENDINGS = ("resolved_at", "closed_at")
_OF_EVENT = ("occurred_at", "actor", *MESSAGE_CELLS, "old_value")


def stage(mapping: Mapping, raw: RawTable, into: Stage) -> None:
    """Put one ticket for each number in the log, and an event for each change, activity and creation."""
    typed = build(mapping, raw, into)
    refuse_duplicates(typed)
    ordered = _order(typed)
    _report(typed)
    finish(typed)
    tickets = _kept(_tickets(typed, ordered), into)
    into.put("ticket", mapping.label, select(*(each for each in tickets.c if each.name not in ("first_row",))))
    into.put("event", mapping.label, _events(typed, ordered, tickets))
    tickets.drop(into.connection)
    ordered.drop(into.connection)


def _order(typed: Typed) -> Table:
    """A temporary table of the good rows: what ``_states`` takes of each, its place in its ticket, and each tracked
    state with the one before it. Everything else is made of it, so the typed rows can go."""
    states = _states(typed)
    tracked = [name for name in TRACKED if f"now {name}" in states.c]
    by = [states.c[name].asc().nulls_last() for name in ("sequence", "occurred_at") if name in states.c]
    window: dict[str, Any] = {"partition_by": states.c.original_id, "order_by": [*by, states.c.row]}
    before = [
        func.lag(states.c[f"now {name}"].op("IGNORE")(text("NULLS"))).over(**window).label(f"before {name}")
        for name in tracked
    ]
    place = cast(func.row_number().over(**window), BigInteger).label("place")
    chosen = [each for each in states.c if each.name != "sequence"]
    return _kept(select(*chosen, *before, place), typed.into)


def _kept(rows: Select[Any], into: Stage) -> Table:
    """The rows of a SELECT in a temporary table; the caller drops it."""
    columns = rows.selected_columns
    types = [Text() if isinstance(each.type, NullType) else each.type for each in columns]
    made = [TableColumn(each.name, kind) for each, kind in zip(columns, types, strict=True)]
    table = Table(f"kept_{uuid4().hex}", MetaData(), *made, prefixes=["TEMPORARY"])
    table.create(into.connection)
    into.connection.execute(insert(table).from_select([each.name for each in made], rows))
    return table


def _states(typed: Typed) -> Subquery:
    """The good rows with what an event needs (who, when, the tracked states as keys, the activity), and what the
    ticket takes from its last rows under ``last …``."""
    chosen: list[Any] = [typed["row"], typed["original_id"]]
    chosen += [typed[name] for name in (*_OF_EVENT, "sequence", "activity") if name in typed.names]
    chosen.append(_role(typed).label("actor_role"))
    for name in TRACKED:
        ours, original = _said(typed, name)
        if ours is None:
            continue
        if original is ours:
            chosen.append(ours.label(f"now {name}"))
            continue
        known = case((ours.is_not(None), ours), (original.is_not(None), func.concat(_UNKNOWN, original)))
        chosen += [known.label(f"now {name}"), original.label(f"original {name}")]
    if "new_value" in typed.names:
        chosen.append(typed["new_value"])
    chosen += [typed[name].label(f"last {name}") for name in typed.names if _is_told_last(name)]
    chosen += [typed[f"text {name}"].label(f"last {ORIGINALS[name]}") for name in _other_words(typed)]
    return select(*chosen).where(typed.is_good).subquery()


def _is_told_last(name: str) -> bool:
    """Whether a ticket takes this column from its last rows as it stands."""
    return name in loaded_ticket.columns and name not in (*TRACKED, "original_id", "updated_at")


def _other_words(typed: Typed) -> list[str]:
    """Word columns whose changes are no events; the vendor's word is kept beside ours."""
    return [name for name in typed.names if name in ORIGINALS and name not in TRACKED]


def _role(typed: Typed) -> Expression:
    """Who acted: the activity's word, the column's, or the role declared for all but the one who asked."""
    if "actor_role" not in typed.names:
        return cast(null(), Text)
    role = typed["actor_role"]
    if "actor" not in typed.names or headings(typed.mapping, typed.raw, "actor_role"):
        return role
    if "requester" not in typed.names:
        return case((typed["actor"].is_not(None), role))
    return case((typed["actor"] == typed["requester"], str(Role.CUSTOMER)), (typed["actor"].is_not(None), role))


def _said(typed: Typed, name: str) -> tuple[Expression | None, Expression]:
    """What a row says of a state (our value, the vendor's word): its column, else the activity that sets it.

    Where both are one thing, the same expression is given twice."""
    if name in typed.names:
        return typed[name], typed[f"text {name}"] if name in ORIGINALS else typed[name]
    setting = {word: each for word, each in typed.mapping.activities.items() if each.event == name}
    if "activity" not in typed.names or not setting:
        return None, cast(null(), Text)
    rows = typed.table
    ours = _by_activity(rows, setting, lambda each: _value(typed, rows, each))
    return ours, _by_activity(rows, setting, lambda each: _word(rows, each))


def _by_activity(
    rows: FromClause, happenings: dict[str, Happening], pick: Callable[[Happening], Expression]
) -> Expression:
    """A value that depends on the word of the activity; NULL for the others."""
    said = rows.c[_SAID] if _SAID in rows.c else expressions.tidy(rows.c.activity)
    return case(*((said == expressions.plain(word), pick(each)) for word, each in happenings.items()))


def _value(typed: Typed, rows: FromClause, happening: Happening) -> Expression:
    """The new value an activity sets: the declared one, else the file's, in our words where there are any."""
    if happening.value is not None:
        return literal(happening.value)
    if "new_value" not in rows.c:
        return cast(null(), Text)
    if happening.event in (Event.STATUS, Event.PRIORITY):
        return expressions.word(
            expressions.tidy(rows.c.new_value), meanings(typed.mapping, str(happening.event), typed.into)
        )
    return rows.c.new_value


def _word(rows: FromClause, happening: Happening) -> Expression:
    """The vendor's word behind that value."""
    return rows.c.new_value if happening.value is None and "new_value" in rows.c else rows.c.activity


def _ours(key: Expression) -> Expression:
    """The value of a key; NULL where it is a vendor word nobody mapped."""
    return case((func.starts_with(key, _UNKNOWN), null()), else_=key)


def _tickets(typed: Typed, ordered: Table) -> Select[Any]:
    """One row a ticket: of each state the last value any row gave."""
    place = ordered.c.place

    def last(value: Expression) -> Expression:
        return func.arg_max(value, place)

    created: Expression = func.min(ordered.c.occurred_at)
    if "created_at" in typed.names:
        created = func.coalesce(last(ordered.c["last created_at"]), created)
    chosen: list[Any] = [
        ordered.c.original_id,
        last(ordered.c.row).label("row"),
        func.arg_min(ordered.c.row, place).label("first_row"),
        created.label("created_at"),
        func.max(ordered.c.occurred_at).label("updated_at"),
        literal(typed.mapping.part, Text).label("part"),
    ]
    for name in TRACKED:
        if f"now {name}" in ordered.c:
            chosen.append(_ours(last(ordered.c[f"now {name}"])).label(name))
            if name in ORIGINALS:
                chosen.append(last(ordered.c[f"original {name}"]).label(ORIGINALS[name]))
    for name in typed.names:
        if _is_told_last(name) and name != "created_at" and name not in _ENDINGS:
            chosen.append(last(ordered.c[f"last {name}"]).label(name))
    chosen += [last(ordered.c[f"last {ORIGINALS[name]}"]).label(ORIGINALS[name]) for name in _other_words(typed)]
    chosen += [_ending(ordered, name).label(name) for name in _ENDINGS if name in typed.names]
    return select(*chosen).group_by(ordered.c.original_id)


def _ending(ordered: Table, name: str) -> Expression:
    """The last row's clock; while the ticket is done, the last clock any row gave."""
    clock = ordered.c[f"last {name}"]
    newest = func.arg_max_null(clock, ordered.c.place)
    if "now status" not in ordered.c:
        return newest
    status = func.arg_max(ordered.c["now status"], ordered.c.place)
    return case((status.in_([str(each) for each in DONE]), func.arg_max(clock, ordered.c.place)), else_=newest)


def _events(typed: Typed, ordered: Table, tickets: Table) -> Any:
    """Creations, changes of tracked states and activities, all as rows of ``loaded_event``."""
    parts: list[Select[Any]] = [_creations(tickets)]
    from_columns = [name for name in TRACKED if name in typed.names]
    parts += [_changes(ordered, name, step) for step, name in enumerate(TRACKED, 1) if name in from_columns]
    if "activity" in typed.names:
        parts.append(_activities(typed, ordered))
    whole = union_all(*parts).subquery()
    return select(whole)


_EVENT_COLUMNS = ("row", *(each.name for each in loaded_event.columns if each.name not in ("load_id", "row", "source")))


def _event(values: dict[str, Any]) -> Select[Any]:
    """A SELECT with every column of an event, NULL where nothing is said."""
    types = {each.name: each.type for each in loaded_event.columns}
    return select(*(cast(values.get(name, null()), types[name]).label(name) for name in _EVENT_COLUMNS))


def _creations(tickets: Table) -> Select[Any]:
    return _event(
        {
            "row": tickets.c.first_row,
            "original_id": tickets.c.original_id,
            "kind": literal(str(Event.CREATED)),
            "occurred_at": tickets.c.created_at,
            "sequence": literal(0.0, Double),
        }
    )


def _changes(ordered: Table, name: str, step: int) -> Select[Any]:
    now, before = ordered.c[f"now {name}"], ordered.c[f"before {name}"]
    values = _circumstances(ordered, step) | {
        "kind": literal(name),
        "old_value": _ours(before),
        "new_value": _ours(now),
        "original_value": ordered.c[f"original {name}" if f"original {name}" in ordered.c else f"now {name}"],
    }
    return _event(values).where(now.is_not(None), now.is_distinct_from(before))


def _circumstances(ordered: FromClause, step: int) -> dict[str, Any]:
    """What every event of a row shares."""
    values: dict[str, Any] = {
        name: ordered.c[name] for name in ("row", "original_id", "occurred_at", "actor_role") if name in ordered.c
    }
    if "actor" in ordered.c:
        values["actor"] = ordered.c.actor
    values["sequence"] = ordered.c.place * _STEP + step
    return values


def _activities(typed: Typed, ordered: Table) -> Select[Any]:
    """An event for each activity with a meaning; a creation is told once, by the ticket itself."""
    happenings = {word: each for word, each in typed.mapping.activities.items() if each.event != Event.CREATED}
    if not happenings:
        return _event({}).where(literal(False))
    said = select(ordered, expressions.tidy(ordered.c.activity).label(_SAID)).subquery()
    kinds = _by_activity(said, happenings, lambda each: literal(str(each.event))).label("kind")
    rows = select(said, kinds).subquery()
    role = _by_activity(rows, happenings, lambda each: literal(str(each.role) if each.role else None, Text))
    old: list[Expression] = [rows.c.old_value] if "old_value" in rows.c else []
    old += [
        case((rows.c.kind == name, _ours(rows.c[f"before {name}"]))) for name in TRACKED if f"before {name}" in rows.c
    ]
    values = _circumstances(rows, len(TRACKED) + 1) | {
        "kind": rows.c.kind,
        "actor_role": func.coalesce(role, rows.c.actor_role),
        "old_value": func.coalesce(*old, null()) if old else null(),
        "new_value": _by_activity(rows, happenings, lambda each: _value(typed, rows, each)),
        "original_value": _by_activity(rows, happenings, lambda each: _word(rows, each)),
    }
    values |= {name: rows.c[name] for name in MESSAGE_CELLS if name in rows.c}
    return _event(values).where(rows.c.kind.is_not(None))


def _report(typed: Typed) -> None:
    """Report activities without a meaning, and new values whose words nobody mapped."""
    if "activity" not in typed.names:
        return
    said = expressions.tidy(typed["activity"])
    known = [expressions.plain(word) for word in (*typed.mapping.activities, *typed.mapping.ignored_activities)]
    report_words(typed, "activity", typed["activity"], and_(typed.is_good, said.not_in(known)))
    for name in ("status", "priority"):
        if name in typed.names:
            continue
        ours, original = _said(typed, name)
        if ours is not None:
            report_words(typed, name, original, and_(typed.is_good, ours.is_(None)))
