"""A part of a number that no dimension cuts: an hour of the week, an age, a way between teams, a kind of escalation.

It stands in a link by a code, and tells the rows of a KPI that lie in it. No engine's own zones or date arithmetic are
asked: an hour of the week is the stretches of UTC in which the wall clock said it, an age is a stretch of creation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, or_, select

from dashboard import escalation_parts
from dashboard.answer_parts import AnswerPart
from dashboard.arrived import Arrived
from dashboard.engine import Facts
from dashboard.escalation_parts import EscalationPart
from dashboard.kpis.kpi import Kpi
from dashboard.scope import WEEKDAYS, Period
from etl.tables import handoff, ticket

#: Where one band of ages ends and the next begins, in days; an age of exactly three days is in 3–7.
EDGES = (1, 3, 7, 14, 30)
BANDS = ("0–1 days", "1–3 days", "3–7 days", "7–14 days", "14–30 days", "30 days or more")


@dataclass(frozen=True)
class HourOfWeek:
    """One hour of one weekday, Monday as 0, on the wall clock of the period's zone."""

    weekday: int
    hour: int

    @property
    def code(self) -> str:
        """``monday-09``."""
        return f"{WEEKDAYS[self.weekday]}-{self.hour:02d}"

    @property
    def words(self) -> str:
        """``Monday 09:00–10:00``."""
        return f"{WEEKDAYS[self.weekday].capitalize()} {self.hour:02d}:00–{self.hour + 1:02d}:00"

    def rows(self, facts: Facts, kpi: Kpi, period: Period) -> ColumnElement[bool]:  # noqa: ARG002
        """Dated in this hour of any week of the period, by the KPI's own clock."""
        spans = self.spans(period)
        return or_(false(), *(and_(kpi.dated_by >= start, kpi.dated_by < end) for start, end in spans))

    def spans(self, period: Period) -> list[tuple[datetime, datetime]]:
        """The stretches of UTC; an hour that the clock says twice is one of two hours, one it leaves out is none."""
        if period.start is None or period.end is None:
            return []
        first = period.start + timedelta(days=(self.weekday - period.start.weekday()) % 7)
        days = [first + timedelta(weeks=week) for week in range((period.end - first).days // 7 + 1)]
        found = [(self._clock(day, 0, period), self._clock(day, 1, period)) for day in days if day < period.end]
        return [(start, end) for start, end in found if start < end]

    def _clock(self, day: date, more: int, period: Period) -> datetime:
        wall = datetime.combine(day, time(self.hour)) + timedelta(hours=more)
        return wall.replace(tzinfo=ZoneInfo(period.timezone)).astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class AgeBand:
    """What has stood open as long as the band of that place says, youngest first."""

    place: int

    @property
    def code(self) -> str:
        """``age-3-7``: days; ``age-30`` has no end."""
        low, high = self.days
        return f"age-{low}" if high is None else f"age-{low}-{high}"

    @property
    def words(self) -> str:
        """``open for 3–7 days``."""
        return f"open for {BANDS[self.place]}"

    @property
    def days(self) -> tuple[int, int | None]:
        """From how many days on, and up to how many, which it does not hold any more."""
        edges = (0, *EDGES, None)
        return edges[self.place] or 0, edges[self.place + 1]

    def rows(self, facts: Facts, kpi: Kpi, period: Period) -> ColumnElement[bool]:  # noqa: ARG002
        """Of that age at the end of the period, or where the data of its source end before it."""
        end = period.instants()[1]
        ends = [row["observed_until"] for row in facts.rows(select(ticket.c.observed_until).distinct())]
        return or_(false(), *(self._of_source(until, end) for until in ends))

    def _of_source(self, until: datetime | None, end: datetime | None) -> ColumnElement[bool]:
        low, high = self.days
        known = [each for each in (until, end) if each is not None]
        if not known:
            return false()
        moment, kept = min(known), [ticket.c.observed_until.is_not_distinct_from(until)]
        kept += [ticket.c.created_at <= moment - timedelta(days=low)] if low else [ticket.c.created_at.is_not(None)]
        kept += [] if high is None else [ticket.c.created_at > moment - timedelta(days=high)]
        return and_(*kept)


@dataclass(frozen=True)
class Way:
    """From one team to another: of a handoff who passed to whom, of a ticket where it began and where it was solved."""

    before: str | None
    after: str | None

    @property
    def code(self) -> str:
        """``way/Tier%201/Tier%202``; a team nobody tells is empty."""
        return "/".join(["way", *(quote(team or "", safe="") for team in (self.before, self.after))])

    @property
    def words(self) -> str:
        """``from Tier 1 to Tier 2``."""
        return f"from {self.before or 'no team'} to {self.after or 'no team'}"

    def rows(self, facts: Facts, kpi: Kpi, period: Period) -> ColumnElement[bool]:  # noqa: ARG002
        """The rows of a KPI of handoffs, or of tickets, that went this way."""
        if kpi.fact is handoff:
            return and_(_is(handoff.c.from_team, self.before), _is(handoff.c.to_team, self.after))
        return and_(_is(ticket.c.first_team, self.before), _is(ticket.c.team, self.after))

    @classmethod
    def of(cls, code: str) -> Way | None:
        """The way a code stands for."""
        word, *teams = code.split("/")
        return cls(*(unquote(team) or None for team in teams)) if word == "way" and len(teams) == 2 else None


def _is(column: ColumnElement[str], value: str | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


Part = HourOfWeek | AgeBand | Way | EscalationPart | Arrived | AnswerPart
#: Parts that name their own stretch of time: the period of a page says nothing of them.
OWN_TIME = (Arrived, AnswerPart)
_PARTS: tuple[Part, ...] = (
    *(HourOfWeek(weekday, hour) for weekday in range(7) for hour in range(24)),
    *(AgeBand(place) for place in range(len(BANDS))),
    *escalation_parts.EVERY,
)
_KNOWN = {part.code: part for part in _PARTS}


def part_of(code: str | None) -> Part | None:
    """The part a code stands for; None for none, and for a word that is no code."""
    told = code or ""
    return _KNOWN.get(told) or Way.of(told) or Arrived.of(told) or AnswerPart.of_code(told)
