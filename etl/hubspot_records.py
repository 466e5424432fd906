"""HubSpot's records: tickets with their histories, owners, companies, surveys, e-mails and notes (CRM API, JSON), and
tickets and their histories as connectors write them to a warehouse (CSV). Clocks are in UTC, durations in ms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Double, Select, Text, and_, case, cast, func, literal, null, or_, select, try_cast, union_all

from etl.expressions import tidy
from etl.files import flatten
from etl.hubspot_words import ARCHIVED_WORD, RUNNING, SOURCE, WORDS
from etl.mapping import Clock, Mapping, Survey
from etl.rearranged import Cell, first_of, only, rearranged, refuse_where
from etl.staging import RawTable, Stage
from etl.threads import domain_of, message_cells, stage_events, unnested
from etl.translate import stage_mapping
from etl.vocabulary import Event, Role, SurveyKind

_CLOCK = Clock(timezone="UTC")
_FIELDS = (
    "subject", "hs_pipeline_stage", "hs_ticket_priority", "hs_ticket_category", "source_type", "hubspot_owner_id",
    "hubspot_team_id", "createdate", "closed_date", "hs_lastmodifieddate", "first_agent_reply_date", "time_to_close",
    "time_to_first_agent_reply", "hs_time_to_close_sla_at", "hs_time_to_close_sla_status", "hs_merged_object_ids",
)  # fmt: skip
_ASSOCIATED = ("companies", "contacts")


def stage_tickets(raw: RawTable, into: Stage) -> None:
    """Put tickets of the API, who was merged into them, and the histories of their properties where they are told."""
    around = [f"associations.{name}.results" for name in _ASSOCIATED]
    paths = ["id", "createdAt", "updatedAt", "archived", *around, *(f"properties.{name}" for name in _FIELDS)]
    flat = flatten(raw, paths, into.connection)
    c = flat.table.c
    cells: dict[str, Cell] = {
        "id": c.id,
        "archived": c.archived,
        "account": _first_id(c[around[0]]),
        "requester": _first_id(c[around[1]]),
        **{name: c[f"properties.{name}"] for name in _FIELDS},
        "createdate": func.coalesce(c["properties.createdate"], c.createdAt),
        "hs_lastmodifieddate": func.coalesce(c["properties.hs_lastmodifieddate"], c.updatedAt),
    }
    _stage_tickets(rearranged(flat, into, cells), into)
    _stage_inner_history(raw, into)


def stage_warehouse_tickets(raw: RawTable, into: Stage) -> None:
    """Put tickets as connectors write them: each property in a column of its own."""
    cells: dict[str, Cell] = {
        "id": first_of(raw, "id", "ticket_id"),
        "archived": first_of(raw, "is_deleted", "_fivetran_deleted", "is_ticket_deleted"),
        "account": literal(None, Text),
        "requester": literal(None, Text),
        **{name: first_of(raw, f"property_{name}", name) for name in _FIELDS},
    }
    _stage_tickets(rearranged(raw, into, cells), into)


def _first_id(results: Cell) -> Cell:
    return func.list_extract(func.json_extract_string(results, "$[*].id"), 1)


def _minutes(milliseconds: Cell) -> Cell:
    value = try_cast(milliseconds, Double)
    return case((value >= 0, cast(value / 60_000, Text)), else_=milliseconds)


def _stage_tickets(rows: RawTable, into: Stage) -> None:
    c = rows.table.c
    verdict = c.hs_time_to_close_sla_status
    cells: dict[str, Cell] = {
        **{name: c[name] for name in rows.columns if name != "archived"},
        "hs_pipeline_stage": case((func.lower(c.archived) == "true", ARCHIVED_WORD), else_=c.hs_pipeline_stage),
        "time_to_close": _minutes(c.time_to_close),
        "time_to_first_agent_reply": _minutes(c.time_to_first_agent_reply),
        "hs_time_to_close_sla_status": case((tidy(verdict).in_(RUNNING), None), else_=verdict),
    }
    columns = {
        "original_id": "id",
        "subject": "subject",
        "status": "hs_pipeline_stage",
        "priority": "hs_ticket_priority",
        "channel": "source_type",
        "category": "hs_ticket_category",
        "owner": "hubspot_owner_id",
        "team": "hubspot_team_id",
        "account": "account",
        "requester": "requester",
        "created_at": "createdate",
        "resolved_at": "closed_date",
        "updated_at": "hs_lastmodifieddate",
        "first_reply_at": "first_agent_reply_date",
        "due_at": "hs_time_to_close_sla_at",
        "vendor_first_reply_minutes": "time_to_first_agent_reply",
        "vendor_resolution_minutes": "time_to_close",
        "vendor_sla_met": "hs_time_to_close_sla_status",
    }
    mapping = Mapping(
        name="hubspot-tickets",
        source=SOURCE,
        shape="ticket",
        clock=_CLOCK,
        columns={ours: (theirs,) for ours, theirs in columns.items()},
        words=WORDS,
        optional=("due_at", "vendor_first_reply_minutes", "vendor_resolution_minutes"),
    )
    stage_mapping(mapping, rearranged(rows, into, cells), into)
    _stage_merged(rows, into)


def _stage_merged(rows: RawTable, into: Stage) -> None:
    """A ticket names those merged into it, which are gone from every later list."""
    c = rows.table.c
    gone = func.unnest(func.string_split(c.hs_merged_object_ids, ";")).label("gone")
    listed = select(c["_row"], c.id, gone).where(c.hs_merged_object_ids.is_not(None), c.id.is_not(None)).subquery()
    number = func.nullif(func.trim(listed.c.gone), "")
    into.put(
        "ticket",
        SOURCE,
        select(
            func.max(listed.c["_row"]).label("row"),
            literal("merge").label("part"),
            number.label("original_id"),
            func.max(listed.c.id).label("merged_into"),
        )
        .where(number.is_not(None), number != listed.c.id)
        .group_by(number),
    )


#: Property → the event its changes are.
_CHANGES = {
    "hs_pipeline_stage": Event.STATUS,
    "hubspot_owner_id": Event.OWNER,
    "hubspot_team_id": Event.TEAM,
    "hs_ticket_priority": Event.PRIORITY,
}
#: ``sourceType`` of changes nobody made by hand.
_BOTS = ("automation_platform", "workflows", "automation", "calculated", "sequences", "bot", "chatflow")


def _stage_inner_history(raw: RawTable, into: Stage) -> None:
    inner = ("value", "timestamp", "sourceType", "updatedByUserId")
    parts = []
    for name in _CHANGES:
        path = f"propertiesWithHistory.{name}"
        if path not in raw.columns:
            continue
        told = unnested(raw, into, path, ("id",), inner)
        c = told.table.c
        parts.append(
            _changes(
                told,
                {
                    "ticket": c.id,
                    "name": literal(name),
                    "value": c["item.value"],
                    "source": c["item.sourceType"],
                    "moment": c["item.timestamp"],
                    "user": c["item.updatedByUserId"],
                },
            )
        )
    if parts:
        _stage_history(raw, union_all(*parts), into)


def _changes(rows: RawTable, cells: dict[str, Cell]) -> Select[Any]:
    return select(rows.table.c["_row"], *(cast(cell, Text).label(name) for name, cell in cells.items()))


def stage_warehouse_history(raw: RawTable, into: Stage) -> None:
    """Put the changes of stage, owner, team and priority of ``ticket_property_history``."""
    is_read = func.coalesce(func.trim(raw.table.c.name), "").in_(list(_CHANGES))
    rows = only(raw, into, is_read, "changes of properties nothing is made of")
    c = rows.table.c
    rows = refuse_where(rows, into, c.ticket_id.is_(None), "ticket_id", "no number")
    c = rows.table.c
    rows = refuse_where(rows, into, c.timestamp_instant.is_(None), "timestamp_instant", "no date")
    c = rows.table.c
    keys = (c.ticket_id, c.name, c.timestamp_instant, c.value)
    telling = func.row_number().over(partition_by=keys, order_by=c["_row"])
    rows = rearranged(rows, into, {**{name: c[name] for name in rows.columns}, "telling": telling})
    c = rows.table.c
    rows = refuse_where(rows, into, c.telling != "1", "name", "duplicate row")
    c = rows.table.c
    cells: dict[str, Cell] = {
        "ticket": func.trim(c.ticket_id),
        "name": func.trim(c.name),
        "value": func.nullif(func.trim(c.value), ""),
        "source": first_of(rows, "source"),
        "moment": c.timestamp_instant,
        "user": null(),
    }
    _stage_history(raw, _changes(rows, cells), into)


def _stage_history(raw: RawTable, rows: Any, into: Stage) -> None:
    told = rows.subquery()
    c = told.c
    is_stage = c.name == "hs_pipeline_stage"
    is_bot = func.lower(func.trim(c.source)).in_(_BOTS)
    cells: dict[str, Cell] = {
        "original_id": c.ticket,
        "occurred_at": c.moment,
        "activity": case({name: str(event) for name, event in _CHANGES.items()}, value=c.name),
        "actor": case((is_bot, "automation"), (c.user.is_not(None), func.concat("user ", c.user))),
        "actor_role": case((is_bot, str(Role.BOT)), (c.user.is_not(None), str(Role.AGENT))),
        "new_value": c.value,
        # Of changes at one moment the stage is told last.
        "step": case((is_stage, 2), else_=1),
    }
    bare = replace(raw, table=told)
    # An emptied stage or priority says nothing; an emptied owner says that nobody has it.
    says = or_(c.value.is_not(None), c.name.in_(("hubspot_owner_id", "hubspot_team_id")))
    stage_events(rearranged(bare, into, cells, says), into, SOURCE, WORDS)


def stage_owners(raw: RawTable, into: Stage) -> None:
    """Owners by name, with their first team; the teams themselves by number and name."""
    flat = flatten(raw, ("id", "firstName", "lastName", "teams"), into.connection)
    c = flat.table.c
    primary = func.list_position(func.json_extract_string(c.teams, "$[*].primary"), "true")
    place = case((primary > 0, primary), else_=1)
    cells: dict[str, Cell] = {
        "id": c.id,
        "name": func.nullif(func.trim(func.concat_ws(" ", c.firstName, c.lastName)), ""),
        "team": func.list_extract(func.json_extract_string(c.teams, "$[*].id"), place),
        "role": literal(str(Role.AGENT)),
    }
    columns = {name: (name,) for name in ("name", "team", "role")}
    mapping = Mapping(name="hubspot-owners", shape="person", source=SOURCE, columns={"original_id": ("id",), **columns})
    stage_mapping(mapping, rearranged(flat, into, cells), into)
    teams = unnested(raw, into, "teams", (), ("id", "name"))
    t = teams.table.c
    first = (func.min(t["_row"]).label("row"), func.min(t["item.name"]).label("name"))
    named = select(t["item.id"].label("original_id"), *first)
    into.put("team", SOURCE, named.where(t["item.id"].is_not(None)).group_by(t["item.id"]))


def stage_contacts(raw: RawTable, into: Stage) -> None:
    """Contacts. Only the domain of an address is kept, by which test requesters are known."""
    results = "associations.companies.results"
    flat = flatten(raw, ("id", "properties.email", results), into.connection)
    c = flat.table.c
    role = literal(str(Role.CUSTOMER))
    cells: dict[str, Cell] = {
        "id": c.id,
        "domain": domain_of(c["properties.email"]),
        "role": role,
        "account": _first_id(c[results]),
    }
    columns = {"original_id": ("id",), "name": ("domain",), "role": ("role",), "account": ("account",)}
    mapping = Mapping(name="hubspot-contacts", shape="person", source=SOURCE, columns=columns)
    stage_mapping(mapping, rearranged(flat, into, cells), into)


def stage_companies(raw: RawTable, into: Stage) -> None:
    """Companies by number and name. Their ``annualrevenue`` is what they earn, not what they pay: it is not read."""
    columns = {"original_id": ("id",), "name": ("properties.name",), "region": ("properties.country",)}
    mapping = Mapping(name="hubspot-companies", shape="account", source=SOURCE, columns=columns, optional=("region",))
    stage_mapping(mapping, raw, into)


#: What each kind of survey asks, on which scale. A CSAT has as many grades as its author chose, so there HubSpot's own
#: verdict counts: promoter, passive or detractor.
_SURVEYS = {
    "NPS": ("properties.hs_value", Survey(kind=SurveyKind.NPS, lowest=0, highest=10, higher_is_better=True)),
    "CES": ("properties.hs_value", Survey(kind=SurveyKind.CES, lowest=1, highest=7, higher_is_better=True)),
    "CSAT": (
        "properties.hs_response_group",
        Survey(
            kind=SurveyKind.CSAT,
            lowest=0,
            highest=2,
            higher_is_better=True,
            words={"promoter": 2, "passive": 1, "detractor": 0},
        ),
    ),
}


def stage_feedback(raw: RawTable, into: Stage) -> None:
    """Put answers to NPS, CES and CSAT surveys; other surveys have a scale nobody declared and are refused."""
    names = ("hs_survey_type", "hs_value", "hs_response_group", "hs_content", "hs_contact_id", "hs_ticket_id")
    paths = ["id", "createdAt", "properties.hs_submission_timestamp", *(f"properties.{name}" for name in names)]
    flat = flatten(raw, [*paths, "associations.tickets.results", "associations.contacts.results"], into.connection)
    c = flat.table.c
    cells: dict[str, Cell] = {
        **{name: c[name] for name in ("id", *(f"properties.{each}" for each in names[:4]))},
        "kind": func.upper(func.coalesce(c["properties.hs_survey_type"], "")),
        "ticket": func.coalesce(c["properties.hs_ticket_id"], _first_id(c["associations.tickets.results"])),
        "respondent": func.coalesce(c["properties.hs_contact_id"], _first_id(c["associations.contacts.results"])),
        "answered": func.coalesce(c["properties.hs_submission_timestamp"], c.createdAt),
    }
    rows = rearranged(flat, into, cells)
    why = "the scale of this kind of survey is not known"
    rows = refuse_where(rows, into, rows.table.c.kind.not_in(list(_SURVEYS)), "properties.hs_survey_type", why)
    for kind, (score, survey) in _SURVEYS.items():
        c = rows.table.c
        mine = rearranged(rows, into, {name: c[name] for name in rows.columns}, c.kind == kind)
        columns = {
            "survey_id": "id",
            "ticket_original_id": "ticket",
            "respondent": "respondent",
            "score": score,
            "comment": "properties.hs_content",
            "answered_at": "answered",
        }
        mapping = Mapping(
            name="hubspot-feedback",
            source=SOURCE,
            shape="survey",
            clock=_CLOCK,
            columns={ours: (theirs,) for ours, theirs in columns.items()},
            survey=survey,
        )
        if mine.rows:
            stage_mapping(mapping, mine, into)


_INCOMING = ("incoming_email",)


def stage_messages(raw: RawTable, into: Stage) -> None:
    """Put e-mails and notes that are associated with a ticket; those of no ticket are left out."""
    names = ("hs_timestamp", "hs_email_direction", "hs_email_text", "hs_email_html", "hs_note_body", "hubspot_owner_id")
    paths = ["id", "createdAt", "associations.tickets.results", *(f"properties.{name}" for name in names)]
    flat = flatten(raw, paths, into.connection)
    is_tied = _first_id(flat.table.c["associations.tickets.results"]).is_not(None)
    flat = only(flat, into, is_tied, "messages of no ticket")
    c = flat.table.c
    body = func.coalesce(c["properties.hs_email_text"], c["properties.hs_email_html"], c["properties.hs_note_body"], "")
    direction = func.lower(c["properties.hs_email_direction"])
    is_note = and_(direction.is_(None), c["properties.hs_note_body"].is_not(None))
    incoming = func.coalesce(direction.in_(_INCOMING), False)
    cells: dict[str, Cell] = {
        "original_id": _first_id(c["associations.tickets.results"]),
        "occurred_at": func.coalesce(c["properties.hs_timestamp"], c.createdAt),
        "activity": case((is_note, str(Event.PRIVATE_NOTE)), else_=str(Event.PUBLIC_MESSAGE)),
        "actor": case((~incoming, c["properties.hubspot_owner_id"])),
        "actor_role": case((incoming, str(Role.CUSTOMER)), else_=str(Role.AGENT)),
        **message_cells(body),
    }
    rows = rearranged(flat, into, cells)
    stage_events(rows, into, SOURCE, WORDS)
