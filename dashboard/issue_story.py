"""One issue from its first ticket to now, over all systems: a sibling of ``readings`` with queries of its own.

Tickets, escalations, engineering's record, changes, incidents and answers on one line, and who had it in which
stretch. An incident, or a change that names no record of the issue, is told as what happened meanwhile, never as its
cause.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, literal, or_, select

from dashboard import chronic, named_changes
from dashboard.chronic import Fixed
from dashboard.engine import Facts
from dashboard.kpis.population import names_product
from dashboard.named_changes import As, Row
from dashboard.question import Question
from etl.tables import (
    change,
    engineering_issue,
    fix,
    incident,
    issue,
    issue_ticket,
    occurrence,
    open_spell,
    segment,
    survey,
    ticket,
)

#: Tickets of one issue that are put on a line; of more, the newest.
MOST = 300
#: Stretches shorter than this are part of what came before them.
BLINK = timedelta(minutes=15)
#: Days around an occurrence in which an incident of its product is told.
NEAR = timedelta(days=1)


class Has(StrEnum):
    """Who had the issue in a stretch."""

    SUPPORT = "support"
    ENGINEERING = "engineering"
    NOBODY = "nobody: no ticket and no record was open"
    UNOWNED = "nobody: tickets were open without an owner"
    OVER = "over: it has not come back so far"


@dataclass(frozen=True)
class Moment:
    """Something that happened, where it is told, and the ticket it happened on."""

    happened_at: datetime
    kind: str
    what: str
    ticket_id: str | None = None


@dataclass(frozen=True)
class Held:
    """A stretch with one holder; ``team`` where it is known."""

    starts_at: datetime
    ends_at: datetime
    by: Has
    team: str | None

    @property
    def minutes(self) -> float:
        return (self.ends_at - self.starts_at).total_seconds() / 60


@dataclass(frozen=True)
class Story:
    """All that is known of one issue. Times are UTC, oldest first."""

    issue: Row
    tickets: tuple[Row, ...]
    moments: tuple[Moment, ...]
    stretches: tuple[Held, ...]
    fix: Fixed | None
    ending: str
    #: Changes its tickets name, in words: ``CHG1 (raised to solve 2 tickets)``.
    named: tuple[str, ...] = ()


def story(question: Question, issue_key: str) -> Story | None:
    """The story of an issue until now, whatever period is looked at; None where there is no such issue."""
    facts = question.facts
    found = facts.rows(select(issue).where(issue.c.issue_key == issue_key))
    if not found:
        return None
    tickets = _tickets(facts, issue_key)
    record = _record(facts, found[0]["problem_key"])
    fixed = chronic.fixes(question, [issue_key]).get(issue_key)
    named = named_changes.of_tickets(facts, tickets)
    moments = sorted(
        [
            *_of_tickets(tickets), *_of_record(record), *_of_fixes(facts, issue_key), *_incidents(facts, found[0]),
            *_answers(facts, tickets), *_changes(facts, found[0]["problem_key"], named),
        ],
        key=lambda each: (each.happened_at, each.kind, each.what),
    )  # fmt: skip
    until = max((row["observed_until"] for row in tickets if row["observed_until"]), default=None)
    end = ending(tickets, record, fixed)
    return Story(
        found[0], tuple(tickets), tuple(dict.fromkeys(moments)),
        _until_over(_stretches(facts, tickets, record, until), end), fixed, end,
        tuple(f"{word} ({_named_as(counts)})" for word, counts, _ in named),
    )  # fmt: skip


def _tickets(facts: Facts, issue_key: str) -> list[dict[str, Any]]:
    own = [issue_ticket.c[name] for name in issue_ticket.c.keys() if name not in ("ticket_id", "resolved_at")]  # noqa: SIM118
    of_ticket = [
        ticket.c[name]
        for name in ("ticket_id", "subject", "status", "team", "owner", "escalated_at", "resolved_at", "observed_until",
                     "source", "change_key", "caused_by")
    ]  # fmt: skip
    statement = (
        select(*own, *of_ticket, ticket.c.open_days)
        .select_from(issue_ticket.join(ticket, ticket.c.ticket_id == issue_ticket.c.ticket_id))
        .where(issue_ticket.c.issue_key == issue_key)
        .order_by(issue_ticket.c.created_at.desc(), ticket.c.ticket_id)
        .limit(MOST)
    )
    return facts.rows(statement)[::-1]


def _record(facts: Facts, problem_key: str | None) -> dict[str, Any] | None:
    if problem_key is None:
        return None
    found = facts.rows(select(engineering_issue).where(engineering_issue.c.issue_key == problem_key))
    return found[0] if found else None


def _of_tickets(tickets: Sequence[Row]) -> Iterator[Moment]:
    for row in tickets:
        name, number = row["subject"] or row["ticket_id"], row["occurrence_number"]
        who = f", {row['account']}" if row["account"] else ""
        yield from _moment(row["created_at"], "ticket", f"occurrence {number}{who}: {name}", row["ticket_id"])
        yield from _moment(row["escalated_at"], "escalation", f"first escalation of: {name}", row["ticket_id"])
        if row["open_days"] is None:
            yield from _moment(row["resolved_at"], "resolve", f"resolved: {name}", row["ticket_id"])


def _of_record(record: Row | None) -> Iterator[Moment]:
    if record is None:
        return
    name = f"{record['issue_key']} {record['title'] or ''}".strip()
    outcome = f" as {record['outcome']}" if record["outcome"] else ""
    yield from _moment(record["created_at"], "engineering record", f"opened: {name}")
    yield from _moment(record["first_action_at"], "engineering record", f"first action on {record['issue_key']}")
    yield from _moment(record["resolved_at"], "engineering record", f"ended{outcome}: {name}")


def _of_fixes(facts: Facts, issue_key: str) -> Iterator[Moment]:
    for row in facts.rows(select(fix).where(fix.c.issue_key == issue_key)):
        kind = "fix" if row["kind"] == "not told" else row["kind"]
        if row["evidence"] != "last resolve":
            yield from _moment(row["fixed_at"], "fix", f"{kind}, told by its {row['evidence']}")


def _changes(
    facts: Facts, problem_key: str | None, named: Sequence[tuple[str, Mapping[As, int], Row]]
) -> Iterator[Moment]:
    """Changes its tickets name, and those whose title holds the record's number; whole words only are fixes, the rest
    is left to the reader."""
    told: dict[str, tuple[Row, str]] = {
        row["change_id"]: (row, f", {_named_as(counts)}") for _, counts, row in named if row
    }
    if problem_key is not None and any(letter.isalpha() for letter in problem_key):
        titled = change.c.title.contains(problem_key, autoescape=True)
        for row in facts.rows(select(change).where(titled, change.c.deployed_at.is_not(None))):
            told.setdefault(row["change_id"], (row, ""))
    for made, words in told.values():
        back = ", rolled back" if made["rolled_back_at"] else ""
        yield from _moment(made["deployed_at"], "change", f"{made['title'] or made['change_id']} deployed{back}{words}")


def _named_as(counts: Mapping[As, int]) -> str:
    """``said to have caused 1 ticket, raised to solve 2 tickets``."""
    told = ((each.words, counts.get(each, 0)) for each in As)
    return ", ".join(f"{words} {n:,} ticket{'' if n == 1 else 's'}" for words, n in told if n)


def _incidents(facts: Facts, row: Row) -> Iterator[Moment]:
    """Incidents of its product that began within a day of one of its occurrences: told as what was so meanwhile."""
    spans = facts.rows(
        select(occurrence.c.started_at, occurrence.c.ended_at).where(occurrence.c.issue_key == row["issue_key"])
    )
    near = [
        and_(incident.c.started_at >= each["started_at"] - NEAR, incident.c.started_at <= each["ended_at"])
        for each in spans
        if each["started_at"] and each["ended_at"]
    ][:MOST]
    if row["product"] is None or not near:
        return
    of_product = names_product(incident.c.product, literal(row["product"]))
    for told in facts.rows(select(incident).where(of_product, or_(*near))):
        what = f"{told['severity'] or 'incident'} of {told['product']} began: {told['title'] or told['incident_id']}"
        yield from _moment(told["started_at"], "incident", what)
        yield from _moment(told["resolved_at"], "incident", f"ended: {told['title'] or told['incident_id']}")


def _answers(facts: Facts, tickets: Sequence[Row]) -> Iterator[Moment]:
    ids = [row["ticket_id"] for row in tickets]
    own = survey.c
    statement = select(own.kind, own.ticket_id, own.answered_at, own.score, own.scale_high).where(
        own.ticket_id.in_(ids), own.answered_at.is_not(None), own.score.is_not(None)
    )
    for row in facts.rows(statement):
        most = "" if row["scale_high"] is None else f" of {row['scale_high']:g}"
        yield from _moment(
            row["answered_at"], "survey", f"{row['kind'].upper()} {row['score']:g}{most}", row["ticket_id"]
        )


def _moment(when: datetime | None, kind: str, what: str, ticket_id: str | None = None) -> Iterator[Moment]:
    if when is not None:
        yield Moment(when, kind, what, ticket_id)


def _stretches(facts: Facts, tickets: Sequence[Row], record: Row | None, until: datetime | None) -> list[Held]:
    """Who had it from its first ticket on: engineering where the record was open or every open ticket waited for
    others, else support where a ticket was open."""
    ids = [row["ticket_id"] for row in tickets]
    if not ids or until is None:
        return []
    spells = facts.rows(select(open_spell).where(open_spell.c.ticket_id.in_(ids), open_spell.c.opened_at.is_not(None)))
    waiting = facts.rows(
        select(segment.c.started_at, segment.c.ended_at).where(
            segment.c.ticket_id.in_(ids), segment.c.state == "waiting_other"
        )
    )
    owned = {row["ticket_id"] for row in tickets if row["owner"]}
    steps: list[tuple[datetime, str, int]] = []

    def put(kind: str, start: datetime | None, end: datetime | None) -> None:
        if start is not None and start < until:
            steps.extend([(start, kind, 1), (min(end or until, until), kind, -1)])

    for row in spells:
        put("open", row["opened_at"], row["ended_at"])
        put("owned" if row["ticket_id"] in owned else "unowned", row["opened_at"], row["ended_at"])
    for row in waiting:
        put("waiting", row["started_at"], row["ended_at"])
    if record is not None:
        put("record", record["created_at"], record["resolved_at"])
    teams = Counter(row["team"] for row in tickets if row["team"])
    support = teams.most_common(1)[0][0] if teams else None
    return _joined(steps, until, {Has.SUPPORT: support, Has.ENGINEERING: record["team"] if record else None})


def _until_over(stretches: Sequence[Held], end: str) -> tuple[Held, ...]:
    """The same, where what nobody has since the issue is over is no stretch in which it was left."""
    if not stretches or end not in ("fixed and held", "accepted") or stretches[-1].by is not Has.NOBODY:
        return tuple(stretches)
    return (*stretches[:-1], replace(stretches[-1], by=Has.OVER))


def _joined(steps: list[tuple[datetime, str, int]], until: datetime, teams: Mapping[Has, str | None]) -> list[Held]:
    running: Counter[str] = Counter()
    found: list[Held] = []
    moments = sorted({moment for moment, *_ in steps} | {until})
    at: dict[datetime, list[tuple[str, int]]] = {}
    for moment, kind, by in steps:
        at.setdefault(moment, []).append((kind, by))
    for start, end in itertools.pairwise(moments):
        for kind, by in at.get(start, []):
            running[kind] += by
        has = _holder(running)
        if found and (found[-1].by is has or end - start < BLINK):
            found[-1] = Held(found[-1].starts_at, end, found[-1].by, found[-1].team)
        else:
            found.append(Held(start, end, has, teams.get(has)))
    return found


def _holder(running: Mapping[str, int]) -> Has:
    if running["record"] > 0 or (running["open"] > 0 and running["waiting"] >= running["open"]):
        return Has.ENGINEERING
    if running["open"] <= 0:
        return Has.NOBODY
    return Has.SUPPORT if running["owned"] > 0 else Has.UNOWNED


#: Words of a record's end by which the issue stays as it is.
_ACCEPTED = ("won", "accepted", "not planned", "as designed", "by design", "known error", "declined", "rejected")


def ending(tickets: Sequence[Row], record: Row | None, fixed: Fixed | None) -> str:
    """Open, accepted, returned after its newest fix, or fixed and held so far."""
    outcome = str((record or {}).get("outcome") or "").lower()
    if any(row["open_days"] is not None for row in tickets):
        return "open"
    if record is not None and record["resolved_at"] is not None and any(word in outcome for word in _ACCEPTED):
        return "accepted"
    if fixed is None:
        return "open"
    return "fixed and held" if fixed.days_to_return is None else "returned after fix"


def others(facts: Facts, issue_key: str, limit: int = 200) -> list[tuple[str, str]]:
    """Other issues, those of the same product and with most tickets first: key and label."""
    own = select(issue.c.product).where(issue.c.issue_key == issue_key).scalar_subquery()
    is_alike = func.coalesce(issue.c.product == own, False)
    statement = (
        select(issue.c.issue_key, issue.c.label)
        .where(issue.c.issue_key != issue_key)
        .order_by(is_alike.desc(), issue.c.tickets.desc(), issue.c.issue_key)
        .limit(limit)
    )
    return [(row["issue_key"], row["label"] or row["issue_key"]) for row in facts.rows(statement)]


def of_record(facts: Facts, problem_key: str) -> str | None:
    """The issue of a record."""
    found = facts.rows(select(issue.c.issue_key).where(issue.c.problem_key == problem_key))
    return str(found[0]["issue_key"]) if found else None


def of_ticket(facts: Facts, ticket_id: str) -> dict[str, Any] | None:
    """What the ticket's page tells: the issue it is of, by what rule, and what it repeats."""
    joined = issue_ticket.outerjoin(issue, issue.c.issue_key == issue_ticket.c.issue_key)
    told = [issue.c.label, issue.c.occurrences, issue.c.tickets.label("of_tickets")]
    found = facts.rows(select(issue_ticket, *told).select_from(joined).where(issue_ticket.c.ticket_id == ticket_id))
    return found[0] if found else None
