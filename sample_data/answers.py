"""Everything planted and counted, as ``answers.toml``: from the generator's own truth, not from the product."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from sample_data import company, topics
from sample_data.arrivals import World
from sample_data.clock import DAY, EXPORTED, REPORTING_ZONE, iso, month, quarter
from sample_data.company import DOMAIN
from sample_data.itdesk import Incident
from sample_data.lives import Life
from sample_data.surveys import Answer
from sample_data.truth import Told, reopened_within, tell

NAMED_MONTH = "2025-08"
Table = dict[str, Any]


def answers(
    world: World, incidents: Sequence[Incident], csat: Sequence[Answer], nps: Sequence[Answer], seed: int
) -> Table:
    """All of it as nested tables."""
    told = [(life, tell(life)) for life in world.lives]
    counted = [(life, facts) for life, facts in told if facts.excluded is None]
    return {
        "about": {
            "seed": seed,
            "first_day": "2024-05-01",
            "last_day": "2025-11-09",
            "exported_at": iso(EXPORTED),
            "reporting_zone": str(REPORTING_ZONE),
        },
        "population": _population(told, incidents),
        "zendesk": {"months": _months(counted), "totals": _totals(counted), "resolution": _resolution(counted)},
        "servicenow": _servicenow(incidents),
        "csat": _csat(world, csat),
        "nps": _nps(nps),
        "nps_dip": {"quarter": "2025-Q3", "before": "2025-Q2", "points": -8.0},
        "chronic_issues": _chronic(world),
        "bad_deployments": _bad(world),
        "held_by_one": _held(counted),
        "tickets": _stories(world, counted),
    }


def _population(told: Sequence[tuple[Life, Told]], incidents: Sequence[Incident]) -> Table:
    why = Counter(facts.excluded for _, facts in told)
    return {
        "zendesk_tickets": len(told),
        "zendesk_audits": sum(len(life.steps) for life, _ in told),
        "servicenow_incidents": len(incidents),
        "servicenow_rows": sum(len(incident.rows) for incident in incidents),
        "deleted": why["deleted"],
        "of_which_spam": sum(1 for life, facts in told if facts.excluded == "deleted" and life.kind == "spam"),
        "merged": why["merged"],
        "test": why["test"],
        "counted": why[None],
        "test_domain": f"@{DOMAIN}",
    }


def _months(counted: Sequence[tuple[Life, Told]]) -> Table:
    created = Counter(month(life.created) for life, _ in counted)
    resolved = Counter(month(facts.last_solved) for _, facts in counted if facts.last_solved)
    first = Counter(month(facts.first_solved) for _, facts in counted if facts.first_solved)
    names = sorted({*created, *resolved})
    return {name: {"created": created[name], "resolved": resolved[name], "first_resolved": first[name]}
            for name in names}  # fmt: skip


def _totals(counted: Sequence[tuple[Life, Told]]) -> Table:
    return {
        "reopened_within_14_days": sum(1 for life, facts in counted if reopened_within(life, facts, 14)),
        "first_resolved": sum(1 for _, facts in counted if facts.first_solved),
        "escalated": sum(1 for _, facts in counted if facts.escalated),
        "bot_only": sum(1 for _, facts in counted if facts.bot_only),
        "outbound": sum(1 for life, _ in counted if life.kind == "outbound"),
        "closed_without_solve": sum(1 for _, facts in counted if facts.closed_without_solve),
        "open_at_the_end": sum(1 for _, facts in counted if facts.is_open),
        "one_reply": sum(1 for _, facts in counted if facts.last_solved and facts.public_replies == 1),
    }


def _resolution(counted: Sequence[tuple[Life, Told]]) -> Table:
    minutes = [
        facts.minutes_to_solve
        for _, facts in counted
        if facts.last_solved and month(facts.last_solved) == NAMED_MONTH and not facts.bot_only
        if facts.minutes_to_solve is not None
    ]
    return {
        "month": NAMED_MONTH,
        "tickets": len(minutes),
        "mean_minutes": round(sum(minutes) / len(minutes), 4),
        "median_minutes": round(statistics.median(minutes), 4),
    }


def _servicenow(incidents: Sequence[Incident]) -> Table:
    created = Counter(month(incident.opened) for incident in incidents)
    ended = [incident.resolves[-1] if incident.resolves else incident.closed for incident in incidents]
    resolved = Counter(month(at) for at in ended if at)
    return {
        "months": {
            name: {"created": created[name], "resolved": resolved[name]} for name in sorted({*created, *resolved})
        },
        "reopened": sum(1 for incident in incidents if incident.reopens),
        "closed_without_resolve": sum(1 for incident in incidents if incident.closed and not incident.resolves),
        "open_at_the_end": sum(
            1 for incident in incidents if incident.rows[-1][1]["state"] not in ("Resolved", "Closed")
        ),
        "escalated": sum(1 for incident in incidents if len({row["group"] for _, row in incident.rows}) > 1),
    }


def _csat(world: World, csat: Sequence[Answer]) -> Table:
    excluded = {life.number for life in world.lives if tell(life).excluded}
    found: dict[str, Table] = defaultdict(lambda: {"positive": 0, "answers": 0})
    for answer in csat:
        if answer.score is None or answer.answered_at is None or not answer.counts or answer.ticket in excluded:
            continue
        row = found[month(answer.answered_at)]
        row["answers"] += 1
        row["positive"] += answer.score >= 4
    return {name: found[name] for name in sorted(found)}


def _nps(nps: Sequence[Answer]) -> Table:
    found: dict[str, Table] = defaultdict(lambda: {"answers": 0, "promoters": 0, "detractors": 0})
    for answer in nps:
        if answer.score is None or answer.answered_at is None or not answer.counts:
            continue
        row = found[quarter(answer.answered_at)]
        row["answers"] += 1
        row["promoters"] += answer.score >= 9
        row["detractors"] += answer.score <= 6
    for row in found.values():
        row["score"] = round(100 * (row["promoters"] - row["detractors"]) / row["answers"], 4)
    return {name: found[name] for name in sorted(found)}


def _chronic(world: World) -> list[Table]:
    found = []
    for issue in world.issues:
        rows: list[Table] = []
        before: int | None = None
        for number, occurrence in enumerate(issue.occurrences, 1):
            linked = [life for life in occurrence.tickets if life.key == issue.key]
            started = linked[0].created
            ended = max(tell(life).last_solved or life.created for life in linked)
            rows.append({
                "number": number,
                "started": iso(occurrence.tickets[0].created),
                "last_created": iso(occurrence.tickets[-1].created),
                "hotfix": iso(occurrence.hotfix_at),
                "ended": iso(ended),
                "days_since_previous": round((started - before) / DAY, 6) if before else "none",
                "tickets": len(linked),
                "accounts": len({life.contact.account.id for life in linked if life.contact.account}),
            })  # fmt: skip
            before = ended
        topic = topics.BY_NAME[issue.topic]
        found.append({"key": issue.key, "name": issue.name, "product": topic.product, "topic": topic.name,
                      "tickets": sum(row["tickets"] for row in rows), "occurrences": rows})  # fmt: skip
    return found


def _bad(world: World) -> list[Table]:
    found = []
    for change in world.bad:
        extra = [life for life in world.lives if life.issue == change.id]
        found.append({
            "change": change.id,
            "product": change.product,
            "deployed": iso(change.at),
            "rolled_back": iso(change.rolled_back_at) if change.rolled_back_at else "",
            "extra_tickets": len(extra),
            "last_extra_ticket": iso(max(life.created for life in extra)),
        })  # fmt: skip
    return found


def _held(counted: Sequence[tuple[Life, Told]]) -> list[Table]:
    names = {agent.id: agent.name for agent in company.AGENTS}
    found = []
    for topic in topics.TOPICS:
        solvers = Counter(names[facts.solver] for life, facts in counted if life.topic is topic and facts.solver)
        top, most = solvers.most_common(1)[0]
        share = most / sum(solvers.values())
        if share > 0.6:
            found.append({"topic": topic.name, "person": top, "solved": most, "of": sum(solvers.values()),
                          "share": round(share, 4)})  # fmt: skip
    return found


def _stories(world: World, counted: Sequence[tuple[Life, Told]]) -> Table:
    by_rounds = Counter(facts.rounds for _, facts in counted)
    four, unowned = world.stories["four_owners"], world.stories["unowned"]
    return {
        "engineering_rounds": {str(rounds): by_rounds[rounds] for rounds in sorted(by_rounds) if rounds},
        "three_rounds": {"ticket": world.stories["three_rounds"].number, "rounds": 3},
        "with_three_rounds": sorted(life.number for life, facts in counted if facts.rounds == 3),
        "four_owners": {"ticket": four.number, "owners": len(set(tell(four).owners))},
        "unowned": {"ticket": unowned.number, "minutes": tell(unowned).longest_unowned_minutes},
    }
