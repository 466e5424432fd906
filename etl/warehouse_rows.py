"""A warehouse copy's history, comments, tags and ratings, as facts of Zendesk's tickets.

Comments go the way of Zendesk's own audits, so that a comment told by the copy and by the API is one event.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import cast

from sqlalchemy import Column, MetaData, Table, Text, and_, case, func, literal, null, or_, select, text
from sqlalchemy.schema import CreateView

from etl import zendesk_audits
from etl.expressions import instant
from etl.mapping import Clock, Mapping
from etl.rearranged import Cell, count, refuse_where
from etl.staging import RawTable, Stage
from etl.translate import stage_mapping
from etl.warehouse_tables import cell, is_yes, standing
from etl.zendesk_rows import SOURCE, derived, escalated_word, has_tag, is_rated, stage_ratings, tell_escalation_tags
from etl.zendesk_words import BAD, GOOD, MERGED_TAG

#: Every clock of a copy is in UTC, marked or not.
CLOCK = Clock(timezone="UTC")
EVENTS = ("status", "priority", "assignee_id", "group_id")
RATINGS = ("satisfaction_score", "satisfaction_comment")
TARGETS = (
    "sla_policy",
    "first_reply_time",
    "next_reply_time",
    "agent_work_time",
    "requester_wait_time",
    "periodic_update_time",
    "pausable_update_time",
    "total_resolution_time",
)


def stage_comments(rows: RawTable, into: Stage) -> None:
    """Comments as the audits that made them."""
    rows = standing(rows, into, "comments")
    said = func.json_object(
        "type", "Comment", "public", func.if_(is_yes(rows, "public"), "true", "false"), "plain_body", cell(rows, "body")
    )
    record = func.json_object(
        "id", cell(rows, "id"), "ticket_id", cell(rows, "ticket_id"), "created_at", _zulu(cell(rows, "created")),
        "author_id", cell(rows, "user_id"), "events", func.json_array(said),
    )  # fmt: skip
    zendesk_audits.stage(derived(rows, into, {"record": record}), into, "comment")


def _zulu(clock: Cell) -> Cell:
    """A clock in UTC, marked so; one that cannot be read stays as it is."""
    return func.coalesce(func.strftime(instant(clock, "UTC"), "%Y-%m-%dT%H:%M:%S.%fZ"), clock)


def stage_history(rows: RawTable, into: Stage) -> None:
    """Changes of state, priority, owner and team as events, ratings as surveys; what else changed is told and left."""
    moment = instant(cell(rows, "updated"), "UTC")
    moments = replace(rows, table=_with(rows, {"moment": moment, "field": func.lower(cell(rows, "field_name"))}))
    for name, column in (("ticket_id", "ticket_id"), ("field", "field_name")):
        moments = refuse_where(moments, into, cell_of(moments, name).is_(None), column, "the change names none")
    bad = cell_of(moments, "moment").is_(None)
    moments = refuse_where(moments, into, bad, "updated", "not a date and time")
    known = _once(moments, into)
    _stage_changes(known, into)
    _stage_answers(known, into)
    field = cell_of(known, "field")
    _leave(known, into, field.in_(TARGETS), "targets that were applied, which say no verdict")
    others = ~field.in_((*EVENTS, *RATINGS, *TARGETS))
    _leave(known, into, others, "changes of fields that are not followed over time")


def cell_of(rows: RawTable, name: str) -> Cell:
    found: Cell = rows.table.c[name]
    return found


def _with(rows: RawTable, cells: dict[str, Cell]) -> Table:
    return cast(Table, select(rows.table, *(each.label(name) for name, each in cells.items())).subquery())


def _leave(rows: RawTable, into: Stage, where: Cell, what: str) -> None:
    into.leave_out(count(rows.table, into, where), what)


def _once(rows: RawTable, into: Stage) -> RawTable:
    """The rows in a table of their own; of a change that is told twice the first copy counts."""
    c = rows.table.c
    place = func.row_number().over(
        partition_by=[c.ticket_id, c.field, c.moment, c.value, c.user_id], order_by=c["_row"]
    )
    names = ("ticket_id", "field", "moment", "value", "user_id")
    kept = derived(rows, into, {**{name: c[name] for name in names}, "copy": place})
    shown = replace(kept, table=_with(kept, {"field_name": cell_of(kept, "field")}))
    return refuse_where(shown, into, shown.table.c.copy != "1", "field_name", "duplicate row")


def _stage_changes(rows: RawTable, into: Stage) -> None:
    c = rows.table.c
    changes = select(
        c["_row"].label("row"), c.ticket_id.label("ticket"), c.field.label("field"),
        _timestamp(c.moment).label("moment"), c.user_id.label("actor"), c.value.label("value"),
    ).where(c.field.in_(EVENTS))  # fmt: skip
    into.connection.execute(CreateView(changes, "warehouse_change", temporary=True, or_replace=True))
    zendesk_audits.prepare_words(into)
    for statement in files("etl").joinpath("warehouse_history.sql").read_text(encoding="utf-8").split(";\n\n"):
        into.connection.execute(text(statement))
    made = Table("zendesk_event", MetaData(), Column("row"))
    same = count(rows.table, into, c.field.in_(EVENTS)) - count(made, into)
    into.leave_out(same, "a state told again without a change")
    zendesk_audits.put_events(into)
    for name in ("table warehouse_told", "view warehouse_change"):
        into.connection.execute(text(f"drop {name}"))


def _timestamp(written: Cell) -> Cell:
    return instant(written, "UTC")


def _stage_answers(rows: RawTable, into: Stage) -> None:
    """The newest answer of a ticket, with the newest comment on it; without an answer, that it was asked."""
    c = rows.table.c
    moment = _timestamp(c.moment)
    word = func.lower(c.value)
    is_score = c.field == "satisfaction_score"
    is_answer = and_(is_score, or_(word.in_((*GOOD, *BAD)), func.regexp_full_match(word, r"\d+(\.\d+)?")))
    order = func.row(moment, c["_row"])

    def newest(value: Cell, where: Cell) -> Cell:
        return func.arg_max(value, order).filter(where)

    score = func.coalesce(newest(c.value, is_answer), newest(c.value, is_score))
    answered = func.max(moment).filter(is_answer)
    asked = func.min(moment).filter(and_(is_score, word == "offered"))
    grouped = (
        select(
            func.coalesce(newest(c["_row"], is_answer), newest(c["_row"], is_score)).label("_row"),
            c.ticket_id.label("ticket_id"),
            newest(c.user_id, is_answer).label("respondent"),
            score.label("score"),
            newest(c.value, c.field == "satisfaction_comment").label("comment"),
            func.least(asked, answered).label("asked"),
            answered.label("answered"),
        )
        .where(c.field.in_(RATINGS))
        .group_by(c.ticket_id)
        .subquery()
    )
    g = grouped.c
    every = replace(rows, table=cast(Table, grouped))
    cells: dict[str, Cell] = {
        "survey_id": func.concat("ticket:", g.ticket_id), "ticket": g.ticket_id, "respondent": g.respondent,
        "account": null(), "comment": g.comment, "sent_at": _written(g.asked), "answered_at": _written(g.answered),
        "score": g.score,
    }  # fmt: skip
    rated = derived(every, into, cells, and_(is_rated(g.score), g["_row"].is_not(None)))
    _leave_rest(rows, into, rated)
    if rated.rows:
        stage_ratings(rated, "score", CLOCK, into)


def _leave_rest(rows: RawTable, into: Stage, rated: RawTable) -> None:
    told = count(rows.table, into, rows.table.c.field.in_(RATINGS))
    into.leave_out(told - rated.rows, "earlier answers and comments of a rating, which is kept once")


def _written(clock: Cell) -> Cell:
    return func.strftime(clock, "%Y-%m-%dT%H:%M:%S.%fZ")


def stage_tags(rows: RawTable, into: Stage) -> None:
    """All tags of a ticket as one record of it."""
    rows = standing(rows, into, "tags")
    for name in ("ticket_id", "tag"):
        rows = refuse_where(rows, into, rows.table.c[name].is_(None), name, "the row names none")
    c = rows.table.c
    tags = func.array_to_string(func.list_sort(func.list_distinct(func.list(func.lower(c.tag)))), ",")
    grouped = select(func.min(c["_row"]).label("_row"), c.ticket_id.label("ticket_id"), tags.label("tags"))
    gathered = cast(Table, grouped.group_by(c.ticket_id).subquery())
    each = replace(rows, table=gathered, columns=("ticket_id", "tags"), rows=count(gathered, into))
    tell_escalation_tags(each, gathered.c.tags, into)
    cells: dict[str, Cell] = {"ticket_id": gathered.c.ticket_id, "tags": gathered.c.tags}
    cells["escalated"] = escalated_word(gathered.c.tags)
    cells["merged"] = case((has_tag(gathered.c.tags, MERGED_TAG), "true"))
    mapping = Mapping(
        name="zendesk-warehouse-tags",
        shape="ticket",
        source=SOURCE,
        part="tags",
        columns={
            "original_id": ("ticket_id",),
            "tags": ("tags",),
            "vendor_escalated": ("escalated",),
            "is_merged": ("merged",),
        },
    )
    into.leave_out(rows.rows - each.rows, "further tags of a ticket, kept with its first")
    stage_mapping(mapping, derived(each, into, cells), into)


def stage_rating_table(rows: RawTable, into: Stage) -> None:
    """Ratings as a table of their own; several of a ticket are told apart by their clocks."""
    rows = standing(rows, into, "ratings")
    is_answer = func.lower(cell(rows, "score")).in_((*GOOD, *BAD))
    answered = func.coalesce(cell(rows, "updated_at"), cell(rows, "created_at"))
    cells: dict[str, Cell] = {
        "survey_id": func.concat("ticket:", cell(rows, "ticket_id")),
        "ticket": cell(rows, "ticket_id"),
        "respondent": cell(rows, "requester_id"),
        "account": literal(None, Text),
        "comment": cell(rows, "comment"),
        "sent_at": cell(rows, "created_at"),
        "answered_at": func.if_(is_answer, answered, None),
        "score": cell(rows, "score"),
    }
    stage_ratings(derived(rows, into, cells), "score", CLOCK, into)


def leave_table(rows: RawTable, into: Stage, what: str) -> None:
    """A table that is known and tells nothing a KPI asks for."""
    into.leave_out(rows.rows, what)
