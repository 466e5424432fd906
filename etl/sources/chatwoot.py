"""Chatwoot: the Application API's conversations, messages and CSAT responses (JSON), agents, teams, and the CSAT
report (CSV).

Built from Chatwoot's published source and the header of its CSAT report, not from a real installation.

- Clocks of the API are epoch seconds, 0 where there is none. The CSAT report writes ``2026-03-02 10:00:00 UTC``.
- Conversations are told by the number people see, which addresses and reports carry too.
- A list of conversations holds the last message of each: replies are counted from lists of messages only. The API
  has no history: resolves and reopens are read from the activities among the messages, where those are in English.
- The CSAT report ends with a line ``Reporting period …``. Cells that a spreadsheet might take for a formula begin
  with a quote mark. Ratings run from 1 to 5.
- Chatwoot's other reports are averages by agent, team or inbox: no ticket can be found in them, and they are refused
  with that reason.
- A conversation does not say when it was resolved: only its activities do.
- ``applied_sla.sla_status`` (paid editions) tells whether every target of the policy was kept.
"""

from __future__ import annotations

import re

from sqlalchemy import String, and_, case, delete, func, literal

from etl import chatwoot_messages
from etl.api_records import UTC, Records, epoch, fields, flag, listed, put, put_named, refuse_repeated
from etl.api_records import claim as claim_records
from etl.api_records import stage as stage_records
from etl.chatwoot_messages import contact
from etl.chatwoot_words import SOURCE, WORDS
from etl.errors import FileRefusedError
from etl.expressions import instant
from etl.files import refused_line
from etl.mapping import Clock, Survey
from etl.rearranged import Cell, only
from etl.staging import Claim, RawTable, Stage
from etl.threads import domain_of, pseudonym
from etl.vocabulary import SurveyKind

NAME = SOURCE

_CSAT = ("Agent Name", "Rating", "Feedback Comment", "Link to the conversation", "Recorded date")
_PERIOD = re.compile(r"^'?Reporting period .+ to ")
_FOOTER = "Reporting period%"


