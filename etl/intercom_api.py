"""Intercom's API: conversations and tickets with their parts, admins, teams, contacts, companies.

Clocks are epoch seconds, in UTC (connectors write them as ISO 8601: both are read). ``statistics`` counts its
durations in seconds *within office hours*, so they stand beside our business minutes; its clocks are calendar ones.

Of one conversation the API gives its newest 500 parts, without a word about the others: where ``total_count`` says
more, the report says how many conversations lack their beginning.
"""

from __future__ import annotations

from sqlalchemy import Double, and_, case, func, literal, not_, null, try_cast

from etl.files import flatten
from etl.intercom_parts import stage_embedded, stage_listed
from etl.intercom_ui import kind_tag, minutes, stage_ratings, stage_sessions
from etl.intercom_words import (
    FIN_OUTCOMES,
    INBOUND,
    OUTBOUND,
    SNOOZED,
    SNOOZED_BY_US,
    SNOOZED_FOR_CUSTOMER,
    SOURCE,
    WORDS,
)
from etl.mapping import Clock, Mapping
from etl.rearranged import Cell, our_word, rearranged, refuse_where
from etl.staging import RawTable, Stage
from etl.threads import domain_of
from etl.translate import stage_mapping

_CLOCK = Clock(timezone="UTC")
_SECONDS = {
    "vendor_first_reply_business_minutes": "statistics.time_to_admin_reply",
    "vendor_first_resolution_business_minutes": "statistics.time_to_first_close",
    "vendor_resolution_business_minutes": "statistics.time_to_last_close",
}
_CLOCKS = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "first_reply_at": "statistics.first_admin_reply_at",
    "first_resolved_at": "statistics.first_close_at",
    "resolved_at": "statistics.last_close_at",
}
_CONVERSATION = (
    *_CLOCKS.values(),
    *_SECONDS.values(),
    "id", "title", "state", "priority", "waiting_since", "tags", "tags.tags", "contacts", "contacts.contacts",
    "source.type", "source.subject", "source.delivered_as", "source.author.type", "source.author.id",
    "admin_assignee_id", "team_assignee_id", "assignee.id", "assignee.type", "statistics.count_reopens",
    "conversation_rating", "conversation_rating.rating", "conversation_rating.remark",
    "conversation_rating.created_at", "conversation_rating.requested_at", "conversation_rating.contact.id",
    "sla_applied.sla_status", "linked_objects.data", "ai_agent_participated", "ai_agent.resolution_state",
    "custom_attributes.AI Topic",
)  # fmt: skip


def stage_conversations(raw: RawTable, into: Stage) -> None:
    """Put conversations with Intercom's own figures, their ratings, talks with Fin, and their parts."""
    flat = flatten(raw, list(dict.fromkeys(_CONVERSATION)), into.connection)
    flat = refuse_where(flat, into, flat.table.c.created_at.is_(None), "created_at", "no date of creation")
    cell = flat.table.c
    kind = func.lower(cell["source.delivered_as"])
    cells: dict[str, Cell] = {
        **{name: cell[name] for name in ("id", "priority", *_CLOCKS.values(), "statistics.count_reopens")},
        **{name: minutes(cell[name]) for name in _SECONDS.values()},
        "subject": func.coalesce(cell.title, cell["source.subject"]),
        "state": _state(cell.state, cell.waiting_since, into),
        "channel": cell["source.type"],
        "owner": func.coalesce(cell.admin_assignee_id, _assigned(flat, "admin")),
        "team": func.coalesce(cell.team_assignee_id, _assigned(flat, "team")),
        "requester": _first(flat, "contacts", cell["source.author.id"], cell["source.author.type"]),
        "tags": _names(func.coalesce(cell["tags.tags"], cell.tags)),
        "outbound": case((kind.in_(OUTBOUND), "true"), (kind.in_(INBOUND), "false")),
        "sla": _told_sla(cell["sla_applied.sla_status"]),
        "category": cell["custom_attributes.AI Topic"],
        "tracker": _tracker(cell["linked_objects.data"]),
    }
    mapping = Mapping(
        name="intercom-conversations",
        source=SOURCE,
        shape="ticket",
        part="conversation",
        clock=_CLOCK,
        columns={
            "original_id": ("id",),
            "status": ("state",),
            "vendor_reopens": ("statistics.count_reopens",),
            "vendor_sla_met": ("sla",),
            "is_outbound": ("outbound",),
            "problem_key": ("tracker",),
            **{name: (name,) for name in ("subject", "priority", "channel", "owner", "team", "requester", "tags")},
            "category": ("category",),
            **{ours: (theirs,) for ours, theirs in {**_CLOCKS, **_SECONDS}.items()},
        },
        words=WORDS,
        optional=("vendor_reopens", *_SECONDS),
    )
    stage_mapping(mapping, rearranged(flat, into, cells), into)
    _stage_inner_ratings(flat, into)
    _stage_inner_sessions(flat, into)
    stage_embedded(raw, into, "conversation_parts")


