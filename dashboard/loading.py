"""Files a visitor drops, and the loader that takes them: a process of its own, started here and read along.

The dashboard imports nothing of the loader. It writes the dropped bytes into a folder of the home that nobody chose
but us, runs ``supportkpi preview``, ``load`` and ``unload`` with an argument list, and reads the JSON they print.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import subprocess  # the loader is a process of its own
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from dashboard import mapping_text
from etl.errors import SupportKpiError, UsageError
from etl.settings import Home, load_settings

#: Seconds after which a preview, or a whole load, is ended.
PREVIEW_LIMIT = 180.0
LOAD_LIMIT = 4 * 3600.0
#: What a killed server left behind is cleared away after this many seconds.
FORGOTTEN = 24 * 3600.0
#: Set by ``supportkpi serve --read-only``.
READ_ONLY = "SUPPORTKPI_READ_ONLY"
_ROOT = Path(__file__).resolve().parent.parent
_CALL = "from dashboard.cli import main; main()"
_MEGABYTE = 1_000_000


def is_read_only() -> bool:
    """Whether this dashboard may only be read."""
    return os.environ.get(READ_ONLY, "") not in ("", "0")


@dataclass(frozen=True)
class Upload:
    """One file a visitor dropped. ``label`` is what they call it: shown, never used as a path."""

    label: str
    path: Path
    size: int

    @property
    def folder(self) -> Path:
        return self.path.parent


def keep(home: Home, label: str, content: bytes | memoryview) -> Upload:
    """Write dropped bytes under ``uploads`` in the home, in a folder with a random name.

    Raises SupportKpiError where a file, or all that wait to be loaded, are larger than the settings allow.
    """
    limits = load_settings(home).uploads
    size = len(content)
    if size > limits.megabytes * _MEGABYTE:
        raise SupportKpiError(
            f"This file is larger than {limits.megabytes:,} MB.",
            "",
            "Load it with `supportkpi load`, or raise uploads.megabytes in supportkpi.toml.",
        )
    sweep(home)
    waiting = sum(each.stat().st_size for each in _folder(home).rglob("*") if each.is_file())
    if waiting + size > limits.total_megabytes * _MEGABYTE:
        raise SupportKpiError(
            f"More than {limits.total_megabytes:,} MB wait to be loaded.",
            "",
            "Load or remove the other files first, or raise uploads.total_megabytes in supportkpi.toml.",
        )
    folder = _folder(home) / uuid4().hex
    folder.mkdir(parents=True, mode=0o700)
    path = folder / safe_name(label)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return Upload(label, path, size)


def discard(upload: Upload) -> None:
    """Remove a dropped file and everything beside it."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def sweep(home: Home) -> None:
    """Remove what visitors dropped long ago and nobody loaded."""
    for folder in _folder(home).glob("*"):
        if time.time() - folder.stat().st_mtime > FORGOTTEN:
            shutil.rmtree(folder, ignore_errors=True)


def _folder(home: Home) -> Path:
    return home.folder.resolve() / "uploads"


def safe_name(label: str) -> str:
    """A file name of letters, digits, spaces, dots, dashes and underscores, made of what a visitor calls a file.

    No name begins with a dot: those are ours. It keeps its likeness, because rows without a number of their own are
    told apart by the name of their file.

    >>> safe_name("../../etc/x.csv"), safe_name("=cmd|'/C'.csv"), safe_name("<b>ü</b>.csv"), safe_name("..")
    ('x.csv', 'C_.csv', 'b_.csv', 'export')
    """
    last = re.split(r"[/\\]", label)[-1]
    return re.sub(r"[^\w .-]+", "_", last).strip(" .-")[-60:].strip(" .-") or "export"


@dataclass(frozen=True)
class Reading:
    """How a dropped file is to be read: by whom or by which mapping, in which zone, day or month first."""

    source: str | None = None
    mapping: Path | None = None
    timezone: str | None = None
    date_order: str | None = None

    def words(self) -> list[str]:
        """The options of the command line."""
        given = {
            "--source": self.source,
            "--mapping": self.mapping,
            "--timezone": self.timezone,
            "--date-order": self.date_order,
        }
        return [f"{flag}={value}" for flag, value in given.items() if value is not None]


