"""Frappe Helpdesk: the list export of HD Tickets (CSV, labels of the DocType), and the API's HD Tickets,
communications, ticket comments, versions, agents and teams (JSON).

Built from the DocType's definition and the framework's published source, not from a real site.

- Clocks are in the site's time zone and carry no mark: the zone must be declared.
- Users are their mail addresses: they are kept as pseudonyms with the domain. Agents get their names from HD Agent.
- Durations are seconds, in reports ``1d 2h 30m 5s``. ``first_response_time`` and ``resolution_time`` count working
  hours of the SLA and leave the time on hold out; ``user_resolution_time`` is the calendar time less the time the
  customer was waited for.
- ``Replied`` is the customer's turn. A merged ticket is closed, flagged, and names its survivor.
- A rating is a share of five stars, 0 where nobody rated; the ticket does not tell when: it is dated at the ticket's
  last update. How many were asked is not known.
- History stands in Version, as JSON: ``changed: [[field, old, new], …]``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Double, and_, case, func, literal, select, try_cast

from etl import frappe_history
from etl.api_records import Records, fields, listed, newest, put
from etl.api_records import claim as claim_records
from etl.api_records import stage as stage_records
from etl.frappe_history import clock_of, minutes, require_zone
from etl.frappe_words import LABELS, NO_TYPE, SOURCE, STARS, WORDS
from etl.mapping import Clock, Survey
from etl.rearranged import Cell, first_of, rearranged
from etl.staging import Claim, RawTable, Stage
from etl.threads import pseudonym
from etl.vocabulary import SurveyKind

NAME = SOURCE

#: What a list of tickets must show, and what no other help desk calls so.
_NEEDED = ("ID", "Subject", "Status", "Created On")
_TELLING = ("Raised By (Email)", "Via Customer Portal", "First Responded On", "Resolution By", "User Resolution Time",
            "SLA Status", "Agreement Status", "Ticket Merged", "Response By")  # fmt: skip


def claim(raw: RawTable) -> Claim:
    """Claim a list of tickets by its columns, and records of the API by their keys."""
    if raw.kind != "csv":
        return claim_records(NAME, raw, _KINDS)
    telling = tuple(name for name in _TELLING if name in raw.columns)
    if len(telling) < 2:
        return Claim(NAME, ())
    needed = tuple(name for name in _NEEDED if name != "Created On" or "Opening Date" not in raw.columns)
    found = tuple(name for name in needed if name in raw.columns)
    return Claim(NAME, (*found, *telling), tuple(name for name in needed if name not in raw.columns))


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    if raw.kind != "csv":
        stage_records(raw, into, _KINDS)
        return
    _stage_tickets(rearranged(raw, into, {name: first_of(raw, *labels) for name, labels in LABELS.items()}), into)


def _tickets(raw: RawTable, into: Stage) -> None:
    _stage_tickets(fields(raw, into, tuple(LABELS)), into)


def _stage_tickets(rows: RawTable, into: Stage) -> None:
    c = rows.table.c
    require_zone(rows, into, "creation", "opening_date")
    opened = case((c.opening_date.is_not(None), func.concat_ws(" ", c.opening_date, c.opening_time)))
    is_merged = func.coalesce(c.is_merged, "").in_(("1", "true", "Yes"))
    is_portal = func.lower(c.via_customer_portal).in_(("1", "true", "yes"))
    is_email = func.lower(c.via_customer_portal).in_(("0", "false", "no"))
    assigned = func.list_extract(func.from_json(listed(c["_assign"]), '["VARCHAR"]'), -1)
    cells: dict[str, Cell] = {
        "original_id": c.name,
        "subject": c.subject,
        "status": case((is_merged, "merged"), else_=c.status),
        "priority": c.priority,
        "ticket_type": case((func.lower(c.ticket_type).not_in(NO_TYPE), c.ticket_type)),
        "channel": case((is_portal, "customer portal"), (is_email, "email")),
        "team": c.agent_group,
        "owner": pseudonym(case((func.starts_with(c["_assign"], "["), assigned), else_=c["_assign"])),
        "requester": pseudonym(func.coalesce(c.raised_by, c.contact)),
        "account": c.customer,
        "tags": func.nullif(func.lower(func.trim(c["_user_tags"], ", ")), ""),
        "merged_into": case((is_merged, c.merged_with)),
        "created_at": func.coalesce(c.creation, opened),
        "updated_at": c.modified,
        "first_reply_at": c.first_responded_on,
        "resolved_at": c.resolution_date,
        "due_at": c.resolution_by,
        "vendor_first_reply_business_minutes": minutes(c.first_response_time),
        "vendor_resolution_business_minutes": minutes(c.resolution_time),
        "vendor_on_hold_minutes": minutes(c.total_hold_time),
        "vendor_sla_met": case(
            (func.lower(c.agreement_status) == "fulfilled", "true"),
            (func.lower(c.agreement_status) == "failed", "false"),
        ),
    }
    put(rows, into, NAME, "ticket", cells, words=WORDS, optional=("due_at",), clock=Clock())
    _stage_ratings(rows, into)
    _stage_targets(rows, into)


def _stage_ratings(rows: RawTable, into: Stage) -> None:
    last = newest(rows, into, rows.table.c.name, rows.table.c.modified)
    c = last.table.c
    is_rated = and_(c.name.is_not(None), func.coalesce(try_cast(c.feedback_rating, Double), 0.0) != 0)
    cells: dict[str, Cell] = {
        "survey_id": func.concat("ticket:", c.name),
        "ticket_original_id": c.name,
        "respondent": pseudonym(func.coalesce(c.raised_by, c.contact)),
        "account": c.customer,
        "comment": c.feedback_extra,
        "answered_at": func.coalesce(c.modified, c.resolution_date),
        "score": case(
            (c.feedback_rating.in_(list(STARS)), c.feedback_rating), else_=func.concat("rating ", c.feedback_rating)
        ),
    }
    survey = Survey(kind=SurveyKind.CSAT, lowest=1, highest=5, higher_is_better=True, words=STARS)
    put(last, into, NAME, "survey", cells, survey=survey, clock=Clock(), where=is_rated)
    if into.connection.execute(select(func.count()).select_from(last.table).where(is_rated)).scalar_one():
        into.warnings.append("Tickets do not tell when they were rated: ratings are dated at the ticket's last update.")


def _stage_targets(rows: RawTable, into: Stage) -> None:
    """The SLA's two clocks: missed by how much, else met when there was a reply or a resolution."""
    last = newest(rows, into, rows.table.c.name, rows.table.c.modified)
    c = last.table.c
    started = clock_of(func.coalesce(c.creation, func.concat_ws(" ", c.opening_date, c.opening_time)), into)
    for clock, due, met, failed in (
        ("first_reply", c.response_by, c.first_responded_on, c.first_response_failed_by),
        ("resolution", c.resolution_by, c.resolution_date, c.resolution_failed_by),
    ):
        due_at, met_at = clock_of(due, into), clock_of(met, into)
        missed_by = try_cast(minutes(failed), Double)
        verdict = case((missed_by > 0, False), (met_at.is_not(None), met_at <= due_at))
        chosen: list[Any] = [
            c["_row"].label("row"), c.name.label("original_id"), literal("1").label("cycle"),
            literal(clock).label("clock"), c.sla.label("policy"), started.label("started_at"),
            due_at.label("due_at"), met_at.label("met_at"), verdict.label("is_met"),
        ]  # fmt: skip
        into.put("sla", NAME, select(*chosen).where(c.name.is_not(None), due_at.is_not(None), started.is_not(None)))


