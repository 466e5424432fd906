"""The sent log: a file a sending, in the home's folder ``sent``. Nothing is sent twice.

An entry is written and made durable before the server is asked: who finds it begun and not ended knows that the mail
may have left or not, and it is not sent again by itself. That is *at most once*: after a crash between the two a report
may be missing, never doubled. A sending the server refused for certain is taken back and may be tried anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from etl.errors import SupportKpiError


class State(StrEnum):
    """How far a sending came."""

    BEGUN = "begun"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class Sending:
    """One report of one period to these recipients with this content. ``refused``: whom the server did not take."""

    report: str
    period: str
    recipients: tuple[str, ...]
    content: str
    state: State = State.BEGUN
    begun_at: str = ""
    ended_at: str = ""
    refused: tuple[str, ...] = ()
    detail: str = ""

    @property
    def key(self) -> str:
        """What makes it the same sending; the order of recipients and their capitals do not matter."""
        to = sorted({address.lower() for address in self.recipients})
        words = json.dumps([self.report, self.period, to, self.content])
        return hashlib.sha256(words.encode()).hexdigest()[:32]

    @property
    def file(self) -> str:
        return f"{self.report}-{self.period}-{self.key[:16]}.json"


class SentLog:
    """The entries of one home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entries(self) -> list[Sending]:
        """Every sending, oldest first."""
        found = [self._read(path) for path in sorted(self.folder.glob("*.json"))] if self.folder.is_dir() else []
        return sorted(found, key=lambda entry: entry.begun_at)

    def find(self, wanted: Sending) -> Sending | None:
        """The entry of the same sending, where there is one."""
        path = self.folder / wanted.file
        return self._read(path) if path.exists() else None

    def earlier(self, wanted: Sending) -> bool:
        """Whether this report of this period went to these recipients with other content."""
        same = (wanted.report, wanted.period, {address.lower() for address in wanted.recipients})
        return any(
            entry.state is State.SENT
            and entry.key != wanted.key
            and (entry.report, entry.period, {address.lower() for address in entry.recipients}) == same
            for entry in self.entries()
        )

    def begin(self, wanted: Sending, again: bool = False) -> Sending | None:
        """Claim a sending before the server is asked; None where somebody has claimed it, in any process.

        ``again`` takes over an entry that is there: a person has said that it shall be sent once more.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        entry = replace(wanted, state=State.BEGUN, begun_at=_now())
        path = self.folder / entry.file
        known = self.find(entry)
        if known is not None and (again or known.state is State.FAILED):
            self._take(path)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return None
        except OSError as error:
            raise SupportKpiError(
                f"The sent log {path} was not written.",
                f"{error.strerror}. Without it nothing is sent.",
                "Choose a home that you may write to.",
            ) from error
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            _durable(file, entry)
        _durable_folder(self.folder)
        return entry

    def end(self, entry: Sending, state: State, detail: str = "", refused: Sequence[str] = ()) -> Sending:
        """Write how a sending ended, whole or not at all."""
        ended = replace(entry, state=state, ended_at=_now(), detail=detail, refused=tuple(refused))
        path = self.folder / entry.file
        scratch = path.with_suffix(".tmp")
        handle = os.open(scratch, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            _durable(file, ended)
        scratch.replace(path)
        _durable_folder(self.folder)
        return ended

    def _take(self, path: Path) -> None:
        """Move an old entry aside; of two processes that try, one can."""
        for number in range(1, 1000):
            aside = path.with_suffix(f".{number}.json")
            if not aside.exists():
                with suppress(FileNotFoundError):
                    path.rename(aside)
                return

    def _read(self, path: Path) -> Sending:
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            for name in ("recipients", "refused"):
                values[name] = tuple(values[name])
            return Sending(**values | {"state": State(values["state"])})
        except (ValueError, TypeError, KeyError):
            # The machine stopped while the entry was written: it had been begun, and nobody knows more.
            report, _, rest = path.stem.partition("-")
            return Sending(report, rest, (), "", State.BEGUN, detail="the entry is not whole")


def _durable(file: object, entry: Sending) -> None:
    """Write an entry through to the disk."""
    json.dump(asdict(entry), file, indent=1)  # type: ignore[arg-type]
    file.flush()  # type: ignore[attr-defined]
    os.fsync(file.fileno())  # type: ignore[attr-defined]


def _durable_folder(folder: Path) -> None:
    """A file's name is in its folder, which has to reach the disk as well."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
