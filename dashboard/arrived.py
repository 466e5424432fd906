"""Tickets of one issue, or of a product and topic, that customers began in a stretch: a part of those created.

Like ``dashboard.parts`` it stands in a link by a code. What grows in a week, and what came after a change, lie in no
period of the reports: the link names their very moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from sqlalchemy import ColumnElement, and_, false, select

from dashboard.engine import Facts
from dashboard.kpis.kpi import Kpi
from dashboard.scope import Period
from etl.tables import issue_ticket, ticket


@dataclass(frozen=True)
class Arrived:
    """From ``start`` to before ``end`` (naive UTC); what is None does not matter."""

    start: datetime
    end: datetime
    product: str | None = None
    topic: str | None = None
    issue_key: str | None = None

    @property
    def code(self) -> str:
        """``arrived/2025-03-03T00:00:00/2025-03-10T00:00:00/Cloud/Login/``."""
        named = (quote(each or "", safe="") for each in (self.product, self.topic, self.issue_key))
        return "/".join(["arrived", *(each.isoformat() for each in (self.start, self.end)), *named])

    @property
    def words(self) -> str:
        """``Cloud · Login, 3 Mar 2025 00:00 to 10 Mar 2025 00:00 (UTC)``."""
        named = self.issue_key or " · ".join(each for each in (self.product, self.topic) if each) or "any product"
        return f"{named}, {self.start:%-d %b %Y %H:%M} to {self.end:%-d %b %Y %H:%M} (UTC)"

    def rows(self, facts: Facts, kpi: Kpi, period: Period) -> ColumnElement[bool]:  # noqa: ARG002
        """The rows of a KPI whose ticket it is."""
        known = [ticket.c.created_at >= self.start, ticket.c.created_at < self.end, ticket.c.is_outbound.is_(False)]
        for column, value in ((ticket.c.product, self.product), (ticket.c.category, self.topic)):
            known += [] if value is None else [column == value]
        if self.issue_key is not None:
            of_issue = select(issue_ticket.c.ticket_id).where(issue_ticket.c.issue_key == self.issue_key)
            known.append(ticket.c.ticket_id.in_(of_issue))
        return false() if kpi.drill is None else kpi.drill.in_(select(ticket.c.ticket_id).where(and_(*known)))

    @classmethod
    def of(cls, code: str) -> Arrived | None:
        """What a code stands for; None for a word that is none."""
        word, *told = code.split("/")
        if word != "arrived" or len(told) != 5:
            return None
        try:
            start, end = (datetime.fromisoformat(each) for each in told[:2])
        except ValueError:
            return None
        if start.tzinfo is not None or end.tzinfo is not None:
            return None
        return cls(start, end, *(unquote(each) or None for each in told[2:]))