def _agents(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, ("name", "user", "agent_name"))
    c = rows.table.c
    cells: dict[str, Cell] = {
        "original_id": pseudonym(func.coalesce(c.user, c.name)), "name": c.agent_name, "role": literal("agent")
    }  # fmt: skip
    put(rows, into, NAME, "person", cells)


def _teams(raw: RawTable, into: Stage) -> None:
    rows = fields(raw, into, ("name", "team_name"))
    c = rows.table.c
    put(rows, into, NAME, "team", {"original_id": c.name, "name": func.coalesce(c.team_name, c.name)})


_KINDS = (
    Records(
        ("name", "ref_doctype", "docname", "data", "creation"), ("owner", "doctype"), frappe_history.stage_versions
    ),
    Records(
        ("name", "reference_doctype", "reference_name", "sent_or_received", "creation"),
        ("communication_type", "communication_medium", "content", "sender"),
        frappe_history.stage_communications,
    ),
    Records(
        ("name", "reference_ticket", "commented_by", "creation"),
        ("content", "is_pinned"),
        frappe_history.stage_comments,
    ),
    Records(
        ("name", "subject", "status", "creation"),
        ("raised_by", "agent_group", "via_customer_portal", "agreement_status", "response_by", "resolution_by",
         "first_responded_on", "user_resolution_time", "total_hold_time", "opening_date"),
        _tickets,
        enough=3,
    ),
    Records(("name", "agent_name"), ("user", "is_active", "user_image"), _agents),
    Records(("name", "team_name"), ("users", "assignment_rule", "ignore_restrictions"), _teams),
)  # fmt: skip
