"""Tables of a review about the whole register: all KPIs against target, what is not measured, quarters side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from dashboard import kpis, wording
from dashboard.ask import code
from dashboard.exports.report import Table
from dashboard.reviews.sections import Given, table
from dashboard.scope import Grain, latest_whole
from dashboard.verdict import Verdict

Found = tuple[Sequence[Table], Sequence[str]]
#: Quarters shown side by side, the newest last.
QUARTERS = 8


def against_target(given: Given) -> Found:
    """Every KPI that has a target and a reading, with its status."""
    found = [reading for reading in given.ask.read(list(kpis.catalogue())) if reading.target is not None]
    read = [reading for reading in found if reading.value is not None]
    rows = [
        {
            "KPI": reading.kpi.label,
            "Value": wording.value(reading.value, reading.kpi.unit),
            "Target": wording.target(reading.target, reading.kpi.unit),
            "Status": wording.status(reading),
            "n": reading.n,
            "95 % interval": wording.interval(reading),
        }
        for reading in read
    ]
    if not rows:
        return [], []
    missed = sum(reading.verdict == Verdict.MISSES for reading in read)
    words = f"{missed} of {len(read)} measured targets are missed; {len(found) - len(read)} are not measured."
    return [table("Measured against target", pd.DataFrame(rows), rows=60)], [words]


def unmeasured(given: Given) -> Found:
    """The KPIs with a target and no reading, with what each waits for."""
    found = [
        reading
        for reading in given.ask.read(list(kpis.catalogue()))
        if reading.target is not None and reading.value is None
    ]
    rows = [{"KPI": reading.kpi.label, "Why there is no reading": reading.reason or "no rows"} for reading in found]
    return ([table("Not measured", pd.DataFrame(rows), rows=60)] if rows else []), []


def quarters(given: Given) -> Found:
    """The seven figures over the quarters there are, the newest last."""
    end, horizon = given.ask.period.end, given.ask.horizon
    if end is None or horizon is None:
        return [], []
    reporting = given.ask.settings.reporting
    periods = latest_whole(end, Grain.QUARTER, QUARTERS, reporting.timezone, reporting.week_start)
    known = [each for each in periods if each.start is not None and each.start >= horizon.data_from]
    if not known:
        return [], []
    cells: dict[str, dict[str, str]] = {}
    for reading in given.ask.read(list(kpis.HEADLINES), known):
        value = wording.value(reading.value, reading.kpi.unit)
        mark = wording.mark(str(reading.verdict)) if reading.value is not None else ""
        cells.setdefault(reading.kpi.label, {})[code(reading.period)] = f"{value} {mark}".strip()
    rows = [{"KPI": label, **values} for label, values in cells.items()]
    note = "✓ meets its target, ✕ misses it, ≈ too close to call; n and intervals stand in the CSV of each quarter."
    return [table("Quarter by quarter", pd.DataFrame(rows), note)], []


def target_changes(given: Given) -> Found:
    """Targets that were set, changed or taken back in the period, by whom and why."""
    start, end = given.ask.period.start, given.ask.period.end
    last = None if end is None else end - timedelta(days=1)
    rows = [
        {
            "KPI": each.kpi,
            "Target": "taken back" if each.removed else f"{each.kind} {dict(each.values)}",
            "Why": each.because,
            "By": each.who,
            "On": each.written_at.date(),
        }
        for each in given.book.every_target_change()
        if (start is None or each.written_at.date() >= start) and (last is None or each.written_at.date() <= last)
    ]
    return ([table("Targets changed in the period", pd.DataFrame(rows), rows=50)] if rows else []), []
