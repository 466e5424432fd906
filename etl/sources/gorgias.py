"""Gorgias: the REST API's tickets (with or without their messages), messages, events, satisfaction surveys, users,
teams and customers (JSON).

Built from the documented fields and a connector's schemas, not from a real account.

- Clocks are in UTC; some carry no zone mark, and are in UTC all the same (API reference, "Dates").
- ``closed`` is the only end. A snoozed ticket is closed too and carries the date on which it opens again.
- ``spam`` and ``trashed_datetime`` say what is no ticket; both stand beside the status.
- ``closed_datetime`` is the last close, and stays empty while the ticket is open again.
- A user is an agent; customers have numbers of their own kind, which may be the same: they are told by ``customer:``.
- Events name what happened; one without a user was done by a rule. How merges are told is not documented: their
  events are reported as not understood.
- Surveys run from 1 to 5 stars; one that was not answered has no score.
"""

from __future__ import annotations

from sqlalchemy import and_, case, func, literal

from etl import gorgias_events
from etl.api_records import Records, fields, flag, is_true, listed, newest, put, put_named
from etl.api_records import claim as claim_records
from etl.api_records import stage as stage_records
from etl.gorgias_events import customer
from etl.gorgias_words import SOURCE, WORDS
from etl.mapping import Survey
from etl.rearranged import Cell, rearranged
from etl.staging import Claim, RawTable, Stage
from etl.threads import domain_of
from etl.vocabulary import SurveyKind

NAME = SOURCE


def claim(raw: RawTable) -> Claim:
    """Claim records of the API by their keys."""
    return Claim(NAME, ()) if raw.kind == "csv" else claim_records(NAME, raw, _KINDS)


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    stage_records(raw, into, _KINDS)


_TICKET = (
    "id", "subject", "status", "priority", "channel", "from_agent", "customer.id|requester.id", "assignee_user.id",
    "assignee_user.name", "assignee_team.id", "assignee_team.name", "tags", "spam", "trashed_datetime",
    "snooze_datetime", "created_datetime", "updated_datetime", "closed_datetime", "language",
    "satisfaction_survey.score", "satisfaction_survey.body_text", "satisfaction_survey.sent_datetime",
    "satisfaction_survey.scored_datetime", "satisfaction_survey.created_datetime",
)  # fmt: skip


def _tickets(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, _TICKET)
    c = rows.table.c
    is_closed = func.lower(c.status) == "closed"
    is_snoozed = and_(is_closed, c.snooze_datetime.is_not(None))
    team = case((c["assignee_team.id"].is_not(None), func.concat("team:", c["assignee_team.id"])))
    tags = func.array_to_string(func.json_extract_string(listed(c.tags), "$[*].name"), ",")
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "subject": c.subject,
        "status": case(
            (is_true(c.spam), "spam"),
            (c.trashed_datetime.is_not(None), "trashed"),
            (is_snoozed, "snoozed"),
            else_=c.status,
        ),
        "priority": c.priority,
        "channel": c.channel,
        "owner": c["assignee_user.id"],
        "team": team,
        "requester": customer(c["customer.id"]),
        "tags": func.nullif(func.lower(tags), ""),
        "created_at": c.created_datetime,
        "updated_at": c.updated_datetime,
        "resolved_at": case((and_(is_closed, c.snooze_datetime.is_(None)), c.closed_datetime)),
        "is_outbound": flag(func.lower(c.from_agent) == "true"),
    }
    put(rows, into, NAME, "ticket", cells, words=WORDS)
    put_named(rows, into, NAME, "person", c["assignee_user.id"], c["assignee_user.name"], "agent")
    put_named(rows, into, NAME, "team", team, c["assignee_team.name"])
    gorgias_events.stage_embedded(raw, into)
    if any(path.startswith("satisfaction_survey.") for path in raw.columns):
        _inner_surveys(rows, into)


def _inner_surveys(rows: RawTable, into: Stage) -> None:
    last = newest(rows, into, rows.table.c.id, rows.table.c.updated_datetime)
    c = last.table.c
    begun = func.coalesce(c["satisfaction_survey.sent_datetime"], c["satisfaction_survey.created_datetime"])
    score = c["satisfaction_survey.score"]
    cells: dict[str, Cell] = {
        "survey_id": func.concat("ticket:", c.id),
        "ticket_original_id": c.id,
        "respondent": customer(c["customer.id"]),
        "comment": c["satisfaction_survey.body_text"],
        "sent_at": begun,
        "answered_at": case((score.is_not(None), c["satisfaction_survey.scored_datetime"])),
        "score": score,
    }
    put(last, into, NAME, "survey", cells, survey=_STARS, where=and_(c.id.is_not(None), begun.is_not(None)))


