"""The book of loads in the work file: what was read, taken and refused, and how to take it back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    MetaData,
    Select,
    Table,
    delete,
    func,
    insert,
    literal,
    literal_column,
    null,
    select,
    union_all,
    update,
)

from etl import files, naming
from etl.errors import UsageError
from etl.files import Input
from etl.mapping import FileOptions
from etl.recognise import Candidate
from etl.report import ClockChange, Drift, FileReport, LoadedFile, Unmapped
from etl.staging import BY_NAME, RawTable, adjusted_clock, loaded, loaded_drift, refused
from etl.work import loaded_file

#: Refused rows whose line in the file is looked up; the others are kept and counted without it.
LINES_LOOKED_UP = 10_000

#: Clocks that say from when to when a file tells; due dates and contract ends lie elsewhere.
_TELLING = {"created_at", "updated_at", "resolved_at", "closed_at", "occurred_at", "answered_at", "sent_at"}
_TELLING |= {"deployed_at"}

_BARE_CLOCK = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T,]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?")
_BARE_JSON_CLOCK = re.compile(r'"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?"')


@dataclass
class Entry:
    """The load of one file while it is being written."""

    load_id: int
    source: Input
    notes: list[str] = field(default_factory=list)
    rows_read: int = 0
    rows_quarantined: int = 0
    candidates: list[Candidate] = field(default_factory=list)
    fingerprints: list[str] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)

    def add(self, candidate: Candidate, fingerprint: str, zones: Iterable[str]) -> None:
        self.candidates.append(candidate)
        self.fingerprints.append(fingerprint)
        self.zones.extend(sorted(zones))

    @property
    def name(self) -> str:
        return _joined(each.name for each in self.candidates)


def _joined(parts: Any, between: str = ", ") -> str:
    return between.join(dict.fromkeys(parts))


def collect(connection: Connection, entry: Entry, raw: RawTable, options: FileOptions) -> None:
    """Count what was read and refused of one table, one refusal a row, and find the lines.

    What is collected waits under the load's negative number, apart from the tables of the same file still to come.
    """
    mine = refused.c.load_id == entry.load_id
    _one_a_row(connection, entry.load_id)
    rows = int(connection.execute(select(func.count()).select_from(refused).where(mine)).scalar_one())
    if rows:
        _find_lines(connection, entry, raw, options)
    connection.execute(update(refused).where(mine).values(load_id=-entry.load_id))
    lines = _take_lines(connection, entry, raw)
    entry.rows_read += raw.rows + lines
    entry.rows_quarantined += rows + lines


def _one_a_row(connection: Connection, load_id: int) -> None:
    mine = refused.c.load_id == load_id
    repeats = select(refused.c.row).where(mine).group_by(refused.c.row).having(func.count() > 1)
    if connection.execute(repeats.limit(1)).first() is None:
        return
    rowid: ColumnElement[int] = literal_column("rowid")
    first = select(func.min(rowid)).where(mine, refused.c.row.is_not(None)).group_by(refused.c.row)
    connection.execute(delete(refused).where(mine, refused.c.row.is_not(None), rowid.not_in(first)))


def _find_lines(connection: Connection, entry: Entry, raw: RawTable, options: FileOptions) -> None:
    mine = refused.c.load_id == entry.load_id
    if entry.source.format in ("ndjson", "parquet"):
        connection.execute(update(refused).where(mine).values(line=refused.c.row))
        return
    wanted = select(refused.c.row).where(mine, refused.c.row.is_not(None)).order_by(refused.c.row)
    rows = connection.execute(wanted.limit(LINES_LOOKED_UP)).scalars().all()
    found = files.lines_of(raw, entry.source, options, set(rows))
    if not found:
        return
    places = Table(
        "refused_place", MetaData(), Column("row", BigInteger), Column("line", BigInteger), prefixes=["TEMPORARY"]
    )
    places.create(connection)
    files.insert_lists(connection, places, {"row": list(found), "line": list(found.values())})
    line = select(places.c.line).where(places.c.row == refused.c.row).scalar_subquery()
    connection.execute(update(refused).where(mine).values(line=line))
    places.drop(connection)


def _take_lines(connection: Connection, entry: Entry, raw: RawTable) -> int:
    """Lines that were no records go to quarantine too."""
    source = files.refused_line
    rows = select(literal(-entry.load_id), null(), source.c.line, null(), source.c.value, source.c.reason).where(
        source.c.raw_table == raw.table.name
    )
    names = ["load_id", "row", "line", "column", "value", "reason"]
    connection.execute(insert(refused).from_select(names, rows))
    count = select(func.count()).select_from(source).where(source.c.raw_table == raw.table.name)
    return int(connection.execute(count).scalar_one())


def write(connection: Connection, entry: Entry, seconds: float) -> None:
    """Enter the load into the book."""
    connection.execute(update(refused).where(refused.c.load_id == -entry.load_id).values(load_id=entry.load_id))
    first, last = connection.execute(_span(entry.load_id)).one()
    connection.execute(
        insert(loaded_file).values(
            load_id=entry.load_id,
            loaded_at=datetime.now(UTC).replace(tzinfo=None),
            source=entry.name,
            file_name=entry.source.name,
            sha256=entry.source.sha256,
            mapping=_joined(each.name for each in entry.candidates if each.is_mapping) or None,
            timezone=_joined(entry.zones) or None,
            notes="\n".join(dict.fromkeys([*entry.notes, *_told_changes(connection, entry.load_id)])) or None,
            rows_read=entry.rows_read,
            rows_accepted=entry.rows_read - entry.rows_quarantined,
            rows_quarantined=entry.rows_quarantined,
            data_from=first,
            data_until=last,
            seconds=seconds,
            fingerprint=_joined(entry.fingerprints, "\n"),
        )
    )


def clock_changes(connection: Connection, load_id: int) -> list[ClockChange]:
    """The local times of a load that a change of the clocks touched. A file that is read twice counts once."""
    c = adjusted_clock.c
    keys = (c.column, c.zone, c.day, c.is_repeat)
    query = select(*keys, func.max(c.rows).label("rows")).where(c.load_id == load_id).group_by(*keys)
    rows = connection.execute(query.order_by(c.day, c.column)).mappings()
    return [ClockChange.model_validate({**row, "day": row["day"].date()}) for row in rows]


def drifted(connection: Connection, load_id: int) -> list[Drift]:
    """What changed in the columns of a load since the load of its kind before."""
    c = loaded_drift.c
    query = select(c.column, c.what, c.now, c.ours, c.is_lost).where(c.load_id == load_id).distinct()
    rows = connection.execute(query.order_by(c.is_lost.desc(), c.column)).mappings()
    return [Drift.model_validate({**row, "ours": row["ours"].split(", ") if row["ours"] else []}) for row in rows]


def _told_changes(connection: Connection, load_id: int) -> Iterator[str]:
    """What a change of the clocks did, a sentence a day."""
    totals: dict[tuple[date, bool, str], int] = {}
    for each in clock_changes(connection, load_id):
        key = (each.day, each.is_repeat, each.zone)
        totals[key] = totals.get(key, 0) + each.rows
    for (day, is_repeat, zone), rows in totals.items():
        times = f"{rows:,} time{'s' * (rows != 1)} fell into the hour that"
        if is_repeat:
            yield f"{times} repeats on {day} in {zone}; the first was taken."
        else:
            yield f"{times} does not exist on {day} in {zone}; moved on by as much as the clocks."


def _span(load_id: int) -> Select[Any]:
    """The oldest and the newest clock a load tells of."""
    spans = []
    for table in BY_NAME.values():
        clocks = [each for each in table.columns if isinstance(each.type, DateTime) and each.name in _TELLING]
        if clocks:
            oldest = func.least(*(func.min(each) for each in clocks)).label("oldest")
            newest = func.greatest(*(func.max(each) for each in clocks)).label("newest")
            spans.append(select(oldest, newest).where(table.c.load_id == load_id))
    every = union_all(*spans).subquery()
    return select(func.min(every.c.oldest), func.max(every.c.newest))


def same_file(connection: Connection, sha256: str) -> Sequence[Any]:
    """Loads of the same bytes: ``load_id``, ``source``, ``timezone``, ``fingerprint``."""
    columns = (loaded_file.c.load_id, loaded_file.c.source, loaded_file.c.timezone, loaded_file.c.fingerprint)
    return connection.execute(select(*columns).where(loaded_file.c.sha256 == sha256)).all()


def replace_older(connection: Connection, entry: Entry) -> None:
    """The same bytes read another way (a mended mapping, another zone) take the place of the older load."""
    for older in same_file(connection, entry.source.sha256):
        if older.source == entry.name:
            forget(connection, older.load_id)
            entry.notes.append(f"Takes the place of load {older.load_id}: the same file, read another way.")


def entry(connection: Connection, load_id: int) -> LoadedFile:
    """One load. Raises UsageError for a number that is not there."""
    columns = [each for each in loaded_file.columns if each.name != "fingerprint"]
    row = connection.execute(select(*columns).where(loaded_file.c.load_id == load_id)).mappings().first()
    if row is None:
        known = connection.execute(select(loaded_file.c.load_id).order_by(loaded_file.c.load_id)).scalars().all()
        there = f"There are: {', '.join(map(str, known))}." if known else "Nothing is loaded."
        raise UsageError(f"There is no load {load_id}.", there)
    return LoadedFile.model_validate(dict(row))


def forget(connection: Connection, load_id: int) -> None:
    """Delete every row of a load."""
    for table in loaded.sorted_tables:
        if "load_id" in table.c:  # what the loader knows of itself, and people's words, belong to no load
            connection.execute(delete(table).where(table.c.load_id == load_id))


def report(connection: Connection, load_id: int, name: str, status: Literal["loaded", "unchanged"]) -> FileReport:
    """What is known of a load, as the report of its file."""
    of = entry(connection, load_id)
    reasons = (
        select(refused.c.reason, func.count())
        .where(refused.c.load_id == load_id)
        .group_by(refused.c.reason)
        .order_by(func.count().desc(), refused.c.reason)
    )
    told = naming.unknown_words().subquery().c
    words = (
        select(told.column, told.word, told.treated_as, told.rows)
        .where(told.load_id == load_id)
        .order_by(told.rows.desc(), told.word)
    )
    return FileReport(
        name=name,
        status=status,
        source=of.source,
        load_id=load_id,
        sha256=of.sha256,
        timezone=of.timezone,
        rows_read=of.rows_read,
        rows_accepted=of.rows_accepted,
        rows_quarantined=of.rows_quarantined,
        by_reason={row[0]: int(row[1]) for row in connection.execute(reasons)},
        unmapped=[Unmapped.model_validate(dict(row)) for row in connection.execute(words).mappings()],
        drift=drifted(connection, load_id),
        clock_changes=clock_changes(connection, load_id),
        notes=of.notes.split("\n") if of.notes else [],
    )


def has_clocks_without_zone(connection: Connection, raw: RawTable, most: int = 50) -> bool:
    """Whether the first records hold instants that say no zone."""
    rows = connection.execute(select(raw.table).order_by(raw.table.c["_row"]).limit(most)).all()
    if raw.kind == "json":
        return any(_BARE_JSON_CLOCK.search(str(row.record)) for row in rows)
    return any(_BARE_CLOCK.fullmatch(str(cell).strip()) for row in rows for cell in row if cell)
