"""What would be made of a file: read, recognised and staged as a load does, in a database of its own.

The work file is not opened, nothing is published, and what was staged is gone when the preview is told. Of a large
file the first records are looked at: enough to see whether columns, words and clocks are understood.
"""

from __future__ import annotations

import dataclasses
import re
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, delete
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from etl import checks, dates, draft, files, ledger, preview_rows, recognise, translate, zones
from etl.dates import Order
from etl.errors import AnswerNeededError, FileRefusedError, SupportKpiError, ZoneNeededError
from etl.files import Input
from etl.mapping import FileOptions, Mapping, Shape, known_columns, needed_columns
from etl.preview_report import (
    ClaimSeen,
    Drafted,
    FilePreview,
    Preview,
    TablePreview,
    ZoneState,
)
from etl.preview_report import Shape as ShapeSeen
from etl.recognise import Candidate
from etl.report import Fault
from etl.settings import Home, Settings, read_toml
from etl.staging import RawTable, Stage, loaded
from etl.vocabulary import Channel, Event, Priority, Role, Status, SurveyKind, TicketType

#: No more records of one table are looked at, and no more bytes of a text file are read.
MOST_ROWS = 50_000
MOST_BYTES = 48_000_000
_SHAPES: tuple[Shape, ...] = (
    "ticket", "event", "survey", "change", "incident", "account", "person", "team", "worklog",
)  # fmt: skip
_WORDS = {
    "status": Status, "priority": Priority, "channel": Channel, "ticket_type": TicketType, "role": Role,
    "event": Event, "survey": SurveyKind,
}  # fmt: skip


def preview(
    home: Home,
    path: Path,
    source: str | None = None,
    mapping: Path | None = None,
    timezone: str | None = None,
    date_order: Order | None = None,
    limit: int = 50,
) -> Preview:
    """Say what a load would make of a file, a folder or an archive, with ``limit`` records of each table.

    Raises UsageError for a source, mapping or path that is not there; what is wrong with a file is in the answer.
    """
    started = time.perf_counter()
    zones.checked(timezone or "UTC")
    settings = read_toml(home.settings_file, Settings)
    everyone = recognise.candidates(home, source, mapping)
    with _without_pandas(), tempfile.TemporaryDirectory(prefix="supportkpi-preview-") as folder:
        looking = _Looking(settings, everyone, timezone, date_order, limit, Path(folder))
        found = [looking.file(each) for each in files.open_inputs([Path(path)], Path(folder) / "inputs")]
    return Preview(
        files=found,
        shapes=[
            ShapeSeen(name=shape, columns=sorted(known_columns(shape)), needed=list(needed_columns(shape)))
            for shape in _SHAPES
        ],
        words={name: [str(word) for word in words] for name, words in _WORDS.items()},
        seconds=round(time.perf_counter() - started, 3),
    )


@contextmanager
def _without_pandas() -> Iterator[None]:
    """DuckDB imports pandas with its first bound parameter, seconds on a small machine, and nobody here needs it."""
    if "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["pandas"]


