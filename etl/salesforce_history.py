"""What happened to Salesforce's cases: CaseHistory, CaseComment, EmailMessage.

- A change of owner is written down twice, once with ids and once with names: of a pair the one with ids is read.
- A case belongs to a person or to a queue. A move to a queue is one to a team, and away from the person.
- ``closed`` repeats the change of status it comes with; alone (where status is not tracked) it is the close.
- An outgoing e-mail may be an automatic answer: who sent it tells, so users have to be loaded for that to be seen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, Text, and_, case, cast, exists, func, literal, null, or_, select, union_all

from etl.expressions import instant
from etl.rearranged import Cell, only, rearranged, refuse_where
from etl.salesforce_rows import eighteen, fields, is_queue, is_true, is_user
from etl.salesforce_words import SOURCE, words
from etl.staging import RawTable, Stage
from etl.threads import message_cells, stage_events
from etl.vocabulary import Event

_HISTORY = ("Id", "CaseId", "CreatedById", "CreatedDate", "Field", "OldValue", "NewValue", "IsDeleted")
_OWNER = ("owner", "ownerassignment", "owneraccepted", "ownerescalated")
_READ = ("created", "status", "priority", "closed", "isescalated", *_OWNER)
_ID = "00[5G][A-Za-z0-9]{12}([A-Za-z0-9]{3})?"


def stage_history(raw: RawTable, into: Stage) -> None:
    """Put the changes of owner, queue, status, priority and escalation."""
    rows = _known(fields(raw, into, _HISTORY), into, "CaseId")
    c = rows.table.c
    rows = only(rows, into, func.coalesce(func.lower(c.Field), "").in_(_READ), "changes of fields nothing is made of")
    c = rows.table.c
    cells: dict[str, Cell] = {name: c[name] for name in ("Id", "CreatedDate", "OldValue", "NewValue")}
    cells |= {"CaseId": eighteen(c.CaseId), "CreatedById": eighteen(c.CreatedById), "Field": func.lower(c.Field)}
    rows = rearranged(rows, into, cells)
    rows = _without_twins(rows, into)
    _stage_created(rows, into)
    told = union_all(_status(rows), _first_status(rows), *_owner(rows), _priority(rows), _escalation(rows)).subquery()
    names = [each.name for each in told.c if each.name != "_row"]
    events = rearranged(replace(rows, table=told), into, {name: told.c[name] for name in names})  # type: ignore[arg-type]
    stage_events(events, into, SOURCE, words([]))


def _known(rows: RawTable, into: Stage, case_column: str) -> RawTable:
    """Without the rows in the recycle bin, those without a case or a date, and repeated ones."""
    c = rows.table.c
    rows = only(rows, into, ~is_true(c.IsDeleted), "records in the recycle bin")
    c = rows.table.c
    rows = refuse_where(rows, into, c[case_column].is_(None), case_column, "no case")
    c = rows.table.c
    moment = instant(c.CreatedDate, "UTC")
    rows = refuse_where(rows, into, moment.is_(None), "CreatedDate", "not a date and time")
    c = rows.table.c
    telling = func.row_number().over(partition_by=c.Id, order_by=c["_row"])
    numbered = rearranged(rows, into, {**{name: c[name] for name in rows.columns}, "telling": telling})
    d = numbered.table.c
    return refuse_where(numbered, into, and_(d.Id.is_not(None), d.telling != "1"), "Id", "duplicate row")


def _without_twins(rows: RawTable, into: Stage) -> RawTable:
    """Without the copies with names of changes that are also told with ids, and closes told as a change of status."""
    c, other = rows.table.c, rows.table.alias("other")
    is_same = and_(other.c.CaseId == c.CaseId, other.c.CreatedDate == c.CreatedDate, other.c["_row"] != c["_row"])
    has_ids = or_(_is_id(other.c.NewValue), _is_id(other.c.OldValue))
    is_named = and_(c.Field.in_(_OWNER), ~or_(_is_id(c.NewValue), _is_id(c.OldValue)))
    named_twin = and_(is_named, exists().where(is_same, other.c.Field.in_(_OWNER), has_ids))
    closed_twin = and_(c.Field == "closed", exists().where(is_same, other.c.Field == "status"))
    # A rule that assigns a case is told beside the plain change of owner, with the same ids.
    rule_twin = and_(
        c.Field.in_(_OWNER[1:]),
        exists().where(is_same, other.c.Field == "owner", other.c.NewValue == c.NewValue),
    )
    is_twin = func.coalesce(or_(named_twin, closed_twin, rule_twin), False)
    marked = rearranged(rows, into, {**{name: c[name] for name in rows.columns}, "twin": is_twin})
    return only(marked, into, marked.table.c.twin != "true", "second tellings of one change")


def _is_id(value: Cell) -> Cell:
    return func.coalesce(func.regexp_full_match(value, _ID), False)


def _stage_created(rows: RawTable, into: Stage) -> None:
    c = rows.table.c
    chosen = select(
        c["_row"].label("row"),
        c.CaseId.label("original_id"),
        literal(str(Event.CREATED)).label("kind"),
        instant(c.CreatedDate, "UTC").label("occurred_at"),
        literal(0.0).label("sequence"),
        c.CreatedById.label("actor"),
    )
    into.put("event", SOURCE, chosen.where(c.Field == "created"))


def _row(rows: RawTable, step: int, activity: str, where: Cell, **values: Cell) -> Select[Any]:
    c = rows.table.c
    told: dict[str, Cell] = {
        "original_id": c.CaseId,
        "occurred_at": values.get("occurred_at", c.CreatedDate),
        "step": literal(str(step)),
        "activity": literal(activity),
        "actor": c.CreatedById,
        "old_value": values.get("old_value", null()),
        "new_value": values.get("new_value", null()),
    }
    return select(c["_row"], *(cast(cell, Text).label(name) for name, cell in told.items())).where(where)


def _status(rows: RawTable) -> Select[Any]:
    c = rows.table.c
    word = case((c.Field == "closed", "Closed"), else_=c.NewValue)
    return _row(rows, 2, str(Event.STATUS), c.Field.in_(("status", "closed")), new_value=word)


def _first_status(rows: RawTable) -> Select[Any]:
    """What a case was before its first change, from its creation on, where the creation is in the file."""
    c, first = rows.table.c, rows.table.alias("first")
    order = instant(first.c.CreatedDate, "UTC")
    # A close told without its change of status comes first sometimes: then nobody says what was before it.
    is_change = first.c.Field.in_(("status", "closed"))
    before = select(func.arg_min_null(first.c.OldValue, order)).where(first.c.CaseId == c.CaseId, is_change)
    told = _row(rows, 1, str(Event.STATUS), c.Field == "created", new_value=before.scalar_subquery()).subquery()
    return select(told).where(told.c.new_value.is_not(None))


def _owner(rows: RawTable) -> list[Select[Any]]:
    c = rows.table.c
    before, after = eighteen(c.OldValue), eighteen(c.NewValue)
    is_owner = c.Field.in_(_OWNER)
    person_before = case((is_queue(before), None), else_=before)
    to_queue = func.coalesce(is_queue(after), False)
    to_person = and_(is_owner, ~to_queue)
    left_person = and_(is_owner, to_queue, func.coalesce(is_user(before), False))
    team_before = case((is_queue(before), before))
    return [
        _row(rows, 3, str(Event.TEAM), and_(is_owner, to_queue), old_value=team_before, new_value=after),
        _row(rows, 4, str(Event.OWNER), left_person, old_value=before),
        _row(rows, 4, str(Event.OWNER), to_person, old_value=person_before, new_value=after),
    ]


def _priority(rows: RawTable) -> Select[Any]:
    c = rows.table.c
    return _row(rows, 5, str(Event.PRIORITY), c.Field == "priority", new_value=c.NewValue)


def _escalation(rows: RawTable) -> Select[Any]:
    c = rows.table.c
    is_escalated = and_(c.Field == "isescalated", is_true(c.NewValue))
    return _row(rows, 6, str(Event.ESCALATION), is_escalated, new_value=literal("functional"))


_COMMENT = ("Id", "ParentId", "IsPublished", "CommentBody", "CreatedById", "CreatedDate", "IsDeleted")


def stage_comments(raw: RawTable, into: Stage) -> None:
    """Put comments: published ones are read by the customer, the others are notes."""
    rows = _known(fields(raw, into, _COMMENT), into, "ParentId")
    c = rows.table.c
    kind = case((is_true(c.IsPublished), str(Event.PUBLIC_MESSAGE)), else_=str(Event.PRIVATE_NOTE))
    cells: dict[str, Cell] = {
        "original_id": eighteen(c.ParentId),
        "occurred_at": c.CreatedDate,
        "activity": kind,
        "actor": eighteen(c.CreatedById),
        **message_cells(func.coalesce(c.CommentBody, "")),
    }
    stage_events(rearranged(rows, into, cells), into, SOURCE, words([]))


_EMAIL = (
    "Id", "ParentId", "Incoming", "MessageDate", "TextBody", "HtmlBody", "Subject", "Status", "CreatedById",
    "CreatedDate", "IsDeleted",
)  # fmt: skip
_DRAFT = ("5", "draft")


def stage_emails(raw: RawTable, into: Stage) -> None:
    """Put e-mails of cases, in the order in which they were sent. Drafts and mails of no case are left out."""
    rows = fields(raw, into, _EMAIL)
    c = rows.table.c
    is_case = func.coalesce(func.starts_with(c.ParentId, "500"), c.ParentId.is_(None))
    rows = only(rows, into, is_case, "e-mails of other records than cases")
    c = rows.table.c
    rows = only(rows, into, func.coalesce(func.lower(c.Status), "").not_in(_DRAFT), "drafts")
    c = rows.table.c
    sent = {**{name: c[name] for name in rows.columns}, "CreatedDate": func.coalesce(c.MessageDate, c.CreatedDate)}
    rows = _known(rearranged(rows, into, sent), into, "ParentId")
    c = rows.table.c
    incoming = is_true(c.Incoming)
    cells: dict[str, Cell] = {
        "original_id": eighteen(c.ParentId),
        "occurred_at": c.CreatedDate,
        "activity": literal(str(Event.PUBLIC_MESSAGE)),
        # Incoming mail is written down by a process of Salesforce, not by its sender.
        "actor": case((~incoming, eighteen(c.CreatedById))),
        "actor_role": case((incoming, "customer")),
        **message_cells(func.coalesce(c.TextBody, c.HtmlBody, "")),
    }
    stage_events(rearranged(rows, into, cells), into, SOURCE, words([]))
