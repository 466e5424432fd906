"""The ticket export of Freshdesk's and Freshservice's user interface (CSV), which are made by one piece of software.

- The user picks the columns, and their spelling changed over the years (``Ticket ID`` and ``Ticket Id``, ``Last
  update time`` and ``Last Updated Time``): names are compared without regard to case.
- Clocks are in the account's zone and carry no marker.
- "First response time (in hrs)" and "Resolution time (in hrs)" are ``HH:MM:SS`` in **business** hours, and ``00:00:00``
  where nothing happened yet: that is no duration of nothing.
- "Agent interactions" counts what agents sent, "Resolution status" is the vendor's verdict on the resolution target,
  "First response status" that on the first reply.
- Merged, spam and deleted tickets are not marked in it; spam and deleted ones are not in it at all. "Time tracked" is
  a total without a date or a person: load the time entries of the API instead.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import and_, case, func, literal, null, or_

from etl import expressions
from etl.dates import fitting_formats
from etl.freshdesk_rows import minutes_of, survey_mapping
from etl.freshdesk_words import RATINGS
from etl.mapping import Clock, Mapping, Words
from etl.rearranged import Cell, rearranged, report_unknown
from etl.staging import Claim, RawTable, Stage
from etl.threads import pseudonym
from etl.translate import stage_mapping

NEEDED = ("Ticket ID", "Status", "Created time")
#: Columns that only these two exports have; three of them prove the file.
MARKS = (
    "Initial response time",
    "First response time (in hrs)",
    "Resolution time (in hrs)",
    "Agent interactions",
    "Customer interactions",
    "Resolution status",
    "First response status",
    "Time tracked",
    "Due by Time",
    "Last update time",
    "Last updated time",
    "Survey results",
    "Survey result",
    "Association type",
    "Resolved time",
    "Closed time",
)
#: Columns of Freshservice; two of them tell it from Freshdesk.
SERVICE_MARKS = (
    "Urgency",
    "Impact",
    "Sub-Category",
    "Item",
    "Requester Name",
    "Requester Email",
    "Requester Location",
    "Requester VIP",
    "Resolution Note",
    "Experience Score",
    "Approval Status",
    "Department",
    "Escalated Date",
)

#: Ours ← theirs in lower case, the first that the file has and that is filled.
_PLAIN = {
    "original_id": ("ticket id",),
    "subject": ("subject",),
    "status": ("status",),
    "priority": ("priority",),
    "channel": ("source",),
    "ticket_type": ("type",),
    "team": ("group", "group name"),
    "owner": ("agent", "agent name"),
    "account": ("company name", "company", "department"),
    "region": ("region", "requester location"),
    "product": ("product", "item", "sub-category"),
    "category": ("category", "issue type", "topic"),
    "created_at": ("created time",),
    "updated_at": ("last update time", "last updated time"),
    "first_reply_at": ("initial response time",),
    "resolved_at": ("resolved time",),
    "closed_at": ("closed time",),
    "due_at": ("due by time",),
    "vendor_public_replies": ("agent interactions",),
    "vendor_sla_met": ("resolution status",),
    "vendor_escalated": ("escalated",),
}
#: What stands where nobody is assigned, or nothing is known.
_NULLS = ("No Agent", "No Group", "No Company", "-", "--")
_OPTIONAL = (
    "due_at",
    "vendor_public_replies",
    "vendor_first_reply_business_minutes",
    "vendor_resolution_business_minutes",
)


class Export(NamedTuple):
    """One of the two vendors: its name, and its words."""

    source: str
    words: Words
    is_service: bool


def claim(raw: RawTable, export: Export) -> Claim:
    """Claim a ticket export by its columns; Freshservice has columns of its own, and Freshdesk has none of them."""
    there = _by_name(raw)
    marks = [there[name.lower()] for name in MARKS if name.lower() in there]
    service = [there[name.lower()] for name in SERVICE_MARKS if name.lower() in there]
    if len(marks) < 3 or (len(service) >= 2) != export.is_service:
        return Claim(export.source, ())
    found = [there[name.lower()] for name in NEEDED if name.lower() in there]
    missing = tuple(name for name in NEEDED if name.lower() not in there)
    matched = dict.fromkeys((*found, *marks, *(service if export.is_service else ())))
    return Claim(export.source, tuple(matched), missing)


def stage(raw: RawTable, into: Stage, export: Export) -> None:
    """Put the tickets, the vendor's verdict on their first replies, and their survey results."""
    there = _by_name(raw)
    columns = {
        ours: tuple(there[name] for name in theirs if name in there)
        for ours, theirs in _PLAIN.items()
        if any(name in there for name in theirs)
    }
    cells: dict[str, Cell] = {name: raw.table.c[name] for theirs in columns.values() for name in theirs}
    for ours, name, happened in (
        ("vendor_first_reply_business_minutes", "first response time (in hrs)", "initial response time"),
        ("vendor_resolution_business_minutes", "resolution time (in hrs)", "resolved time"),
    ):
        if name in there:
            cells[there[name]] = _figure(raw, there[name], there.get(happened))
            columns[ours] = (there[name],)
    cells |= {"requester": requester(raw, into), "tags": _tags(raw), "outbound": _outbound(raw)}
    columns |= {"requester": ("requester",), "tags": ("tags",), "is_outbound": ("outbound",)}
    clocks = [name for ours, theirs in columns.items() if ours.endswith("_at") for name in theirs]
    clock = Clock(formats=fitting_formats(raw, clocks, into.connection, _NULLS))
    mapping = Mapping(
        name=f"{export.source}-export",
        shape="ticket",
        source=export.source,
        clock=clock,
        columns=columns,
        words=export.words,
        nulls=_NULLS,
        optional=tuple(name for name in _OPTIONAL if name in columns),
    )
    stage_mapping(mapping, rearranged(raw, into, cells), into)
    _stage_first_reply_verdict(raw, into, export, clock)
    _stage_survey(raw, into, export, clock)


