"""The board's report: every KPI of the catalogue for one period, each beside the period before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from dashboard.exports.report import Line, Report, Section
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.scope import Grain, Period, Scope, next_start, periods, start_of
from etl.errors import UsageError

if TYPE_CHECKING:
    from dashboard.engine import Facts
    from dashboard.kpis.history import TargetHistory
    from dashboard.readings import Horizon, Reading

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_WEEK = re.compile(r"(\d{4})-W(\d{1,2})", re.IGNORECASE)
_QUARTER = re.compile(r"(\d{4})-Q(\d)", re.IGNORECASE)


def named_period(text: str, timezone: str = "UTC", week_start: str = "monday", until: date | None = None) -> Period:
    """The period that ``2016-03``, ``2016-W10`` or ``2016-Q1`` names; raises UsageError for anything else.

    Weeks are numbered as in ISO 8601. Where weeks start on another day than Monday, a number belongs to the week
    that holds the ISO week's Thursday.

    >>> period = named_period("2016-W10")
    >>> period.start, period.end
    (datetime.date(2016, 3, 7), datetime.date(2016, 3, 14))
    """
    try:
        first, grain = _first_day(text.strip(), week_start)
    except ValueError as error:
        raise UsageError(
            f"'{text}' names no period.", "", "Write a month (2016-03), an ISO week (2016-W10) or a quarter (2016-Q1)."
        ) from error
    return periods(first, next_start(first, grain), grain, timezone, week_start, until)[0]


def _first_day(text: str, week_start: str) -> tuple[date, Grain]:
    if found := _MONTH.fullmatch(text):
        return date(int(found[1]), int(found[2]), 1), Grain.MONTH
    if found := _WEEK.fullmatch(text):
        thursday = date.fromisocalendar(int(found[1]), int(found[2]), 4)
        return start_of(thursday, Grain.WEEK, week_start), Grain.WEEK
    if found := _QUARTER.fullmatch(text):
        return date(int(found[1]), 3 * int(found[2]) - 2, 1), Grain.QUARTER
    raise ValueError(text)


def board(
    facts: Facts,
    period: Period,
    horizon: Horizon,
    targets: Mapping[str, TargetHistory],
    scope: Scope,
    options: Options = DEFAULTS,
) -> Report:
    """Read every KPI for the period and the one before, and pair them up, in the catalogue's order."""
    from dashboard import kpis, readings

    catalogue = list(kpis.catalogue().values())
    previous = period.previous()
    wanted = [period] if previous is None else [_covered(previous, horizon), period]
    found = readings.read(facts, catalogue, scope, wanted, options=options, targets=targets)
    by_key = {(reading.kpi.name, reading.period.start): reading for reading in found}
    sections = tuple(
        Section(
            kpis.FAMILIES[family],
            tuple(_line(by_key, kpi.name, period, previous) for kpi in catalogue if kpi.family == family),
        )
        for family in dict.fromkeys(kpi.family for kpi in catalogue)
    )
    return Report(f"Support KPIs, {period.start} to {period.end}", sections)


def _covered(previous: Period, horizon: Horizon) -> Period:
    """A period that began before the data did is not whole, and nothing is compared with it."""
    whole = previous.start is not None and previous.start >= horizon.data_from
    return replace(previous, whole=previous.whole and whole)


def _line(found: Mapping[tuple[str, date | None], Reading], name: str, period: Period, previous: Period | None) -> Line:
    from dashboard import verdict

    now = found[name, period.start]
    before = found.get((name, previous.start)) if previous else None
    if before is None or not before.period.whole:
        return Line(now)
    return Line(now, before, verdict.change(now, before) if now.period.whole else None)
