"""ServiceNow's records around the incident: change requests, problems and the clocks of its service levels.

Built from the documented fields and the tables of a warehouse copy, not from real files. Lists show display values in
the zone and format of whoever exported them; the Table API gives codes, and clocks in UTC.

- ``change_request``: carried out from ``work_start`` to ``work_end``; the plan (``start_date``, ``end_date``) stands
  for that only once the change is over. ``close_code`` says how it ended, ``approval`` whether it was signed off.
- ``problem``: engineering's record, under the number and under the identifier incidents carry.
- ``task_sla``: one row a run of a target on a task. ``planned_end_time`` is when it fell or falls due; ``has_breached``
  is the verdict once it stopped. Durations are offsets from 1970-01-01 and not needed. Cancelled runs are left out.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import case, func, literal

from etl.dates import fitting_formats
from etl.files import flatten
from etl.mapping import Clock, Mapping, Words
from etl.rearranged import Cell, first_of, only, our_word, rearranged, report_unknown
from etl.staging import Claim, RawTable, Stage
from etl.translate import stage_mapping
from etl.vocabulary import ChangeOutcome, Priority, Status

SOURCE = "servicenow"

_OUTCOMES = {
    "successful": ChangeOutcome.SUCCESSFUL,
    "successful with issues": ChangeOutcome.WITH_ISSUES,
    "successful_issues": ChangeOutcome.WITH_ISSUES,
    "unsuccessful": ChangeOutcome.FAILED,
    "backed out": ChangeOutcome.ROLLED_BACK,
    "canceled": ChangeOutcome.CANCELLED,
    "cancelled": ChangeOutcome.CANCELLED,
}
_OVER = ("0", "3", "review", "closed")
_PROBLEM = Words(
    status={
        "101": Status.NEW, "102": Status.OPEN, "103": Status.OPEN, "104": Status.OPEN,
        "106": Status.RESOLVED, "107": Status.CLOSED,
        "New": Status.NEW, "Assess": Status.OPEN, "Root Cause Analysis": Status.OPEN, "Fix in Progress": Status.OPEN,
        "Known Error": Status.WAITING_OTHER, "Pending Change": Status.WAITING_OTHER,
        "Resolved": Status.RESOLVED, "Closed": Status.CLOSED,
    },
    priority={
        "1": Priority.URGENT, "2": Priority.HIGH, "3": Priority.NORMAL, "4": Priority.LOW, "5": Priority.LOW,
        "1 - Critical": Priority.URGENT, "2 - High": Priority.HIGH, "3 - Moderate": Priority.NORMAL,
        "4 - Low": Priority.LOW, "5 - Planning": Priority.LOW,
    },
)  # fmt: skip


class _Records(NamedTuple):
    """One kind of record: the fields it must have and of which it must have one, the others it may have, its clocks."""

    needed: tuple[str, ...]
    telling: tuple[str, ...]
    others: tuple[str, ...]
    clocks: tuple[str, ...]


_CHANGE = _Records(
    ("number", "type", "risk", "start_date", "end_date"),
    (
        "cab_required",
        "cab_date",
        "close_code",
        "backout_plan",
        "unauthorized",
        "approval",
        "outside_maintenance_schedule",
    ),
    ("short_description", "state", "business_service", "cmdb_ci", "close_code", "approval"),
    ("start_date", "end_date", "work_start", "work_end"),
)
_PROBLEM_RECORDS = _Records(
    ("number", "opened_at"),
    ("known_error", "problem_state", "workaround", "related_incidents", "first_reported_by_task", "major_problem"),
    (
        "sys_id", "short_description", "state", "problem_state", "priority", "category", "business_service", "cmdb_ci",
        "assignment_group", "resolution_code",
    ),
    ("opened_at", "fix_at", "resolved_at", "closed_at", "sys_updated_on", "confirmed_at"),
)  # fmt: skip
_SLA = _Records(
    ("task", "sla", "stage", "has_breached", "planned_end_time", "start_time"),
    ("business_percentage", "percentage", "pause_duration", "business_duration", "end_time"),
    ("sys_id",),
    ("start_time", "end_time", "planned_end_time"),
)
KINDS = (_CHANGE, _PROBLEM_RECORDS, _SLA)


def claim(raw: RawTable) -> Claim:
    """Claim change requests, problems or service level runs by their fields; near is the one that fits best."""
    there = {key for path in raw.columns for key in (path, path.split(".")[0])}
    near = Claim(SOURCE, ())
    for kind in KINDS:
        found = tuple(name for name in (*kind.needed, *kind.telling) if name in there)
        missing = [name for name in kind.needed if name not in there]
        if not there & set(kind.telling):
            missing.append(kind.telling[0])
        if not missing:
            return Claim(SOURCE, found)
        if len(found) > len(near.matched):
            near = Claim(SOURCE, found, tuple(missing))
    return near


def stage(raw: RawTable, into: Stage) -> None:
    """Put the records of a table that was claimed."""
    there = {key for path in raw.columns for key in (path, path.split(".")[0])}
    kind = next(each for each in KINDS if there >= set(each.needed) and there & set(each.telling))
    fields = tuple(dict.fromkeys((*kind.needed, *kind.others, *kind.clocks)))
    clock = Clock()
    if raw.kind == "json":
        flat = flatten(raw, [place for name in fields for place in _places(name)], into.connection)
        clock = Clock(timezone="UTC")
    else:
        clocks = [name for name in kind.clocks if name in raw.columns]
        flat, clock = raw, Clock(formats=fitting_formats(raw, clocks, into.connection))
    maker = {_CHANGE: _stage_changes, _PROBLEM_RECORDS: _stage_problems, _SLA: _stage_runs}[kind]
    maker(rearranged(flat, into, {name: _field(flat, name) for name in fields}), into, clock)


def _places(name: str) -> tuple[str, ...]:
    """A field given plainly, or both ways, or as a reference: readable before the identifier, clocks in UTC."""
    return (name, f"{name}.display_value", f"{name}.value")


def _field(flat: RawTable, name: str) -> Cell:
    """The plain text of a field; one given as an object is read from its parts."""
    plain = first_of(flat, name)
    whole = case((~func.starts_with(plain, "{"), plain))
    shown = name not in (*_CHANGE.clocks, *_PROBLEM_RECORDS.clocks, *_SLA.clocks)
    parts = (f"{name}.display_value", f"{name}.value")
    return func.coalesce(whole, first_of(flat, *(parts if shown else parts[::-1])))


def _stage_changes(rows: RawTable, into: Stage, clock: Clock) -> None:
    c = rows.table.c
    is_over = func.lower(c.state).in_(_OVER) | c.close_code.is_not(None)
    approval = func.lower(c.approval)
    cells: dict[str, Cell] = {
        "original_id": c.number,
        "title": c.short_description,
        "product": func.coalesce(c.business_service, c.cmdb_ci),
        "kind": func.lower(c.type),
        "risk": c.risk,
        "outcome": our_word(c.close_code, _OUTCOMES),
        "is_approved": case((approval == "approved", "true"), (approval.in_(("rejected", "requested")), "false")),
        "started_at": func.coalesce(c.work_start, case((is_over, c.start_date))),
        "deployed_at": func.coalesce(c.work_end, case((is_over, c.end_date))),
    }
    report_unknown(rows, into, c.close_code, _OUTCOMES, "close_code")
    _put("change", rearranged(rows, into, cells), into, clock)


def _stage_problems(rows: RawTable, into: Stage, clock: Clock) -> None:
    c = rows.table.c
    cells: dict[str, Cell] = {
        "original_id": c.number,
        "title": c.short_description,
        "kind": literal("problem"),
        "status": func.coalesce(c.problem_state, c.state),
        "priority": c.priority,
        "product": func.coalesce(c.business_service, c.cmdb_ci, c.category),
        "team": c.assignment_group,
        "outcome": c.resolution_code,
        "created_at": c.opened_at,
        "first_action_at": c.confirmed_at,
        "resolved_at": func.coalesce(c.resolved_at, c.fix_at, c.closed_at),
        "updated_at": c.sys_updated_on,
    }
    _put("engineering_issue", rearranged(rows, into, cells), into, clock)


def _stage_runs(rows: RawTable, into: Stage, clock: Clock) -> None:
    is_cancelled = func.coalesce(func.lower(rows.table.c.stage).in_(("cancelled", "canceled")), False)
    kept = only(rows, into, ~is_cancelled, "target clocks that were cancelled")
    c = kept.table.c
    said, breached = func.lower(c.sla), func.lower(c.has_breached)
    is_done = func.lower(c.stage).in_(("achieved", "breached", "completed"))
    cells: dict[str, Cell] = {
        "original_id": c.task,
        "cycle": func.coalesce(c.sys_id, c.start_time),
        "clock": case((func.regexp_matches(said, "respon|first reply|acknowledge"), "first_reply"), else_="resolution"),
        "policy": c.sla,
        "started_at": c.start_time,
        "due_at": c.planned_end_time,
        "met_at": case((breached == "false", case((is_done, c.end_time)))),
        "is_met": case((breached == "true", "false"), (is_done & (breached == "false"), "true")),
    }
    _put("sla", rearranged(kept, into, cells), into, clock)


def _put(shape: str, rows: RawTable, into: Stage, clock: Clock) -> None:
    mapping = Mapping.model_validate(
        {
            "name": f"servicenow-{shape.replace('_', '-')}",
            "shape": shape,
            "source": SOURCE,
            "clock": clock,
            "columns": {name: (name,) for name in rows.columns},
            "words": _PROBLEM,
        }
    )
    stage_mapping(mapping, rows, into)
