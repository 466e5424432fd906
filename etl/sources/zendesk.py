"""Zendesk: the UI export (CSV), and the API's tickets, audits, metrics, metric events, ratings, users, groups,
organizations and fields.

API records are known by their keys, so pages with their envelope, bare lists and lines of JSON are all the same. See
Zendesk's API reference, "Tickets", "Ticket Audits", "Ticket Metrics", "Ticket Metric Events", "Satisfaction
Ratings", "Users", "Groups",
"Organizations" and "Ticket Fields".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlalchemy import case, func, null

from etl import zendesk_audits, zendesk_targets, zendesk_ui
from etl.files import flatten
from etl.mapping import Clock, Mapping
from etl.staging import Claim, RawTable, Stage
from etl.translate import stage_mapping
from etl.zendesk_fields import LOOKS_LIKE, looking_like, own_fields, stage_fields
from etl.zendesk_rows import (
    SOURCE,
    Cell,
    changes_of,
    derived,
    escalated_word,
    is_rated,
    rating_clocks,
    stage_ratings,
    status_word,
    tell_escalation_tags,
)
from etl.zendesk_words import BAD, GOOD, WORDS

NAME = SOURCE

#: The API writes every clock in UTC.
_CLOCK = Clock(timezone="UTC")


class _Records(NamedTuple):
    """One kind of API record: the keys it must have, keys of which it must have one, and who takes it.

    A key that holds an object counts however far its paths go: ``via`` is there when ``via.channel`` is.
    """

    needed: tuple[str, ...]
    telling: tuple[str, ...]
    stage: Callable[[RawTable, Stage], None]


def claim(raw: RawTable) -> Claim:
    """Claim a UI export by its columns, and API records by their keys."""
    if raw.kind == "csv":
        return zendesk_ui.claim(raw)
    there = _keys(raw.columns)
    near = Claim(NAME, ())
    for kind in _KINDS.values():
        telling = tuple(key for key in kind.telling if key in there)
        found = tuple(key for key in kind.needed if key in there)
        missing = tuple(key for key in kind.needed if key not in there)
        if telling and not missing:
            return Claim(NAME, (*found, *telling))
        if telling and len(found) > len(near.matched):
            near = Claim(NAME, (*found, *telling), missing)
    return near


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    if raw.kind == "csv":
        zendesk_ui.stage(raw, into)
        return
    there = _keys(raw.columns)
    for kind in _KINDS.values():
        if there.issuperset(kind.needed) and not there.isdisjoint(kind.telling):
            kind.stage(raw, into)
            return


def _keys(paths: Iterable[str]) -> set[str]:
    """Every dotted path and every beginning of one."""
    return {path[:end] for path in paths for end in (*_dots(path), len(path))}


def _dots(path: str) -> list[int]:
    return [place for place, letter in enumerate(path) if letter == "."]


_TICKET = {
    "original_id": ("id",),
    "subject": ("subject", "raw_subject"),
    "status": ("status",),
    "priority": ("priority",),
    "channel": ("via.channel",),
    "ticket_type": ("type",),
    "team": ("group_id",),
    "owner": ("assignee_id",),
    "requester": ("requester_id",),
    "account": ("organization_id",),
    "tags": ("tags",),
    "problem_key": ("problem_id",),
    "created_at": ("created_at",),
    "updated_at": ("updated_at",),
    "due_at": ("due_at",),
    "vendor_escalated": ("escalated",),
    "is_outbound": ("outbound",),
}
#: Paths of a ticket that other cells are made of.
_INSIDE = ("custom_fields", "via.source.rel", "satisfaction_rating.score", "satisfaction_rating.comment")


def _stage_tickets(raw: RawTable, into: Stage) -> None:
    made = ("escalated", "outbound")
    paths = [path for paths in _TICKET.values() for path in paths if path not in made]
    flat = flatten(raw, [*paths, *_INSIDE], into.connection)
    cell = flat.table.c
    tags = func.array_to_string(func.from_json(cell.tags, '["VARCHAR"]'), ",")
    tell_escalation_tags(flat, tags, into)
    cells: dict[str, Cell] = {path: cell[path] for path in paths}
    cells |= {
        "tags": tags,
        "status": status_word(cell.status, tags),
        "escalated": escalated_word(tags),
        "outbound": case((func.lower(cell["via.source.rel"]) == "outbound", "true")),
        "own fields": own_fields(cell.custom_fields),
    }
    mapping = Mapping(
        name="zendesk-tickets",
        shape="ticket",
        source=NAME,
        clock=_CLOCK,
        columns={**_TICKET, "own_fields": ("own fields",)},
        words=WORDS,
        optional=("due_at",),
    )
    stage_mapping(mapping, derived(flat, into, cells), into)
    _stage_inner_ratings(flat, into)
    if any(path.startswith("metric_set.") for path in raw.columns):
        _stage_metrics(raw, into, "metric_set.", "id")


def _stage_inner_ratings(flat: RawTable, into: Stage) -> None:
    """A ticket tells how it was rated and not when."""
    cell = flat.table.c
    score = cell["satisfaction_rating.score"]
    survey = func.concat("ticket:", cell.id)
    cells: dict[str, Cell] = {
        "survey_id": survey,
        "ticket": cell.id,
        "respondent": cell.requester_id,
        "account": cell.organization_id,
        "comment": cell["satisfaction_rating.comment"],
        **rating_clocks(survey, score, _is_answer(score), cell.updated_at),
        "satisfaction_rating.score": score,
    }
    rows = derived(flat, into, cells, is_rated(score))
    if not rows.rows:
        return
    if stage_ratings(rows, "satisfaction_rating.score", _CLOCK, into):
        into.warnings.append(
            "Tickets do not tell when they were rated: those ratings are dated at the ticket's last update. Load "
            "satisfaction_ratings for the true dates."
        )


def _is_answer(score: Cell) -> Cell:
    return func.lower(score).in_((*GOOD, *BAD))


def _stage_ratings(raw: RawTable, into: Stage) -> None:
    """Ratings as a list of their own; the newest answer of a ticket replaces what the ticket itself told."""
    paths = ("id", "ticket_id", "requester_id", "score", "comment", "created_at", "updated_at")
    flat = flatten(raw, paths, into.connection)
    cell = flat.table.c
    cells: dict[str, Cell] = {
        "survey_id": func.concat("ticket:", cell.ticket_id),
        "ticket": cell.ticket_id,
        "respondent": cell.requester_id,
        "account": null(),
        "comment": cell.comment,
        "sent_at": cell.created_at,
        "answered_at": case((_is_answer(cell.score), func.coalesce(cell.updated_at, cell.created_at))),
        "score": cell.score,
    }
    stage_ratings(derived(flat, into, cells), "score", _CLOCK, into)


#: Zendesk's durations; each is told in calendar and in business minutes.
_DURATIONS = {
    "vendor_first_reply": "reply_time_in_minutes",
    "vendor_first_resolution": "first_resolution_time_in_minutes",
    "vendor_resolution": "full_resolution_time_in_minutes",
    "vendor_agent_wait": "agent_wait_time_in_minutes",
    "vendor_requester_wait": "requester_wait_time_in_minutes",
    "vendor_on_hold": "on_hold_time_in_minutes",
}


def _stage_metrics(raw: RawTable, into: Stage, prefix: str = "", ticket: str = "ticket_id") -> None:
    """Zendesk's own measurements complete a ticket; ``solved_at`` is its last solve."""
    names = {
        "created_at": "created_at",
        "updated_at": "updated_at",
        "resolved_at": "solved_at",
        "vendor_public_replies": "replies",
        "vendor_reopens": "reopens",
        "vendor_teams": "group_stations",
        "vendor_team_stations": "group_stations",
        "vendor_owner_stations": "assignee_stations",
    }
    for ours, theirs in _DURATIONS.items():
        names |= {f"{ours}_minutes": f"{theirs}.calendar", f"{ours}_business_minutes": f"{theirs}.business"}
    columns = {"original_id": (ticket,), **{ours: (prefix + theirs,) for ours, theirs in names.items()}}
    flat = flatten(raw, list(dict.fromkeys(path for (path,) in columns.values())), into.connection)
    stations = prefix + "assignee_stations"
    cells: dict[str, Cell] = {name: flat.table.c[name] for name in flat.columns}
    cells["changes of owner"] = changes_of(flat.table.c[stations])
    columns["vendor_owner_changes"] = ("changes of owner",)
    mapping = Mapping(
        name="zendesk-metrics",
        shape="ticket",
        source=NAME,
        part="metrics",
        clock=_CLOCK,
        columns=columns,
        optional=tuple(name for name in columns if name.startswith("vendor_")),
    )
    is_there = flat.table.c[prefix + "created_at"].is_not(None) if prefix else None
    stage_mapping(mapping, derived(flat, into, cells, is_there), into)


