"""Zendesk's UI export (CSV): any subset of its columns in any order, and the account's own fields.

Its clocks are in the account's time zone and carry no marker. See Zendesk help, "Exporting data to a JSON, CSV,
or XML file".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import case, func, null, or_

from etl.mapping import Clock, Mapping
from etl.staging import Claim, RawTable, Stage
from etl.translate import stage_mapping
from etl.zendesk_fields import LOOKS_LIKE, looking_like
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

NEEDED = ("Id", "Status", "Created at")
#: Columns only Zendesk calls so; two of them prove the file.
MARKS = (
    "Summation column",
    "Requester id",
    "Requester external id",
    "Requester domain",
    "Via",
    "Ticket type",
    "Assigned at",
    "Initially assigned at",
    "Solved at",
    "Satisfaction Score",
    "Group stations",
    "Assignee stations",
    "Reopens",
    "Replies",
    "First reply time in minutes",
    "First resolution time in minutes",
    "Full resolution time in minutes",
    "Requester wait time in minutes",
    "Agent wait time in minutes",
)

#: Our column ← theirs, the first that the file has and that is filled.
_PLAIN = {
    "original_id": ("Id",),
    "subject": ("Subject",),
    "priority": ("Priority",),
    "channel": ("Via",),
    "ticket_type": ("Ticket type",),
    "team": ("Group",),
    "owner": ("Assignee",),
    "account": ("Organization",),
    "created_at": ("Created at",),
    "updated_at": ("Updated at",),
    "resolved_at": ("Solved at",),
    "due_at": ("Due date",),
    "vendor_public_replies": ("Replies",),
    "vendor_reopens": ("Reopens",),
    "vendor_teams": ("Group stations",),
    "vendor_team_stations": ("Group stations",),
    "vendor_owner_stations": ("Assignee stations",),
}
#: Zendesk's durations in calendar minutes; each has a twin in business minutes.
_DURATIONS = {
    "vendor_first_reply": "First reply time in minutes",
    "vendor_first_resolution": "First resolution time in minutes",
    "vendor_resolution": "Full resolution time in minutes",
    "vendor_agent_wait": "Agent wait time in minutes",
    "vendor_requester_wait": "Requester wait time in minutes",
    "vendor_on_hold": "On hold time in minutes",
}
for _ours, _theirs in _DURATIONS.items():
    _PLAIN |= {f"{_ours}_minutes": (_theirs,), f"{_ours}_business_minutes": (f"{_theirs} within business hours",)}

_CUSTOM = re.compile(r"^(?P<name>.+?)\s*\[(?P<kind>\w+)\]$")

#: Zendesk writes ``-`` where there is nothing.
_NULLS = ("-", "")
_CLOCK = Clock()


def claim(raw: RawTable) -> Claim:
    """Claim a table by the columns only Zendesk's export has."""
    there = set(raw.columns)
    marks = tuple(name for name in MARKS if name in there)
    if len(marks) < 2:
        return Claim(SOURCE, ())
    found = tuple(name for name in NEEDED if name in there)
    return Claim(SOURCE, (*found, *marks), tuple(name for name in NEEDED if name not in there))


def stage(raw: RawTable, into: Stage) -> None:
    """Put the tickets, their ratings and the tiers of their organizations."""
    fields = custom_fields(raw.columns)
    tags = _tags(raw)
    tell_escalation_tags(raw, tags, into)
    columns = {ours: tuple(name for name in theirs if name in raw.columns) for ours, theirs in _PLAIN.items()}
    columns = {ours: theirs for ours, theirs in columns.items() if theirs}
    columns |= {ours: (name,) for ours, name in fields.items() if ours != "tier"}
    cells: dict[str, Cell] = {name: raw.table.c[name] for theirs in columns.values() for name in theirs}
    cells |= {
        "Status": status_word(raw.table.c["Status"], tags),
        "Requester": _requester(raw, into),
        "Tags": tags,
        "escalated": escalated_word(tags),
        "outbound": _outbound(raw),
    }
    columns |= {
        "status": ("Status",),
        "requester": ("Requester",),
        "tags": ("Tags",),
        **({"vendor_escalated": ("escalated",)} if "Tags" in raw.columns else {}),
        "is_outbound": ("outbound",),
    }
    if "Assignee stations" in raw.columns:
        cells["assignee changes"] = changes_of(raw.table.c["Assignee stations"])
        columns["vendor_owner_changes"] = ("assignee changes",)
    optional = tuple(name for name in columns if name.startswith("vendor_") or name == "due_at")
    mapping = Mapping(
        name="zendesk-export",
        shape="ticket",
        source=SOURCE,
        columns=columns,
        words=WORDS,
        nulls=_NULLS,
        optional=optional,
    )
    stage_mapping(mapping, derived(raw, into, cells), into)
    if "Satisfaction Score" in raw.columns:
        _stage_ratings(raw, into)
    if "tier" in fields and "Organization" in raw.columns:
        _stage_tiers(raw, fields["tier"], into)
    _tell_unread(raw, fields, into)


