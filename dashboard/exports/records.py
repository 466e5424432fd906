"""A Reading as a flat record with the names scripts depend on. Every format writes these same records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dashboard import wording
from dashboard.exports.cells import moment
from dashboard.kpis.kpi import Unit

if TYPE_CHECKING:
    from dashboard.exports.report import Line
    from dashboard.readings import Reading

#: Nothing in a record but these: they are what JSON and a cell can hold.
Value = str | float | int | bool | None
Record = dict[str, Value | dict[str, str | None]]

#: The order of the board's columns is part of the contract.
BOARD_COLUMNS = (
    "kpi",
    "label",
    "period_start",
    "period_end",
    "value",
    "unit",
    "target",
    "direction",
    "status",
    "n",
    "interval_low",
    "interval_high",
    "previous_value",
    "change",
    "change_is_real",
    "definition",
    "clock",
    "date_anchor",
    "filters",
    "as_of",
    "data_from",
    "product_version",
    "grade",
)


def unit_of(reading: Reading) -> str:
    """The unit the bare number stands in: a percentage is carried as a fraction of one, and says so."""
    return "fraction" if reading.kpi.unit is Unit.PERCENT else str(reading.kpi.unit.value)


def edges(reading: Reading) -> tuple[date | None, date | None]:
    """First day and day after the last. All of time is bounded by what the data covers."""
    period = reading.period
    end = period.end
    if end is None and reading.as_of is not None:
        local = reading.as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(period.timezone))
        end = local.date() + timedelta(days=1)
    return period.start or reading.data_from, end


def filters_of(reading: Reading) -> str:
    """What was left out or counted by another rule than the default: scope, then the options this KPI obeys."""
    return "; ".join(part for part in (reading.scope.words(), *reading.kpi.chosen.as_pairs()) if part)


def record(reading: Reading) -> Record:
    """One object of ``supportkpi read --format json``; ``docs/command_line.md`` says what each key means."""
    start, end = edges(reading)
    target = reading.target
    return {
        "kpi": reading.kpi.name,
        "label": reading.kpi.label,
        "period_start": start.isoformat() if start else None,
        "period_end": end.isoformat() if end else None,
        "group": dict(reading.group),
        "n": reading.n,
        "value": reading.value,
        "low": reading.low,
        "high": reading.high,
        "unit": unit_of(reading),
        "direction": str(reading.kpi.good.value),
        "target": target.lines[0] if target and len(target.lines) == 1 else None,
        "verdict": str(reading.verdict),
        "definition": reading.kpi.counts,
        "as_of": moment(reading.as_of) if reading.as_of else None,
        "reason": reading.reason,
        "complete": reading.period.whole,
        "interval": None if reading.low is None else reading.interval,
        "point_verdict": str(reading.point_verdict) if reading.point_verdict else None,
        "immature": reading.immature,
        "anchor": reading.kpi.anchor,
        "clock": reading.kpi.clock,
        "grade": reading.kpi.grade,
        "filters": filters_of(reading),
        "data_from": reading.data_from.isoformat() if reading.data_from else None,
        "target_words": wording.target(target, reading.kpi.unit) or None,
        "near_line": reading.is_near_line,
    }


def flat(reading: Reading) -> dict[str, Value]:
    """The same record for a table or CSV: each dimension it was cut by is a column of its own."""
    found: dict[str, Value] = {}
    for name, value in record(reading).items():
        if isinstance(value, dict):
            found |= value
        else:
            found[name] = value
    return found


def board_record(line: Line) -> dict[str, Value]:
    """One row of the board's CSV; its keys are ``BOARD_COLUMNS``, in that order."""
    now = record(line.reading)
    change = line.change
    values: dict[str, object] = {
        **now,
        # A range or a trend is no number: its words stand in the cell.
        "target": now["target_words"] if now["target"] is None else now["target"],
        "status": now["verdict"],
        "interval_low": now["low"],
        "interval_high": now["high"],
        "previous_value": line.before.value if line.before else None,
        "change": change.difference if change else None,
        "change_is_real": change.is_real if change else None,
        "date_anchor": now["anchor"],
        "product_version": version("supportkpi"),
    }
    return {name: values[name] for name in BOARD_COLUMNS}  # type: ignore[misc]


def flat_columns(by: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns of ``read --format csv``: the JSON's keys in its order, ``group`` spread over its dimensions."""
    return ("kpi", "label", "period_start", "period_end", *by, *_AFTER_GROUP)


_AFTER_GROUP = (
    "n", "value", "low", "high", "unit", "direction", "target", "verdict", "definition", "as_of", "reason",
    "complete", "interval", "point_verdict", "immature", "anchor", "clock", "grade", "filters", "data_from",
    "target_words", "near_line",
)  # fmt: skip
