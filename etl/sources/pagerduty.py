"""PagerDuty: incidents and log entries of the REST API, and the analytics of incidents (API, or the report as CSV).

Built from the documented fields, not from real files. What it makes of them:

- An incident begins in PagerDuty when it is triggered: that is its detection, and the only start it knows of.
- It is engaged at the first acknowledgement. ``acknowledgements`` hold only those still standing, so the log entries
  say it better; analytics have ``seconds_to_engage`` (somebody joined) before ``seconds_to_first_ack``.
- Resolved is ``resolved_at``, else the last change of an incident whose status is resolved. Incidents merged into
  another are left out and counted.
- The severity is the priority's name (P1 … P5, SEV-1 …); where an account uses none, the urgency's word is kept and
  means nothing certain.
- These files complete each other: incidents, their log entries and their analytics carry the same ``id``.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Double, Text, case, cast, func, literal_column, select, try_cast

from etl.expressions import instant
from etl.files import flatten
from etl.incident_rows import stage_incidents
from etl.mapping import Clock, Mapping
from etl.rearranged import Cell, exploded, field, first_of, gathered, objects, only, refuse_where
from etl.staging import Claim, RawTable, Stage
from etl.translate import stage_mapping
from etl.vocabulary import Severity

NAME = "pagerduty"

_INCIDENT = ("id", "incident_number", "title", "status", "urgency", "service", "created_at")
_TELLING = ("incident_key", "escalation_policy", "last_status_change_at", "html_url")
_INCIDENT_PATHS = (
    "id", "title", "status", "urgency", "html_url", "service.summary", "service.name", "priority.summary",
    "priority.name", "created_at", "resolved_at", "last_status_change_at", "acknowledgements", "log_entries",
    "resolve_reason.type",
)  # fmt: skip
_LOG = ("id", "type", "created_at", "incident", "channel")
_LOG_PATHS = ("type", "created_at", "incident.id")
_ANALYTICS = ("id", "seconds_to_first_ack", "seconds_to_resolve", "service_name")
_SECONDS = ("seconds_to_engage", "seconds_to_first_ack", "seconds_to_resolve")
_ANALYTICS_PATHS = (
    "id", "description", "urgency", "priority_name", "service_name", "created_at", "resolved_at", *_SECONDS,
)  # fmt: skip
_LEVELS = {1: Severity.SEV1, 2: Severity.SEV2, 3: Severity.SEV3, 4: Severity.SEV4, 5: Severity.SEV4}
_SEVERITIES = {f"{word}{number}": level for number, level in _LEVELS.items() for word in ("p", "sev", "sev-", "sev ")}


def claim(raw: RawTable) -> Claim:
    """Claim incidents, log entries or analytics by their keys, the analytics report by its columns."""
    there = {key for path in raw.columns for key in (path, path.split(".")[0])}
    if raw.kind != "json":
        return _of(_ANALYTICS, there)
    claims = [_of(_INCIDENT, there, _TELLING), _of(_LOG, there, ("agent", "event_details")), _of(_ANALYTICS, there)]
    return max(claims, key=lambda each: (each.accepted, len(each.matched) / (len(each.matched) + len(each.missing))))


def _of(needed: tuple[str, ...], there: set[str], telling: tuple[str, ...] = ()) -> Claim:
    found = tuple(name for name in (*needed, *telling) if name in there)
    missing = [name for name in needed if name not in there]
    if telling and not there & set(telling):
        missing.append(telling[0])
    return Claim(NAME, found, tuple(missing))


def stage(raw: RawTable, into: Stage) -> None:
    """Put the incidents, or what a log or the analytics tell of them."""
    if raw.kind != "json":
        _stage_analytics(raw, into)
        return
    there = {key for path in raw.columns for key in (path, path.split(".")[0])}
    if there >= set(_INCIDENT):
        _stage_incidents(flatten(raw, _INCIDENT_PATHS, into.connection), into)
    elif there >= set(_ANALYTICS):
        _stage_analytics(flatten(raw, _ANALYTICS_PATHS, into.connection), into)
    else:
        _stage_log(flatten(raw, _LOG_PATHS, into.connection), into)


def _stage_incidents(everything: RawTable, into: Stage) -> None:
    is_merged = func.coalesce(first_of(everything, "resolve_reason.type") == "merge_resolve_reason", False)
    flat = only(everything, into, ~is_merged, "incidents merged into another")
    is_over = func.lower(first_of(flat, "status")) == "resolved"
    last_change = case((is_over, first_of(flat, "last_status_change_at")))
    log_type = ("acknowledge_log_entry", "acknowledge_log_entry_reference")
    acknowledged = func.least(
        _first_at(flat, "acknowledgements", "at"), _first_at(flat, "log_entries", "created_at", log_type)
    )
    created = first_of(flat, "created_at")
    cells: dict[str, Cell] = {
        "original_id": first_of(flat, "id"),
        "title": first_of(flat, "title"),
        "severity": first_of(flat, "priority.summary", "priority.name", "urgency"),
        "product": first_of(flat, "service.summary", "service.name"),
        "url": first_of(flat, "html_url"),
        "started_at": created,
        "detected_at": created,
        "engaged_at": acknowledged,
        "resolved_at": func.coalesce(first_of(flat, "resolved_at"), last_change),
    }
    stage_incidents(NAME, flat, into, cells, _SEVERITIES)


def _first_at(flat: RawTable, path: str, clock: str, types: tuple[str, ...] = ()) -> Cell:
    """The earliest clock in a list of objects, of any type or of some."""
    entries = exploded(flat, objects(flat.table.c[path]))
    item = entries.c["item"]
    rows = select(func.min(instant(field(item, clock), "UTC"))).where(entries.c["_row"] == flat.table.c["_row"])
    return (rows.where(field(item, "type").in_(types)) if types else rows).scalar_subquery()


def _stage_log(everything: RawTable, into: Stage) -> None:
    """The log of all incidents: of each the trigger, the first acknowledgement and the last resolve."""
    kind = func.replace(func.replace(first_of(everything, "type"), "_reference", ""), "_log_entry", "")
    known = kind.in_(("trigger", "acknowledge", "resolve")) & first_of(everything, "incident.id").is_not(None)
    flat = only(everything, into, func.coalesce(known, False), "log entries of other kinds")
    kind = func.replace(func.replace(first_of(flat, "type"), "_reference", ""), "_log_entry", "")
    said_at = instant(first_of(flat, "created_at"), "UTC")
    triggered = func.min(said_at).filter(kind == "trigger")
    cells: dict[str, Cell] = {
        "started_at": triggered,
        "detected_at": triggered,
        "engaged_at": func.min(said_at).filter(kind == "acknowledge"),
        "resolved_at": func.max(said_at).filter(kind == "resolve"),
    }
    what = "further log entries of an incident, read into its one record"
    rows = gathered(flat, into, first_of(flat, "incident.id"), cells, what)
    mapping = Mapping(
        name="pagerduty-log",
        shape="incident",
        source=NAME,
        clock=Clock(timezone="UTC"),
        columns={name: (name,) for name in rows.columns},
        optional=("engaged_at",),
    )
    stage_mapping(mapping, rows, into)


def _stage_analytics(raw: RawTable, into: Stage) -> None:
    flat = raw
    for name in _SECONDS:
        below = func.coalesce(try_cast(first_of(flat, name), Double) < 0, False)
        flat = refuse_where(flat, into, below, name, "a negative number")
    created = instant(first_of(flat, "created_at", "created_on"), into.timezone)

    def after(*names: str) -> Cell:
        return created + cast(try_cast(first_of(flat, *names), Double), BigInteger) * literal_column(
            "interval 1 second"
        )

    cells: dict[str, Cell] = {
        "original_id": first_of(flat, "id"),
        "title": first_of(flat, "description", "title"),
        "severity": first_of(flat, "priority_name", "urgency"),
        "product": first_of(flat, "service_name"),
        "started_at": func.coalesce(cast(created, Text), first_of(flat, "created_at", "created_on")),
        "detected_at": created,
        "engaged_at": after("seconds_to_engage", "seconds_to_first_ack"),
        "resolved_at": func.coalesce(
            after("seconds_to_resolve"), instant(first_of(flat, "resolved_at", "resolved_on"), into.timezone)
        ),
    }
    stage_incidents(NAME, flat, into, cells, _SEVERITIES)