def _state(state: Cell, waiting_since: Cell, into: Stage) -> Cell:
    """The state; a snoozed one with whose turn it is, unless the settings say what ``snoozed`` means."""
    if SNOOZED in (word.strip().lower() for word in into.settings.loading.status):
        return state
    # waiting_since is empty once a teammate was the last to reply.
    turn = case((waiting_since.is_(None), SNOOZED_FOR_CUSTOMER), else_=SNOOZED_BY_US)
    return case((func.lower(state) == SNOOZED, turn), else_=state)


def _assigned(flat: RawTable, kind: str) -> Cell:
    """Older answers name the one assignee, a person or a team."""
    cell = flat.table.c
    return case((func.lower(cell["assignee.type"]) == kind, cell["assignee.id"]))


def _first(flat: RawTable, name: str, author: Cell, kind: Cell) -> Cell:
    """The first contact of a conversation; where none is listed, the customer who began it."""
    cell = flat.table.c
    listed = func.coalesce(cell[f"{name}.{name}"], cell[name])
    found = func.list_extract(func.json_extract_string(listed, "$[*].id"), 1)
    began = case((func.lower(kind).in_(("user", "lead", "contact")), author))
    return func.coalesce(found, began)


def _names(tags: Cell) -> Cell:
    """The names of a list of tags, joined by commas."""
    return func.nullif(func.lower(func.array_to_string(func.json_extract_string(tags, "$[*].name"), ",")), "")


def _told_sla(status: Cell) -> Cell:
    """``hit`` or ``missed``; an SLA that runs or was called off says neither."""
    return case((func.lower(status).in_(("hit", "missed")), status))


def _tracker(linked: Cell) -> Cell:
    """The tracker ticket a conversation or ticket is linked to: the record of the problem behind it."""
    kinds = func.json_extract_string(linked, "$[*].category")
    numbers = func.json_extract_string(linked, "$[*].id")
    place = func.list_position(kinds, "Tracker")
    return case((and_(linked.is_not(None), place > 0), func.list_extract(numbers, place)))


def _stage_inner_ratings(flat: RawTable, into: Stage) -> None:
    cell = flat.table.c
    is_given = cell["conversation_rating.rating"].is_not(None)
    given = case((is_given, cell["conversation_rating.created_at"]))
    cells: dict[str, Cell] = {
        "survey_id": func.concat("conversation:", cell.id),
        "ticket": cell.id,
        "respondent": cell["conversation_rating.contact.id"],
        "comment": cell["conversation_rating.remark"],
        "conversation_rating.rating": cell["conversation_rating.rating"],
        "answered": given,
        "sent": func.coalesce(
            cell["conversation_rating.requested_at"], case((not_(is_given), cell["conversation_rating.created_at"]))
        ),
    }
    is_rated = and_(cell["conversation_rating"].is_not(None), cell.id.is_not(None))
    rows = rearranged(flat, into, cells, is_rated)
    if rows.rows:
        rows = _newest(rows, into, "survey_id")
        stage_ratings(rows, into, "conversation_rating.rating", ("answered",), ("sent",), _CLOCK)


def _newest(rows: RawTable, into: Stage, key: str) -> RawTable:
    """One row a key: a conversation that comes twice was judged already, its rating is not to be told twice."""
    c = rows.table.c
    place = func.row_number().over(partition_by=c[key], order_by=c["_row"].desc())
    numbered = rearranged(rows, into, {**{name: c[name] for name in rows.columns}, "place": place})
    d = numbered.table.c
    return rearranged(numbered, into, {name: d[name] for name in rows.columns}, d.place == "1")


def _stage_inner_sessions(flat: RawTable, into: Stage) -> None:
    cell = flat.table.c
    state = cell["ai_agent.resolution_state"]
    outcome = our_word(state, {word: str(each) for word, each in FIN_OUTCOMES.items()})
    cells: dict[str, Cell] = {
        "original_id": cell.id,
        "kind": literal("bot"),
        "topic": cell["custom_attributes.AI Topic"],
        "outcome": outcome,
        "original_outcome": state,
        "ticket": case((outcome == "handed over", cell.id)),
        "started_at": cell.created_at,
    }
    took_part = and_(func.lower(cell.ai_agent_participated) == "true", cell.id.is_not(None))
    rows = rearranged(flat, into, cells, took_part)
    if rows.rows:
        stage_sessions(rows, into, _CLOCK)


_TICKET = (
    "id", "created_at", "updated_at", "ticket_state", "ticket_state.category", "ticket_state.internal_label",
    "category", "ticket_type.name", "ticket_attributes._default_title_", "admin_assignee_id", "team_assignee_id",
    "contacts", "contacts.contacts", "company_id", "linked_objects.data", "ticket_parts",
)  # fmt: skip


