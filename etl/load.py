"""Load files into a home, list loads, take one back.

Each file is recognised, staged, checked and committed in one transaction; then the facts are published. A process
that is killed at any moment leaves either all of a file or nothing of it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from sqlalchemy import URL, Connection, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, StaticPool

from etl import checks, clocks, dates, drift, files, ledger, recognise, snapshot, tables, work, zones
from etl.dates import Order
from etl.errors import AnswerNeededError, FileRefusedError, SupportKpiError
from etl.files import Input
from etl.mapping import FileOptions
from etl.recognise import Candidate, Weighed
from etl.report import FileReport, LoadedFile, LoadReport, Recognition, Step, recognition
from etl.settings import Home, Settings, read_toml
from etl.staging import RawTable, Stage

#: Told of each step as it begins.
Progress = Callable[[Step], None]
#: Asked what a file needs to be told: its name, and what is missing. None: nobody can say, the file is refused.
Ask = Callable[[str, AnswerNeededError], str | None]

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
    date_order: Order | None = None,
    ask: Ask | None = None,
    progress: Progress | None = None,
    publish: bool = True,
) -> LoadReport:
    """Load files, folders and archives, then publish. Loading the same file again changes nothing.

    ``timezone`` is the zone of clocks that carry none, ``date_order`` the order of days and months. What a file needs
    and nobody declared is asked of ``ask``; without an answer the file is refused. Raises UsageError for a wrong call
    and BusyError while another load runs; what is wrong with a file is in the report.
    """
    started = time.perf_counter()
    zones.checked(timezone or "UTC")
    say = progress or (lambda _step: None)
    settings = read_toml(home.settings_file, Settings)
    everyone = recognise.candidates(home, source, mapping)
    paths = [Path(path) for path in paths]
    files.must_exist(paths)
    with work.opened(home) as connection:
        told = Told(timezone, date_order)
        loading = _Loading(connection, settings, everyone, told, ask, say, files.count(paths))
        reports = [loading.one(each) for each in files.open_inputs(paths, home.temporary)]
        if publish and snapshot.is_stale(home, connection, settings):
            say(Step(file="", step="publishing", fraction=_FILES))
            snapshot.publish(home, connection, settings)
    current = home.current_snapshot()
    return LoadReport(
        files=reports, snapshot=current.name if current else None, seconds=round(time.perf_counter() - started, 3)
    )


def explain(
    home: Home, paths: Sequence[Path], *, source: str | None = None, mapping: Path | None = None
) -> list[FileReport]:
    """Whose each file is and what decided, as reports with ``recognised_by`` (and ``error`` where it is nobody's).

    Nothing is loaded, and nothing else that runs is disturbed. Raises UsageError for a wrong call.
    """
    settings = read_toml(home.settings_file, Settings)
    everyone = recognise.candidates(home, source, mapping)
    paths = [Path(path) for path in paths]
    files.must_exist(paths)
    engine = create_engine("duckdb:///:memory:", poolclass=StaticPool)
    with tempfile.TemporaryDirectory(prefix="supportkpi-") as folder, engine.connect() as connection:
        looking = _Loading(connection, settings, everyone, Told(), None, lambda _step: None, files.count(paths))
        return [looking.whose(each) for each in files.open_inputs(paths, Path(folder))]


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


@dataclass(frozen=True)
class Told:
    """What was said of files beside what they say themselves."""

    timezone: str | None = None
    date_order: Order | None = None

    def with_answer(self, error: AnswerNeededError, answer: str) -> Told:
        """The same, with what was missing. Raises UsageError for an answer that is none."""
        if error.needs == "timezone":
            return replace(self, timezone=zones.checked(answer))
        return replace(self, date_order=dates.checked(answer))


@dataclass(frozen=True)
class _Taken:
    """A table of a file, who may claim it, and who does or why nobody."""

    raw: RawTable
    weighed: list[Weighed]
    by: Candidate | FileRefusedError

    def told(self) -> Recognition:
        winner = self.by.name if isinstance(self.by, Candidate) else None
        return recognition(self.raw, self.weighed, winner)


class _Loading:
    """One call of ``load``: what stays the same from file to file."""

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        everyone: Sequence[Candidate],
        told: Told,
        ask: Ask | None,
        say: Progress,
        expected: int = 1,
    ) -> None:
        self.connection = connection
        self.settings = settings
        self.everyone = everyone
        self.told = self.general = told
        self.ask = ask
        self.say = say
        self.expected = expected
        self.seen = 0
        self.recognised: list[Recognition] = []

    def _tell(self, source: Input, step: str, rows: int | None = None) -> None:
        """Say a step. An archive holds more files than it counts for, so the fraction is of what is known by now."""
        done = (self.seen - 1 + _DONE[step]) / max(self.expected, self.seen)
        self.say(Step(file=source.name, step=step, rows=rows, fraction=round(done * _FILES, 4)))

    def one(self, source: Input) -> FileReport:
        """Load one file; whatever is wrong with it becomes its report."""
        started = time.perf_counter()
        self.seen += 1
        self.told, self.recognised = self.general, []
        self._tell(source, "reading")
        try:
            report = self._unchanged(source) or self._load_asking(source, started)
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
        seconds = round(time.perf_counter() - started, 3)
        return report.model_copy(update={"seconds": seconds, "recognised_by": self.recognised})

    def whose(self, source: Input) -> FileReport:
        """Recognise a file, and leave it at that."""
        self.recognised = []
        try:
            read = self._read(source)
            names = dict.fromkeys(each.by.name for each in read if isinstance(each.by, Candidate))
            rows = sum(each.raw.rows for each in read)
            report = FileReport(
                name=source.name, status="recognised", source=", ".join(names), sha256=source.sha256, rows_read=rows
            )
        except SupportKpiError as error:
            report = FileReport.of_refusal(source.name, error, source.sha256)
        self.connection.rollback()
        files.drop_all(self.connection)
        self.connection.commit()
        return report.model_copy(update={"recognised_by": self.recognised})

    def _load_asking(self, source: Input, started: float) -> FileReport:
        """Load a file; what it needs to be told is asked, each thing once."""
        asked: set[str] = set()
        while True:
            try:
                return self._load(source, started)
            except AnswerNeededError as error:
                answer = self.ask(source.name, error) if self.ask and error.needs not in asked else None
                if answer is None:
                    raise
                asked.add(error.needs)
                self.told = self.told.with_answer(error, answer)

    def _zone(self, candidate: Candidate) -> str | None:
        """The zone declared for clocks that carry none; None where nobody said."""
        return self.told.timezone or candidate.timezone or self.settings.loading.zone_of(candidate.name)

    def _fingerprint(self, candidate: Candidate, zone: str | None, order: str | None) -> str:
        """Two loads of the same bytes with the same fingerprint give the same facts."""
        words = self.settings.loading.model_dump_json(include={"status"})
        days = zone or f"days of {self.settings.reporting.timezone}"
        return f"{candidate.name} {candidate.version} {days} {order} {words}"

    def _unchanged(self, source: Input) -> FileReport | None:
        """The report of a load of the same bytes, read as they would be read now. What was asked then and is not
        declared now is answered still."""
        if source.problem is not None:
            return None
        for standing in ledger.same_file(self.connection, source.sha256):
            answered = (standing.timezone or "").split(", ")
            known = {
                self._fingerprint(each, zone or None, order)
                for each in self.everyone
                for zone in ([self._zone(each)] if self._zone(each) else ["", *answered])
                for order in ([self.told.date_order] if self.told.date_order else [None, *get_args(Order)])
            }
            if all(one in known for one in standing.fingerprint.split("\n")):
                return ledger.report(self.connection, standing.load_id, source.name, "unchanged")
        return None

    def _load(self, source: Input, started: float) -> FileReport:
        taken = self._read(source)
        try:
            return self._stage(source, taken, started)
        finally:
            self.connection.rollback()
            files.drop_all(self.connection)
            self.connection.commit()

    def _read(self, source: Input) -> list[_Taken]:
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
            taken = [self._claimed(raw) for raw in tables_read]
            self.recognised = self.recognised or [each.told() for each in taken]
            won = [each.by for each in taken if isinstance(each.by, Candidate)]
            if won and all(each.options == options for each in won):
                self.recognised = [each.told() for each in taken]
                return taken
            failure = failure or next((each.by for each in taken if isinstance(each.by, FileRefusedError)), None)
            files.drop_all(self.connection)
            self.connection.commit()
        raise failure or FileRefusedError(f"Nobody recognises {source.name}.")

    def _claimed(self, raw: RawTable) -> _Taken:
        weighed = recognise.claims(raw, self.everyone)
        winner = recognise.chosen(weighed)
        by = winner.candidate if winner else recognise.refusal(raw, self.everyone, weighed)
        return _Taken(raw, weighed, by)

    def _stage(self, source: Input, taken: list[_Taken], started: float) -> FileReport:
        """Everything of one file in one transaction."""
        connection = self.connection
        rows = sum(each.raw.rows for each in taken)
        self._tell(source, "understanding", rows)
        connection.rollback()
        load_id = work.next_load_id(connection)
        entry = ledger.Entry(load_id, source)
        dates.declare(connection, self.told.date_order)
        for each in taken:
            if not isinstance(each.by, Candidate):
                entry.notes.append(f"{each.raw.rows:,} records left out: {each.by.title}")
                continue
            self._stage_table(each.raw, each.by, entry)
        self._tell(source, "checking", rows)
        ledger.replace_older(connection, entry)
        ledger.write(connection, entry, time.perf_counter() - started)
        work.changed(connection)
        connection.commit()
        return ledger.report(connection, load_id, source.name, "loaded")

    def _stage_table(self, raw: RawTable, candidate: Candidate, entry: ledger.Entry) -> None:
        zone = self._zone(candidate)
        stage = Stage(self.connection, entry.load_id, zone or self.settings.reporting.timezone, self.settings)
        stage.is_zone_declared = zone is not None
        candidate.stage(raw, stage)
        # A source that reads its clocks itself cannot tell whether they needed the zone it was given.
        if zone is None and not stage.forms and ledger.has_clocks_without_zone(self.connection, raw):
            raise clocks.zone_needed(raw.file_name)
        checks.run(self.connection, entry.load_id, datetime.now(UTC).replace(tzinfo=None))
        ledger.collect(self.connection, entry, raw, candidate.options)
        drift.note(raw, candidate.name, stage)
        entry.rows_read -= stage.left_out
        fingerprint = self._fingerprint(candidate, zone, self.told.date_order)
        entry.add(candidate, fingerprint, {zone} if zone else stage.zones_used)
        entry.notes.extend(dict.fromkeys([*raw.notes, *stage.warnings]))
