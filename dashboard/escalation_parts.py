"""Parts of escalations that no dimension cuts: rounds, how they ended, the way they took, the tier they stood in.

Like ``dashboard.parts`` they stand in a link by a code and tell the rows of a KPI that lie in them: those of tickets
whose escalation, or whose stay in a tier, is of that kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, false, select

from dashboard.engine import Facts
from dashboard.kpis.kpi import Kpi
from dashboard.scope import Period
from etl.tables import escalation, tier_stay
from etl.vocabulary import TIERS, Ending, Path

#: Words of a write-up that can hold more than a greeting.
WORDS = 15
_e = escalation.c


@dataclass(frozen=True)
class EscalationPart:
    """Tickets of one kind of escalation; ``condition`` is one on rows of ``escalation``, or of ``tier_stay``."""

    code: str
    words: str
    condition: ColumnElement[bool] = field(compare=False)
    is_stay: bool = False

    def rows(self, facts: Facts, kpi: Kpi, period: Period) -> ColumnElement[bool]:  # noqa: ARG002
        """The rows of a KPI whose ticket it is."""
        fact = tier_stay if self.is_stay else escalation
        return false() if kpi.drill is None else kpi.drill.in_(select(fact.c.ticket_id).where(self.condition))


_open = _e.resolved_at.is_(None)
ROUNDS = (
    EscalationPart("rounds-0", "not back at support", _e.rounds == 0),
    EscalationPart("rounds-1", "one round", _e.rounds == 1),
    EscalationPart("rounds-2", "two rounds", _e.rounds == 2),
    EscalationPart("rounds-3", "three rounds or more", _e.rounds >= 3),
)
ENDED = (
    EscalationPart("ended-fix", "a fix", and_(~_open, _e.ended == Ending.FIX.value)),
    EscalationPart("ended-workaround", "a workaround", and_(~_open, _e.ended == Ending.WORKAROUND.value)),
    EscalationPart("ended-explanation", "an explanation", and_(~_open, _e.ended == Ending.EXPLANATION.value)),
    EscalationPart("ended-no-fix", "decided not to fix", and_(~_open, _e.ended == Ending.NO_FIX.value)),
    EscalationPart("ended-untold", "solved, not told how", and_(~_open, _e.ended.is_(None))),
    EscalationPart("ended-open", "still open", _open),
)
PATHS = (
    EscalationPart("path-followed", "followed it", _e.path == Path.FOLLOWED.value),
    EscalationPart("path-skipped", "skipped a step", _e.path == Path.SKIPPED.value),
    EscalationPart("path-elsewhere", "went to a team that is no step", _e.path == Path.ELSEWHERE.value),
    EscalationPart("path-untold", "way not told", _e.path.is_(None)),
)
_known = _e.issue_evidence.is_not(None)
_suggested = _e.issue_evidence.startswith("subject")
_stood = _e.solved_before.is_not(None)
_alone = _e.solved_before_by_support.is_not(None)
ANSWERS = (
    EscalationPart("answer-support", "solved by support before", and_(_stood, _alone, ~_suggested)),
    EscalationPart("answer-engineering", "solved before with engineering", and_(_stood, ~_alone, ~_suggested)),
    EscalationPart("answer-suggested", "a ticket of alike subject solved (suggested)", and_(_stood, _suggested)),
    EscalationPart("answer-none", "nothing of its issue solved before", and_(_known, ~_stood)),
    EscalationPart("answer-untold", "issue not known", ~_known),
)
#: An article on the topic is a weaker hint, beside the parts above and not one of them.
ARTICLE = EscalationPart("answer-article", "an article on its product and topic", _e.topic_article.is_not(None))
_alike = and_(_known, _e.issue_evidence != "single")
PASSES = (
    EscalationPart("pass-1", "pass 1", and_(_alike, _e.pass_number == 1)),
    EscalationPart("pass-2", "pass 2", and_(_alike, _e.pass_number == 2)),
    EscalationPart("pass-3", "pass 3 or later", and_(_alike, _e.pass_number >= 3)),
)


@dataclass(frozen=True)
class Check:
    """One thing a good write-up has: what of it an export can show, who lacks it, and whose export cannot tell."""

    name: str
    shows: str
    missing: EscalationPart
    untold: ColumnElement[bool]


CHECKS = (
    Check("What happens, in words", f"a private note of {WORDS} words or more",
          EscalationPart("lacks-words", "without a write-up", _e.write_up_words < WORDS), _e.write_up_words.is_(None)),
    Check("Evidence", "a link in or beside the note",
          EscalationPart("lacks-link", "without a link", _e.write_up_links == 0), _e.write_up_links.is_(None)),
    Check("The ask", "a question in the note",
          EscalationPart("lacks-ask", "without a question", _e.asks.is_(False)), _e.asks.is_(None)),
    Check("An owner", "a person named, not a queue",
          EscalationPart("lacks-owner", "to a queue, not to a person", _e.names_owner.is_(False)),
          _e.names_owner.is_(None)),
    Check("A due date", "a day it is due",
          EscalationPart("lacks-due", "without a due date", _e.has_due.is_(False)), _e.has_due.is_(None)),
)  # fmt: skip


def tier_words(tier: str) -> str:
    """``tier 2``, ``engineering``, ``level 3``."""
    return tier.replace("tier", "tier ") if tier in TIERS else tier


def _stood_in(tier: str) -> EscalationPart:
    code = f"stood-in-{tier.replace(' ', '-')}"
    return EscalationPart(code, f"stood in {tier_words(tier)}", tier_stay.c.tier == tier, is_stay=True)


#: All of one KPI's parts that a page shows, so that one pass over its rows counts them together.
TOGETHER: dict[str, tuple[EscalationPart, ...]] = {
    "functional_escalations": (*ENDED, *PATHS, *ANSWERS, ARTICLE, *PASSES),
    "rounds_per_escalation": ROUNDS,
}
#: By tier, and by the levels some help desks tell instead.
TIER_PARTS = {tier: _stood_in(tier) for tier in (*TIERS, *(f"level {number}" for number in range(10)))}
EVERY = (
    *(*ROUNDS, *ENDED, *PATHS, *ANSWERS, ARTICLE, *PASSES),
    *(check.missing for check in CHECKS),
    *TIER_PARTS.values(),
)