def claim(raw: RawTable) -> Claim:
    """Claim the CSAT report by its columns, and records of the API by their keys."""
    if raw.kind != "csv":
        return claim_records(NAME, raw, _KINDS)
    if len(raw.columns) == 1 and _PERIOD.match(raw.columns[0]):
        return Claim(NAME, raw.columns)
    found = tuple(name for name in _CSAT if name in raw.columns)
    return Claim(NAME, found if len(found) > 1 else (), tuple(name for name in _CSAT if name not in found))


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed. Raises FileRefusedError for a report of averages."""
    if raw.kind != "csv":
        stage_records(raw, into, _KINDS)
    elif len(raw.columns) == 1:
        raise FileRefusedError(
            f"{raw.file_name} is one of Chatwoot's reports of averages.",
            "It holds one line for each agent, team, inbox or day, and no conversation to count again.",
            "Load the conversations and messages of the API, and the CSAT report.",
        )
    else:
        _report(raw, into)


def _report(raw: RawTable, into: Stage) -> None:
    _forget_footer(raw, into)
    c = raw.table.c
    rows = only(raw, into, ~func.coalesce(c["Agent Name"], "").like(_FOOTER), "the line that tells the period")
    c = rows.table.c
    link = _unguarded(c["Link to the conversation"])
    number = func.nullif(func.regexp_extract(link, r"/conversations/(\d+)", 1), "")
    who = func.coalesce(c["Contact Email Address"], c["Contact Phone Number"]) if _has_contact(raw) else literal(None)
    cells: dict[str, Cell] = {
        # The report has no number of its own; a conversation may be rated again on another day.
        "survey_id": func.concat("csat:", number, ":", c["Recorded date"]),
        "ticket_original_id": number,
        "respondent": pseudonym(_unguarded(who)),
        "comment": _unguarded(c["Feedback Comment"]),
        "answered_at": c["Recorded date"],
        "score": c.Rating,
    }
    put(rows, into, NAME, "survey", cells, survey=_STARS, clock=Clock(timezone="UTC"))


def _has_contact(raw: RawTable) -> bool:
    return {"Contact Email Address", "Contact Phone Number"} <= set(raw.columns)


def _forget_footer(raw: RawTable, into: Stage) -> None:
    """The last line has one cell and is no record that could not be read."""
    is_footer = and_(refused_line.c.raw_table == raw.table.name, refused_line.c.value.like(_FOOTER))
    into.connection.execute(delete(refused_line).where(is_footer))


def _unguarded(cell: Cell) -> Cell:
    """A cell without the quote mark that keeps a spreadsheet from running it."""
    return case((func.regexp_matches(cell, r"^'[-=+@\t\r|%]"), func.substr(cell, 2)), else_=cell)


_STARS = Survey(kind=SurveyKind.CSAT, lowest=1, highest=5, higher_is_better=True)

_CONVERSATION = (
    "id", "status", "priority", "meta.channel|channel", "meta.sender.id|contact_id", "meta.assignee.id|assignee_id",
    "meta.assignee.name|meta.assignee.available_name", "meta.team.id|team_id", "meta.team.name", "labels",
    "created_at", "updated_at", "last_activity_at", "first_reply_created_at", "waiting_since",
    "applied_sla.sla_status", "additional_attributes.mail_subject", "additional_attributes.initiated_at.timestamp",
)  # fmt: skip


def _conversations(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, _CONVERSATION)
    c = rows.table.c
    labels = func.array_to_string(func.from_json(listed(c.labels), '["VARCHAR"]'), ",")
    sla = func.lower(c["applied_sla.sla_status"])
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "subject": c["additional_attributes.mail_subject"],
        "status": c.status,
        "priority": c.priority,
        "channel": c["meta.channel"],
        "owner": c["meta.assignee.id"],
        "team": c["meta.team.id"],
        "requester": contact(c["meta.sender.id"]),
        "tags": func.nullif(func.lower(labels), ""),
        "created_at": epoch(c.created_at),
        "updated_at": func.coalesce(epoch(c.last_activity_at), epoch(c.updated_at)),
        "first_reply_at": epoch(c.first_reply_created_at),
        "vendor_sla_met": flag(case((sla.in_(("hit", "missed")), sla == "hit"))),
    }
    put(rows, into, NAME, "ticket", cells, words=WORDS)
    put_named(rows, into, NAME, "person", c["meta.assignee.id"], c["meta.assignee.name"], "agent")
    put_named(rows, into, NAME, "team", c["meta.team.id"], c["meta.team.name"])
    chatwoot_messages.stage_embedded(raw, into)


def _responses(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, ("id", "rating", "feedback_message", "contact.id", "conversation_id", "created_at"))
    rows = refuse_repeated(rows, into, "id")
    c = rows.table.c
    cells: dict[str, Cell] = {
        "survey_id": func.concat("csat:", c.conversation_id, ":", _written(c.created_at)),
        "ticket_original_id": c.conversation_id,
        "respondent": contact(c["contact.id"]),
        "comment": c.feedback_message,
        "answered_at": epoch(c.created_at),
        "score": c.rating,
    }
    put(rows, into, NAME, "survey", cells, survey=_STARS, clock=UTC)


def _written(seconds: Cell) -> Cell:
    """An epoch as the CSAT report writes it, so that one answer told by both is one answer."""
    return func.strftime(instant(seconds, "UTC"), literal("%Y-%m-%d %H:%M:%S UTC", String))


def _agents(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, ("id", "name|available_name"))
    put(rows, into, NAME, "person",
        {"original_id": rows.table.c.id, "name": rows.table.c.name, "role": literal("agent")})  # fmt: skip


def _contacts(raw: RawTable, into: Stage) -> None:
    """Contacts by number; of their address only the domain is kept."""
    rows = fields(raw, into, ("id", "email"))
    c = rows.table.c
    cells: dict[str, Cell] = {"original_id": contact(c.id), "name": domain_of(c.email), "role": literal("customer")}
    put(rows, into, NAME, "person", cells)


def _teams(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, ("id", "name"))
    put(rows, into, NAME, "team", {"original_id": rows.table.c.id, "name": rows.table.c.name})


_KINDS = (
    Records(
        ("id", "rating", "conversation_id", "created_at"),
        ("feedback_message", "assigned_agent", "csat_review_notes", "account_id"),
        _responses,
        enough=2,
    ),
    Records(
        ("id", "message_type", "content_type", "conversation_id", "created_at"),
        ("private", "inbox_id", "source_id", "content_attributes"),
        chatwoot_messages.stage_listed,
        enough=2,
    ),
    Records(
        ("id", "inbox_id", "status", "created_at", "meta.channel"),
        ("can_reply", "agent_last_seen_at", "contact_last_seen_at", "muted", "unread_count", "last_activity_at",
         "waiting_since", "labels"),
        _conversations,
        enough=3,
    ),
    Records(
        ("id", "name", "availability_status", "role"), ("auto_offline", "available_name", "confirmed"), _agents
    ),
    Records(
        ("id", "email", "phone_number", "identifier", "availability_status"),
        ("contact_inboxes", "additional_attributes", "blocked", "last_activity_at"),
        _contacts,
        never=("role",),
    ),
    Records(("id", "name", "allow_auto_assign", "account_id"), ("is_member", "description"), _teams),
)  # fmt: skip