_STARS = Survey(kind=SurveyKind.CSAT, lowest=1, highest=5, higher_is_better=True, unanswered=("",))


def _surveys(raw: RawTable, into: Stage) -> None:
    """Surveys as a list of their own: the newest of a ticket replaces what the ticket itself told."""
    rows = fields(
        raw, into,
        ("id", "ticket_id", "customer_id", "score", "body_text", "created_datetime", "sent_datetime",
         "should_send_datetime", "scored_datetime"),
    )  # fmt: skip
    c = rows.table.c
    place = func.row_number().over(partition_by=c.ticket_id, order_by=[c.created_datetime.desc(), c["_row"].desc()])
    rows = rearranged(rows, into, {**{name: c[name] for name in rows.columns}, "place": place})
    c = rows.table.c
    # One that is still to be sent was not sent.
    is_waiting = and_(c.sent_datetime.is_(None), c.score.is_(None))
    ticket = case((and_(c.place == "1", c.ticket_id.is_not(None)), func.concat("ticket:", c.ticket_id)))
    cells: dict[str, Cell] = {
        "survey_id": func.coalesce(ticket, func.concat("survey:", c.id)),
        "ticket_original_id": c.ticket_id,
        "respondent": customer(c.customer_id),
        "comment": c.body_text,
        "sent_at": func.coalesce(c.sent_datetime, c.created_datetime),
        "answered_at": case((c.score.is_not(None), func.coalesce(c.scored_datetime, c.created_datetime))),
        "score": case((is_waiting, "not sent"), else_=c.score),
    }
    survey = _STARS.model_copy(update={"not_sent": ("not sent",)})
    put(rows, into, NAME, "survey", cells, survey=survey)


def _users(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, ("id", "name", "firstname", "lastname", "role.name"))
    c = rows.table.c
    name = func.nullif(func.trim(func.concat_ws(" ", c.firstname, c.lastname)), "")
    role = case((func.lower(c["role.name"]) == "bot", "bot"), else_="agent")
    put(rows, into, NAME, "person", {"original_id": c.id, "name": func.coalesce(c.name, name), "role": role})


def _customers(raw: RawTable, into: Stage) -> None:
    """Customers by number; of their address only the domain is kept."""
    rows = fields(raw, into, ("id", "email"))
    c = rows.table.c
    cells: dict[str, Cell] = {
        "original_id": customer(c.id), "name": domain_of(c.email), "role": literal("customer")
    }  # fmt: skip
    put(rows, into, NAME, "person", cells)


def _teams(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, ("id", "name"))
    c = rows.table.c
    number = case((c.id.is_not(None), func.concat("team:", c.id)))
    put(rows, into, NAME, "team", {"original_id": number, "name": c.name})


_KINDS = (
    Records(
        ("id", "object_id", "object_type", "type", "created_datetime"), ("user_id", "context", "data"),
        gorgias_events.stage_log,
    ),
    Records(
        ("id", "ticket_id", "created_datetime", "score"),
        ("scored_datetime", "should_send_datetime", "sent_datetime"),
        _surveys,
    ),
    Records(
        ("id", "ticket_id", "created_datetime", "from_agent", "public"),
        ("sender", "stripped_text", "sent_datetime", "integration_id", "rule_id", "via"),
        gorgias_events.stage_messages,
        enough=2,
    ),
    Records(
        ("id", "status", "channel", "created_datetime"),
        ("from_agent", "assignee_user", "assignee_team", "opened_datetime", "last_received_message_datetime",
         "closed_datetime", "messages_count", "is_unread"),
        _tickets,
        enough=3,
    ),
    Records(("id", "email", "role", "created_datetime"), ("firstname", "lastname", "timezone", "active"), _users),
    Records(("id", "name", "decoration", "created_datetime"), ("members", "description", "uri"), _teams),
    Records(
        ("id", "email", "created_datetime"), ("firstname", "lastname", "channels", "external_id"), _customers,
        enough=2, never=("role",),
    ),
)  # fmt: skip
