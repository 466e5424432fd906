"""Qualtrics: responses as exported to CSV, with three header rows (identifiers, questions, import identifiers).

Built from the documented header, not from a real file.

- Clocks are in the zone of whoever exported; newer files tell it in the third header row (``timeZone``), of others it
  must be declared.
- ``Status`` tells previews, tests and spam from answers: those are left out with that reason. It is a word or a
  number, as the export was asked to write choices. Unfinished responses count as asked; they are answered where the
  question was.
- A question whose column has an ``…_NPS_GROUP`` beside it is NPS. Others are taken only where their answers prove
  what they are (``etl/survey_files.py``): export choices as text, as numbers do not tell their direction.
- The number of a ticket stands in embedded data. Respondents are kept as pseudonyms.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import cast as typed
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Table, case, func, select

from etl.api_records import put
from etl.mapping import Clock
from etl.rearranged import Cell, count, first_of, refuse_where
from etl.staging import Claim, RawTable, Stage
from etl.survey_files import (
    Question,
    Scored,
    account_column,
    no_address,
    nothing,
    scored,
    ticket_column,
)
from etl.threads import pseudonym

NAME = "qualtrics"

_NEEDED = ("StartDate", "EndDate", "Status", "Progress", "ResponseId")
_TELLING = ("Duration (in seconds)", "RecordedDate", "DistributionChannel", "UserLanguage", "Finished")
#: Columns of every export, which are no questions.
_OWN = (
    *_NEEDED, *_TELLING, "IPAddress", "RecipientLastName", "RecipientFirstName", "RecipientEmail",
    "ExternalReference", "ExternalDataReference", "LocationLatitude", "LocationLongitude", "Q_RecaptchaScore",
    "Q_RelevantIDDuplicate", "Q_DuplicateRespondent", "Q_BallotBoxStuffing",
)  # fmt: skip
_GROUP = "_NPS_GROUP"
#: ``Status`` of what is no answer of a customer, in words and numbers.
_NOT_COUNTED = {
    "previews": ("survey preview", "1"),
    "tests": ("survey test", "2"),
    "spam": (
        "spam",
        "8",
        "spam preview",
        "9",
        "possible spam",
        "possible spam preview",
        "offline survey preview",
        "17",
    ),
}


def claim(raw: RawTable) -> Claim:
    """Claim an export of responses by the names Qualtrics gives its own columns."""
    telling = tuple(name for name in _TELLING if name in raw.columns)
    if raw.kind != "csv" or len(telling) < 2:
        return Claim(NAME, ())
    found = tuple(name for name in _NEEDED if name in raw.columns)
    return Claim(NAME, (*found, *telling), tuple(name for name in _NEEDED if name not in raw.columns))


def stage(raw: RawTable, into: Stage) -> None:
    """Put one survey for each response and each question that is certain. Raises FileRefusedError without one."""
    heads = _header_rows(raw, into)
    into.leave_out(len(heads), "header rows below the first")
    answers = _answers(raw, into, len(heads))
    texts = _texts(raw, into, heads[:1])
    zone = _zone(raw, into, heads)
    questions = [
        Question((name,), texts.get(name, name), f"{name}{_GROUP}" in raw.columns)
        for name in raw.columns
        if name not in _OWN and not name.endswith((_GROUP, "_TEXT"))
    ]
    answers = refuse_where(answers, into, answers.table.c["ResponseId"].is_(None), "ResponseId", "no response number")
    for each in scored(answers, into, questions):
        _put(answers, into, each, zone)


def _header_rows(raw: RawTable, into: Stage) -> list[int]:
    """The rows below the header that carry on the header: the questions, then the import identifiers."""
    c = raw.table.c
    query = select(c["_row"]).where(c["_row"] <= 2, func.contains(c.StartDate, '"ImportId"'))
    imports = into.connection.execute(query).scalar()
    if imports is None:
        first = select(c["_row"]).where(c["_row"] == 1, func.lower(c.StartDate).in_(("start date", "startdate")))
        return [int(row) for row in into.connection.execute(first).scalars()]
    return list(range(1, int(imports) + 1))


def _texts(raw: RawTable, into: Stage, rows: list[int]) -> dict[str, str]:
    c = raw.table.c
    query = select(*(c[name] for name in raw.columns)).where(c["_row"].in_(rows))
    found = into.connection.execute(query).first()
    return {} if found is None else {name: text for name, text in zip(raw.columns, found, strict=True) if text}


def _zone(raw: RawTable, into: Stage, heads: list[int]) -> str | None:
    """The zone the import identifiers of the dates tell; None where they do not."""
    c = raw.table.c
    told = into.connection.execute(select(c.StartDate).where(c["_row"].in_(heads[-1:]))).scalar()
    try:
        zone = json.loads(told or "null")
        name = zone.get("timeZone") if isinstance(zone, dict) else None
        return "UTC" if name == "Z" else ZoneInfo(name).key if name else None
    except (ValueError, ZoneInfoNotFoundError):
        return None


def _answers(raw: RawTable, into: Stage, heads: int) -> RawTable:
    """The responses of customers; previews, tests and spam are left out, each with its reason."""
    c = raw.table.c
    status = func.lower(func.trim(func.coalesce(c.Status, "")))
    kept = c["_row"] > heads
    for what, words in _NOT_COUNTED.items():
        into.leave_out(count(raw.table, into, kept & status.in_(words)), f"{what}, no answers of customers")
        kept &= status.not_in(words)
    rows = select(raw.table).where(kept).subquery()
    return replace(raw, table=typed(Table, rows), rows=count(raw.table, into, kept))


def _put(rows: RawTable, into: Stage, found: Scored, zone: str | None) -> None:
    c = rows.table.c
    ticket, account = ticket_column(rows.columns), account_column(rows.columns)
    recorded = first_of(rows, "RecordedDate", "EndDate")
    external = first_of(rows, "ExternalReference", "ExternalDataReference")
    cells: dict[str, Cell] = {
        "survey_id": func.concat(c.ResponseId, ":", found.question.name),
        "ticket_original_id": c[ticket] if ticket else nothing(),
        "account": c[account] if account else nothing(),
        "respondent": func.coalesce(
            pseudonym(first_of(rows, "RecipientEmail")), no_address(external), pseudonym(external)
        ),
        "sent_at": c.StartDate,
        "answered_at": case((found.score.is_not(None), recorded)),
        "score": found.score,
    }
    put(rows, into, NAME, "survey", cells, survey=found.survey, clock=Clock(timezone=zone))
