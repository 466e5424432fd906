"""Kpi × Scope × Period → Reading. With ``quality``, ``hand_told`` and ``stocks`` the only module that runs a query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import repeat
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import exists, select

from dashboard import course, hand_told, stocks
from dashboard import kpis as catalogue
from dashboard.engine import Facts
from dashboard.kpis.history import Segment, TargetHistory, of_catalogue, segment
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.kpis.statistic import Estimate, Stock
from dashboard.kpis.target import Target
from dashboard.parts import Part
from dashboard.quality import Quality, quality
from dashboard.queries import Calendar, Cut, batches, behind, lasted, layers, ranked, sums
from dashboard.scope import Period, Scope, dimension
from dashboard.verdict import Verdict, judge, judge_point
from etl.errors import NoFactsError
from etl.tables import survey, ticket

__all__ = ["Horizon", "Quality", "Reading", "horizon", "quality", "read", "tickets", "values_of"]

Group = tuple[str | None, ...]
#: KPI → (period, values of the dimensions cut by) → one row of aggregates.
Sums = dict[Kpi, dict[tuple[Period, Group], dict[str, Any]]]
#: What durations are counted by, and how often each is there.
_COUNTED: dict[str, type[float] | type[int]] = {"lasting": float, "ended": int, "rows": int}


@dataclass(frozen=True)
class Reading:
    """One number with everything needed to defend it.

    ``value``, ``low`` and ``high`` are fractions for percentages, minutes for durations, points for NPS.
    ``value`` None: no reading, and ``reason`` says why. ``verdict`` is one of ``dashboard.verdict.Verdict``.
    """

    kpi: Kpi
    scope: Scope
    period: Period
    group: tuple[tuple[str, str | None], ...]  # (dimension, value) pairs when cut by something
    n: int
    value: float | None
    low: float | None
    high: float | None
    verdict: str
    point_verdict: str | None  # what comparing the bare value with the target would say
    reason: str | None
    immature: int  # rows too young to judge, counted apart
    target: Target | None  # the one in force
    interval: str  # what low–high is: a 95 % confidence interval, or a scenario range
    as_of: datetime | None  # newest moment the facts tell of, UTC
    data_from: date | None  # first local day the facts tell of
    events: float | None = None  # the numerator, where there is one
    beyond: float | None = None  # there is no value, but it is known to lie above this
    parts: tuple[tuple[str, int], ...] = ()  # rows by what they count as: promoters, passives and detractors

    @property
    def is_near_line(self) -> bool:
        """Whether it meets its target, and yet lies within the warning band the target asks for."""
        return (
            self.verdict == Verdict.MEETS
            and self.value is not None
            and self.target is not None
            and self.target.is_near(self.value)
        )

    @property
    def definition(self) -> str:
        """The counting rule in one sentence, under the options chosen."""
        return self.kpi.counts

    @property
    def anchor(self) -> str:
        """The clock that put its rows in the period, in words."""
        return self.kpi.anchor

    @property
    def clock(self) -> str:
        """Calendar or business."""
        return self.kpi.clock


@dataclass(frozen=True)
class Horizon:
    """What stretch the facts cover: the first local day, the first local day not fully covered, the newest moment."""

    data_from: date
    until: date
    as_of: datetime


def horizon(facts: Facts, timezone: str) -> Horizon:
    """From when to when the facts tell, in local days; raises NoFactsError when they hold nothing."""
    bounds = facts.bounds
    if bounds.first is None or bounds.as_of is None:
        if facts.rows(select(survey.c.survey_id).limit(1)):
            raise NoFactsError(
                "Nothing that is loaded has a date.",
                "Answers without a date count over all time, in no week or month.",
                "Declare one with constants.answered_at in the mapping, or use `supportkpi read` without dates.",
            )
        raise NoFactsError("There is nothing to read yet.", "No ticket and no answer is loaded.", "Load an export.")
    return Horizon(_local_day(bounds.first, timezone), _local_day(bounds.as_of, timezone), bounds.as_of)


def _local_day(instant: datetime, timezone: str) -> date:
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).date()


def values_of(facts: Facts, name: str) -> list[str]:
    """The values a dimension takes, sorted; empty where no feed brings it."""
    column = ticket.c[dimension(name)]
    statement = select(column).where(column.is_not(None), ticket.c.excluded_because.is_(None)).distinct()
    return sorted(str(row[name]) for row in facts.rows(statement))


def read(
    facts: Facts,
    kpis: Iterable[Kpi],
    scope: Scope,
    periods: Sequence[Period],
    by: Sequence[str] = (),
    options: Options = DEFAULTS,
    targets: Mapping[str, TargetHistory] | None = None,
) -> list[Reading]:
    """Readings of each KPI, period and group, in that order; one SELECT per fact, clock and layer of periods.

    Without ``by`` there is exactly one reading a KPI and period. With it, every group seen in any of the periods
    has a reading in each. ``targets`` override those of the catalogue by KPI name; each reading is held to the one
    that is in force on the last day of its period, for its segment.
    """
    return read_chosen(facts, [as_chosen(kpi, options, facts) for kpi in kpis], scope, periods, by, targets)


def read_chosen(
    facts: Facts,
    chosen: Sequence[Kpi],
    scope: Scope,
    periods: Sequence[Period],
    by: Sequence[str] = (),
    targets: Mapping[str, TargetHistory] | None = None,
) -> list[Reading]:
    """Readings of KPIs that follow options of their own, so that one KPI may be read under several at once."""

    def other(kpi: Kpi, wanted: Sequence[Period]) -> list[Reading]:
        return _read(facts, [kpi], scope, wanted, by, {kpi.name: TargetHistory()})

    return course.judged(_read(facts, chosen, scope, periods, by, targets), other)


def _read(
    facts: Facts,
    chosen: Sequence[Kpi],
    scope: Scope,
    periods: Sequence[Period],
    by: Sequence[str],
    targets: Mapping[str, TargetHistory] | None,
) -> list[Reading]:
    """Readings, each judged by itself."""
    if not periods:
        return []
    cut = Cut(scope, tuple(by))
    found = _sums(facts, chosen, cut, periods)
    missing = _missing_feeds(facts, [kpi for kpi in chosen if kpi.feed_first or _any_empty(found[kpi], periods)])
    readings: list[Reading] = []
    for kpi in chosen:
        history = (targets or {}).get(kpi.name) or of_catalogue(kpi.target)
        history = history if kpi.comparable else of_catalogue(None)
        about = _About(facts, kpi, cut, history, kpi in missing)
        groups = sorted({group for _, group in found[kpi]}, key=_sortable) or [cut.no_group]
        readings += [
            about.reading(period, group, found[kpi].get((period, group), {})) for period in periods for group in groups
        ]
    return readings


def as_chosen(kpi: Kpi, options: Options, facts: Facts) -> Kpi:
    """A KPI as it counts under the options chosen and the minutes of these facts."""
    if not options.minutes:
        options = replace(options, minutes=facts.minutes)
    return kpi if kpi.varies is None else catalogue.under(kpi.name, options)


def _sortable(group: Group) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, value or "") for value in group)


def _any_empty(rows: Mapping[tuple[Period, Group], Mapping[str, Any]], periods: Sequence[Period]) -> bool:
    filled = {period for (period, _), row in rows.items() if row.get("n")}
    return any(period not in filled for period in periods)


def _sums(facts: Facts, kpis: Sequence[Kpi], cut: Cut, periods: Sequence[Period]) -> Sums:
    """Run the queries: KPIs of one fact, clock and population together, stocks and durations each for itself."""
    found: Sums = {kpi: {} for kpi in kpis}
    kpis = [kpi for kpi in dict.fromkeys(kpis) if not cut.untold(kpi)]
    shapes = {"sums": sums, "ranked": ranked}
    together = batches([kpi for kpi in kpis if kpi.statistic.shape in shapes])
    for layer in layers(periods):
        calendar = Calendar.of(layer)
        for batch in together:
            statement = shapes[batch[0].statistic.shape](batch, cut, calendar)
            _take(found, batch, cut, calendar, facts.rows(statement))
        for kpi in kpis:
            if kpi.statistic.shape == "survival":
                _gather(found[kpi], cut, calendar, facts.frame(lasted(kpi, cut, calendar)))
    found |= stocks.rows(facts, [kpi for kpi in kpis if isinstance(kpi.statistic, Stock)], cut, periods)
    return found | hand_told.rows(facts, [kpi for kpi in kpis if kpi.statistic.shape == "entered"], periods, _sums)


def _take(found: Sums, batch: Sequence[Kpi], cut: Cut, calendar: Calendar, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        period = calendar.places.get(row["place_in_time"])
        if period is None:  # between two periods that do not touch
            continue
        group = _group(row, cut)
        for index, kpi in enumerate(batch):
            prefix = f"k{index}_"
            own = {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}
            if own.get("n") or own.get("immature"):
                found[kpi][period, group] = own


def _gather(
    found: dict[tuple[Period, Group], dict[str, Any]], cut: Cut, calendar: Calendar, rows: pd.DataFrame
) -> None:
    """Counts of durations, many rows for each period and group, put together: columns, since they are thousands."""
    parts: dict[tuple[int, Group], list[tuple[float, int, int]]] = defaultdict(list)
    counted = zip(*(rows[name].astype(kind).tolist() for name, kind in _COUNTED.items()), strict=True)
    of = [_or_none(rows[f"by_{index}"]) for index in range(len(cut.by))]
    groups: Iterable[Group] = zip(*of, strict=True) if of else repeat((), len(rows))
    for in_time, named, told in zip(rows["place_in_time"].tolist(), groups, counted, strict=True):
        parts[in_time, named].append(told)
    for (place, group), counts in parts.items():
        period = calendar.places.get(place)
        if period is not None:
            found[period, group] = {"n": sum(n for *_, n in counts), "counts": counts}


def _or_none(names: pd.Series[Any]) -> list[str | None]:
    return names.astype(object).where(names.notna(), None).tolist()


def _group(row: Mapping[str, Any], cut: Cut) -> Group:
    return tuple(row[f"by_{index}"] for index in range(len(cut.by)))


def _missing_feeds(facts: Facts, kpis: Sequence[Kpi]) -> set[Kpi]:
    """The KPIs for which the facts hold not one row of the feed they need: whatever is filtered, so asked once."""
    known = _feeds(facts.url, facts.name)
    asked = [kpi for kpi in kpis if kpi not in known]
    if asked:
        seen = [exists().where(kpi.feed).select_from(kpi.fact).label(f"feed_{at}") for at, kpi in enumerate(asked)]
        (row,) = facts.rows(select(*seen))
        known.update((kpi, bool(is_there)) for kpi, is_there in zip(asked, row.values(), strict=True))
    return {kpi for kpi in kpis if not known[kpi]}


@lru_cache(maxsize=8)
def _feeds(url: str, name: str) -> dict[Kpi, bool]:  # noqa: ARG001 (they say which state of the facts)
    """Which feeds one state of the facts holds, as far as was asked."""
    return {}


@dataclass(frozen=True)
class _About:
    """What all readings of one KPI in one call have in common."""

    facts: Facts
    kpi: Kpi
    cut: Cut
    history: TargetHistory
    feed_is_missing: bool

    def reading(self, period: Period, group: Group, row: Mapping[str, Any]) -> Reading:
        immature = int(row.get("immature") or 0)
        # A dimension the facts do not tell leaves nothing to finish; ``stopped`` says so.
        untold = self.cut.untold(self.kpi)
        estimate = Estimate(0) if untold else self.kpi.statistic.finish(defaultdict(lambda: None, row))
        reason = self.stopped(period, estimate, immature)
        if reason is not None:
            low = estimate.low if estimate.beyond is not None else None
            estimate = Estimate(estimate.n, low=low, interval=estimate.interval, reason=reason, beyond=estimate.beyond)
        bounds = self.facts.bounds
        target = self.history.in_force(self.last_day(period), self.segment(group))
        verdict = judge(estimate, target, self.kpi.enough, self.is_whole(period))
        return Reading(
            kpi=self.kpi,
            scope=self.cut.scope,
            period=period,
            group=tuple(zip(self.cut.by, group, strict=True)),
            n=estimate.n,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
            verdict=verdict,
            point_verdict=judge_point(estimate.value, target),
            reason=reason,
            immature=immature,
            target=target,
            interval=estimate.interval,
            as_of=bounds.as_of,
            data_from=None if bounds.first is None else _local_day(bounds.first, period.timezone),
            events=estimate.events,
            beyond=estimate.beyond,
            parts=estimate.parts,
        )

    def last_day(self, period: Period) -> date | None:
        """The day on which a target must be in force to be the period's; of all of time, the newest the facts tell."""
        if period.end is not None:
            return period.end - timedelta(days=1)
        as_of = self.facts.bounds.as_of
        return None if as_of is None else _local_day(as_of, period.timezone)

    def segment(self, group: Group) -> Segment:
        """What a reading is of, where that is one value of each dimension; everything otherwise."""
        filters = {name: values for name, values in self.cut.scope.filters if name not in self.cut.by}
        if any(len(values) > 1 for values in filters.values()):
            return ()
        found = [(name, values[0]) for name, values in filters.items()]
        found += [(name, value) for name, value in zip(self.cut.by, group, strict=True) if value is not None]
        return segment(found)

    def is_whole(self, period: Period) -> bool:
        end, as_of = period.instants()[1], self.facts.bounds.as_of
        return period.whole and (end is None or as_of is None or end <= as_of)

    def stopped(self, period: Period, estimate: Estimate, immature: int) -> str | None:
        """The rule that stands against a reading, in words; None when there is one."""
        if (untold := self.cut.untold(self.kpi)) and not self.feed_is_missing:
            names = " and ".join(dict.fromkeys(name.replace("_", " ") for name in untold))
            return f"its facts do not tell the {names}: it can only be read without"
        return self._missing(estimate) or self._outside(period, estimate) or self._empty(estimate, immature)

    def _missing(self, estimate: Estimate) -> str | None:
        is_missing = self.feed_is_missing and (estimate.n == 0 or self.kpi.feed_first)
        return f"needs {self.kpi.needs}" if is_missing else None

    def _outside(self, period: Period, estimate: Estimate) -> str | None:
        """The period lies before or after all that the facts tell of."""
        start, end = period.instants()
        first, as_of = self.facts.bounds.first, self.facts.bounds.as_of
        if estimate.n == 0 and first is not None and end is not None and end <= first:
            return f"the data begin on {_local_day(first, period.timezone):%Y-%m-%d}, after this period"
        if (
            as_of is not None
            and start is not None
            and start > as_of
            and (estimate.n == 0 or isinstance(self.kpi.statistic, Stock))
        ):
            return f"the data end on {_local_day(as_of, period.timezone):%Y-%m-%d}, before this period"
        return None

    def _empty(self, estimate: Estimate, immature: int) -> str | None:
        if estimate.value is not None or estimate.reason is not None:
            return estimate.reason
        if immature:
            return f"all {immature:,} {self.kpi.counted} of this period are still too young to judge"
        return f"no {self.kpi.counted} in this period that count here"


def tickets(
    facts: Facts,
    kpi: Kpi,
    scope: Scope,
    period: Period,
    group: Sequence[tuple[str, str | None]] = (),
    options: Options = DEFAULTS,
    limit: int | None = None,
    part: Part | None = None,
) -> pd.DataFrame:
    """The rows behind a reading, one each, with their tickets; what went wrong comes first.

    ``counts_towards`` says yes or no where the KPI is a share, ``value`` holds the measurement where there is one.
    An occurrence comes with every ticket of it, a survey without a ticket with none. Times are UTC. ``part`` leaves
    those of an hour of the week or of an age.
    """
    chosen = as_chosen(kpi, options, facts)
    some = None if part is None else part.rows(facts, chosen, period)
    statement = behind(chosen, Cut(scope), period, group, some)
    return facts.frame(statement if limit is None else statement.limit(limit))