def _stage_users(raw: RawTable, into: Stage) -> None:
    """Agents by name. Of customers only the domain of their address is kept, by which test requesters are known."""
    flat = flatten(raw, ("id", "name", "email", "role", "default_group_id", "organization_id"), into.connection)
    cell = flat.table.c
    domain = func.nullif(func.lower(func.regexp_extract(cell.email, "@[^@]+$")), "")
    is_staff = func.lower(cell.role).in_(("agent", "admin"))
    cells: dict[str, Cell] = {name: cell[name] for name in ("id", "role", "default_group_id", "organization_id")}
    cells["name or domain"] = case((is_staff, cell.name), else_=domain)
    columns = {
        "original_id": ("id",),
        "name": ("name or domain",),
        "role": ("role",),
        "team": ("default_group_id",),
        "account": ("organization_id",),
    }
    mapping = Mapping(name="zendesk-users", shape="person", source=NAME, columns=columns, words=WORDS)
    stage_mapping(mapping, derived(flat, into, cells), into)


def _stage_groups(raw: RawTable, into: Stage) -> None:
    columns = {"original_id": ("id",), "name": ("name",)}
    stage_mapping(Mapping(name="zendesk-groups", shape="team", source=NAME, columns=columns), raw, into)


def _stage_organizations(raw: RawTable, into: Stage) -> None:
    """Organizations; tier, region, revenue and renewal are found among the account's own fields by their names."""
    fields = {path: path.rpartition(".")[2].replace("_", " ") for path in raw.columns if path.startswith(_OWN_FIELDS)}
    found = looking_like(fields, {**_ACCOUNT_LOOKS_LIKE, **{name: LOOKS_LIKE[name] for name in ("tier", "region")}})
    columns = {"original_id": ("id",), "name": ("name",), **{ours: (path,) for ours, path in found.items()}}
    mapping = Mapping(
        name="zendesk-organizations",
        shape="account",
        source=NAME,
        clock=_CLOCK,
        columns=columns,
        optional=tuple(name for name in ("annual_revenue", "renewal_at") if name in columns),
    )
    stage_mapping(mapping, raw, into)