#: Called a few times a second while a command runs; what it raises ends the command.
Tick = Callable[[], None]


def preview(
    home: Home, upload: Upload, how: Reading, draft: dict[str, Any] | None = None, tick: Tick | None = None
) -> dict[str, Any]:
    """What a load would make of a dropped file; keys as ``supportkpi preview --json`` prints them.

    ``draft`` is a mapping that is still being corrected; it is written beside the file. Raises SupportKpiError with
    what the loader said, or where it took too long.
    """
    if draft is not None:
        how = Reading(None, write_draft(upload, draft))
    words = ["preview", "--json", "--limit=50", *how.words(), "--", str(upload.path)]
    ran = _run(home, words, upload.folder, tick=tick)
    found: dict[str, Any] = _parsed(ran)
    return found


def write_draft(upload: Upload, draft: dict[str, Any]) -> Path:
    """The draft as a mapping file beside the dropped file."""
    path = upload.folder / ".draft.toml"
    path.write_text(mapping_text.to_toml(draft), encoding="utf-8")
    return path


def save_mapping(home: Home, name: str, draft: dict[str, Any], replace: bool = False) -> Path:
    """Keep a mapping in the home, where it is tried on every file; whole or not at all.

    Raises UsageError for a name that is none, or is taken where ``replace`` is False.
    """
    path = home.mappings / f"{mapping_text.valid_name(name)}.toml"
    if path.exists() and not replace:
        raise UsageError(f"There is a mapping '{name}' already.", "", "Choose another name, or replace it.")
    home.mappings.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{name}.{secrets.token_hex(8)}")
    beside.write_text(mapping_text.to_toml({**draft, "name": name}), encoding="utf-8")
    beside.replace(path)
    return path


def unload(home: Home, load_id: int) -> None:
    """Take a load back; raises SupportKpiError with what the loader said."""
    ran = _run(home, ["unload", str(load_id)], None, LOAD_LIMIT)
    if ran.returncode:
        raise said(ran.stderr)


def apply_issue_words(home: Home, who: str, tick: Tick | None = None) -> list[dict[str, Any]]:
    """Derive the facts anew from what people said of issues: the figures that moved, as ``supportkpi issues apply``
    prints them. Raises SupportKpiError with what the loader said; the words stay in the journal all the same."""
    ran = _run(home, ["issues", "apply", "--format=json", f"--by={who}"], None, LOAD_LIMIT, tick)
    if ran.returncode:
        raise said(ran.stderr)
    # DuckDB may have drawn its progress on the same stream before.
    ran.stdout = "".join(ran.stdout.partition("[\n")[1:])
    found: list[dict[str, Any]] = _parsed(ran)[0]["moved"]
    return found


