"""Where everything lives (``Home``) and what the user declared once (``Settings``, in ``supportkpi.toml``)."""

from __future__ import annotations

import os
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from etl.errors import UsageError, nearest
from etl.vocabulary import TIERS, Ending, Status


class Home:
    """The folder with the work file, the published snapshots, the settings and the journal.

    >>> Home("supportkpi-home").settings_file.name
    'supportkpi.toml'
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder or os.environ.get("SUPPORTKPI_HOME") or "supportkpi-home")

    @property
    def work_file(self) -> Path:
        """The loader's own database; nobody else opens it."""
        return self.folder / "work.duckdb"

    @property
    def snapshots(self) -> Path:
        """Published, read-only databases; each has a name of its own and is never written again."""
        return self.folder / "snapshots"

    @property
    def pointer(self) -> Path:
        """A file that holds the name of the snapshot to read."""
        return self.snapshots / "CURRENT"

    @property
    def settings_file(self) -> Path:
        return self.folder / "supportkpi.toml"

    @property
    def targets_file(self) -> Path:
        return self.folder / "targets.toml"

    @property
    def journal_file(self) -> Path:
        """What people wrote on the pages, where ``journal.url`` names no other database."""
        return self.folder / "journal.sqlite"

    @property
    def sent(self) -> Path:
        """What was sent by mail: a file a sending."""
        return self.folder / "sent"

    @property
    def mappings(self) -> Path:
        """Mapping files kept here are tried on every file that no source claims."""
        return self.folder / "mappings"

    @property
    def temporary(self) -> Path:
        """Scratch space of a running load; emptied at its start and end."""
        return self.folder / "tmp"

    def current_snapshot(self) -> Path | None:
        """The snapshot to read now, or None before the first load."""
        try:
            name = self.pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        return self.snapshots / name


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"'{name}' is not a time zone; write one such as Europe/Dublin or UTC") from error
    return name


Zone = Annotated[str, AfterValidator(_zone)]


def _address(text: str) -> str:
    """A bare mail address: no name, no list, nothing that could become a header of its own."""
    name, at, host = text.rpartition("@")
    is_plain = text.isascii() and text.isprintable() and not set(text) & set(' ,;:<>()[]"\\')
    if not (name and at and host and is_plain):
        raise ValueError(f"'{text}' is not a mail address; write one such as vp@example.com")
    return text


Address = Annotated[str, AfterValidator(_address)]


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Reporting(Strict):
    """How periods are cut."""

    timezone: Zone = "UTC"
    week_start: Weekday = "monday"


class Schedule(Strict):
    """When an office is open, in its own time zone. Both ends of ``hours`` are local clock times."""

    timezone: Zone
    days: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")
    opens: time = time(9)
    closes: time = time(17)
    holidays: tuple[date, ...] = ()


class Groups(Strict):
    """What a team of the help desk is. A move to a higher tier is a functional escalation."""

    tier: dict[str, str] = Field(default_factory=dict)  # team name or id → bot, tier1, tier2, tier3, engineering
    schedule: dict[str, str] = Field(default_factory=dict)  # team name or id → name of a schedule
    default_schedule: str | None = None


class People(Strict):
    """Actors that are not customers or human agents, and the tags by which a help desk marks what is not real work."""

    bots: tuple[str, ...] = ()
    test_requesters: tuple[str, ...] = ()  # requester names, or mail domains such as "@example.com"
    test_tags: tuple[str, ...] = ()  # tickets with one of these tags are tests
    auto_closed_tags: tuple[str, ...] = ()  # tickets with one of these were resolved for want of an answer


class SlaPolicy(Strict):
    """A target clock of our own, for help desks whose export holds no SLA verdict."""

    clock: Literal["first_reply", "resolution"]
    minutes: float = Field(gt=0)
    priority: Literal["urgent", "high", "normal", "low"] | None = None  # None: every priority
    business_hours: bool = False


class EscalationPath(Strict):
    """The steps an escalation is meant to take, lowest first; the first path that fits a ticket holds for it."""

    steps: tuple[str, ...] = Field(min_length=2)  # tiers, or names of teams
    product: str | None = None
    topic: str | None = None
    priority: Literal["urgent", "high", "normal", "low"] | None = None


class Escalation(Strict):
    """Which way up is agreed, and what engineering's words for the end of a record mean."""

    path: tuple[EscalationPath, ...] = ()
    ended: dict[str, Ending] = Field(default_factory=dict)  # resolution of the record → how it ended


class Cost(Strict):
    """Rates for money figures; without them only hours are shown."""

    per_agent_hour: float | None = Field(default=None, ge=0)
    currency: str = "EUR"


