"""In which hours of the week a KPI's rows are dated: a sibling of ``readings`` with one query of its own.

A week by the hour is a distribution over the wall clock, which no Reading is cut by. The database counts by quarter of
an hour in UTC, and Python tells what the clock on the wall said then: no engine's own zones are asked, zones off by a
quarter of an hour are exact, and so are the nights the clock is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, extract, func, select

from dashboard import kpis
from dashboard.engine import Facts
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.queries import Calendar, Cut
from dashboard.scope import Period, Scope

_PARTS = ("year", "month", "day", "hour", "minute")


@dataclass(frozen=True)
class Hours:
    """``counts[weekday][hour]`` with Monday as 0, on the wall clock of the period's zone."""

    counts: tuple[tuple[int, ...], ...]

    @property
    def n(self) -> int:
        """How many rows in all."""
        return sum(map(sum, self.counts))

    def busiest(self) -> tuple[int, int, int] | None:
        """Weekday, hour and count of the fullest hour, the earliest of equals; None for none."""
        cells = [(count, day, hour) for day, row in enumerate(self.counts) for hour, count in enumerate(row)]
        count, day, hour = max(cells, key=lambda cell: (cell[0], -cell[1], -cell[2]))
        return (day, hour, count) if count else None


def hours(facts: Facts, name: str, scope: Scope, period: Period, options: Options = DEFAULTS) -> Hours:
    """The rows a count reads in a period, by weekday and hour of its clock; undated ones are in no hour."""
    kpi, cut = kpis.under(name, options), Cut(scope)
    clock = kpi.dated_by
    minute = extract("minute", clock)
    parts = [extract(part, clock).label(f"the_{part}") for part in _PARTS[:-1]]
    quarter = case((minute >= 45, 45), (minute >= 30, 30), (minute >= 15, 15), else_=0).label("the_minute")
    within = Calendar.of([period]).within(clock) if period.start or period.end else []
    rows = facts.rows(
        select(*parts, quarter, func.count().label("rows"))
        .select_from(cut.source(kpi))
        .where(kpi.population, kpi.among, clock.is_not(None), *within, *cut.conditions(kpi))
        .group_by(*(column.name for column in (*parts, quarter)))
    )
    counts, zone = [[0] * 24 for _ in range(7)], ZoneInfo(period.timezone)
    for row in rows:
        year, month, day, hour, minutes = (int(row[f"the_{part}"]) for part in _PARTS)
        local = datetime(year, month, day, hour, minutes, tzinfo=UTC).astimezone(zone)
        counts[local.weekday()][local.hour] += row["rows"]
    return Hours(tuple(map(tuple, counts)))
