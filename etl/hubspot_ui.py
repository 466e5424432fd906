"""HubSpot's export of tickets (CSV or sheet): labels, clocks of the account's zone without a marker, durations as
``HH:mm:ss`` whose hours go on after 24.

A stage may be written with its pipeline behind it: ``Closed (Support Pipeline)``. Names of customers are not kept.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Text, case, cast, func, try_cast

from etl.dates import fitting_formats
from etl.expressions import tidy
from etl.hubspot_words import RUNNING, SOURCE, WORDS
from etl.mapping import Clock, Mapping
from etl.rearranged import Cell, first_of, rearranged
from etl.staging import Claim, RawTable, Stage
from etl.threads import pseudonym
from etl.translate import stage_mapping

_NEEDED = ("Ticket ID", "Ticket name", "Create date")
_MARKS = (
    "Ticket status", "Pipeline", "Ticket owner", "Time to close (HH:mm:ss)", "Associated Company",
    "Associated Contact", "Time to first agent email reply (HH:mm:ss)", "First agent email response date",
    "Last customer reply date",
)  # fmt: skip
_FIRST_REPLY = "Time to first agent email reply (HH:mm:ss)"
_CLOSE = "Time to close (HH:mm:ss)"
_CLOCKS = {
    "created_at": ("Create date",),
    "resolved_at": ("Close date",),
    "updated_at": ("Last modified date", "Last Modified Date"),
    "first_reply_at": ("First agent email response date", "First agent response date"),
    "due_at": ("Time to Close SLA Due Date", "Time to close SLA due date"),
}


def claim(raw: RawTable) -> Claim:
    """Claim an export by its labels."""
    found = tuple(name for name in _NEEDED if name in raw.columns)
    marks = tuple(name for name in _MARKS if name in raw.columns)
    if not found or not marks or "Ticket name" not in found:
        return Claim(SOURCE, ())
    return Claim(SOURCE, (*found, *marks), tuple(name for name in _NEEDED if name not in raw.columns))


def minutes_of(text: Cell) -> Cell:
    """Minutes of ``HH:mm:ss`` (or ``HH:mm``), however many hours; what is written otherwise stays as it is."""
    parts = func.string_split(text, ":")
    seconds = [try_cast(func.list_extract(parts, n), BigInteger) for n in (1, 2, 3)]
    total = seconds[0] * 60 + seconds[1] + func.coalesce(seconds[2], 0) / 60.0
    return case((func.regexp_full_match(text, r"\d+:\d\d(:\d\d)?"), cast(total, Text)), else_=text)


def _there(raw: RawTable, names: tuple[str, ...]) -> str | None:
    """The first of some spellings that the file has."""
    return next((name for name in names if name in raw.columns), None)


def stage(raw: RawTable, into: Stage) -> None:
    """Put the tickets of an export."""
    stage_name = first_of(raw, "Ticket status", "Ticket Status")
    pipeline = first_of(raw, "Pipeline")
    suffix = func.concat(" (", pipeline, ")")
    bare = case((func.suffix(stage_name, suffix), func.replace(stage_name, suffix, "")), else_=stage_name)
    verdict = first_of(raw, "Time to Close SLA Status", "Time to close SLA status")
    clocks = {ours: found for ours, names in _CLOCKS.items() if (found := _there(raw, names))}
    cells: dict[str, Cell] = {
        "Ticket ID": first_of(raw, "Ticket ID"),
        "Ticket name": first_of(raw, "Ticket name"),
        "Ticket status": bare,
        "Priority": first_of(raw, "Priority"),
        "Source": first_of(raw, "Source"),
        "Category": first_of(raw, "Category"),
        "Ticket owner": first_of(raw, "Ticket owner"),
        "Team": first_of(raw, "HubSpot team", "HubSpot Team"),
        "company": first_of(raw, "Associated Company IDs", "Associated Company"),
        "contact": func.coalesce(
            first_of(raw, "Associated Contact IDs"), pseudonym(first_of(raw, "Associated Contact"))
        ),
        _FIRST_REPLY: minutes_of(first_of(raw, _FIRST_REPLY)),
        _CLOSE: minutes_of(first_of(raw, _CLOSE)),
        "sla": case((tidy(verdict).in_(RUNNING), None), else_=verdict),
        **{name: raw.table.c[name] for name in clocks.values()},
    }
    rows = rearranged(raw, into, cells)
    formats = fitting_formats(rows, tuple(clocks.values()), into.connection)
    columns = {
        "original_id": "Ticket ID",
        "subject": "Ticket name",
        "status": "Ticket status",
        "priority": "Priority",
        "channel": "Source",
        "category": "Category",
        "owner": "Ticket owner",
        "team": "Team",
        "account": "company",
        "requester": "contact",
        "vendor_first_reply_minutes": _FIRST_REPLY,
        "vendor_resolution_minutes": _CLOSE,
        "vendor_sla_met": "sla",
        **clocks,
    }
    mapping = Mapping(
        name="hubspot-export",
        source=SOURCE,
        shape="ticket",
        clock=Clock(formats=formats),
        nulls=("-", "--", "(No value)"),
        columns={ours: (theirs,) for ours, theirs in columns.items()},
        words=WORDS,
        optional=("vendor_first_reply_minutes", "vendor_resolution_minutes", "due_at"),
    )
    stage_mapping(mapping, rows, into)
