"""ServiceNow incidents: an audit log, the list as exported to CSV, the Table API as JSON.

Built from: a real log (UCI "Incident management process enriched event log"); the default list export's header and
the Table API's field names as documented, not from real files of those two. The meanings of the number codes are
ServiceNow's defaults; an instance that renamed its states declares them in ``supportkpi.toml``.

- The log has one row an update, in the order of ``sys_mod_count``; ``resolved_at`` and ``closed_at`` stand on every
  row of an incident. ``?`` is empty.
- The list holds display values (``3 - Moderate``); its clocks are in the zone and the date format of whoever
  exported it.
- The Table API gives codes and UTC clocks, or with ``sysparm_display_value`` display values beside or instead of them.
  References come as ``{link, value}``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Table, case, func, select

from etl import servicenow_records
from etl.dates import fitting_formats
from etl.mapping import Clock, Mapping, Words
from etl.staging import Claim, RawTable, Stage
from etl.translate import claim_mapping, json_paths, stage_mapping
from etl.vocabulary import Channel, Priority, Status

NAME = "servicenow"

WORDS = Words(
    status={
        "New": Status.NEW,
        "Active": Status.OPEN,
        "In Progress": Status.OPEN,
        "Assigned": Status.OPEN,
        "Work in Progress": Status.OPEN,
        "Awaiting User Info": Status.WAITING_CUSTOMER,
        "Awaiting Caller": Status.WAITING_CUSTOMER,
        "Awaiting Vendor": Status.WAITING_OTHER,
        "Awaiting Problem": Status.WAITING_OTHER,
        "Awaiting Evidence": Status.WAITING_OTHER,
        "Awaiting Change": Status.WAITING_OTHER,
        "On Hold": Status.WAITING_OTHER,
        "Resolved": Status.RESOLVED,
        "Closed": Status.CLOSED,
        "Canceled": Status.CLOSED,
        "Cancelled": Status.CLOSED,
        # The Table API's codes, as ServiceNow ships them.
        "1": Status.NEW,
        "2": Status.OPEN,
        "3": Status.WAITING_OTHER,
        "6": Status.RESOLVED,
        "7": Status.CLOSED,
        "8": Status.CLOSED,
        "3, hold reason 1": Status.WAITING_CUSTOMER,
        "On Hold, hold reason Awaiting Caller": Status.WAITING_CUSTOMER,
    },
    priority={
        "1": Priority.URGENT,
        "2": Priority.HIGH,
        "3": Priority.NORMAL,
        "4": Priority.LOW,
        "5": Priority.LOW,
        "1 - Critical": Priority.URGENT,
        "2 - High": Priority.HIGH,
        "3 - Moderate": Priority.NORMAL,
        "4 - Low": Priority.LOW,
        "5 - Planning": Priority.LOW,
    },
    channel={
        "Phone": Channel.PHONE,
        "Email": Channel.EMAIL,
        "Chat": Channel.CHAT,
        "Self-service": Channel.SELF_SERVICE,
        "Self service": Channel.SELF_SERVICE,
        "Web": Channel.WEB,
        "Virtual Agent": Channel.MESSAGING,
        "Walk-in": Channel.OTHER,
        "IVR": Channel.PHONE,
        "Direct opening": Channel.OTHER,
        "Event management": Channel.API,
        "Monitoring": Channel.API,
        "Integration": Channel.API,
    },
)

#: Columns every form may have, under the field's own name. The subcategory is the finest topic most desks fill; a
#: configuration item or a service, where there is one, says better what the incident is about.
_FIELDS = {
    "subject": "short_description",
    "channel": "contact_type",
    "region": "location",
    "product": ("business_service", "cmdb_ci", "subcategory"),
    "category": "category",
    "problem_key": "problem_id",
    "change_key": "rfc",
    "caused_by": "caused_by",
    "account": "company",
    "resolved_at": "resolved_at",
    "closed_at": "closed_at",
    "vendor_reopens": "reopen_count",
    "vendor_owner_changes": "reassignment_count",
    "vendor_sla_met": "made_sla",
}
_OPTIONAL = tuple(_FIELDS)

LOG = Mapping(
    name="servicenow-log",
    source=NAME,
    shape="event",
    nulls=("?",),
    columns={
        "original_id": "number",
        "created_at": "opened_at",
        "occurred_at": "sys_updated_at",
        "sequence": "sys_mod_count",
        "status": ("incident_state", "state"),
        "priority": "priority",
        "team": "assignment_group",
        "owner": "assigned_to",
        "requester": "caller_id",
        "actor": "sys_updated_by",
        **_FIELDS,
    },
    constants={"ticket_type": "incident", "actor_role": "agent"},
    words=WORDS,
    optional=_OPTIONAL,
)

LIST = Mapping(
    name="servicenow-list",
    source=NAME,
    shape="ticket",
    columns={
        "original_id": "number",
        "created_at": "opened_at",
        "updated_at": "sys_updated_on",
        "status": ("state", "incident_state"),
        "priority": "priority",
        "team": "assignment_group",
        "owner": "assigned_to",
        "requester": "caller_id",
        **_FIELDS,
    },
    constants={"ticket_type": "incident"},
    words=WORDS,
    proof=("sys_updated_by",),
    optional=_OPTIONAL,
)


def _reference(name: str) -> tuple[str, ...]:
    """The places a reference may stand in, the readable one before the identifier."""
    return (name, f"{name}.display_value", f"{name}.value")


def _code(name: str) -> tuple[str, ...]:
    """A plain field, or one given both ways: the code is the one that does not change with the user's language."""
    return (name, f"{name}.value")


