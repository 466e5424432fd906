"""What a preview says of a file before anything of it is loaded; every field is text or a count, made for JSON."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl.report import Fault, Unmapped

#: ``unneeded``: no clock without an offset was seen. ``needed``: there is one, and nobody said its zone.
ZoneState = Literal["unneeded", "declared", "needed"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClaimSeen(_Part):
    """One candidate: the columns that speak for it, those it needs and does not find, and headers that look alike."""

    source: str
    is_mapping: bool
    accepted: bool
    matched: list[str]
    missing: list[str]
    spelt: dict[str, str] = Field(default_factory=dict)


class WordSeen(_Part):
    """A word of a column, in how many rows it stands, and what it would mean as a status, a priority, a channel …"""

    word: str
    rows: int
    guesses: dict[str, str] = Field(default_factory=dict)


class ColumnSeen(_Part):
    """One column of the file. ``words``: its distinct words, the most frequent first; none where they are too many.

    ``formats``: how its cells can be read as dates (``[]``: ISO 8601 or epochs); None where they are no dates.
    """

    name: str
    filled: int
    examples: list[str]
    words: list[WordSeen]
    formats: list[str] | None = None


class RowSeen(_Part):
    """One record as it stands in the file and as it was understood; ``refused`` says why it would not be taken."""

    row: int
    theirs: dict[str, str | None]
    ours: dict[str, str | None]
    refused: str | None = None


class Refusal(_Part):
    """One row that would be quarantined."""

    line: int | None
    column: str | None
    value: str | None
    reason: str


class Drafted(_Part):
    """A mapping drafted for a table nobody claims: its content as TOML would hold it, and the guesses in it.

    ``doubtful`` names guesses a person should look at, such as ``columns.original_id`` or ``words.status.Parked``.
    ``either_first``: the dates of the file do not tell whether the day or the month comes first.
    """

    mapping: dict[str, Any]
    doubtful: list[str]
    either_first: bool


class Shape(_Part):
    """What a row of a mapping may be: the columns of ours it may have, and those it must have."""

    name: str
    columns: list[str]
    needed: list[str]


class TablePreview(_Part):
    """One table of a file. ``rows`` is what was looked at; ``is_part`` says that the file holds more.

    ``columns`` is empty where a mapping was named: who names it knows them. ``facts`` counts what the rows would
    become, by fact. ``by_reason`` counts the rows that would be quarantined.
    """

    name: str
    rows: int
    is_part: bool
    claims: list[ClaimSeen]
    chosen: str | None = None
    is_mapping: bool = False
    zone: ZoneState = "unneeded"
    timezone: str | None = None
    columns: list[ColumnSeen]
    facts: dict[str, int] = Field(default_factory=dict)
    seen: list[RowSeen] = Field(default_factory=list)
    by_reason: dict[str, int] = Field(default_factory=dict)
    refusals: list[Refusal] = Field(default_factory=list)
    unmapped: list[Unmapped] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    draft: Drafted | None = None
    error: Fault | None = None


class FilePreview(_Part):
    """One file: of an archive each file in it."""

    name: str
    tables: list[TablePreview] = Field(default_factory=list)
    error: Fault | None = None


class Preview(_Part):
    """All files of a path. ``shapes`` is what a mapping may be; ``words`` our words of each column of words."""

    files: list[FilePreview]
    shapes: list[Shape]
    words: dict[str, list[str]]
    seconds: float = 0.0
