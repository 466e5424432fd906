"""Google Cloud's status feed, ``incidents.json``: a list of incidents, each with its updates, the newest first.

Built from a real file. What it makes of them:

- ``begin`` and ``end`` are when it started and ended. An incident without ``end`` is running.
- ``created`` is the first public notice. Detection is not told; it was not later than the notice, so the notice
  stands for it where it came while the incident ran. Engagement is not told at all.
- The first update after the end whose beginning speaks of an incident report is the postmortem.
- ``severity`` high, medium and low go with ``status_impact`` outage, disruption and information.
- The text of the updates is looked at for that and not kept.
"""

from __future__ import annotations

from sqlalchemy import case, func, literal, select

from etl.expressions import instant
from etl.files import flatten
from etl.incident_rows import stage_incidents
from etl.rearranged import Cell, exploded, field, first_of, joined_names, objects
from etl.staging import Claim, RawTable, Stage
from etl.vocabulary import Severity

NAME = "google_cloud"

_NEEDED = ("id", "number", "begin", "created", "external_desc", "status_impact", "service_name", "affected_products")
_PATHS = ("id", "external_desc", "severity", "uri", "begin", "created", "end", "service_name")
_LISTS = ("affected_products", "updates")
_SEVERITIES = {"high": Severity.SEV1, "medium": Severity.SEV2, "low": Severity.SEV4}
_PAGE = "https://status.cloud.google.com/"
#: The report is announced or given at the beginning of an update, not promised at the end of one.
_REPORT = r"(?is)^.{0,80}incident report"


def claim(raw: RawTable) -> Claim:
    """Claim a list of incidents by its keys."""
    found = tuple(name for name in _NEEDED if name in raw.columns and raw.kind == "json")
    return Claim(NAME, found, tuple(name for name in _NEEDED if name not in found))


def stage(raw: RawTable, into: Stage) -> None:
    """Put the incidents."""
    flat = flatten(raw, (*_PATHS, *_LISTS), into.connection)
    begin, created, end = (instant(first_of(flat, name), "UTC") for name in ("begin", "created", "end"))
    cells: dict[str, Cell] = {
        "original_id": first_of(flat, "id"),
        "title": first_of(flat, "external_desc"),
        "severity": first_of(flat, "severity"),
        "product": func.coalesce(joined_names(flat.table.c.affected_products, "title"), first_of(flat, "service_name")),
        "url": literal(_PAGE).concat(first_of(flat, "uri")),
        "started_at": first_of(flat, "begin"),
        "detected_at": case(((created >= begin) & (end.is_(None) | (created <= end)), first_of(flat, "created"))),
        "resolved_at": first_of(flat, "end"),
        "postmortem_at": _report_at(flat, end),
    }
    stage_incidents(NAME, flat, into, cells, _SEVERITIES)


def _report_at(flat: RawTable, end: Cell) -> Cell:
    updates = exploded(flat, objects(flat.table.c.updates))
    said_at = instant(func.coalesce(field(updates.c["item"], "created"), field(updates.c["item"], "when")), "UTC")
    is_report = func.regexp_matches(field(updates.c["item"], "text"), _REPORT)
    of_this = (updates.c["_row"] == flat.table.c["_row"], is_report, said_at >= end)
    return select(func.min(said_at)).where(*of_this).scalar_subquery()
