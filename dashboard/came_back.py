"""What is behind the bars of stages and the curves of fixes: the accounts, and the fixes that did not hold, one a row.

A sibling of ``readings``: neither an account at its deepest issue nor a fix is the row of a KPI as those charts count
them. A list is known by a code in its link, and holds as many rows as the mark it is behind says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from dashboard import durability, stages
from dashboard.answer_parts import capped
from dashboard.durability import GROUPS, MARKS
from dashboard.kpis.population import fixes
from dashboard.question import Question
from dashboard.stages import STAGES, Met, worth
from etl.tables import fix, issue, ticket


@dataclass(frozen=True)
class AtStage:
    """Accounts whose deepest issue stands at a stage."""

    stage: int

    @property
    def code(self) -> str:
        """``stage/2``."""
        return f"stage/{self.stage}"


@dataclass(frozen=True)
class Broken:
    """Fixes of one kind (its place among ``GROUPS``) that did not hold so many days; None: not to this day."""

    place: int
    days: int | None

    @property
    def code(self) -> str:
        """``fixes/hotfix/30``; ``fixes/hotfix/ever``."""
        return f"fixes/{_word(GROUPS[self.place][0])}/{self.days or 'ever'}"

    @property
    def name(self) -> str:
        """``Hotfix``."""
        return GROUPS[self.place][0]


Behind = AtStage | Broken


def _word(name: str) -> str:
    return name.lower().replace(",", "").replace(" ", "-")


_MARKS: tuple[Behind, ...] = (
    *(AtStage(stage) for stage in STAGES),
    *(Broken(place, days) for place in range(len(GROUPS)) for days in (*MARKS, None)),
)
_KNOWN = {each.code: each for each in _MARKS}


def of_code(code: str) -> Behind | None:
    """What a code stands for; None for a word that is none."""
    return _KNOWN.get(code)


def accounts(question: Question, at: AtStage, limit: int | None = None) -> list[Met]:
    """Each account once, on the issue it has met most often; of several the one with most tickets, then the newest."""
    pair = stages.pairs(question).subquery("pair")
    p = pair.c
    place = func.row_number().over(
        partition_by=p.account, order_by=(p.deepest.desc(), p.tickets.desc(), p.last_at.desc(), p.issue_key)
    )
    deepest = select(*p, place.label("place")).subquery("deepest")
    joined = deepest.join(issue, issue.c.issue_key == deepest.c.issue_key).outerjoin(
        worth, worth.c.account == deepest.c.account
    )
    told = [
        *(deepest.c[column.name] for column in p),
        *(issue.c[name] for name in ("label", "evidence", "confirmed_by")),
    ]
    statement = (
        select(*told, worth.c.annual_revenue, worth.c.renewal_at)
        .select_from(joined)
        .where(deepest.c.place == 1, capped(deepest.c.deepest) == at.stage)
        .order_by(
            deepest.c.deepest.desc(), func.coalesce(worth.c.annual_revenue, 0).desc(), deepest.c.last_at.desc(),
            deepest.c.account,
        )
    )  # fmt: skip
    rows = question.facts.rows(statement if limit is None else statement.limit(limit))
    return [Met(**{name: row[name] for name in Met.__dataclass_fields__}) for row in rows]


@dataclass(frozen=True)
class Returned:
    """A fix that did not hold, and the ticket the issue came back with."""

    issue_key: str
    label: str | None
    kind: str
    evidence: str
    fixed_at: datetime
    days_to_return: float
    ticket_id: str | None
    subject: str | None
    account: str | None


def returned(question: Question, of: Broken, limit: int | None = None) -> list[Returned]:
    """The fixes, those first that held shortest; as the curve knows of them: returns of later days are among them."""
    f, back = fix.c, ticket.alias("back")
    shown = (f.issue_key, issue.c.label, f.kind, f.evidence, f.fixed_at, f.days_to_return)
    came: Any = fixes.outerjoin(issue, issue.c.issue_key == f.issue_key).outerjoin(
        back, back.c.ticket_id == f.returned_ticket_id
    )
    within = [f.days_to_return.is_not(None)] if of.days is None else [f.days_to_return <= of.days]
    statement = (
        select(*shown, f.returned_ticket_id.label("ticket_id"), back.c.subject, back.c.account)
        .select_from(came)
        .where(*durability.counted(question), GROUPS[of.place][1], *within)
        .order_by(f.days_to_return, f.fixed_at.desc(), f.issue_key)
    )
    rows: Sequence[Any] = question.facts.rows(statement if limit is None else statement.limit(limit))
    return [Returned(**{name: row[name] for name in Returned.__dataclass_fields__}) for row in rows]