_OWN_FIELDS = "organization_fields."
_ACCOUNT_LOOKS_LIKE = {
    "health": (r"(account |customer )?health( score)?",),
    "annual_revenue": (r"arr", r"annual (recurring )?revenue"),
    "renewal_at": (r"(contract )?renewal( date| at)?",),
}

_KINDS = {
    "audits": _Records(
        ("id", "ticket_id", "created_at", "author_id", "events"), ("via", "metadata"), zendesk_audits.stage
    ),
    "ticket_metric_events": _Records(
        ("id", "ticket_id", "metric", "instance_id", "type", "time"),
        ("sla", "status", "deleted"),
        zendesk_targets.stage,
    ),
    "ticket_metrics": _Records(
        ("ticket_id", "group_stations", "assignee_stations"),
        ("reply_time_in_minutes", "full_resolution_time_in_minutes", "solved_at"),
        _stage_metrics,
    ),
    "satisfaction_ratings": _Records(
        ("id", "ticket_id", "score", "requester_id", "created_at"), ("assignee_id", "group_id"), _stage_ratings
    ),
    "tickets": _Records(
        ("id", "status", "created_at", "requester_id", "via"),
        ("raw_subject", "submitter_id", "assignee_id", "generated_timestamp", "ticket_form_id"),
        _stage_tickets,
    ),
    "users": _Records(
        ("id", "name", "role"),
        ("default_group_id", "restricted_agent", "ticket_restriction", "iana_time_zone", "only_private_comments"),
        _stage_users,
    ),
    "organizations": _Records(("id", "name"), ("shared_tickets", "shared_comments"), _stage_organizations),
    "ticket_fields": _Records(
        ("id", "type", "title"), ("raw_title", "title_in_portal", "custom_field_options"), stage_fields
    ),
    "groups": _Records(("id", "name", "created_at", "deleted"), ("default", "is_public"), _stage_groups),
}
