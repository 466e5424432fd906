"""Zendesk's own target clocks: ``ticket_metric_events`` → one row a cycle, with Zendesk's verdict.

An event says that a clock began (``activate``), stopped (``fulfill``), was paused, was given a target (``apply_sla``)
or ran out (``breach``); ``instance_id`` numbers the cycles of one clock on a ticket. Breaches are entered in advance,
at the time they fall due, and marked ``deleted`` when the clock stops before: so one that lies ahead of everything
else in the file is a due time and no breach. A cycle cut by the edge of an export is told as far as the file knows it.

Of the first and the next replies and of resolutions a verdict is kept. Agent work, requester wait, updates and group
ownership are clocks of other things and are never taken for one of these.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from sqlalchemy import BigInteger, Select, Table, and_, case, func, or_, select
from sqlalchemy import cast as as_type

from etl.expressions import instant, number
from etl.files import flatten
from etl.rearranged import Cell, count, only, refuse_where
from etl.staging import RawTable, Stage
from etl.zendesk_rows import SOURCE, derived

_PATHS = (
    "ticket_id", "metric", "instance_id", "type", "time", "deleted", "sla.target", "sla.business_hours",
    "sla.policy.title",
)  # fmt: skip
_REPLY = "reply_time"
_RESOLUTION = ("resolution_time", "full_resolution_time", "total_resolution_time")


def stage(raw: RawTable, into: Stage) -> None:
    """Put the cycles that had a target."""
    flat = flatten(raw, _PATHS, into.connection)
    rows = derived(flat, into, {each.replace(".", "_"): flat.table.c[each] for each in _PATHS})
    gone = func.coalesce(func.lower(rows.table.c.deleted) == "true", False)
    rows = only(rows, into, ~gone, "moments of target clocks that Zendesk has deleted")
    rows = replace(
        rows, table=cast(Table, select(rows.table, instant(rows.table.c.time, "UTC").label("moment")).subquery())
    )
    for name, reason in (("ticket_id", "no ticket number"), ("metric", "no clock")):
        rows = refuse_where(rows, into, rows.table.c[name].is_(None), name, reason)
    rows = refuse_where(rows, into, rows.table.c.moment.is_(None), "time", "not a date and time")
    is_known = func.lower(rows.table.c.metric).in_((_REPLY, *_RESOLUTION))
    rows = only(rows, into, is_known, "moments of clocks that are neither replies nor resolutions")
    cycles = cast(Table, _cycles(rows).subquery())
    with_target = cycles.c.row.is_not(None)
    made = count(cycles, into, with_target)
    into.leave_out(
        rows.rows - made, "further moments of target clocks, or of clocks without a target; a cycle is kept once"
    )
    into.put("sla", SOURCE, _verdicts(cycles, _newest(rows)).where(with_target))


def _cycles(rows: RawTable) -> Select[tuple[object, ...]]:
    """One row a ticket, clock and number of its cycle: when it began, stopped and ran out, and the target it had."""
    c = rows.table.c
    kind = func.lower(c.type)

    def newest(value: Cell, *kinds: str) -> Cell:
        found: Cell = func.arg_max(value, func.row(c.moment, c["_row"])).filter(kind.in_(kinds))
        return found

    def last(*kinds: str) -> Cell:
        found: Cell = func.max(c.moment).filter(kind.in_(kinds))
        return found

    has_target = c.sla_target.is_not(None)
    applied = func.arg_max(c["_row"], func.row(c.moment, c["_row"])).filter(kind == "apply_sla", has_target)
    return select(
        c.ticket_id.label("ticket"), func.lower(c.metric).label("metric"), c.instance_id.label("instance"),
        applied.label("row"),
        newest(number(c.sla_target), "apply_sla").label("target"),
        newest(func.lower(c.sla_business_hours), "apply_sla").label("in_business_hours"),
        newest(c.sla_policy_title, "apply_sla").label("policy"),
        func.min(c.moment).filter(kind == "activate").label("began"), last("activate").label("began_again"),
        last("fulfill").label("stopped"), last("breach").label("ran_out"), last("pause").label("paused"),
    ).group_by(c.ticket_id, func.lower(c.metric), c.instance_id)  # fmt: skip


def _newest(rows: RawTable) -> Cell:
    """The last moment the file knows of: a breach may be entered ahead of it."""
    c = rows.table.c
    return select(func.max(c.moment)).where(func.lower(c.type) != "breach").scalar_subquery()


def _verdicts(cycles: Table, newest: Cell) -> Select[tuple[object, ...]]:
    c = cycles.c
    met = case((or_(c.began_again.is_(None), c.stopped >= c.began_again), c.stopped))
    # A target in calendar minutes of a clock that was never paused falls due at a time one can tell.
    is_plain = and_(c.in_business_hours == "false", c.paused.is_(None))
    told = c.began + func.to_minutes(as_type(c.target, BigInteger))
    due = func.coalesce(c.ran_out, case((is_plain, told)))
    is_met = case(
        (c.ran_out <= func.coalesce(met, newest), False),
        (met.is_not(None), True),
    )
    is_first = func.coalesce(c.instance, "1") == "1"
    clock = case((c.metric != _REPLY, "resolution"), (is_first, "first_reply"), else_="next_reply")
    return select(
        c.row, c.ticket.label("original_id"), c.instance.label("cycle"), clock.label("clock"), c.policy,
        c.began.label("started_at"), due.label("due_at"), met.label("met_at"), is_met.label("is_met"),
    )  # fmt: skip
