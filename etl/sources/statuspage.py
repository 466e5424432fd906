"""Statuspage: ``incidents.json`` of a page's API, or incidents of the manage API one by one.

Built from three real incidents and the API's documented fields. What it makes of them:

- Incidents are often written down afterwards: the page lets one back-date each update (``display_at``). The start is
  the earliest of ``started_at`` (or ``created_at``) and the updates' ``display_at``.
- Without ``resolved_at`` the first update that says ``resolved`` counts, else for an incident that is over its last
  change (``updated_at``).
- The first public notice (``created_at``) stands for detection only where it came after the start and before the
  end. Engagement is not told.
- The postmortem is dated by its publication, else by the first update of status ``postmortem``.
- Scheduled maintenance is no incident; it is left out and counted. ``impact`` keeps its words: critical, major,
  minor, none.
"""

from __future__ import annotations

from sqlalchemy import case, func, select

from etl.expressions import instant
from etl.files import flatten
from etl.incident_rows import stage_incidents
from etl.rearranged import Cell, exploded, field, first_of, joined_names, objects, only
from etl.staging import Claim, RawTable, Stage
from etl.vocabulary import Severity

NAME = "statuspage"

_NEEDED = ("id", "name", "status", "impact", "created_at", "incident_updates")
_TELLING = ("shortlink", "page_id")
_CLOCKS = ("created_at", "started_at", "resolved_at", "updated_at", "postmortem_published_at")
_PATHS = (
    "id", "name", "status", "impact", "shortlink", "scheduled_for", "components", "incident_updates", *_CLOCKS,
)  # fmt: skip
_SEVERITIES = {
    "critical": Severity.SEV1,
    "major": Severity.SEV2,
    "minor": Severity.SEV3,
    "none": Severity.SEV4,
}


def claim(raw: RawTable) -> Claim:
    """Claim incidents by their keys."""
    if raw.kind != "json":
        return Claim(NAME, ())
    found = tuple(name for name in (*_NEEDED, *_TELLING) if name in raw.columns)
    missing = [name for name in _NEEDED if name not in found]
    if not set(_TELLING) & set(found):
        missing.append(_TELLING[0])
    return Claim(NAME, found, tuple(missing))


def stage(raw: RawTable, into: Stage) -> None:
    """Put the incidents."""
    everything = flatten(raw, _PATHS, into.connection)
    is_planned = first_of(everything, "scheduled_for").is_not(None) | (
        func.coalesce(first_of(everything, "impact") == "maintenance", False)
    )
    flat = only(everything, into, ~is_planned, "scheduled maintenance")
    clock = {name: instant(first_of(flat, name), "UTC") for name in _CLOCKS}
    status = func.lower(first_of(flat, "status"))
    started = func.least(func.coalesce(clock["started_at"], clock["created_at"]), _shown(flat))
    is_over = status.in_(("resolved", "postmortem"))
    resolved = func.coalesce(clock["resolved_at"], _shown(flat, "resolved"), case((is_over, clock["updated_at"])))
    is_notice = (clock["created_at"] > started) & (resolved.is_(None) | (clock["created_at"] <= resolved))
    cells: dict[str, Cell] = {
        "original_id": first_of(flat, "id"),
        "title": first_of(flat, "name"),
        "severity": first_of(flat, "impact"),
        "product": joined_names(flat.table.c.components, "name"),
        "url": first_of(flat, "shortlink"),
        "started_at": started,
        "detected_at": case((is_notice, clock["created_at"])),
        "resolved_at": resolved,
        "postmortem_at": func.coalesce(clock["postmortem_published_at"], _shown(flat, "postmortem")),
    }
    stage_incidents(NAME, flat, into, cells, _SEVERITIES)


def _shown(flat: RawTable, status: str | None = None) -> Cell:
    """When the first update was shown, of any status or of one."""
    updates = exploded(flat, objects(flat.table.c.incident_updates))
    item = updates.c["item"]
    shown_at = instant(func.coalesce(field(item, "display_at"), field(item, "created_at")), "UTC")
    rows = select(func.min(shown_at)).where(updates.c["_row"] == flat.table.c["_row"])
    if status is not None:
        rows = rows.where(func.lower(field(item, "status")) == status)
    return rows.scalar_subquery()
