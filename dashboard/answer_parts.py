"""Parts of answers that no dimension cuts: by how often an account had met an issue, by how long the solution took.

Like ``dashboard.parts`` they stand in a link by a code. They are of the year up to a moment that the code names, since
occurrences are too few in one period; the sums of ``dashboard.durability`` and the list behind each of them rest on the
same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, select

from dashboard.engine import Facts
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.population import of_an_issue
from dashboard.queries import Cut
from dashboard.scope import Period, Scope
from etl.tables import issue_ticket, survey, ticket

#: Answers of this long before the end of the period are compared: occurrences are too few in one period.
YEAR = timedelta(days=365)
OCCURRENCES = {1: "first occurrence", 2: "second", 3: "third or later"}
THIRDS = {1: "fastest third", 2: "middle third", 3: "slowest third"}
MET = {0: "never met one", **OCCURRENCES}

#: The groups, by the word for them that stands in a code.
GROUPS = {"occurrence": OCCURRENCES, "third": THIRDS, "met": MET}
_WORDS = {
    "occurrence": {
        1: "on tickets of an issue its account had not met before",
        2: "on tickets of an issue its account met for the second time",
        3: "on tickets of an issue its account met for the third time or later",
    },
    "third": {
        1: "on tickets of issues, fastest third of times to resolve",
        2: "on tickets of issues, middle third of times to resolve",
        3: "on tickets of issues, slowest third of times to resolve",
    },
    "met": {
        0: "of accounts that had met no issue",
        1: "of accounts that had met an issue once",
        2: "of accounts that had met one issue twice",
        3: "of accounts that had met one issue three times or more",
    },
}


def of_year(kpi: Kpi, end: datetime | None) -> list[ColumnElement[bool]]:
    """The rows of a KPI dated in the year up to that moment; None: all that have a date."""
    return [kpi.dated_by.is_not(None)] if end is None else [kpi.dated_by < end, kpi.dated_by >= end - YEAR]


def capped(number: ColumnElement[Any]) -> ColumnElement[Any]:
    """The how-many-eth occurrence, third and later ones as one."""
    return case((number >= 3, 3), else_=number)


def rated(kpi: Kpi, end: datetime | None) -> Any:
    """Solved tickets of issues with an answer that counts: the occurrence for the account, the third of the time."""
    own = issue_ticket.c
    # From the answers to the tickets: they are fewer.
    dated = select(survey.c.ticket_id).select_from(Cut(Scope()).source(kpi)).where(*of_year(kpi, end), kpi.among)
    answered = dated.distinct().subquery("answered")
    tables = answered.join(ticket, ticket.c.ticket_id == answered.c.ticket_id)
    return (
        select(
            own.ticket_id,
            own.account_occurrence.label("number"),
            func.ntile(3).over(order_by=(ticket.c.resolution_minutes, own.ticket_id)).label("third"),
        )
        .select_from(tables.join(issue_ticket, own.ticket_id == answered.c.ticket_id))
        .where(ticket.c.resolution_minutes.is_not(None), own.account_occurrence.is_not(None), of_an_issue)
        .subquery("thirds")
    )


def met_before() -> Any:
    """NPS answers of accounts that had met an issue by then, each with the deepest occurrence of any."""
    own = issue_ticket.c
    return (
        select(survey.c.survey_id, func.max(own.account_occurrence).label("deepest"))
        .select_from(survey.join(issue_ticket, own.account == survey.c.account))
        .where(survey.c.kind == "nps", own.created_at <= survey.c.answered_at, of_an_issue)
        .group_by(survey.c.survey_id)
        .subquery("met_before")
    )


@dataclass(frozen=True)
class AnswerPart:
    """Answers of one group: ``of`` says by what they are grouped, ``place`` which of the groups it is."""

    of: str
    place: int
    end: datetime | None  # naive UTC: answers of the year before it

    @property
    def code(self) -> str:
        """``answers/occurrence/2/2025-03-01T00:00:00``."""
        return f"answers/{self.of}/{self.place}/{'' if self.end is None else self.end.isoformat()}"

    @property
    def words(self) -> str:
        """``on tickets of an issue its account met for the second time, of the year up to 1 Mar 2025 00:00 (UTC)``."""
        until = "" if self.end is None else f", of the year up to {self.end:%-d %b %Y %H:%M} (UTC)"
        return _WORDS[self.of][self.place] + until

    def rows(self, facts: Facts, kpi: Kpi, period: Period) -> ColumnElement[bool]:  # noqa: ARG002
        """The answers of a KPI of surveys that lie in the group."""
        if kpi.fact is not survey:
            return false()
        return and_(*of_year(kpi, self.end), self._of_accounts() if self.of == "met" else self._of_tickets(kpi))

    def _of_tickets(self, kpi: Kpi) -> ColumnElement[bool]:
        found = rated(kpi, self.end)
        group = capped(found.c.number) if self.of == "occurrence" else found.c.third
        return survey.c.ticket_id.in_(select(found.c.ticket_id).where(group == self.place))

    def _of_accounts(self) -> ColumnElement[bool]:
        found = met_before()
        if self.place:
            return survey.c.survey_id.in_(select(found.c.survey_id).where(capped(found.c.deepest) == self.place))
        met = select(found.c.survey_id).where(found.c.deepest >= 1)
        return and_(survey.c.account.is_not(None), survey.c.survey_id.not_in(met))

    @classmethod
    def of_code(cls, code: str) -> AnswerPart | None:
        """What a code stands for; None for a word that is none."""
        word, *told = code.split("/")
        if word != "answers" or len(told) != 3 or told[0] not in GROUPS:
            return None
        places = {str(place): place for place in GROUPS[told[0]]}
        try:
            end = datetime.fromisoformat(told[2]) if told[2] else None
        except ValueError:
            return None
        if told[1] not in places or (end is not None and end.tzinfo is not None):
            return None
        return cls(told[0], places[told[1]], end)