@dataclasses.dataclass
class _Looking:
    """One call of ``preview``: what stays the same from file to file."""

    settings: Settings
    everyone: Sequence[Candidate]
    timezone: str | None
    date_order: Order | None
    limit: int
    folder: Path

    @property
    def is_by_mapping(self) -> bool:
        """Whether one mapping was named: who names it knows the columns, and they are not described again."""
        return len(self.everyone) == 1 and self.everyone[0].is_mapping

    def file(self, source: Input) -> FilePreview:
        """Look at one file in a database that is thrown away."""
        place = self.folder / "database"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        config = {"memory_limit": "800MB", "threads": 2, "temp_directory": str(place / "spill")}
        url = URL.create("duckdb", database=str(place / "preview.duckdb"))
        engine = create_engine(
            url, connect_args={"config": config | {"autoinstall_known_extensions": False}}, poolclass=StaticPool
        )
        try:
            with engine.connect() as connection:
                # The database is new: to ask whether its tables are there takes longer than all the rest.
                loaded.create_all(connection, checkfirst=False)
                connection.commit()
                return self._tables(source, connection)
        except SupportKpiError as error:
            return FilePreview(name=source.name, error=_fault(error))
        except DBAPIError as error:
            why = f"The database said: {str(error.orig).splitlines()[0]}"
            return FilePreview(
                name=source.name, error=Fault(title=f"{source.name} could not be understood.", detail=why)
            )
        finally:
            engine.dispose()

    def _tables(self, source: Input, connection: Connection) -> FilePreview:
        beginning, is_part = _beginning(source, self.folder)
        read, options = self._read(beginning, connection)
        found = []
        for load_id, raw in enumerate(read, start=1):
            shortened, is_cut = _shorten(raw, connection)
            found.append(self._table(beginning, shortened, options, load_id, connection, is_part or is_cut))
        return FilePreview(name=source.name, tables=found)

    def _read(self, source: Input, connection: Connection) -> tuple[list[RawTable], FileOptions]:
        """Read as a load does: a mapping that claims the tables gets the file read in its own way."""
        alone = self.everyone[0].options if len(self.everyone) == 1 else FileOptions()
        for options in dict.fromkeys(each.options for each in self.everyone if each.options != alone):
            try:
                read = files.read(source, connection, options)
            except FileRefusedError:
                continue
            winners = [recognise.chosen(recognise.claims(raw, self.everyone)) for raw in read]
            if all(winner is not None and winner.candidate.options == options for winner in winners):
                return read, options
            files.drop_all(connection)
            connection.commit()
        return files.read(source, connection, alone), alone

    def _table(
        self,
        source: Input,
        raw: RawTable,
        options: FileOptions,
        load_id: int,
        connection: Connection,
        is_part: bool,
    ) -> TablePreview:
        weighed = recognise.claims(raw, self.everyone)
        winner = recognise.chosen(weighed)
        base = TablePreview(
            name=f"{source.name} ('{raw.envelope}')" if raw.envelope else source.name,
            rows=raw.rows,
            is_part=is_part,
            claims=[
                ClaimSeen(
                    source=each.name,
                    is_mapping=each.candidate.is_mapping,
                    accepted=each.accepted,
                    matched=list(each.matched),
                    missing=list(each.missing),
                    spelt=each.spelt,
                )
                for each in weighed
            ],
            columns=[] if self.is_by_mapping else preview_rows.columns(raw, connection),
        )
        if winner is not None:
            return self._staged(base, source, raw, winner.candidate, options, load_id, connection)
        why = recognise.refusal(raw, self.everyone, weighed)
        base = base.model_copy(update={"error": _fault(why)})
        if any(each.accepted for each in weighed) or len(self.everyone) == 1:
            return base
        candidate, drafted = _draft(raw, connection)
        base = base.model_copy(update={"draft": drafted, "error": None})
        return self._staged(base, source, raw, candidate, options, load_id, connection)

    def _staged(
        self,
        base: TablePreview,
        source: Input,
        raw: RawTable,
        candidate: Candidate,
        options: FileOptions,
        load_id: int,
        connection: Connection,
    ) -> TablePreview:
        """Stage the rows and tell what became of them. Rows of an undeclared zone are shown as if it were UTC's."""
        declared = self.timezone or candidate.timezone or self.settings.loading.zone_of(candidate.name)
        update: dict[str, Any] = {"chosen": _name(base, candidate), "is_mapping": candidate.is_mapping}
        entry = ledger.Entry(load_id, source)
        is_needed = False
        try:
            try:
                stage = self._stage(raw, candidate, load_id, connection, declared)
            except ZoneNeededError:
                is_needed = True
                connection.rollback()
                stage = self._stage(raw, candidate, load_id, connection, "UTC")
            checks.run(connection, load_id, datetime.now(UTC).replace(tzinfo=None))
            ledger.collect(connection, entry, raw, options)
        except SupportKpiError as error:
            connection.rollback()
            return base.model_copy(update=update | {"error": _fault(error)})
        is_bare = ledger.has_clocks_without_zone(connection, raw)
        # A source that reads its clocks itself cannot tell whether they needed the zone it was given.
        is_needed = is_needed or (declared is None and not stage.forms and is_bare)
        state: ZoneState = "needed" if is_needed else "declared" if declared and is_bare else "unneeded"
        connection.commit()
        return base.model_copy(
            update=update
            | {
                "zone": state,
                "timezone": declared,
                "facts": preview_rows.facts(connection, load_id),
                "seen": preview_rows.rows(connection, raw, load_id, self.limit),
                "by_reason": preview_rows.reasons(connection, load_id),
                "refusals": preview_rows.refusals(connection, load_id),
                "unmapped": preview_rows.unmapped_words(connection, load_id),
                "notes": list(dict.fromkeys([*raw.notes, *stage.warnings])),
            }
        )

    def _stage(
        self, raw: RawTable, candidate: Candidate, load_id: int, connection: Connection, zone: str | None
    ) -> Stage:
        stage = Stage(connection, load_id, zone or self.settings.reporting.timezone, self.settings)
        stage.is_zone_declared = zone is not None
        dates.declare(connection, self.date_order)
        candidate.stage(raw, stage)
        return stage