def _by_name(raw: RawTable) -> dict[str, str]:
    """Lower-case name → the column of the file. The first of two spellings counts."""
    found: dict[str, str] = {}
    for column in raw.columns:
        found.setdefault(" ".join(column.lower().split()), column)
    return found


def cell(raw: RawTable, *names: str) -> Cell:
    """The first filled of the columns that the file has, by their lower-case names."""
    there = _by_name(raw)
    texts = [expressions.trimmed(raw.table.c[there[name]]) for name in names if name in there]
    return expressions.cell([*texts, null()], _NULLS)


def _figure(raw: RawTable, name: str, clock: str | None) -> Cell:
    """A duration in minutes; zero without its clock beside it says that it has not happened."""
    minutes = minutes_of(expressions.trimmed(raw.table.c[name]))
    when = func.coalesce(expressions.trimmed(raw.table.c[clock]), "") if clock else literal("")
    is_void = and_(minutes == "0.0", when.in_(("", *_NULLS)))
    return case((~func.coalesce(is_void, False), minutes))


def requester(raw: RawTable, into: Stage) -> Cell:
    """The contact's number, else a pseudonym that keeps the domain of the address. Requesters declared as tests by
    name or address are told here, as neither is kept.
    """
    name = cell(raw, "full name", "requester name", "contact name")
    address = cell(raw, "email", "requester email", "contact email")
    tests = []
    for word in into.settings.people.test_requesters:
        if not word.startswith("@"):
            fits = or_(func.lower(name) == word.lower(), func.lower(address) == word.lower())
            tests.append((func.coalesce(fits, False), word))
    number = cell(raw, "contact id", "requester id")
    shown = func.coalesce(number, pseudonym(address), pseudonym(name))
    return case(*tests, else_=shown) if tests else shown


def _tags(raw: RawTable) -> Cell:
    return func.regexp_replace(cell(raw, "tags"), r"\s*,\s*", ",", "g")


def _outbound(raw: RawTable) -> Cell:
    return case((func.lower(cell(raw, "source")) == "outbound email", "true"))


def _stage_first_reply_verdict(raw: RawTable, into: Stage, export: Export, clock: Clock) -> None:
    """The vendor's verdict on the first reply, dated by that reply."""
    verdict, ticket = cell(raw, "first response status"), cell(raw, "ticket id")
    cells = {
        "ticket": ticket,
        "clock": literal("first_reply"),
        "verdict": verdict,
        "started": cell(raw, "created time"),
        "met": cell(raw, "initial response time"),
    }
    rows = rearranged(raw, into, cells, and_(verdict.is_not(None), ticket.is_not(None)))
    if not rows.rows:
        return
    mapping = Mapping(
        name=f"{export.source}-first-reply",
        shape="sla",
        source=export.source,
        clock=clock,
        columns={
            "original_id": ("ticket",),
            "clock": ("clock",),
            "is_met": ("verdict",),
            "started_at": ("started",),
            "met_at": ("met",),
        },
        words=export.words,
        optional=("started_at", "met_at"),
    )
    stage_mapping(mapping, rows, into)


def _stage_survey(raw: RawTable, into: Stage, export: Export, clock: Clock) -> None:
    """Survey results; a word that is none of the vendor's own is reported, and is no score."""
    name = next((column for key, column in _by_name(raw).items() if key in ("survey results", "survey result")), None)
    if name is None:
        return
    said = cell(raw, "survey results", "survey result")
    known = {word: word for word in RATINGS}
    report_unknown(raw, into, said, known, name)
    is_known = expressions.tidy(said).in_([expressions.plain(word) for word in RATINGS])
    told = cell(raw, "closed time", "resolved time", "last update time", "last updated time")
    ticket = cell(raw, "ticket id")
    cells = {
        "survey": func.concat("ticket:", ticket),
        "ticket": ticket,
        "respondent": requester(raw, into),
        "when": told,
        name: said,
    }
    rows = rearranged(raw, into, cells, and_(func.coalesce(is_known, False), ticket.is_not(None)))
    if not rows.rows:
        return
    columns = {
        "survey_id": ("survey",),
        "ticket_original_id": ("ticket",),
        "respondent": ("respondent",),
        "answered_at": ("when",),
        "score": (name,),
    }
    stage_mapping(survey_mapping(export.source, columns, clock), rows, into)
    into.warnings.append(
        "The export does not tell when a survey was answered: answers are dated at Closed time, else Resolved time, "
        "else the last update. Load the satisfaction ratings of the API for the true dates."
    )
