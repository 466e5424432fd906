"""A folder that is watched: what is dropped there is loaded, then moved to ``done`` or ``refused``, a report beside.

A drop (a file, or a folder of files that belong together) is taken once nothing of it has changed for a while, so that
a file still being written is left alone. Nothing is remembered between runs: a drop is in the folder until it is dealt
with, and loading a file again changes nothing, so the watch may be stopped or killed at any time and started again.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from etl import load as loading
from etl import snapshot
from etl.errors import SupportKpiError, UsageError
from etl.report import FileReport, LoadReport
from etl.settings import Home
from etl.work import BusyError

DONE, REFUSED = "done", "refused"
#: Endings programs give to files they are still writing.
_UNFINISHED = (".part", ".tmp", ".crdownload", ".download", ".filepart", ".partial")

#: Of every file of a drop its name, size and time of last change: the same twice means that nobody writes.
_Look = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Drop:
    """What became of one thing dropped: where it is now, and its load report."""

    name: str
    moved_to: Path
    report: LoadReport

    @property
    def is_refused(self) -> bool:
        return self.moved_to.parent.name == REFUSED


@dataclass
class Watch:
    """``source``, ``mapping`` and ``timezone`` are those of ``etl.load.load``. ``settle`` seconds without a change
    make a drop complete."""

    home: Home
    folder: Path
    source: str | None = None
    mapping: Path | None = None
    timezone: str | None = None
    settle: float = 10.0
    _seen: dict[str, tuple[_Look, float]] = field(default_factory=dict)
    #: False at the start: whoever watched before may have been killed between a load and its publication.
    _is_published: bool = False

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise UsageError(f"There is no folder {self.folder}.", next_step="Make it, or check the path.")
        inside = self.home.folder.resolve()
        if inside == self.folder.resolve() or inside in self.folder.resolve().parents:
            raise UsageError(
                f"{self.folder} lies in the home folder, where the product keeps its own files.",
                next_step="Watch a folder beside it.",
            )

    def run(self, tell: Callable[[Drop], None], stop: Event, every: float = 5.0) -> None:
        """Look every so many seconds until ``stop`` is set. The file at hand is finished first."""
        while not stop.is_set():
            for drop in self.once(stop):
                tell(drop)
            stop.wait(every)

    def once(self, stop: Event | None = None) -> list[Drop]:
        """Load and move every complete drop, then publish. While somebody else loads, drops wait for the next look."""
        drops: list[Drop] = []
        try:
            for path in self._complete():
                if stop is not None and stop.is_set():
                    break
                drops.append(self._move(path, self._load(path)))
                self._is_published = False
            if not self._is_published:
                snapshot.publish_if_stale(self.home)
                self._is_published = True
        except BusyError:
            return drops
        return drops

    def _load(self, path: Path) -> LoadReport:
        try:
            return loading.load(
                self.home, [path], source=self.source, mapping=self.mapping, timezone=self.timezone, publish=False
            )
        except BusyError:
            raise
        except SupportKpiError as error:
            return LoadReport(files=[FileReport.of_refusal(path.name, error)])

    def _complete(self) -> list[Path]:
        """Drops that look as they did ``settle`` seconds ago, oldest first."""
        now = time.monotonic()
        here = {path.name: path for path in self.folder.iterdir() if _is_drop(path)}
        self._seen = {name: seen for name, seen in self._seen.items() if name in here}
        complete = []
        for name, path in here.items():
            look = _look(path)
            before, since = self._seen.get(name, ((), now))
            if look != before:
                self._seen[name] = (look, now)
                since = now
            if look and now - since >= self.settle:
                complete.append((max(changed for *_, changed in look), name))
        return [here[name] for _, name in sorted(complete)]

    def _move(self, path: Path, report: LoadReport) -> Drop:
        is_refused = any(file.status == "refused" for file in report.files) or not report.files
        target = _free(self.folder / (REFUSED if is_refused else DONE), path.name)
        _beside(target, ".report.json").write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
        shutil.move(path, target)
        self._seen.pop(path.name, None)
        return Drop(path.name, target, report)


def _is_drop(path: Path) -> bool:
    """Links are never followed: what they point at may lie anywhere."""
    if path.is_symlink() or path.name.startswith((".", "~")) or path.name.lower().endswith(_UNFINISHED):
        return False
    return path.name not in (DONE, REFUSED) and (path.is_file() or path.is_dir())


def _look(path: Path) -> _Look:
    """What a drop looks like now; empty where there is nothing in it (yet), or something in it is unfinished."""
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if not each.is_dir())
    if any(each.name.lower().endswith(_UNFINISHED) or each.is_symlink() for each in files):
        return ()
    try:
        states = [(each, each.stat()) for each in files]
    except OSError:  # taken away while we looked
        return ()
    return tuple((str(each.relative_to(path.parent)), state.st_size, state.st_mtime_ns) for each, state in states)


def _free(folder: Path, name: str) -> Path:
    """A name nothing has there yet: a drop of the same name keeps the moment it came beside it."""
    folder.mkdir(exist_ok=True)
    target = folder / name
    number = 0
    while target.exists() or _beside(target, ".report.json").exists():
        stem, suffix = Path(name).stem, Path(name).suffix
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        target = folder / f"{stem}.{stamp}{f'-{number}' if number else ''}{suffix}"
        number += 1
    return target


def _beside(target: Path, ending: str) -> Path:
    return target.with_name(target.name + ending)