def is_busy(home: Home) -> bool:
    """Whether a load is running in this home, here or in another process."""
    if any(job.state == "running" and job.home.folder.resolve() == home.folder.resolve() for job in _JOBS):
        return True
    try:
        with (home.folder / "load.lock").open("r", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def fault(told: Mapping[str, Any]) -> SupportKpiError:
    """A fault as previews and reports tell it."""
    return SupportKpiError(told["title"], told.get("detail", ""), told.get("next_step", ""))


def said(stderr: str) -> SupportKpiError:
    """The error a command printed: its title, where it happened, and what to do."""
    lines = [line for line in stderr.strip().splitlines() if line.strip()][-3:]
    if not lines or not lines[0].startswith("Error: "):
        return SupportKpiError("The loader ended without an answer.", "", "Try again, or load from the command line.")
    parts = [*lines, "", ""]
    return SupportKpiError(parts[0].removeprefix("Error: "), parts[1], parts[2])


def command(home: Home, words: Sequence[str]) -> list[str]:
    """The loader's command line: an argument list, never a shell's line."""
    return [sys.executable, "-P", "-c", _CALL, "--home", str(home.folder.resolve()), *words]


def environment(scratch: Path | None = None) -> dict[str, str]:
    """The loader finds this very installation, and its scratch files lie beside the dropped file."""
    found = os.environ | {"PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    return found if scratch is None else found | {"TMPDIR": str(scratch)}


def _run(
    home: Home, words: list[str], scratch: Path | None, limit: float = PREVIEW_LIMIT, tick: Tick | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end. Whatever ``tick`` raises, and the limit, end it at once."""
    with subprocess.Popen(  # noqa: S603
        command(home, words),
        env=environment(scratch),
        cwd=home.folder if home.folder.is_dir() else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        ends_at = time.monotonic() + limit
        try:
            while True:
                try:
                    out, errors = process.communicate(timeout=0.2)
                    return subprocess.CompletedProcess(words, process.returncode, out, errors)
                except subprocess.TimeoutExpired:
                    _in_time(ends_at, limit)
                    if tick is not None:
                        tick()
        except BaseException:
            process.kill()
            raise


def _in_time(ends_at: float, limit: float) -> None:
    if time.monotonic() > ends_at:
        title = f"This took more than {limit:,.0f} seconds and was ended."
        raise SupportKpiError(title, "", "Do it on the command line.")


def _parsed(ran: subprocess.CompletedProcess[str]) -> Any:
    try:
        return json.loads(ran.stdout)
    except ValueError:
        raise said(ran.stderr) from None


#: Loads that run, or whose report nobody has seen yet.
_JOBS: list[Job] = []


@dataclass
class Job:
    """A load that runs on, whoever looks: files, what is being done, and in the end the reports.

    ``parts`` are files that are read the same way; each is one call of the loader. The dropped files are removed when
    it ends, however it ends.
    """

    home: Home
    parts: list[tuple[Reading, list[Upload]]]
    state: Literal["running", "done", "failed"] = "running"
    step: str = "starting"
    fraction: float = 0.0
    files: list[dict[str, Any]] = field(default_factory=list)
    error: SupportKpiError | None = None

    def start(self) -> Job:
        """Begin in a thread of its own."""
        _JOBS[:] = [job for job in _JOBS if job.state == "running"] + [self]
        threading.Thread(target=self._work, name="supportkpi load", daemon=True).start()
        return self

    def _work(self) -> None:
        try:
            for place, (how, uploads) in enumerate(self.parts):
                self._load(place, how, uploads)
            self.state = "done"
        except SupportKpiError as error:
            self.error, self.state = error, "failed"
        except OSError as error:
            self.error = SupportKpiError("The loader could not be started.", f"{error.strerror}.")
            self.state = "failed"
        finally:
            for _, uploads in self.parts:
                for upload in uploads:
                    discard(upload)

    def _load(self, place: int, how: Reading, uploads: list[Upload]) -> None:
        words = ["load", "--progress=json", *how.words(), "--", *(str(each.path) for each in uploads)]
        log = uploads[0].folder / ".log"
        with log.open("w", encoding="utf-8") as errors:
            process = subprocess.Popen(  # noqa: S603
                command(self.home, words),
                env=environment(),
                cwd=self.home.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
            )
        guard = threading.Timer(LOAD_LIMIT, process.kill)
        guard.start()
        try:
            with process:
                report = self._read_along(process, place)
        finally:
            guard.cancel()
        if report is None:
            raise self._broken(process.returncode, log.read_text(encoding="utf-8", errors="replace"))
        self.files += report["files"]

    def _read_along(self, process: subprocess.Popen[str], place: int) -> dict[str, Any] | None:
        report: dict[str, Any] | None = None
        for line in process.stdout or ():
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if told.get("event") == "report":
                report = told["report"]
            elif told.get("event") == "step":
                self.step = f"{told.get('step', '')} {told.get('file', '')}".strip()
                done = told.get("fraction")
                self.fraction = self.fraction if done is None else (place + float(done)) / len(self.parts)
        return report

    def _broken(self, code: int, stderr: str) -> SupportKpiError:
        if code < 0:
            return SupportKpiError(
                "The load was ended before it was done.",
                "Files it had finished stay; of the others nothing was taken.",
                "Load them again.",
            )
        return said(stderr)
