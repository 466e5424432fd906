"""How the clocks of a file are read: written how, in which zone, and what a change of the clocks did to them.

The zone is in the values, given by the vendor's format or the mapping, or declared. Where it is none of these, the
file is not read: whoever loads it is asked. A day without a time needs no zone: it is that day in the reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, insert, select

from etl import dates, expressions, zones
from etl.errors import ZoneNeededError
from etl.expressions import Expression
from etl.mapping import Mapping
from etl.staging import RawTable, Stage, adjusted_clock


@dataclass(frozen=True)
class Clocks:
    """The zone of a file's bare clocks, and the formats of each clock column of ours; ``()`` is ISO 8601."""

    zone: str
    formats: Lookup[str, tuple[str, ...]]

    @property
    def changes(self) -> bool:
        """Whether the zone ever puts its clocks forward or back."""
        return self.zone not in expressions.UTC and bool(zones.changes(self.zone))

    def instant(self, name: str, text: Expression, local: Expression | None) -> Expression:
        """The UTC timestamp of a cell; ``local`` is ``bare`` of it, computed before."""
        formats = self.formats.get(name, ())
        if local is None:
            return expressions.instant(text, self.zone, formats)
        return func.coalesce(expressions.to_utc(local, self.zone), expressions.certain(text, formats))

    def bare(self, name: str, text: Expression) -> Expression:
        """The local time of a cell that says no zone, as written."""
        return expressions.bare(text, self.formats.get(name, ()))


def settle(mapping: Mapping, raw: RawTable, into: Stage, columns: Lookup[str, list[str]]) -> Clocks:
    """Decide how the clocks of a file are read. ``columns``: for each clock of ours, those of the file it stands in.

    Raises ZoneNeededError and DateOrderNeededError where only a person can tell.
    """
    formats = _formats(mapping, raw, into, columns)
    if mapping.clock.timezone or into.is_zone_declared:
        return Clocks(mapping.clock.timezone or into.timezone, formats)
    _without_zone(mapping, raw, into, columns, formats)
    return Clocks(into.timezone, formats)


def _formats(
    mapping: Mapping, raw: RawTable, into: Stage, columns: Lookup[str, list[str]]
) -> dict[str, tuple[str, ...]]:
    if mapping.clock.formats:
        return {name: mapping.clock.formats for name, headings in columns.items() if headings}
    every = [heading for headings in columns.values() for heading in headings]
    found = dates.formats_by_column(raw, every, into.connection, mapping.nulls)
    told = {name: [found[each] for each in headings if each in found] for name, headings in columns.items()}
    return {name: _joined(each) for name, each in told.items()}


def _joined(columns: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The formats of several columns of the file that hold one of ours."""
    if not any(columns):
        return ()
    return tuple(dict.fromkeys(style for styles in columns for style in (styles or dates.ISO)))


def zone_needed(file_name: str, example: str = "") -> ZoneNeededError:
    """The question a file with bare clocks asks."""
    return ZoneNeededError(
        f"The times in {file_name} say no time zone{example}.",
        "It is the zone of whoever exported them, and no file tells whose that was.",
        "Say it, as in --timezone Europe/Dublin, or declare it in supportkpi.toml under [loading].",
    )


def _without_zone(
    mapping: Mapping,
    raw: RawTable,
    into: Stage,
    columns: Lookup[str, list[str]],
    formats: Lookup[str, tuple[str, ...]],
) -> None:
    """Refuse clocks that need a zone; take days as those of the reports."""
    days: list[str] = []
    for name, headings in columns.items():
        for heading in headings:
            text = expressions.cell([expressions.trimmed(raw.table.c[heading])], mapping.nulls)
            styles = formats.get(name, ())
            local = expressions.bare(text, styles)
            timed = and_(local.is_not(None), expressions.has_time(text, styles))
            query = select(func.min(text).filter(timed), func.count(local))
            example, count = into.connection.execute(query).one()
            if example is not None:
                raise zone_needed(raw.file_name, f", such as '{example}' in '{heading}'")
            days += [heading] if count else []
    if days:
        into.zones_used.add(into.timezone)
        told = ", ".join(f"'{each}'" for each in dict.fromkeys(days))
        into.warnings.append(f"Days without a time in {told} are taken as days of the reports ({into.timezone}).")


def count_adjusted(clocks: Clocks, told: Lookup[str, Any], condition: Expression, into: Stage) -> None:
    """Keep how many local times of typed rows a change of the clocks made occur twice or never.

    ``told``: for each column of the file, the column with its local times.
    """
    days = list(zones.days(clocks.zone))
    for heading, local in told.items():
        of_day = func.date_trunc("day", local)
        query = select(local, func.count()).where(condition, of_day.in_(days)).group_by(local)
        counts: Counter[tuple[Any, bool]] = Counter()
        for moment, rows in into.connection.execute(query):
            change = zones.change_at(clocks.zone, moment)
            if change is not None:
                counts[moment.replace(hour=0, minute=0, second=0, microsecond=0), change.is_repeat] += rows
        for (day, is_repeat), rows in counts.items():
            into.connection.execute(
                insert(adjusted_clock).values(
                    load_id=into.load_id, column=heading, zone=clocks.zone, day=day, is_repeat=is_repeat, rows=rows
                )
            )
