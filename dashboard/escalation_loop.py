"""The escalation loop, taken apart: a sibling of ``readings`` with queries of its own.

A KPI reads one number. Here the rows of a KPI are counted by part (``dashboard.escalation_parts``), stays in tiers are
summed by tier, and other KPIs are read by how often their issue had been escalated before: none of that is a Reading,
since no dimension of a ticket cuts it. The counts are those of the KPI's own rows, so that they add up to its n.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select

from dashboard.engine import Facts
from dashboard.escalation_parts import CHECKS, PASSES, Check, EscalationPart
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.statistic import Estimate, Mean, Proportion
from dashboard.question import Question
from etl.tables import escalation, ticket, tier_stay

#: What is compared by pass.
OUTCOMES = ("mttr", "fcr", "csat")


def parts(question: Question, name: str, some: Sequence[EscalationPart]) -> list[tuple[EscalationPart, int]]:
    """How many rows of a KPI of escalations lie in each part."""
    counts = [func.count().filter(part.condition).label(f"part_{place}") for place, part in enumerate(some)]
    (row,) = question.facts.rows(question.counted(question.kpi(name)).add_columns(*counts))
    return [(part, int(row[f"part_{place}"])) for place, part in enumerate(some)]


@dataclass(frozen=True)
class Checked:
    """A check of the write-up: the share that has it, and how many exports cannot tell."""

    check: Check
    share: Estimate
    missing: int
    untold: int


def checks(question: Question) -> list[Checked]:
    """What the write-ups of the period's escalations have, as far as it can be seen."""
    counts = [func.count().label("n")]
    for place, check in enumerate(CHECKS):
        counts.append(func.count().filter(check.missing.condition).label(f"missing_{place}"))
        counts.append(func.count().filter(check.untold).label(f"untold_{place}"))
    kpi = question.kpi("functional_escalations")
    (row,) = question.facts.rows(question.counted(kpi).add_columns(*counts))
    told = []
    for place, check in enumerate(CHECKS):
        missing, untold = int(row[f"missing_{place}"]), int(row[f"untold_{place}"])
        n = int(row["n"]) - untold
        share = Proportion(check.missing.condition).finish({"n": n, "events": n - missing})
        told.append(Checked(check, share, missing, untold))
    return told


@dataclass(frozen=True)
class Rung:
    """One tier: the share of tickets that stood in it, their open time there, and of these the share done there."""

    tier: str
    rank: int
    reached: Estimate
    minutes: Estimate
    ended: Estimate
    again: int  # tickets that came up to it once more


def ladder(question: Question) -> list[Rung]:
    """The tiers that tickets resolved in the period stood in, lowest first."""
    stay = tier_stay.c
    by_ticket = (
        select(
            stay.tier,
            func.max(stay.rank).label("rank"),
            func.sum(stay.minutes).label("minutes"),
            func.max(case((stay.is_last, 1), else_=0)).label("ended"),
            func.max(case((stay.came == "again", 1), else_=0)).label("again"),
        )
        .select_from(tier_stay.join(ticket, ticket.c.ticket_id == stay.ticket_id))
        .where(*question.dated(question.kpi("tickets_resolved")))
        .group_by(stay.ticket_id, stay.tier)
        .subquery("stood")
    )
    stood = by_ticket.c
    spent = Mean(stood.minutes, least=0)
    statement = (
        select(
            stood.tier, func.max(stood.rank).label("rank"), func.count().label("reached"),
            func.sum(stood.ended).label("ended"), func.sum(stood.again).label("again"),
            *(column.label(name) for name, column in spent.columns(stood.minutes.is_not(None)).items()),
        ).group_by(stood.tier)
    )  # fmt: skip
    rows = question.facts.rows(statement)
    whole = sum(int(row["ended"]) for row in rows)  # every ticket ends in one tier
    share = Proportion(stood.ended == 1)
    found = [
        Rung(
            row["tier"], int(row["rank"]),
            share.finish({"n": whole, "events": row["reached"]}), spent.finish(row),
            share.finish({"n": row["reached"], "events": row["ended"]}), int(row["again"]),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda rung: (rung.rank, rung.tier))


@dataclass(frozen=True)
class Pass:
    """A KPI on all tickets of one pass of their issues, handed up or not."""

    kpi: Kpi
    part: EscalationPart
    found: Estimate


def passes(question: Question) -> list[Pass]:
    """Each outcome on the tickets of the first, the second, and later escalated occurrences of their issue."""
    number = ticket.c.pass_number
    is_of = (number == 1, number == 2, number >= 3)
    told = []
    for name in OUTCOMES:
        kpi = question.kpi(name)
        columns = {
            f"{place}_{key}": column
            for place, condition in enumerate(is_of)
            for key, column in kpi.statistic.columns(and_(kpi.among, condition)).items()
        }
        labelled = [column.label(key) for key, column in columns.items()]
        (row,) = question.facts.rows(select(*labelled).select_from(kpi.tables).where(*question.dated(kpi)))
        for place, part in enumerate(PASSES):
            own = {key.removeprefix(f"{place}_"): row[key] for key in columns if key.startswith(f"{place}_")}
            told.append(Pass(kpi, part, kpi.statistic.finish(defaultdict(lambda: None, own))))
    return told


def suggested(question: Question) -> int:
    """How many of the period's escalations have an issue known by its subject alone."""
    counted = question.counted(question.kpi("functional_escalations"))
    is_alike = escalation.c.issue_evidence.startswith("subject")
    (row,) = question.facts.rows(counted.add_columns(func.count().filter(is_alike).label("n")))
    return int(row["n"])


@dataclass(frozen=True)
class Travelled:
    """A ticket that went to and fro."""

    ticket_id: str
    subject: str | None
    rounds: int
    trips: int | None
    minutes: float
    tier_path: str | None
    resolved_at: datetime | None


def most_rounds(question: Question, limit: int = 10) -> list[Travelled]:
    """The tickets resolved in the period with two rounds or more, most first."""
    kpi = question.kpi("rounds_per_escalation")
    e = escalation.c
    statement = (
        select(
            e.ticket_id, ticket.c.subject, e.rounds, e.clarification_trips, e.with_engineering_minutes, e.tier_path,
            e.resolved_at,
        )
        .select_from(kpi.tables)
        .where(*question.dated(kpi), kpi.among, e.rounds >= 2)
        .order_by(e.rounds.desc(), e.with_engineering_minutes.desc(), e.ticket_id)
        .limit(limit)
    )  # fmt: skip
    return [
        Travelled(
            row["ticket_id"], row["subject"], int(row["rounds"]), row["clarification_trips"],
            float(row["with_engineering_minutes"] or 0), row["tier_path"], row["resolved_at"],
        )
        for row in question.facts.rows(statement)
    ]  # fmt: skip


@dataclass(frozen=True)
class OfTicket:
    """What one ticket's page tells of its escalation."""

    escalation: dict[str, Any] | None
    stays: tuple[dict[str, Any], ...]


def of_ticket(facts: Facts, ticket_id: str) -> OfTicket:
    """A ticket's escalation and its stays in tiers, oldest first."""
    found = facts.rows(select(escalation).where(escalation.c.ticket_id == ticket_id))
    order = tier_stay.c.entered_at
    stays = facts.rows(select(tier_stay).where(tier_stay.c.ticket_id == ticket_id).order_by(order))
    return OfTicket(found[0] if found else None, tuple(stays))
