"""What Zendesk's UI export and its API share: derived raw tables, tags, and ratings."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    MetaData,
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
    try_cast,
)
from sqlalchemy.types import Double

from etl.mapping import Clock, Mapping, Survey
from etl.staging import RawTable, Stage, loaded_survey
from etl.translate import stage_mapping
from etl.vocabulary import SurveyKind
from etl.zendesk_words import BAD, ESCALATED_TAGS, GOOD, MERGED_TAG, MERGED_WORD, NOT_OFFERED, OFFERED

SOURCE = "zendesk"
#: An expression over the columns of a raw table.
Cell = ColumnElement[Any]


def derived(raw: RawTable, into: Stage, cells: Dictionary[str, Cell], where: Cell | None = None) -> RawTable:
    """Make a temporary raw table of text columns, each said by an expression over ``raw.table``."""
    columns = [Column(name, Text) for name in cells]
    name = f"raw_zendesk_{uuid4().hex[:12]}"
    table = Table(name, MetaData(), Column("_row", BigInteger), *columns, prefixes=["TEMPORARY"])
    table.create(into.connection)
    rows = select(raw.table.c["_row"], *(cast(cell, Text).label(key) for key, cell in cells.items()))
    if where is not None:
        rows = rows.where(where)
    into.connection.execute(insert(table).from_select(["_row", *cells], rows))
    count = into.connection.execute(select(func.count()).select_from(table)).scalar_one()
    return replace(raw, table=table, columns=tuple(cells), rows=int(count), kind="csv")


def has_tag(tags: Cell, *words: str) -> Cell:
    """Whether a comma-joined list of tags holds one of the words."""
    wrapped = func.concat(",", func.lower(tags), ",")
    return or_(*(func.contains(wrapped, f",{word},") for word in words))


def status_word(status: Cell, tags: Cell) -> Cell:
    """The status, or ``closed by merge`` for a ticket that Zendesk closed because it was merged into another."""
    is_closed = func.lower(status).in_(("closed", "solved"))
    return case((and_(is_closed, has_tag(tags, MERGED_TAG)), MERGED_WORD), else_=status)


def escalated_word(tags: Cell) -> Cell:
    """``true`` with an escalation tag, ``false`` without; see ``tell_escalation_tags``."""
    return case((has_tag(tags, *ESCALATED_TAGS), "true"), else_="false")


def tell_escalation_tags(raw: RawTable, tags: Cell, into: Stage) -> None:
    """Keep whether any ticket of this file carries an escalation tag, and report it.

    An account none of whose tickets does may well not use them: then their absence says nothing.
    """
    count = into.connection.execute(
        select(func.count()).select_from(raw.table).where(has_tag(tags, *ESCALATED_TAGS))
    ).scalar_one()
    words = " or ".join(f"'{tag}'" for tag in ESCALATED_TAGS)
    if count:
        into.warnings.append(
            f"Read as escalated for their tag {words}: {count:,} of {raw.rows:,} tickets; the others as not escalated."
        )
    told = {"kind": "tag", "original_id": "escalated", "name": words, "meaning": "escalated" if count else None}
    chosen: list[Any] = [literal(value, Text).label(name) for name, value in told.items()]
    into.put("field", SOURCE, select(*chosen))


def changes_of(stations: Cell) -> Cell:
    """How often a ticket changed hands: Zendesk's stations count the first assignment too."""
    return func.coalesce(cast(func.greatest(try_number(stations) - 1, 0), Text), stations)


def try_number(cell: Cell) -> Cell:
    """The number in a text, NULL where there is none."""
    return try_cast(cell, Double)


def rating_clocks(survey: Cell, score: Cell, is_answer: Cell, else_: Cell) -> dict[str, Cell]:
    """When a rating was asked for and given: as a list of ratings already told of the same one, else ``else_``.

    Tickets and UI exports repeat ratings without their clocks; loaded later, they must not blur what is known.
    """
    c = loaded_survey.c
    word = func.lower(score)
    value = case((word.in_(GOOD), 1.0), (word.in_(BAD), 0.0), else_=try_number(score))
    # A list of ratings alone tells two different clocks.
    is_told = case((is_answer, and_(c.score == value, c.sent_at < c.answered_at)), else_=c.score.is_(None))

    def told(clock: Cell) -> Cell:
        known = select(func.strftime(func.min(clock), "%Y-%m-%dT%H:%M:%SZ"))
        return known.where(c.source == SOURCE, c.survey_id == survey, is_told).scalar_subquery()

    return {
        "sent_at": func.coalesce(told(c.sent_at), else_),
        "answered_at": case((is_answer, func.coalesce(told(c.answered_at), else_))),
    }


def stage_ratings(rows: RawTable, score: str, clock: Clock, into: Stage) -> bool:
    """Put ratings as CSAT surveys; True where any was.

    ``rows`` has ``survey_id, ticket, respondent, account, comment, sent_at, answered_at`` and the score under the
    vendor's own name. Zendesk asks Good or Bad, or 1 to 5; which one is told by the scores themselves. Where both
    occur, or a number lies outside 1 to 5, the scale of the numbers is not known and their rows are refused.
    """
    word = func.lower(rows.table.c[score])
    is_number = try_number(word).is_not(None)
    is_fit = and_(is_number, try_number(word).between(1, 5))
    is_rating = word.in_((*GOOD, *BAD))
    counts = [func.count().filter(each) for each in (is_number, is_fit, is_rating)]
    numbers, fitting, ratings = tuple(into.connection.execute(select(*counts).select_from(rows.table)).one())
    by_number = bool(numbers) and numbers == fitting and not ratings
    if numbers and not by_number:
        why = "the file also rates by words" if ratings else "not all numbers lie within 1 to 5"
        into.refuse(
            select(
                rows.table.c["_row"].label("row"),
                literal(score).label("column"),
                rows.table.c[score].label("value"),
                literal(f"the scale of this score is not known: {why}").label("reason"),
            ).where(is_number)
        )
        is_known = or_(word.is_(None), ~is_number)
        rows = derived(rows, into, {name: rows.table.c[name] for name in rows.columns}, is_known)
    if rows.rows:
        stage_mapping(_rating_mapping(score, clock, by_number), rows, into)
    return bool(rows.rows)


def is_rated(score: Cell) -> Cell:
    """Whether a ticket tells of a rating asked for at all."""
    return and_(score.is_not(None), func.lower(score).not_in(NOT_OFFERED))


def _rating_mapping(score: str, clock: Clock, by_number: bool) -> Mapping:
    words = {} if by_number else {**dict.fromkeys(GOOD, 1.0), **dict.fromkeys(BAD, 0.0)}
    low, high = (1.0, 5.0) if by_number else (0.0, 1.0)
    return Mapping(
        name="zendesk-ratings",
        shape="survey",
        source=SOURCE,
        clock=clock,
        columns={
            "survey_id": ("survey_id",),
            "ticket_original_id": ("ticket",),
            "respondent": ("respondent",),
            "account": ("account",),
            "score": (score,),
            "comment": ("comment",),
            "sent_at": ("sent_at",),
            "answered_at": ("answered_at",),
        },
        survey=Survey(
            kind=SurveyKind.CSAT,
            lowest=low,
            highest=high,
            higher_is_better=True,
            words=words,
            unanswered=OFFERED,
            not_sent=NOT_OFFERED,
        ),
    )
