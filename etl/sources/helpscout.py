"""Help Scout: the Mailbox API's conversations, threads, happiness ratings, users, teams, mailboxes, customers (JSON).

Built from the documented fields (Mailbox API 2.0) and a connector's schemas, not from a real account. Keys are read
in both spellings: ``createdAt`` of the API, ``created_at`` of connectors.

- ``active`` is our turn, ``pending`` the customer's, ``closed`` the only end; ``state`` may say it was deleted.
- The conversation's number in addresses of the API (``id``) tells it, not the ``number`` people see.
- A conversation belongs to a mailbox and may be held by a user or by a team: the team that holds it counts, else the
  mailbox. Nobody's conversation is assigned to nobody, number 0, or to the system's own user, number 1.
- Threads asked for one conversation at a time do not say whose they are: embed them (``embed=threads``).
- A rating is 1 for great, 2 for okay and 3 for not good: the lower the better. The report lists answers only, so how
  many were asked is not known.
- Of a conversation merged into another only a line in the survivor's threads is left.
"""

from __future__ import annotations

from sqlalchemy import and_, case, func, literal, not_

from etl import helpscout_threads
from etl.api_records import Records, fields, flag, listed, put, put_named
from etl.api_records import claim as claim_records
from etl.api_records import stage as stage_records
from etl.helpscout_words import RATINGS, SOURCE, SYSTEM_USER, WORDS
from etl.mapping import Survey
from etl.rearranged import Cell
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


def _conversations(raw: RawTable, into: Stage) -> None:
    rows = fields(
        raw, into,
        ("id", "subject", "status", "state", "type", "mailboxId", "assignee.id", "assignee.type", "assignee.first",
         "assignee.last", "createdBy.type", "createdBy.id", "createdAt", "closedAt", "updatedAt|userUpdatedAt",
         "source.via", "source.type", "tags", "primaryCustomer.id"),
    )  # fmt: skip
    c = rows.table.c
    holder = func.nullif(c["assignee.id"], "0")
    is_team = func.coalesce(func.lower(c["assignee.type"]), "user") == "team"
    is_person = and_(not_(is_team), holder != SYSTEM_USER)
    state, status = func.lower(c.state), func.lower(c.status)
    began = func.lower(func.coalesce(c["createdBy.type"], c["source.via"]))
    is_done = status == "closed"
    tags = func.array_to_string(func.json_extract_string(listed(c.tags), "$[*].tag"), ",")
    plain_tags = func.array_to_string(func.json_extract_string(listed(c.tags), "$[*]"), ",")
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "subject": c.subject,
        "status": case((state == "deleted", "deleted"), else_=c.status),
        "channel": func.coalesce(c["source.type"], c.type),
        "owner": case((is_person, holder)),
        "team": case((is_team, func.concat("team:", holder)), else_=func.concat("mailbox:", c.mailboxId)),
        "requester": c["primaryCustomer.id"],
        "tags": func.lower(func.coalesce(func.nullif(tags, ""), func.nullif(plain_tags, ""))),
        "created_at": c.createdAt,
        "updated_at": func.coalesce(c["updatedAt"], c.closedAt),
        "resolved_at": case((is_done, c.closedAt)),
        "is_outbound": flag(began == "user"),
    }
    put(rows, into, NAME, "ticket", cells, words=WORDS)
    name = func.nullif(func.trim(func.concat_ws(" ", c["assignee.first"], c["assignee.last"])), "")
    put_named(rows, into, NAME, "person", case((is_person, holder)), name, "agent")
    put_named(rows, into, NAME, "team", case((is_team, func.concat("team:", holder))), name)
    helpscout_threads.stage_embedded(raw, into)


def _ratings(raw: RawTable, into: Stage) -> None:
    rows = fields(
        raw, into,
        ("threadid|threadId", "conversationId|id", "ratingId", "ratingCustomerId", "ratingComments",
         "ratingCreatedAt"),
    )  # fmt: skip
    c = rows.table.c
    cells: dict[str, Cell] = {
        "survey_id": func.concat("thread:", c.threadid),
        "ticket_original_id": c.conversationId,
        "respondent": c.ratingCustomerId,
        "comment": c.ratingComments,
        "answered_at": c.ratingCreatedAt,
        "score": c.ratingId,
    }
    survey = Survey(kind=SurveyKind.CSAT, lowest=1, highest=3, higher_is_better=False, words=RATINGS)
    put(rows, into, NAME, "survey", cells, survey=survey)


def _users(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, ("id", "firstName", "lastName"))
    c = rows.table.c
    name = func.nullif(func.trim(func.concat_ws(" ", c.firstName, c.lastName)), "")
    put(rows, into, NAME, "person", {"original_id": c.id, "name": name, "role": literal("agent")})


def _customers(raw: RawTable, into: Stage) -> None:
    """Customers by number; of their addresses only the first one's domain is kept."""
    rows = fields(raw, into, ("id", "organizationId|organization", "_embedded.emails|emails|email"))
    c = rows.table.c
    cells: dict[str, Cell] = {
        "original_id": c.id,
        "name": domain_of(c["_embedded.emails"]),
        "role": literal("customer"),
        "account": c.organizationId,
    }
    put(rows, into, NAME, "person", cells)


def _teams(raw: RawTable, into: Stage) -> None:
    _stage_teams(raw, into, "team:")


def _mailboxes(raw: RawTable, into: Stage) -> None:
    _stage_teams(raw, into, "mailbox:")


def _stage_teams(raw: RawTable, into: Stage, prefix: str) -> None:
    rows = fields(raw, into, ("id", "name"))
    c = rows.table.c
    number = case((c.id.is_not(None), func.concat(prefix, c.id)))
    put(rows, into, NAME, "team", {"original_id": number, "name": c.name})


_KINDS = (
    Records(
        ("threadid|thread_id|threadId", "ratingId|rating_id", "ratingCreatedAt|rating_created_at"),
        ("ratingCustomerId|rating_customer_id", "ratingUserId|rating_user_id"),
        _ratings,
    ),
    Records(
        ("id", "type", "conversationId|conversation_id", "createdAt|created_at", "createdBy|created_by"),
        ("assignedTo|assigned_to", "action", "savedReplyId|saved_reply_id", "openedAt|opened_at"),
        helpscout_threads.stage_listed,
        enough=2,
    ),
    Records(
        ("id", "number", "mailboxId|mailbox_id", "status", "state", "createdAt|created_at"),
        ("primaryCustomer|primary_customer", "folderId|folder_id", "userUpdatedAt|user_updated_at",
         "customerWaitingSince|customer_waiting_since", "closedByUser|closed_by", "createdBy|created_by"),
        _conversations,
        enough=2,
    ),
    Records(
        ("id", "firstName|first_name", "createdAt|created_at"),
        ("photoType|photo_type", "jobTitle|job_title", "background", "_embedded.social_profiles", "social_profiles",
         "_embedded.emails"),
        _customers,
        enough=2,
        never=("role",),
    ),
    Records(
        ("id", "firstName|first_name", "lastName|last_name", "role", "timezone", "type"),
        ("photoUrl|photo_url", "mention", "initials", "jobTitle|job_title", "companyName"),
        _users,
    ),
    Records(
        ("id", "name", "timezone", "mention", "createdAt|created_at"), ("initials", "photoUrl|photo_url"), _teams
    ),
    Records(("id", "name", "slug", "email", "createdAt|created_at"), ("_links.fields", "updatedAt|updated_at"),
            _mailboxes, never=("domains", "avatar", "timezone")),
)  # fmt: skip
