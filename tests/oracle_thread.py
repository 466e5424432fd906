"""The KPIs of handoffs and lost tickets once more in plain Python; see ``oracle``, whose words it uses."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from statistics import fmean
from typing import Any

from oracle import Answer, Question, Row, Rows, _covered, _facts, _rounded, _share, _starts_after, _tickets

Oracle = Callable[[Rows, Question], Answer]


def resolved(rows: Rows, question: Question, *known: str) -> list[Row]:
    found = [row for row in _tickets(rows, question, "resolved_at") if row.get("resolved_at") is not None]
    return [row for row in found if all(row.get(name) is not None for name in known)]


def share_of_tickets(is_met: Callable[[Row], bool], *known: str) -> Oracle:
    return lambda rows, question: _share(resolved(rows, question, *known), is_met)


def systems_per_ticket(rows: Rows, question: Question) -> Answer:
    values = [row["linked_systems"] for row in resolved(rows, question, "linked_systems")]
    return Answer(len(values), fmean(values)) if values else Answer(0, None)


def customer_repeats(rows: Rows, question: Question) -> Answer:
    handed = [row for row in resolved(rows, question, "customer_repeats", "handoffs") if row["handoffs"] > 0]
    return _share(handed, lambda row: row["customer_repeats"] > 0)


def share_of_handoffs(name: str, wanted: bool) -> Oracle:
    def oracle(rows: Rows, question: Question) -> Answer:
        told = [row for row in _facts(rows, question, "handoff", "occurred_at") if row.get(name) is not None]
        return _share(told, lambda row: row[name] == wanted)

    return oracle


def handoff_gap(rows: Rows, question: Question) -> Answer:
    lives: list[tuple[float, bool]] = [
        (_rounded(row["minutes"]), row.get("ended_by") == "acted")
        for row in _facts(rows, question, "handoff", "occurred_at")
        if row.get("minutes") is not None
    ]
    left = Fraction(1)
    for time in sorted({lasted for lasted, acted in lives if acted}):
        waiting = sum(1 for lasted, _ in lives if lasted >= time)
        left *= 1 - Fraction(sum(1 for life in lives if life == (time, True)), waiting)
        if left <= Fraction(1, 2):
            return Answer(len(lives), time)
    return Answer(len(lives), None)


def unproven_claims(rows: Rows, question: Question) -> Answer:
    claimed = [row for row in resolved(rows, question, "claim") if row["claim"] != "none"]
    return _share(claimed, lambda row: row["claim"] == "unproven")


def claims_returned(claim: str) -> Oracle:
    def oracle(rows: Rows, question: Question) -> Answer:
        told = [
            row for row in _tickets(rows, question, "first_resolved_at") if row.get("first_resolved_at") is not None
        ]
        told = [row for row in told if row.get("claim") == claim]
        old = [row for row in told if (row.get("days_observed") or 0) >= 14]
        days = ("days_to_reopen", "days_to_next_contact")
        return _share(
            old, lambda row: any(row.get(name) is not None and row[name] <= 14 for name in days), len(told) - len(old)
        )

    return oracle


def lost_tickets(rows: Rows, question: Question) -> Answer:
    everything: dict[str, Any] = {**rows}
    everything["quiet_spell"] = [row for row in rows["quiet_spell"] if row.get("lost_at") is not None]
    whole = Question(None, None, question.timezone, question.filters, question.group, question.options)
    there = _facts(everything, whole, "quiet_spell", "lost_at")
    if question.end is not None:
        end, wall = question.end, question.wall
        there = [
            row
            for row in there
            if wall(row["lost_at"]) < end and (row.get("found_at") is None or wall(row["found_at"]) >= end)
        ]
    else:
        there = [row for row in there if row.get("found_at") is None]
    after_the_data = question.start is not None and not _covered(rows, question) and _starts_after(rows, question)
    is_told = any(row.get("quiet_from") is not None for row in rows["quiet_spell"])
    if after_the_data or (not there and not (is_told and _covered(rows, question))):
        return Answer(0, None)
    return Answer(len(there), float(len(there)))


THREAD: dict[str, Oracle] = {
    "four_owners": share_of_tickets(lambda row: row["people"] >= 4, "people"),
    "ping_pong": share_of_tickets(lambda row: row["returns"] > 0, "returns"),
    "first_assignment": share_of_tickets(lambda row: row["team"] == row["first_team"], "team", "first_team"),
    "push_to_front": share_of_tickets(lambda row: row["tier_reached"] in (0, 1), "tier_reached"),
    "customer_repeats": customer_repeats,
    "unproven_claims": unproven_claims,
    "unproven_claims_returned": claims_returned("unproven"),
    "proven_claims_returned": claims_returned("proven"),
    "systems_per_ticket": systems_per_ticket,
    "unnoted_handoffs": share_of_handoffs("has_note", False),
    "warm_handoffs": share_of_handoffs("is_warm", True),
    "handoff_gap": handoff_gap,
    "lost_tickets": lost_tickets,
}
