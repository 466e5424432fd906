"""Mapping: how the columns, words and clocks of one kind of file become ours. A source is mostly one of these,
and a user's TOML file is one too.

``Mapping`` is what may be declared; ``etl.translate`` turns it into SELECTs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from etl.errors import UsageError, nearest
from etl.settings import Strict, Zone, read_toml
from etl.staging import BY_NAME, loaded_event, loaded_ticket
from etl.vocabulary import Channel, Event, Priority, Role, Status, SurveyKind, TicketType


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


#: One column name, or several of which the first that the file has (and that is filled) counts.
ColumnNames = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class FileOptions(Strict):
    """How the bytes are read; each is found by looking where it is not declared."""

    encoding: str | None = None
    #: With latin-1: the code page of the bytes 0x80–0x9F, for files two systems wrote into (``cp850``).
    control_bytes: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    sheet: str | None = None
    skip_lines: int = Field(default=0, ge=0)
    records: str | None = None  # JSON: the key the records stand under


def _date_format(text: str) -> str:
    """Ask DuckDB, which will read the dates, whether it knows every sign of a format."""
    import duckdb

    try:
        duckdb.connect().execute("select try_strptime('', $1)", [text])
    except duckdb.Error as error:
        raise ValueError(f"'{text}' is not a date format; write one such as '%d/%m/%Y %H:%M'") from error
    return text


class Clock(Strict):
    """How instants are written. Formats are strptime's; the first that fits counts. None: ISO 8601 and epochs."""

    timezone: Zone | None = None
    formats: tuple[Annotated[str, AfterValidator(_date_format)], ...] = ()


class Happening(Strict):
    """What one word of an activity column means: an event, and the value it sets."""

    event: Event
    value: str | None = None
    role: Role | None = None


class Survey(Strict):
    """What the score of a survey means. All of it must be declared: nothing is assumed of a scale."""

    kind: SurveyKind
    lowest: float
    highest: float
    higher_is_better: bool
    #: Scores written as words: ``Good = 1``, ``Bad = 0``.
    words: dict[str, float] = Field(default_factory=dict)
    #: Words that mean "sent, not answered" (``Offered``) and "never sent" (``Not Offered``).
    unanswered: tuple[str, ...] = ()
    not_sent: tuple[str, ...] = ()


class Words(Strict):
    """The vendor's words and ours. A word of the file that stands nowhere here is reported, never guessed."""

    status: dict[str, Status] = Field(default_factory=dict)
    priority: dict[str, Priority] = Field(default_factory=dict)
    channel: dict[str, Channel] = Field(default_factory=dict)
    ticket_type: dict[str, TicketType] = Field(default_factory=dict)
    role: dict[str, Role] = Field(default_factory=dict)
    yes: tuple[str, ...] = ("true", "yes", "1", "y", "t")
    no: tuple[str, ...] = ("false", "no", "0", "n", "f")


Shape = Literal[
    "ticket",
    "event",
    "survey",
    "change",
    "incident",
    "account",
    "person",
    "team",
    "worklog",
    "engineering_issue",
    "review",
    "article",
    "article_vote",
    "self_service",
    "figure",
    "sla",
]


class Mapping(Strict):
    """One kind of file.

    ``shape`` says what one row is. For ``ticket`` each key of ``columns`` is a column of ``loaded_ticket``. For
    ``event`` it is one of those too (a state repeated on each row: its changes become events, its last value the
    ticket's), or ``occurred_at``, ``sequence``, ``actor``, ``actor_role``, ``activity`` (a word with a meaning in
    ``activities``), ``words``. Other shapes take the columns of their ``loaded_*`` table.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_\-]*$")
    shape: Shape
    source: str | None = None  # the label on the facts; the mapping's name where not given
    part: str = "ticket"
    file: FileOptions = FileOptions()
    clock: Clock = Clock()
    nulls: tuple[str, ...] = ()
    columns: dict[str, ColumnNames]
    constants: dict[str, str] = Field(default_factory=dict)
    words: Words = Words()
    activities: dict[str, Happening] = Field(default_factory=dict)
    #: Activities known to mean nothing here; any other word without a meaning is reported.
    ignored_activities: tuple[str, ...] = ()
    #: Extra: columns that must be there for the file to be claimed (beside every one that is not optional).
    proof: tuple[str, ...] = ()
    #: Columns of ours that older or newer exports may lack.
    optional: tuple[str, ...] = ()
    survey: Survey | None = None

    @property
    def label(self) -> str:
        return self.source or self.name

    @model_validator(mode="after")
    def _known_columns(self) -> Self:
        known = known_columns(self.shape)
        for name in (*self.columns, *self.constants, *self.optional):
            if name not in known:
                raise ValueError(
                    f"a file of shape '{self.shape}' has no column '{name}' for us. {nearest(name, known)}"
                )
        for needed in needed_columns(self.shape):
            if needed not in self.columns and needed not in self.constants:
                raise ValueError(f"a file of shape '{self.shape}' needs '{needed}' under [columns]")
        if self.shape == "survey" and self.survey is None:
            raise ValueError("a survey needs a section [survey] that declares kind, lowest, highest, higher_is_better")
        return self


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises UsageError naming the file, the key that is wrong and the nearest right one.
    """
    if not path.is_file():
        raise UsageError(f"There is no mapping file {path}.", next_step="Check the path.")
    return read_toml(path, Mapping)


_BOOKKEEPING = {"load_id", "row", "source", "part"}
#: Filled by the translation itself: the vendor's words beside ours, and what [survey] declares.
_FILLED = {"original_status", "original_priority", "original_channel", "original_type"}
_DECLARED = {"kind", "original_score", "scale_low", "scale_high", "higher_is_better"}


def known_columns(shape: Shape) -> set[str]:
    """The keys ``columns`` may have for a shape."""
    table = loaded_ticket if shape == "event" else BY_NAME[shape]
    known = {column.name for column in table.columns} - _BOOKKEEPING - _FILLED
    if shape == "event":
        of_event = {column.name for column in loaded_event.columns} - _BOOKKEEPING
        known |= {"activity"} | of_event - {"kind", "original_value"}
    return known - _DECLARED if shape == "survey" else known


def needed_columns(shape: Shape) -> tuple[str, ...]:
    """The keys ``columns`` must have for a shape."""
    needed: dict[str, tuple[str, ...]] = {
        "ticket": ("original_id",),
        "event": ("original_id", "occurred_at"),
        "survey": ("score",),
        "worklog": ("ticket_original_id", "minutes"),
        "review": ("original_id", "score"),
        "article_vote": ("original_id", "article", "is_helpful"),
        "figure": ("metric", "value", "period_start"),
        "sla": ("original_id", "clock"),
    }
    return needed.get(shape, ("original_id",))
