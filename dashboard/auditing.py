"""Audits of the investigation tax on the facts: drawing the tickets, and what a finished one says of a question.

A sibling of ``investigation`` with one query of its own: the predicted minutes of every single ticket, which no sum
there holds. Drawing writes to the journal; the estimator is ``dashboard.analysis.tax.audited``.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select

from dashboard import investigation
from dashboard.analysis.tax import audited, signals
from dashboard.analysis.tax.audited import Drawn, Sample
from dashboard.analysis.tax.estimate import Minutes
from dashboard.investigation import Question
from dashboard.journal import Journal, TaxAudit
from dashboard.kpis.effort import column_of
from etl.errors import UsageError
from etl.tables import ticket

LEAST, MOST = audited.LEAST, 1000
_SEEDS = 2**31


@dataclass(frozen=True)
class Audit:
    """One draw with the answers there are."""

    entry: TaxAudit

    @property
    def sample(self) -> Sample:
        drawn = tuple(Drawn(*each) for each in self.entry.drawn)
        return Sample(self.entry.seed, self.entry.tickets, self.entry.predicted, drawn)

    def minutes(self, for_money: bool = False) -> Minutes:
        """The audited minutes, or the rule that stands against them."""
        return audited.estimate(self.sample, self.entry.answers, for_money)

    @property
    def answered(self) -> int:
        return len(self.entry.answers)

    @property
    def ratio(self) -> float | None:
        """Audited minutes for each one predicted."""
        value = self.minutes().value
        return None if value is None else value / self.entry.predicted


def scope_of(question: Question) -> tuple[str, ...]:
    """Filters and options as they are written down with a draw."""
    filters = (f"{name}={value}" for name, values in question.scope.filters for value in sorted(values))
    return (*sorted(filters), *sorted(question.kpi.chosen.as_pairs()))


def of_question(question: Question, every: Sequence[TaxAudit]) -> list[Audit]:
    """The audits of just these tickets, newest first."""
    period = question.period
    asked = (scope_of(question), period.start, period.end, period.timezone)
    found = [Audit(each) for each in every if (each.scope, each.start, each.end, each.timezone) == asked]
    return found[::-1]


def standing(found: Sequence[Audit]) -> Audit | None:
    """The newest audit that says something; a draw nobody has finished does not silence it."""
    return next((each for each in found if each.minutes().value is not None), None)


def draw(question: Question, size: int, book: Journal, who: str, seed: int | None = None) -> Audit:
    """Draw tickets by predicted minutes and write the draw down; raises UsageError where there is nothing to draw."""
    if not LEAST <= size <= MOST:
        raise UsageError(
            f"An audit draws {LEAST} to {MOST:,} tickets, not {size:,}.", "", "60 are usual, 80 for money."
        )
    if not question.period.whole:
        raise UsageError("The period is not over.", "More tickets will come to it.", "Audit a complete period.")
    if investigation.seen(question).is_of_few:
        raise UsageError(
            "Fewer than five agents own these tickets.", "An audit of so few would be of persons.", "Widen the filters."
        )
    names, minutes = _predicted(question)
    chosen = secrets.randbelow(_SEEDS) if seed is None else seed
    sample = audited.draw(names, minutes, size, chosen)
    if not sample.drawn:
        raise UsageError(
            "No ticket can be drawn.", "None of them shows a sign of rebuilt context.", "Widen the period."
        )
    period = question.period
    entry = book.draw_tax_audit(
        [(each.ticket_id, each.predicted, each.times) for each in sample.drawn],
        who=who, scope=scope_of(question), days=(period.start, period.end), timezone=period.timezone,
        seed=sample.seed, tickets=sample.n, predicted=sample.total,
    )  # fmt: skip
    return Audit(entry)


def _predicted(question: Question) -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Every ticket with the minutes its signals stand for."""
    columns = [func.coalesce(ticket.c[column_of(name)], 0).label(name) for name in signals.NAMES]
    statement = select(ticket.c.ticket_id, *columns).where(*question.conditions()).order_by(ticket.c.ticket_id)
    found = question.facts.frame(statement)
    means = investigation.basis(question).means()
    minutes = found[list(signals.NAMES)].to_numpy(dtype=float) @ np.array([means[name] for name in signals.NAMES])
    return [str(name) for name in found["ticket_id"]], minutes