def stage_tickets(raw: RawTable, into: Stage) -> None:
    """Put tickets and what happened to them. Back-office and tracker tickets carry their category as a tag."""
    flat = flatten(raw, _TICKET, into.connection)
    flat = refuse_where(flat, into, flat.table.c.created_at.is_(None), "created_at", "no date of creation")
    cell = flat.table.c
    # Newer answers give an object, with the category of the state inside.
    bare = case((~func.starts_with(cell.ticket_state, "{"), cell.ticket_state))
    cells: dict[str, Cell] = {
        **{name: cell[name] for name in ("id", "created_at", "updated_at", "company_id")},
        "ticket_state": func.coalesce(cell["ticket_state.category"], bare),
        "subject": cell["ticket_attributes._default_title_"],
        "category": cell["ticket_type.name"],
        "tags": kind_tag(cell.category),
        "owner": _somebody(cell.admin_assignee_id),
        "team": _somebody(cell.team_assignee_id),
        "requester": _first(flat, "contacts", null(), null()),
        "tracker": _tracker(cell["linked_objects.data"]),
    }
    columns = {name: (name,) for name in ("subject", "category", "tags", "owner", "team", "requester")}
    mapping = Mapping(
        name="intercom-tickets",
        source=SOURCE,
        shape="ticket",
        clock=_CLOCK,
        columns={
            "original_id": ("id",),
            "status": ("ticket_state",),
            "created_at": ("created_at",),
            "updated_at": ("updated_at",),
            "account": ("company_id",),
            "problem_key": ("tracker",),
            **columns,
        },
        words=WORDS,
    )
    stage_mapping(mapping, rearranged(flat, into, cells), into)
    stage_embedded(raw, into, "ticket_parts")


def _somebody(number: Cell) -> Cell:
    """Nobody is number 0."""
    return func.nullif(number, "0")


def stage_parts(raw: RawTable, into: Stage) -> None:
    """Put the events of parts that come one a record."""
    stage_listed(raw, into)


def stage_admins(raw: RawTable, into: Stage) -> None:
    """Teammates, by name, with the first of their teams."""
    flat = flatten(raw, ("id", "name", "team_ids"), into.connection)
    cell = flat.table.c
    first = func.list_extract(func.json_extract_string(cell.team_ids, "$[*]"), 1)
    cells: dict[str, Cell] = {"id": cell.id, "name": cell.name, "team": first, "role": literal("admin")}
    columns = {"original_id": ("id",), "name": ("name",), "team": ("team",), "role": ("role",)}
    mapping = Mapping(name="intercom-admins", shape="person", source=SOURCE, columns=columns, words=WORDS)
    stage_mapping(mapping, rearranged(flat, into, cells), into)


def stage_teams(raw: RawTable, into: Stage) -> None:
    """Teams by number and name."""
    columns = {"original_id": ("id",), "name": ("name",)}
    stage_mapping(Mapping(name="intercom-teams", shape="team", source=SOURCE, columns=columns), raw, into)


def stage_contacts(raw: RawTable, into: Stage) -> None:
    """Contacts. Only the domain of an address is kept, by which test requesters are known."""
    paths = ("id", "role", "email", "companies.data", "companies.companies", "companies")
    flat = flatten(raw, paths, into.connection)
    cell = flat.table.c
    companies = func.coalesce(cell["companies.data"], cell["companies.companies"], cell.companies)
    cells: dict[str, Cell] = {
        "id": cell.id,
        "role": cell.role,
        "domain": domain_of(cell.email),
        "company": func.list_extract(func.json_extract_string(companies, "$[*].id"), 1),
    }
    columns = {"original_id": ("id",), "name": ("domain",), "role": ("role",), "account": ("company",)}
    mapping = Mapping(name="intercom-contacts", shape="person", source=SOURCE, columns=columns, words=WORDS)
    stage_mapping(mapping, rearranged(flat, into, cells), into)


def stage_companies(raw: RawTable, into: Stage) -> None:
    """Companies with the name of their plan as tier and twelve times what they spend in a month."""
    flat = flatten(raw, ("id", "name", "plan.name", "monthly_spend"), into.connection)
    cell = flat.table.c
    # Intercom writes 0 where nobody ever told it what a company spends.
    spend = func.nullif(try_cast(cell.monthly_spend, Double), 0) * 12
    cells: dict[str, Cell] = {"id": cell.id, "name": cell.name, "tier": cell["plan.name"], "spend": spend}
    columns = {"original_id": ("id",), "name": ("name",), "tier": ("tier",), "annual_revenue": ("spend",)}
    mapping = Mapping(
        name="intercom-companies", shape="account", source=SOURCE, columns=columns, optional=("annual_revenue",)
    )
    stage_mapping(mapping, rearranged(flat, into, cells), into)
