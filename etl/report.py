"""What a load says of itself: for every file what was read, taken, refused, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from etl.errors import SupportKpiError

Status = Literal["loaded", "unchanged", "refused"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Part):
    """What a running load is doing now: with which file (empty: with all of them), at which step.

    ``step`` is ``reading``, ``understanding``, ``checking`` or ``publishing``; ``rows`` are those of the file once
    they are counted; ``fraction`` is how much of the whole call is done, 0 to 1, where it can be told.
    """

    event: Literal["step"] = "step"
    file: str
    step: str
    rows: int | None = None
    fraction: float | None = None


class Unmapped(_Part):
    """A word of the file that nobody has mapped, how often it came, and what was done with it."""

    column: str
    word: str
    treated_as: str | None
    rows: int


class Fault(_Part):
    """Why a file was refused: what happened, where, and what to do next."""

    title: str
    detail: str = ""
    next_step: str = ""

    @property
    def sentence(self) -> str:
        return " ".join(part for part in (self.title, self.detail, self.next_step) if part)


class FileReport(_Part):
    """One file. ``rows_read`` is always ``rows_accepted`` + ``rows_quarantined``; ``by_reason`` counts the latter."""

    name: str
    status: Status
    source: str | None = None
    load_id: int | None = None
    sha256: str = ""
    timezone: str | None = None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    by_reason: dict[str, int] = Field(default_factory=dict)
    unmapped: list[Unmapped] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    seconds: float = 0.0
    error: Fault | None = None

    @classmethod
    def of_refusal(cls, name: str, error: SupportKpiError, sha256: str = "", seconds: float = 0.0) -> FileReport:
        fault = Fault(title=error.title, detail=error.detail, next_step=error.next_step)
        return cls(name=name, status="refused", sha256=sha256, seconds=seconds, error=fault)


class LoadReport(_Part):
    """All files of one call. ``snapshot`` is the name of the facts now published, None where there are none."""

    files: list[FileReport]
    snapshot: str | None = None
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """0 where every file stands loaded (now or before), 1 where one was refused or no row at all was taken."""
        has_rows = any(file.rows_accepted for file in self.files)
        return 0 if has_rows and all(file.status != "refused" for file in self.files) else 1


class LoadedFile(_Part):
    """One load as it stands in the published facts."""

    load_id: int
    loaded_at: datetime
    source: str
    file_name: str
    sha256: str
    mapping: str | None
    timezone: str | None
    notes: str | None
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    data_from: datetime | None
    data_until: datetime | None
    seconds: float