def custom_fields(columns: Iterable[str]) -> dict[str, str]:
    """Which of the account's own fields stand for a product, a category, a region or an account's tier.

    >>> custom_fields(["Issue type [list]", "About [list]", "Product [list]", "Weight [int]"])
    {'product': 'Product [list]', 'category': 'Issue type [list]'}
    """
    named = {}
    for column in columns:
        parts = _CUSTOM.match(column)
        if parts and parts["kind"] in ("list", "txt"):
            named[column] = parts["name"].strip().lower()
    return looking_like(named, LOOKS_LIKE)


def _tell_unread(raw: RawTable, fields: dict[str, str], into: Stage) -> None:
    if fields:
        taken = "; ".join(
            f"{column} as {'account tier' if ours == 'tier' else ours}" for ours, column in fields.items()
        )
        into.warnings.append(f"Own fields read: {taken}.")
    left = [column for column in raw.columns if _CUSTOM.match(column) and column not in fields.values()]
    if left:
        into.warnings.append(f"Own fields not read: {', '.join(left)}.")


def _cell(raw: RawTable, *names: str) -> Cell:
    """The first filled of the columns that the file has."""
    there = [func.nullif(raw.table.c[name], "-") for name in names if name in raw.columns]
    return func.coalesce(*there, null()) if there else null()


def _tags(raw: RawTable) -> Cell:
    """The tags, which the export parts by spaces, joined by commas."""
    return func.nullif(func.regexp_replace(func.trim(_cell(raw, "Tags")), r"[\s,]+", ",", "g"), "")


def _requester(raw: RawTable, into: Stage) -> Cell:
    """The requester's number, else the name. Names and addresses are not kept, so requesters who are declared as
    tests are told here, as the settings stand now, by the words they were declared with.
    """
    name, address = func.lower(_cell(raw, "Requester")), func.lower(_cell(raw, "Requester email"))
    domain = func.concat("@", func.lower(_cell(raw, "Requester domain")))
    tests = []
    for declared in into.settings.people.test_requesters:
        word = declared.lower()
        is_domain = word.startswith("@")
        fits = or_(func.suffix(address, word), domain == word) if is_domain else or_(name == word, address == word)
        tests.append((func.coalesce(fits, False), declared))
    requester = _cell(raw, "Requester id", "Requester")
    return case(*tests, else_=requester) if tests else requester


def _outbound(raw: RawTable) -> Cell:
    """Calls an agent placed are told apart in ``Via``; of all else the export does not say who began."""
    via = func.lower(_cell(raw, "Via"))
    return case((or_(via.like("%outbound%"), via.like("phone call%outgoing%")), "true"))


def _stage_ratings(raw: RawTable, into: Stage) -> None:
    score = _cell(raw, "Satisfaction Score")
    told = _cell(raw, "Solved at", "Updated at")
    is_answer = or_(func.lower(score).in_((*GOOD, *BAD)), func.regexp_full_match(score, r"\d+(\.\d+)?"))
    survey = func.concat("ticket:", raw.table.c["Id"])
    cells = {
        "survey_id": survey,
        "ticket": raw.table.c["Id"],
        "respondent": _cell(raw, "Requester id", "Requester"),
        "account": _cell(raw, "Organization"),
        "comment": null(),
        **rating_clocks(survey, score, is_answer, told),
        "Satisfaction Score": score,
    }
    rows = derived(raw, into, cells, is_rated(score))
    if rows.rows and stage_ratings(rows, "Satisfaction Score", _CLOCK, into):
        into.warnings.append(
            "The export does not tell when a rating was given: ratings are dated at Solved at, or Updated at where "
            "there is none. Load satisfaction_ratings from the API for the true dates."
        )


def _stage_tiers(raw: RawTable, field: str, into: Stage) -> None:
    """An organization's tier is what its newest ticket says."""
    account, tier, when = _cell(raw, "Organization"), _cell(raw, field), _cell(raw, "Updated at", "Created at")
    place = func.row_number().over(partition_by=account, order_by=(when.desc(), raw.table.c["_row"].desc()))
    said = derived(
        raw,
        into,
        {"Organization": account, field: tier, "place": place},
        account.is_not(None) & tier.is_not(None),
    )
    rows = derived(
        said, into, {name: said.table.c[name] for name in ("Organization", field)}, said.table.c.place == "1"
    )
    columns = {"original_id": ("Organization",), "name": ("Organization",), "tier": (field,)}
    stage_mapping(Mapping(name="zendesk-tiers", shape="account", source=SOURCE, columns=columns), rows, into)
