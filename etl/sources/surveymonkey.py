"""SurveyMonkey: individual responses as exported to CSV or a sheet, with two header rows (questions, then choices).

Built from the documented header, not from a real file.

- The second row names the choices, ``Response`` or ``Open-Ended Response``; in condensed exports it may be missing.
  A question with a column for each choice has its name over the first of them only.
- Clocks are in the zone of the account and carry no mark; days and months come in the order of the account's language.
- A question is NPS, CSAT or CES only where its wording and answers prove it (``etl/survey_files.py``): export
  "actual answer text".
- The number of a ticket stands in a custom variable named so. Addresses and names are not kept: respondents are
  pseudonyms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast as typed

from sqlalchemy import Integer, Table, case, func, select
from sqlalchemy import cast as as_type

from etl.api_records import put
from etl.mapping import Clock
from etl.rearranged import Cell, first_of, refuse_where
from etl.staging import Claim, RawTable, Stage
from etl.survey_files import Question, Scored, account_column, nothing, scored, ticket_column
from etl.threads import pseudonym

NAME = "surveymonkey"

_NEEDED = ("Respondent ID", "Collector ID", "Start Date", "End Date")
#: Columns of every export, which are no questions.
_OWN = (*_NEEDED, "IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1", "respondent_id",
        "collector_id", "date_created", "date_modified", "ip_address", "email_address", "first_name", "last_name",
        "custom_1")  # fmt: skip
_UNNAMED = re.compile(r"^column \d+( \(\d+\))?$")


def claim(raw: RawTable) -> Claim:
    """Claim an export of responses by the names SurveyMonkey gives its own columns."""
    found = tuple(name for name in _NEEDED if name in raw.columns)
    if raw.kind != "csv" or len(found) < 3 or "Respondent ID" not in found:
        return Claim(NAME, ())
    return Claim(NAME, found, tuple(name for name in _NEEDED if name not in found))


def stage(raw: RawTable, into: Stage) -> None:
    """Put one survey for each response and each question that is certain. Raises FileRefusedError without one."""
    c = raw.table.c
    head = select(c["_row"]).where(c["_row"] == 1, c["Respondent ID"].is_(None), c["Start Date"].is_(None))
    has_choices = into.connection.execute(head).first() is not None
    choices: dict[str, str] = {}
    answers = raw
    if has_choices:
        into.leave_out(1, "the header row of choices")
        names = into.connection.execute(select(*(c[name] for name in raw.columns)).where(c["_row"] == 1)).one()
        choices = {name: text for name, text in zip(raw.columns, names, strict=True) if text}
        rows = select(raw.table).where(c["_row"] > 1).subquery()
        answers = replace(raw, table=typed(Table, rows), rows=raw.rows - 1)
    answers = refuse_where(answers, into, answers.table.c["Respondent ID"].is_(None), "Respondent ID", "no respondent")
    for each in scored(answers, into, list(_questions(answers, into, choices))):
        _put(answers, into, each)


def _questions(raw: RawTable, into: Stage, choices: dict[str, str]) -> Iterator[Question]:
    """Each question with its columns: those without a name belong to the one before them."""
    groups: list[list[str]] = []
    for name in raw.columns:
        if _UNNAMED.match(name) and groups:
            groups[-1].append(name)
        elif name not in _OWN:
            groups.append([name])
    for group in groups:
        told = [name for name in group if not choices.get(name, "").lower().startswith("other")]
        if len(group) == 1 or _is_one_answer(raw, into, told):
            listed = tuple(choices[name] for name in told if name in choices) if len(told) > 1 else ()
            yield Question(tuple(told or group), group[0], choices=listed)
        else:  # several answers: the rows of a table, each asked for itself
            yield from (Question((name,), f"{group[0]} – {choices.get(name, name)}") for name in group)


def _is_one_answer(raw: RawTable, into: Stage, columns: list[str]) -> bool:
    """Whether no response fills more than one of these columns."""
    filled = sum((as_type(raw.table.c[name].is_not(None), Integer) for name in columns[1:]),
                 as_type(raw.table.c[columns[0]].is_not(None), Integer))  # fmt: skip
    most = into.connection.execute(select(func.max(filled)).select_from(raw.table)).scalar()
    return (most or 0) <= 1


def _put(rows: RawTable, into: Stage, found: Scored) -> None:
    c = rows.table.c
    ticket, account = ticket_column(rows.columns), account_column(rows.columns)
    respondent = c["Respondent ID"]
    cells: dict[str, Cell] = {
        "survey_id": func.concat(respondent, ":", func.left(func.md5(found.question.name), 8)),
        "ticket_original_id": c[ticket] if ticket else nothing(),
        "account": c[account] if account else nothing(),
        "respondent": func.coalesce(pseudonym(first_of(rows, "Email Address")), respondent),
        "sent_at": c["Start Date"],
        "answered_at": case((found.score.is_not(None), c["End Date"])),
        "score": found.score,
    }
    put(rows, into, NAME, "survey", cells, survey=found.survey, clock=Clock())
