"""Auditing the repeat flags: pairs drawn into the journal, read by a person, and the corrected share that follows.

The estimator is ``dashboard.analysis.repeat_audit``; the worksheet out and in is ``dashboard.repeat_sheet``. A sibling
of ``readings`` with one query of its own: the pairs of the tickets that ``repeat_incident_tickets`` counts.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar

from pydantic import Field
from sqlalchemy import select

from dashboard import wording
from dashboard.analysis import repeat_audit
from dashboard.analysis.repeat_audit import Corrected, Draw, Pair, Stratum
from dashboard.journal import Body, Journal, Written
from dashboard.kpis.kpi import Unit
from dashboard.question import Question
from etl.errors import UsageError
from etl.tables import issue_pair, ticket

_KPI = "repeat_incident_tickets"
_SEEDS = 2**31


class RepeatAudit(Body):
    """The first version is the draw; later ones hold the same draw with more answers.

    ``pairs`` are ticket, earlier ticket, how alike, whether flagged; ``answers`` whether each ticket is a repeat.
    """

    kind: ClassVar[str] = "repeat audit"
    scope: list[str]
    start: date | None
    end: date | None
    timezone: str
    seed: int
    tickets: int
    sizes: dict[str, int]
    pairs: list[tuple[str, str, float, bool]]
    answers: dict[str, bool] = Field(default_factory=dict)

    @property
    def drawn(self) -> Draw:
        """The draw as the estimator takes it."""
        pairs = tuple(Pair(*each) for each in self.pairs)
        return Draw(self.seed, pairs, {Stratum(name): size for name, size in self.sizes.items()})

    def corrected(self) -> Corrected:
        """The audited share, or the rule that stands against it."""
        return repeat_audit.estimate(self.drawn, self.answers, self.tickets)


def code_of(entry: Written[RepeatAudit]) -> str:
    """What a draw is known by: its number here, and a mark of its pairs that no other journal's draw has."""
    text = "\n".join([str(entry.body.seed), *(f"{one} {other}" for one, other, *_ in entry.body.pairs)])
    return f"{entry.begun}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def draw(question: Question, book: Journal, who: str, seed: int | None = None) -> Written[RepeatAudit]:
    """Draw pairs of the tickets created in the period and write the draw down before anybody sees it.

    Raises UsageError where the period runs still, or there is nothing to draw.
    """
    if not question.period.whole:
        raise UsageError("The period is not over.", "More tickets will come to it.", "Audit a complete period.")
    found, tickets = pairs(question)
    if not found:
        raise UsageError(
            "No pair can be drawn.",
            "No ticket here came after a solved one of the same account and product.",
            "Widen the period.",
        )
    drawn = repeat_audit.draw(found, secrets.randbelow(_SEEDS) if seed is None else seed)
    period = question.period
    body = RepeatAudit(
        scope=list(scope_of(question)),
        start=period.start,
        end=period.end,
        timezone=period.timezone,
        seed=drawn.seed,
        tickets=tickets,
        sizes={stratum.value: size for stratum, size in drawn.sizes.items()},
        pairs=[(each.ticket_id, each.earlier_ticket_id, each.score, each.is_flagged) for each in drawn.pairs],
    )
    return book.write(body, who=who)


def answer(
    book: Journal, entry: Written[RepeatAudit], answers: Mapping[str, bool], *, who: str
) -> Written[RepeatAudit]:
    """Add answers as a new version; where a pair was judged before, the newer answer counts."""
    last = [each for each in book.written(RepeatAudit) if each.begun == entry.begun][-1]
    body = last.body.model_copy(update={"answers": {**last.body.answers, **answers}})
    return book.write(body, who=who, replaces=last.id)


def pairs(question: Question) -> tuple[list[Pair], int]:
    """The pairs of the tickets counted, flagged as the KPI flags them, and how many tickets are counted."""
    kpi = question.kpi(_KPI)
    days = kpi.chosen.repeat_days
    mine = question.counted(kpi).add_columns(ticket.c.ticket_id).subquery("mine")
    p = issue_pair.c
    statement = select(p.ticket_id, p.earlier_ticket_id, p.score, p.evidence, p.days_since_solved).where(
        p.ticket_id.in_(select(mine.c.ticket_id)), p.days_since_solved <= days
    )
    found = [
        Pair(row["ticket_id"], row["earlier_ticket_id"], float(row["score"] or 0), row["evidence"] is not None)
        for row in question.facts.rows(statement)
    ]
    return found, len(question.facts.rows(select(mine.c.ticket_id)))


def scope_of(question: Question) -> tuple[str, ...]:
    """Filters and options as they are written down with a draw."""
    filters = (f"{name}={value}" for name, values in question.scope.filters for value in sorted(values))
    return (*sorted(filters), *sorted(question.kpi(_KPI).chosen.as_pairs()))


def standing(question: Question, every: Sequence[Written[RepeatAudit]]) -> Written[RepeatAudit] | None:
    """The newest audit of just these tickets that says something."""
    period = question.period
    asked = (list(scope_of(question)), period.start, period.end, period.timezone)
    found = [each for each in every if (each.body.scope, each.body.start, each.body.end, each.body.timezone) == asked]
    return next((each for each in reversed(found) if each.body.corrected().value is not None), None)


def subjects(question: Question, entry: Written[RepeatAudit]) -> dict[str, str]:
    """The subject of every ticket in a draw, for the person who reads them."""
    names = sorted({name for one, other, *_ in entry.body.pairs for name in (one, other)})
    statement = select(ticket.c.ticket_id, ticket.c.subject).where(ticket.c.ticket_id.in_(names))
    return {row["ticket_id"]: row["subject"] or "" for row in question.facts.rows(statement)}


def said(body: RepeatAudit) -> str:
    """The corrected share in a sentence, beside what the flags alone say."""
    found = body.corrected()
    if found.value is None:
        return f"No corrected share yet: {found.reason}."
    share = wording.value(found.value, Unit.PERCENT)
    spread = wording.span(found.low, found.high, Unit.PERCENT)
    flags = wording.value(found.naive, Unit.PERCENT)
    return (
        f"Audited: {share} of {found.n:,} tickets repeat an earlier one (95 % interval {spread}; {found.judged} pairs "
        f"read). The flags alone say {flags}."
    )
