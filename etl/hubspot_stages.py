"""HubSpot's pipelines: what the numbers of stages are called, and which of them close a ticket.

Stages are kept as they are named. Tickets and changes loaded before their pipelines are told anew once the names are
known, as part of the pipelines' load, so that the order of files does not matter and a load can be taken back.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import case, func, literal, null, or_, select

from etl.expressions import plain
from etl.hubspot_words import SOURCE, STATUS
from etl.rearranged import Cell, rearranged, refuse_where
from etl.staging import RawTable, Stage, loaded_event, loaded_field, loaded_ticket
from etl.threads import unnested
from etl.vocabulary import Event, Status

_KEY = "ticket stage "
_CLOSED = '[{"value":"closed","name":"true"}]'


class Stages(NamedTuple):
    """What stages are called, by their numbers, and the names of those that close a ticket."""

    names: dict[str, str]
    closed: list[str]

    def named(self, number: Cell) -> Cell:
        """The name of a stage; a number nobody named stays one, to be reported."""
        return case(self.names, value=number, else_=number) if self.names else number

    def meaning(self, into: Stage) -> dict[str, str]:
        """Number of a stage → our word, as far as its name has one."""
        known = {plain(word): str(ours) for word, ours in STATUS.items()}
        known = {plain(word): str(Status.RESOLVED) for word in self.closed} | known
        known |= {plain(word): str(ours) for word, ours in into.settings.loading.status.items()}
        found = {number: known.get(plain(name)) for number, name in self.names.items()}
        return {number: word for number, word in found.items() if word}


def known_stages(into: Stage) -> Stages:
    """Every stage named so far, the newest name of each."""
    c = loaded_field.c
    query = select(c.original_id, c.name, c.options).where(c.source == SOURCE, c.original_id.startswith(_KEY))
    rows = into.connection.execute(query.order_by(c.load_id, c.row)).all()
    names = {row.original_id.removeprefix(_KEY): row.name for row in rows}
    options = {row.original_id.removeprefix(_KEY): row.options for row in rows}
    # The same name may close tickets in one pipeline and not in another: then the name alone says nothing.
    open_names = {plain(names[number]) for number in names if not options[number]}
    closed = {names[number] for number in names if options[number] and plain(names[number]) not in open_names}
    return Stages(names, sorted(closed))


def stage_pipelines(raw: RawTable, into: Stage) -> None:
    """Keep the stages of pipelines (JSON)."""
    inner = ("id", "label", "metadata.isClosed", "metadata.ticketState")
    stages = unnested(raw, into, "stages", ("id",), inner)
    c = stages.table.c
    is_closed = or_(func.lower(c["item.metadata.isClosed"]) == "true", c["item.metadata.ticketState"] == "CLOSED")
    cells: dict[str, Cell] = {"stage": c["item.id"], "label": c["item.label"], "closed": is_closed}
    _stage(rearranged(stages, into, cells), into)
    empty = func.coalesce(func.json_array_length(func.json_extract(raw.table.c.record, "$.stages")), 0) == 0
    refuse_where(raw, into, empty, "stages", "a pipeline without stages")


def stage_stages(raw: RawTable, into: Stage) -> None:
    """Keep stages as connectors write them: ``ticket_pipeline_stage`` (CSV)."""
    c = raw.table.c
    state = c.ticket_state if "ticket_state" in raw.columns else null()
    is_closed = or_(func.lower(c.is_closed) == "true", state == "CLOSED")
    _stage(rearranged(raw, into, {"stage": c.stage_id, "label": c.label, "closed": is_closed}), into)


def _stage(rows: RawTable, into: Stage) -> None:
    c = rows.table.c
    rows = refuse_where(rows, into, or_(c.stage.is_(None), c.label.is_(None)), "label", "a stage without id or name")
    c = rows.table.c
    chosen = select(
        c["_row"].label("row"),
        func.concat(_KEY, c.stage).label("original_id"),
        c.label.label("name"),
        case((c.closed == "true", _CLOSED)).label("options"),
    )
    place = func.row_number().over(partition_by=c.stage, order_by=c["_row"].desc()).label("place")
    numbered = chosen.add_columns(place).subquery()
    into.put(
        "field", SOURCE, select(*(each for each in numbered.c if each.name != "place")).where(numbered.c.place == 1)
    )
    _tell_anew(into)


def _tell_anew(into: Stage) -> None:
    """Name the stages of tickets and changes that were loaded as numbers: as a part that completes the ticket, and
    as events right behind those without a word of ours."""
    meaning = known_stages(into).meaning(into)
    if not meaning:
        return
    t, e = loaded_ticket.c, loaded_event.c

    def ours(number: Cell) -> Cell:
        found: Cell = case(meaning, value=number, else_=null())
        return found

    def is_unnamed(table: Any, status: Cell, number: Cell) -> Cell:
        found: Cell = (table.source == SOURCE) & status.is_(None) & number.in_(list(meaning))
        return found

    newest = func.row_number().over(partition_by=t.original_id, order_by=(t.updated_at.desc(), t.load_id.desc()))
    told = (
        select(t.original_id, t.original_status, newest.label("place"))
        .where(is_unnamed(t, t.status, t.original_status))
        .subquery()
    )
    into.put(
        "ticket",
        SOURCE,
        select(
            told.c.original_id,
            literal("stage").label("part"),
            ours(told.c.original_status).label("status"),
            told.c.original_status.label("original_status"),
        ).where(told.c.place == 1),
    )
    # What was told anew before stands between whole numbers of the sequence, and is not told again.
    is_first_telling = (e.source == SOURCE) & (e.kind == str(Event.STATUS)) & (e.sequence == func.floor(e.sequence))
    before = func.lag(func.coalesce(e.new_value, ours(e.original_value))).over(
        partition_by=e.original_id, order_by=(e.occurred_at, e.sequence, e.load_id)
    )
    status = select(loaded_event, before.label("before")).where(is_first_telling).subquery()
    d = status.c
    same = ("original_id", "kind", "actor", "actor_role", "original_value", "occurred_at")
    changes = select(
        *(d[name] for name in same),
        (d.sequence + 0.5).label("sequence"),
        func.coalesce(d.old_value, d.before).label("old_value"),
        ours(d.original_value).label("new_value"),
    ).where(is_unnamed(d, d.new_value, d.original_value))
    into.put("event", SOURCE, changes)
