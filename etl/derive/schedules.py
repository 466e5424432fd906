"""Office hours from both sides: the schedules of ``supportkpi.toml`` and those a help desk exports.

A loaded schedule is used whole or not at all: one stretch that cannot be read, or a zone nobody knows, would make
every business minute under it wrong, so it has no hours then (its tickets have no business minutes) and each reason
is kept for the quarantine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Select, Table, and_, func, select

from etl.business_hours import WEEK, OfficeHours, working_intervals
from etl.settings import Settings
from etl.staging import loaded_holiday, loaded_schedule

#: No clock of a help desk is older; a date of the year 1 must not cost two thousand years of opening times.
EARLIEST = date(1970, 1, 1)


@dataclass(frozen=True)
class Office:
    """A schedule with its number; ``source`` is None for one of ``supportkpi.toml``. No hours: it cannot be used."""

    number: int
    source: str | None
    name: str
    hours: OfficeHours | None


@dataclass(frozen=True)
class Fault:
    """Why a row of a loaded schedule could not be used; a row of the quarantine."""

    load_id: int
    row: int | None
    column: str
    value: str
    reason: str


def gather(connection: Connection, settings: Settings) -> tuple[list[Office], list[Fault]]:
    """Every schedule known, those of the settings first, and what was wrong with the loaded ones."""
    offices = [Office(n, None, name, OfficeHours.of(settings.schedules[name])) for n, name in _numbered(settings)]
    faults: list[Fault] = []
    holidays = _holidays(connection, faults)
    for (source, original_id), rows in _told(connection, loaded_schedule, "original_id").items():
        wrong = list(_faults(rows))
        faults += wrong
        days = holidays.get((source, original_id), frozenset())
        hours = None if wrong else OfficeHours(rows[0].timezone, _stretches(rows), days)
        offices.append(Office(len(offices) + 1, source, original_id, hours))
    return offices, faults


def intervals(office: Office, first: date, last: date, minutes: float) -> list[dict[str, Any]]:
    """Rows of ``working_interval``: from ``first`` until ``minutes`` of office time after ``last`` have passed."""
    if office.hours is None:
        return []
    weekly = office.hours.weekly_minutes
    weeks = math.ceil(minutes / weekly) if weekly else 0
    days_off = sum(day >= last for day in office.hours.holidays)
    until = last + timedelta(days=30 + days_off + 7 * min(weeks, 5000))
    return [
        {"schedule": office.number, "opens_at": i.opens_at, "closes_at": i.closes_at}
        for i in working_intervals(office.hours, max(first, EARLIEST), until)
    ]


def _numbered(settings: Settings) -> Iterator[tuple[int, str]]:
    return enumerate(sorted(settings.schedules), start=1)


def _told(connection: Connection, table: Table, key: str) -> dict[tuple[str, str], list[Any]]:
    """Rows by source and schedule, of the newest load that tells of it: a newer export replaces an older one whole."""
    newest = _newest(table, key).subquery()
    same = and_(table.c.source == newest.c.source, table.c[key] == newest.c[key], table.c.load_id == newest.c.load_id)
    statement = select(table).join(newest, same).order_by(table.c.source, table.c[key], table.c.row)
    told: dict[tuple[str, str], list[Any]] = {}
    for row in connection.execute(statement):
        told.setdefault((row.source, getattr(row, key)), []).append(row)
    return told


def _newest(table: Table, key: str) -> Select[Any]:
    load = func.max(table.c.load_id).label("load_id")
    return select(table.c.source, table.c[key], load).group_by(table.c.source, table.c[key])


def _faults(rows: Sequence[Any]) -> Iterator[Fault]:
    for row in rows:
        zone, opens, closes = row.timezone, row.opens_minute, row.closes_minute
        if not _is_zone(zone):
            reason = f"the schedule '{row.original_id}' is in a time zone nobody knows: it gives no business minutes"
            yield Fault(row.load_id, row.row, "timezone", str(zone), reason)
        elif zone != rows[0].timezone:
            reason = f"the schedule '{row.original_id}' is told in two time zones: it gives no business minutes"
            yield Fault(row.load_id, row.row, "timezone", zone, reason)
        if opens is None or closes is None or not 0 <= opens < WEEK or not 0 <= closes <= 2 * WEEK or opens == closes:
            reason = f"no stretch of a week: the schedule '{row.original_id}' gives no business minutes"
            yield Fault(row.load_id, row.row, "opens_minute", f"{opens} to {closes}", reason)


def _is_zone(name: str | None) -> bool:
    try:
        ZoneInfo(name or "")
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of the zone database is an OSError
        return False
    return True


def _stretches(rows: Sequence[Any]) -> tuple[tuple[float, float], ...]:
    """Opening and closing minutes; a stretch that ends before it begins runs over the end of the week."""
    return tuple(
        (row.opens_minute, row.closes_minute + (WEEK if row.closes_minute < row.opens_minute else 0)) for row in rows
    )


def _holidays(connection: Connection, faults: list[Fault]) -> dict[tuple[str, str], frozenset[date]]:
    found: dict[tuple[str, str], frozenset[date]] = {}
    for key, rows in _told(connection, loaded_holiday, "schedule").items():
        days: set[date] = set()
        for row in rows:
            first, last = row.first_day, row.last_day or row.first_day
            if first is None or last < first or last - first > timedelta(days=366):
                told = f"{first} to {last}"
                faults.append(Fault(row.load_id, row.row, "first_day", told, "no span of days off: left out"))
            else:
                days |= _days(first, last)
        found[key] = frozenset(days)
    return found


def _days(first: datetime, last: datetime) -> set[date]:
    return {first.date() + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)}