class Minutes(Strict):
    """Agent minutes for one signal of context rebuilding: a low, a likely and a high value."""

    low: float = Field(ge=0)
    likely: float = Field(ge=0)
    high: float = Field(ge=0)


class Loading(Strict):
    """How files are read when they do not say so themselves."""

    timezone: Zone | None = None
    zones: dict[str, Zone] = Field(default_factory=dict)  # source → zone of its clocks, over ``timezone``
    status: dict[str, Status] = Field(default_factory=dict)  # vendor word → our word, over the source's own map
    #: Key of a Jira project → whether its issues are tickets or engineering's records, over what the export says.
    jira_projects: dict[str, Literal["tickets", "engineering"]] = Field(default_factory=dict)

    def zone_of(self, source: str) -> str | None:
        """The zone declared for the clocks of a source that carry none; None: nobody said."""
        return self.zones.get(source) or self.timezone


class Uploads(Strict):
    """How much may be dropped on the page *Load data*, in megabytes: one file, and all that wait together."""

    megabytes: int = Field(default=200, gt=0)
    total_megabytes: int = Field(default=1000, gt=0)


class JournalPlace(Strict):
    """Where people's own entries are kept; empty: ``journal.sqlite`` in the home folder."""

    url: str = ""  # such as postgresql+psycopg://user@host/name


class Mail(Strict):
    """How reports leave by mail. The password stands in SUPPORTKPI_MAIL_PASSWORD and nowhere else."""

    host: str = ""
    port: int | None = Field(default=None, gt=0, le=65535)  # None: 587, 465 or 25, as ``security`` has it
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    sender: Address | None = None
    to: tuple[Address, ...] = ()
    ca_file: Path | None = None  # of a company's own certificates; the system's otherwise
    timeout_seconds: float = Field(default=30, gt=0)

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> Mail:
        if self.security == "none" and self.user:
            raise ValueError("a password is never sent without encryption: set security to starttls or tls")
        return self


class Settings(Strict):
    """All of ``supportkpi.toml``; every section may be left out."""

    reporting: Reporting = Reporting()
    loading: Loading = Loading()
    groups: Groups = Groups()
    people: People = People()
    schedules: dict[str, Schedule] = Field(default_factory=dict)
    sla: tuple[SlaPolicy, ...] = ()
    escalation: Escalation = Escalation()
    cost: Cost = Cost()
    investigation_minutes: dict[str, Minutes] = Field(default_factory=dict)
    uploads: Uploads = Uploads()
    journal: JournalPlace = JournalPlace()
    mail: Mail = Mail()


Model = TypeVar("Model", bound=BaseModel)


def read_toml(path: Path, model: type[Model]) -> Model:
    """Read and validate a TOML file; a missing file is an empty one.

    Raises UsageError with the file, the key and the nearest right key.
    """
    if not path.exists():
        return model()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return model.model_validate(values)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path.name} is not valid TOML.", str(error).capitalize() + ".", "Mend that line.") from error
    except ValidationError as error:
        raise UsageError(f"{path.name} was not understood.", explain(error, model), "Mend that key.") from error


def explain(error: ValidationError, model: type[BaseModel]) -> str:
    """Say the first fault of a validation error in one sentence, with the nearest right key."""
    faults = error.errors()
    # A misspelt key is also a missing one; the misspelling is what helps.
    fault = next((each for each in faults if each["type"] == "extra_forbidden"), faults[0])
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"Nobody knows '{where}'. {nearest(str(fault['loc'][-1]), _keys_at(model, fault['loc'][:-1]))}"
    return f"'{where}': {fault['msg'].removeprefix('Value error, ')}."


def _keys_at(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys a nested model knows, following ``path`` through its fields."""
    here: type[BaseModel] = model
    for part in path:
        field = here.model_fields.get(str(part))
        if field is None:
            continue
        inner = _first_model(field.annotation)
        if inner is not None:
            here = inner
    return list(here.model_fields)


def _first_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _first_model(part)
        if found is not None:
            return found
    return None


def load_settings(home: Home) -> Settings:
    """Read ``supportkpi.toml``; raises UsageError naming what is wrong in it."""
    settings = read_toml(home.settings_file, Settings)
    for team, tier in settings.groups.tier.items():
        if tier not in TIERS:
            raise UsageError(
                f"{home.settings_file.name} was not understood.",
                f"groups.tier.'{team}' = '{tier}' is no tier. {nearest(tier, TIERS)}",
                "Mend that key.",
            )
    for team, name in settings.groups.schedule.items():
        if name not in settings.schedules:
            raise UsageError(
                f"{home.settings_file.name} was not understood.",
                f"groups.schedule.'{team}' names the schedule '{name}', which is not defined.",
                f"Add a section [schedules.{name}].",
            )
    return settings
