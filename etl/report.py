"""What a load says of itself: for every file what was read, taken, refused, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from etl.errors import AnswerNeededError, SupportKpiError
from etl.recognise import NEAR, NEARLY, Weighed
from etl.staging import RawTable

#: ``recognised``: looked at, not loaded.
Status = Literal["loaded", "unchanged", "refused", "recognised"]


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
    #: Set where the file can be read once one thing is said of it: its time zone, or the order of its dates.
    needs: Literal["timezone", "date_order"] | None = None

    @property
    def sentence(self) -> str:
        return " ".join(part for part in (self.title, self.detail, self.next_step) if part)


class NearMiss(_Part):
    """A source or mapping that knows columns of a table and did not get it: what it found, and what it lacked.

    ``spelt`` names, for a lacking column, the header that looks like it. One that lacks nothing claimed the table
    too; the other recognised all it did and more.
    """

    source: str
    found: list[str]
    lacks: list[str]
    spelt: dict[str, str] = Field(default_factory=dict)


class Recognition(_Part):
    """Why a table of a file was taken for what it is: the columns that proved it, and who came near.

    ``table`` is the key its records stood under in JSON; ``source`` is None where nobody got it.
    """

    table: str | None = None
    source: str | None = None
    proved_by: list[str] = Field(default_factory=list)
    near: list[NearMiss] = Field(default_factory=list)


def recognition(raw: RawTable, weighed: Sequence[Weighed], winner: str | None) -> Recognition:
    """What was weighed of a table, the nearest few of those that did not get it."""
    proofs = [list(each.matched) for each in weighed if each.name == winner]
    others = [each for each in weighed if each.name != winner and (each.accepted or each.nearness >= NEARLY)]
    near = [
        NearMiss(source=each.name, found=list(each.matched), lacks=list(each.missing), spelt=each.spelt)
        for each in others[:NEAR]
    ]
    return Recognition(table=raw.envelope, source=winner, proved_by=proofs[0] if proofs else [], near=near)


class ClockChange(_Part):
    """Local times of a file that a change of the clocks made occur twice (the first was taken) or never (they were
    moved on by what the clocks were put forward)."""

    column: str
    zone: str
    day: date
    is_repeat: bool
    rows: int


class Drift(_Part):
    """A column that changed since the last load of the same kind: ``what`` is new, missing or renamed (to ``now``).

    ``ours`` names what it feeds or fed, as ``ticket.status``; ``is_lost``: nothing feeds one of those any more.
    """

    column: str
    what: Literal["new", "missing", "renamed"]
    now: str | None = None
    ours: list[str] = Field(default_factory=list)
    is_lost: bool = False

    @property
    def sentence(self) -> str:
        """What changed, in words."""
        fed = ", ".join(name.split(".", maxsplit=1)[1].replace("_", " ") for name in self.ours)
        if self.what == "new":
            return f"column '{self.column}' is new: " + (f"read as {fed}." if fed else "nobody reads it.")
        gone = f"column '{self.column}' is gone"
        gone += f"; '{self.now}' is probably the same under a new name" if self.now else ""
        if not fed:
            return f"{gone}; nothing was read from it."
        return f"{gone}; nothing feeds {fed} any more." if self.is_lost else f"{gone}; {fed} is still read."


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
    recognised_by: list[Recognition] = Field(default_factory=list)
    drift: list[Drift] = Field(default_factory=list)
    clock_changes: list[ClockChange] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    seconds: float = 0.0
    error: Fault | None = None

    @classmethod
    def of_refusal(cls, name: str, error: SupportKpiError, sha256: str = "", seconds: float = 0.0) -> FileReport:
        needs = error.needs if isinstance(error, AnswerNeededError) else None
        fault = Fault(title=error.title, detail=error.detail, next_step=error.next_step, needs=needs)
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