_HOLD = "state and hold reason"

API = Mapping(
    name="servicenow-api",
    source=NAME,
    shape="ticket",
    columns={
        "original_id": _code("number"),
        "created_at": _code("opened_at"),
        "updated_at": _code("sys_updated_on"),
        "status": (_HOLD, *_code("state"), *_code("incident_state")),
        "priority": _code("priority"),
        "team": _reference("assignment_group"),
        "owner": _reference("assigned_to"),
        "requester": _reference("caller_id"),
        **{name: _code(field) for name, field in _FIELDS.items() if isinstance(field, str)},
        "product": (*_reference("business_service"), *_reference("cmdb_ci"), *_code("subcategory")),
        "region": _reference("location"),
        "account": _reference("company"),
        "problem_key": _reference("problem_id"),
        "change_key": _reference("rfc"),
        "caused_by": _reference("caused_by"),
    },
    constants={"ticket_type": "incident"},
    words=WORDS,
    optional=(*_OPTIONAL, "priority", "team", "owner"),
)

#: What only an incident has, so that a change request or a problem from the same API is not taken for one.
_INCIDENT_ONLY = ("caller_id", "incident_state", "hold_reason", "reopen_count")


def claim(raw: RawTable) -> Claim:
    """An incident log, an incident list or incidents of the Table API, or records around them; by their columns."""
    found, around = _best(raw)[1], servicenow_records.claim(raw)
    return around if around.accepted and not found.accepted else found


def stage(raw: RawTable, into: Stage) -> None:
    """Put the incidents, and for a log their history."""
    mapping, found = _best(raw)
    if not found.accepted and servicenow_records.claim(raw).accepted:
        servicenow_records.stage(raw, into)
        return
    if mapping is API:
        _stage_api(raw, into)
        return
    formats = fitting_formats(raw, ("opened_at",), into.connection, mapping.nulls)
    stage_mapping(mapping.model_copy(update={"clock": Clock(formats=formats)}), raw, into)


def _best(raw: RawTable) -> tuple[Mapping, Claim]:
    """The form this table has, or the one that comes closest to it."""
    if raw.kind == "json":
        return API, _claim_api(raw)
    # A list calls it sys_updated_on; a list with a sys_mod_count beside that is still one row an incident.
    mapping = LOG if {"sys_mod_count", "sys_updated_at"} <= set(raw.columns) else LIST
    found = claim_mapping(mapping, raw)
    return mapping, replace(found, source=NAME)


def _claim_api(raw: RawTable) -> Claim:
    found = claim_mapping(API, raw)
    roots = {path.split(".")[0] for path in raw.columns}
    missing = [name for name in found.missing if name != _HOLD]
    if not roots & set(_INCIDENT_ONLY):
        missing.append(_INCIDENT_ONLY[0])
    return Claim(NAME, found.matched, tuple(missing))


def _stage_api(raw: RawTable, into: Stage) -> None:
    from etl import files

    # Display values alone are in the zone and format of the user who asked; codes come with UTC clocks.
    is_displayed = any(path.endswith(".display_value") for path in raw.columns) and not any(
        path.endswith(".value") for path in raw.columns
    )
    paths = [path for path in json_paths(API) if path != _HOLD]
    flat = files.flatten(raw, [*paths, *_code("hold_reason")], into.connection)
    clock = Clock(timezone="UTC")
    if is_displayed:
        clock = Clock(formats=fitting_formats(flat, ("opened_at",), into.connection))
    stage_mapping(API.model_copy(update={"clock": clock}), _with_hold_reason(flat), into)


def _with_hold_reason(flat: RawTable) -> RawTable:
    """The fields as plain text, and one more: the state with its hold reason where it waits for the caller."""
    columns = flat.table.c
    # A field given both ways is an object; its parts have columns of their own.
    plain = {name: case((~func.starts_with(columns[name], "{"), columns[name])) for name in flat.columns}
    state = func.coalesce(*(plain[name] for name in (*_code("state"), *_code("incident_state"))))
    reason = func.coalesce(*(plain[name] for name in _code("hold_reason")))
    is_for_caller = state.in_(["3", "On Hold"]) & reason.in_(["1", "Awaiting Caller"])
    told: Any = case((is_for_caller, func.concat(state, ", hold reason ", reason)), else_=state).label(_HOLD)
    rows = select(columns["_row"], *(text.label(name) for name, text in plain.items()), told).subquery()
    return replace(flat, table=cast(Table, rows), columns=(*flat.columns, _HOLD))
