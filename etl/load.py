"""Load files into a home, list loads, take one back.

Each file is recognised, staged, checked and committed in one transaction; then the facts are published. A process
that is killed at any moment leaves either all of a file or nothing of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import URL, Connection, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from etl import checks, files, ledger, recognise, snapshot, tables, work
from etl.errors import FileRefusedError, SupportKpiError, UsageError
from etl.files import Input
from etl.mapping import FileOptions
from etl.recognise import Candidate
from etl.report import FileReport, LoadedFile, LoadReport, Step
from etl.settings import Home, Settings, read_toml
from etl.staging import RawTable, Stage

#: Told of each step as it begins.
Progress = Callable[[Step], None]

#: How much of a file is done when a step of it begins; and of the whole call, when all files are.
_DONE = {"reading": 0.0, "understanding": 0.4, "checking": 0.9}
_FILES = 0.9


def load(
    home: Home,
    paths: Sequence[Path],
    *,
    source: str | None = None,
    mapping: Path | None = None,
    timezone: str | None = None,
    progress: Progress | None = None,
    publish: bool = True,
) -> LoadReport:
    """Load files, folders and archives, then publish. Loading the same file again changes nothing.

    ``timezone`` is the zone of clocks that carry none. Raises UsageError for a wrong call and BusyError while
    another load runs; what is wrong with a file is in the report.
    """
    started = time.perf_counter()
    _known_zone(timezone)
    say = progress or (lambda _step: None)
    settings = read_toml(home.settings_file, Settings)
    everyone = recognise.candidates(home, source, mapping)
    paths = [Path(path) for path in paths]
    files.must_exist(paths)
    with work.opened(home) as connection:
        loading = _Loading(connection, settings, everyone, timezone, say, files.count(paths))
        reports = [loading.one(each) for each in files.open_inputs(paths, home.temporary)]
        if publish and snapshot.is_stale(home, connection, settings):
            say(Step(file="", step="publishing", fraction=_FILES))
            snapshot.publish(home, connection, settings)
    current = home.current_snapshot()
    return LoadReport(
        files=reports, snapshot=current.name if current else None, seconds=round(time.perf_counter() - started, 3)
    )


def loads(home: Home) -> list[LoadedFile]:
    """What stands loaded, oldest first, as the published facts tell it."""
    current = home.current_snapshot()
    if current is None or not current.exists():
        return []
    engine = create_engine(
        URL.create("duckdb", database=str(current)), connect_args={"read_only": True}, poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            rows = connection.execute(select(tables.load).order_by(tables.load.c.load_id)).mappings()
            return [LoadedFile.model_validate(dict(row)) for row in rows]
    finally:
        engine.dispose()


def unload(home: Home, load_id: int) -> LoadedFile:
    """Take a load back: its rows go, what older loads told of the same tickets counts again. Publishes."""
    settings = read_toml(home.settings_file, Settings)
    with work.opened(home) as connection:
        gone = ledger.entry(connection, load_id)
        ledger.forget(connection, load_id)
        work.changed(connection)
        connection.commit()
        snapshot.publish(home, connection, settings)
    return gone


def _known_zone(timezone: str | None) -> None:
    try:
        ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(
            f"'{timezone}' is not a time zone.", next_step="Write one such as Europe/Dublin or UTC."
        ) from error


class _Loading:
    """One call of ``load``: what stays the same from file to file."""

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        everyone: Sequence[Candidate],
        timezone: str | None,
        say: Progress,
        expected: int = 1,
    ) -> None:
        self.connection = connection
        self.settings = settings
        self.everyone = everyone
        self.timezone = timezone
        self.say = say
        self.expected = expected
        self.seen = 0

    def _tell(self, source: Input, step: str, rows: int | None = None) -> None:
        """Say a step. An archive holds more files than it counts for, so the fraction is of what is known by now."""
        done = (self.seen - 1 + _DONE[step]) / max(self.expected, self.seen)
        self.say(Step(file=source.name, step=step, rows=rows, fraction=round(done * _FILES, 4)))

    def one(self, source: Input) -> FileReport:
        """Load one file; whatever is wrong with it becomes its report."""
        started = time.perf_counter()
        self.seen += 1
        self._tell(source, "reading")
        try:
            report = self._unchanged(source) or self._load(source, started)
        except SupportKpiError as error:
            self.connection.rollback()
            report = FileReport.of_refusal(source.name, error, source.sha256)
        except DBAPIError as error:
            self.connection.rollback()
            why = FileRefusedError(
                f"{source.name} could not be understood.",
                f"The database said: {str(error.orig).splitlines()[0]}",
                "Nothing was taken from it. Please report this.",
            )
            report = FileReport.of_refusal(source.name, why, source.sha256)
        return report.model_copy(update={"seconds": round(time.perf_counter() - started, 3)})

    def _zone(self, candidate: Candidate) -> tuple[str, bool]:
        """The zone of clocks that carry none, and whether anybody declared it."""
        declared = self.timezone or candidate.timezone or self.settings.loading.timezone
        return declared or self.settings.reporting.timezone, declared is not None

    def _fingerprint(self, candidate: Candidate) -> str:
        """Two loads of the same bytes with the same fingerprint give the same facts."""
        words = self.settings.loading.model_dump_json(include={"status"})
        return f"{candidate.name} {candidate.version} {self._zone(candidate)[0]} {words}"

    def _unchanged(self, source: Input) -> FileReport | None:
        if source.problem is not None:
            return None
        known = {self._fingerprint(each) for each in self.everyone}
        entries = ledger.same_file(self.connection, source.sha256)
        standing = [each for each in entries if all(one in known for one in each.fingerprint.split("\n"))]
        if not standing:
            return None
        return ledger.report(self.connection, standing[0].load_id, source.name, "unchanged")

    def _load(self, source: Input, started: float) -> FileReport:
        taken = self._read(source)
        try:
            return self._stage(source, taken, started)
        finally:
            self.connection.rollback()
            files.drop_all(self.connection)
            self.connection.commit()

    def _read(self, source: Input) -> list[tuple[RawTable, Candidate | FileRefusedError]]:
        """Read a file and find who claims each of its tables.

        Claims look at columns; a mapping that wants the file read another way gets it read that way.
        """
        alone = self.everyone[0].options if len(self.everyone) == 1 else FileOptions()
        others = {each.options: None for each in self.everyone if each.options != alone}
        failure: FileRefusedError | None = None
        for options in (alone, *others):
            try:
                tables_read = files.read(source, self.connection, options)
            except FileRefusedError as error:
                failure = failure or error
                continue
            taken = [(raw, self._claimed(raw)) for raw in tables_read]
            won = [each for _, each in taken if isinstance(each, Candidate)]
            if won and all(each.options == options for each in won):
                return taken
            failure = failure or next((each for _, each in taken if isinstance(each, FileRefusedError)), None)
            files.drop_all(self.connection)
            self.connection.commit()
        raise failure or FileRefusedError(f"Nobody recognises {source.name}.")

    def _claimed(self, raw: RawTable) -> Candidate | FileRefusedError:
        try:
            return recognise.choose(raw, self.everyone)
        except FileRefusedError as error:
            return error

    def _stage(
        self, source: Input, taken: list[tuple[RawTable, Candidate | FileRefusedError]], started: float
    ) -> FileReport:
        """Everything of one file in one transaction."""
        connection = self.connection
        rows = sum(raw.rows for raw, _ in taken)
        self._tell(source, "understanding", rows)
        connection.rollback()
        load_id = work.next_load_id(connection)
        entry = ledger.Entry(load_id, source)
        for raw, candidate in taken:
            if not isinstance(candidate, Candidate):
                entry.notes.append(f"{raw.rows:,} records left out: {candidate.title}")
                continue
            self._stage_table(raw, candidate, entry)
        self._tell(source, "checking", rows)
        ledger.replace_older(connection, entry)
        ledger.write(connection, entry, time.perf_counter() - started)
        work.changed(connection)
        connection.commit()
        return ledger.report(connection, load_id, source.name, "loaded")

    def _stage_table(self, raw: RawTable, candidate: Candidate, entry: ledger.Entry) -> None:
        zone, is_declared = self._zone(candidate)
        stage = Stage(self.connection, entry.load_id, zone, self.settings)
        candidate.stage(raw, stage)
        checks.run(self.connection, entry.load_id, datetime.now(UTC).replace(tzinfo=None))
        ledger.collect(self.connection, entry, raw, candidate.options)
        entry.rows_read -= stage.left_out
        entry.add(candidate, self._fingerprint(candidate), zone)
        entry.notes.extend(dict.fromkeys([*raw.notes, *stage.warnings]))
        if not is_declared and ledger.has_clocks_without_zone(self.connection, raw):
            entry.notes.append(
                f"Times carry no zone; they were read as {zone}. Say --timezone Europe/Dublin if they are not."
            )