def _name(base: TablePreview, candidate: Candidate) -> str | None:
    return None if base.draft else candidate.name


def _fault(error: SupportKpiError) -> Fault:
    needs = error.needs if isinstance(error, AnswerNeededError) else None
    return Fault(title=error.title, detail=error.detail, next_step=error.next_step, needs=needs)


def _beginning(source: Input, folder: Path) -> tuple[Input, bool]:
    """The file, or of a large text file a copy of its first whole lines."""
    if source.problem or source.format not in ("csv", "ndjson") or source.path.stat().st_size <= MOST_BYTES:
        return source, False
    copy = folder / "beginning"
    with source.path.open("rb") as file:
        head = file.read(MOST_BYTES)
    copy.write_bytes(head[: head.rfind(b"\n") + 1] or head)
    return dataclasses.replace(source, path=copy), True


def _shorten(raw: RawTable, connection: Connection) -> tuple[RawTable, bool]:
    """Keep the first records."""
    if raw.rows <= MOST_ROWS:
        return raw, False
    connection.execute(delete(raw.table).where(raw.table.c["_row"] > MOST_ROWS))
    connection.commit()
    return dataclasses.replace(raw, rows=MOST_ROWS), True


def _draft(raw: RawTable, connection: Connection) -> tuple[Candidate, Drafted]:
    """A drafted mapping as a candidate, and as something a person can correct."""
    written = draft.drafted(raw, connection, raw.file_name)
    values = tomllib.loads(written)
    mapping = Mapping.model_validate(values)
    candidate = Candidate(
        mapping.name,
        claim=lambda table: translate.claim_mapping(mapping, table),
        stage=lambda table, into: translate.stage_mapping(mapping, table, into),
        timezone=mapping.clock.timezone,
        is_mapping=True,
    )
    doubtful = list(_doubtful(written))
    return candidate, Drafted(
        mapping=values, doubtful=doubtful, either_first="No date tells whether the day or the month" in written
    )


def _doubtful(written: str) -> list[str]:
    """The entries of a draft that end in ``# ?``, by section and key."""
    found, section = [], ""
    for line in written.splitlines():
        if heading := re.fullmatch(r"\[([\w.]+)\]", line):
            section = f"{heading[1]}."
        elif entry := re.match(r'(?:# )?("(?:[^"\\]|\\.)*"|\w+) = .*# \?', line):
            found.append(section + entry[1].strip('"'))
    return found
