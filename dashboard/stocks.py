"""What stood open at the end of each period, and how fast it was worked off: queries of ``readings``, which it serves.

A stock is all that entered before a moment minus all that left before it, so that one pass over the fact serves any
number of periods. The pace counts what was done in the days before each end; stretches that overlap are sums of the
same pieces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.engine import Bounds, Facts
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.pace import PACE_DAYS, WeeksOfWork
from dashboard.kpis.statistic import Stock
from dashboard.queries import Cut, dated, flows
from dashboard.scope import Period

Group = tuple[str | None, ...]
Found = dict[tuple[Period, Group], dict[str, Any]]
Rows = Sequence[Mapping[str, Any]]


def rows(facts: Facts, kpis: Sequence[Kpi], cut: Cut, periods: Sequence[Period]) -> dict[Kpi, Found]:
    """For each KPI one row of aggregates a period and group that ever held anything; the same stock is read once."""
    found: dict[Kpi, Found] = {}
    opened: dict[Kpi, Found] = {}
    for kpi in kpis:
        read = next((each for each in opened if _is_same_stock(each, kpi)), None)
        open_at = opened[kpi] = _open(facts, kpi, cut, periods) if read is None else opened[read]
        found[kpi] = {key: dict(row) for key, row in open_at.items()}
        if isinstance(kpi.statistic, WeeksOfWork):
            _add_pace(found[kpi], facts, kpi.statistic.done, cut, periods)
    return found


def _is_same_stock(one: Kpi, other: Kpi) -> bool:
    """Whether two KPIs count the same rows by the same comings and goings."""
    mine, theirs = one.statistic, other.statistic
    return (
        isinstance(mine, Stock)
        and isinstance(theirs, Stock)
        and (mine.enters is theirs.enters and mine.leaves is theirs.leaves)
        and (one.tables is other.tables and one.population is other.population and one.among.compare(other.among))
    )


def pace_days(period: Period, bounds: Bounds) -> tuple[date, date] | None:
    """The days whose solves say how fast: the 91 before the end of the period, those that the facts tell of."""
    if bounds.first is None or bounds.as_of is None:
        return None
    first, until = (_local_day(moment, period.timezone) for moment in (bounds.first, bounds.as_of))
    end = min(period.end or until, until)
    return max(end - timedelta(days=PACE_DAYS), first), end


def _local_day(instant: datetime, timezone: str) -> date:
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).date()


def _open(facts: Facts, kpi: Kpi, cut: Cut, periods: Sequence[Period]) -> Found:
    ends = sorted({end for period in periods if (end := period.instants()[1]) is not None})
    # Group → after how many ends → rows that entered minus rows that left.
    changes: dict[Group, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in facts.rows(flows(kpi, cut, ends)):
        for move, sign in (("entered", 1), ("gone", -1)):
            if row[move] is not None:
                changes[_group(row, cut)][row[move]] += sign * row["rows"]
    found: Found = {}
    for group, change in changes.items():
        for period in periods:
            end = period.instants()[1]
            found[period, group] = {"n": _between(change, 0, len(ends) if end is None else ends.index(end))}
    return found


def _add_pace(found: Found, facts: Facts, done: Kpi, cut: Cut, periods: Sequence[Period]) -> None:
    stretches = {}
    for period in periods:
        days = pace_days(period, facts.bounds)
        if days is not None and days[0] < days[1]:
            start, end = Period(*days, period.grain, period.timezone).instants()
            if start is not None and end is not None:
                stretches[period] = (start, end, (days[1] - days[0]).days)
    edges = sorted({edge for start, end, _ in stretches.values() for edge in (start, end)})
    counted = facts.rows(dated(done, cut, edges)) if edges else []
    groups = {group for _, group in found} | {_group(row, cut) for row in counted} or {cut.no_group}
    for group in groups:
        places = _by_place(counted, group, cut)
        for period, (start, end, length) in stretches.items():
            solved = _between(places, edges.index(start) + 1, edges.index(end))
            found.setdefault((period, group), {"n": 0}).update(done=solved, days=length)


def _group(row: Mapping[str, Any], cut: Cut) -> Group:
    return tuple(row[f"by_{index}"] for index in range(len(cut.by)))


def _by_place(rows: Rows, group: Group, cut: Cut) -> dict[int, int]:
    """How many rows of a group lie between which two edges: place 1 is between the first and the second."""
    return {row["place_in_time"]: row["rows"] for row in rows if _group(row, cut) == group}


def _between(counts: Mapping[int, int], first: int, last: int) -> int:
    return sum(count for place, count in counts.items() if first <= place <= last)
