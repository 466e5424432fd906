"""Which KPIs an export's columns feed, so that a lost column is told by the numbers it touches."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, Table
from sqlalchemy.sql.visitors import iterate

from dashboard import kpis
from dashboard.kpis.kpi import Kpi
from etl.tables import facts

#: What the derivation makes of a loaded column beside the one of the same name.
_WAITS = ("with_us_minutes", "with_customer_minutes", "with_other_minutes")
_TALK = (
    "responses", "response_minutes", "response_business_minutes", "response_active_minutes", "repliers",
    "customer_followups",
)  # fmt: skip
_FIRST_REPLY = ("first_reply_at", "first_reply_minutes", "first_reply_business_minutes", "first_reply_active_minutes")
_RESOLUTION = (
    "resolution_minutes", "resolution_business_minutes", "resolution_active_minutes", "first_resolved_at",
    "first_resolution_minutes", "first_resolution_business_minutes", "first_resolution_active_minutes",
)  # fmt: skip
_MADE_OF: dict[str, tuple[str, ...]] = {
    "ticket.created_at": (*_FIRST_REPLY, *_RESOLUTION),
    "ticket.first_reply_at": _FIRST_REPLY,
    "ticket.resolved_at": _RESOLUTION,
    "ticket.first_resolved_at": _RESOLUTION,
    "ticket.closed_at": ("resolved_at", *_RESOLUTION),
    "ticket.status": ("resolved_at", "reopens", "days_to_reopen", *_RESOLUTION, *_WAITS),
    "ticket.team": ("escalated", "escalated_at", "teams", "handoffs", "first_team", "tier_reached"),
    "ticket.requester": ("days_to_next_contact", "is_outbound"),
    "ticket.problem_key": ("escalated", "escalated_at", "occurrence_id"),
    "ticket.vendor_escalated": ("escalated",),
    "ticket.vendor_first_reply_minutes": _FIRST_REPLY,
    "ticket.vendor_reopens": ("reopens",),
    "ticket.vendor_public_replies": ("public_replies",),
    "ticket.vendor_owner_changes": ("handoffs",),
}
_THREAD = ("first_team", "people", "returns", "customer_repeats", "tier_reached", "linked_systems", "claim")
#: Events make the history, and all that is measured of it.
_HISTORY = (
    *_FIRST_REPLY, *_WAITS, "escalated", "escalated_at", "teams", "handoffs", "reopens", "days_to_reopen",
    "public_replies", "customer_messages", "signal_history", *_TALK, *_THREAD,
)  # fmt: skip
#: The tables a kind of loaded fact is published in, where they are called otherwise.
_PUBLISHED = {"sla": "sla_clock", "person": "agent"}
#: Without one of these a row says nothing.
_WHOLE = {"survey": ("score", "answered_at"), "sla": ("clock", "is_met", "due_at")}


def touched(ours: Iterable[str]) -> list[str]:
    """The labels of the KPIs that are counted from these loaded columns, such as ``ticket.status``.

    The columns of a KPI's own definition count, not those of the filters a reader may choose.
    """
    fed = {place for name in ours for place in _places(name)}
    return [kpi.label for kpi in kpis.catalogue().values() if not fed.isdisjoint(_read_by(kpi))]


def _places(ours: str) -> set[str]:
    """Where a loaded column is found among the facts; a table alone stands for all of its columns."""
    fact, _, name = ours.partition(".")
    if fact == "event":
        return {f"ticket.{each}" for each in _HISTORY}
    if name in _WHOLE.get(fact, ()):
        table = facts.tables[_PUBLISHED.get(fact, fact)]
        return {f"{table.name}.{each.name}" for each in table.columns}
    return {f"{_PUBLISHED.get(fact, fact)}.{name}", *(f"ticket.{each}" for each in _MADE_OF.get(ours, ()))}


def _read_by(kpi: Kpi) -> set[str]:
    statistic = kpi.statistic
    parts = [kpi.dated_by, kpi.among, *statistic.columns(kpi.among).values(), *statistic.measured().values()]
    found = (each for part in parts for each in iterate(part))
    return {f"{each.table.name}.{each.name}" for each in found if isinstance(each, Column) and _is_fact(each)}


def _is_fact(column: Column[object]) -> bool:
    return isinstance(column.table, Table)
