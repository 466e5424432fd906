"""What a source works with: rows as they came (``RawTable``) and rows as partial facts (the ``loaded_*`` tables).

A source never sees the work file. It gets a ``Stage`` and puts SELECTs into it; the stage adds the load and keeps
the rows. Every load's rows are kept apart, so that a load can be taken back and a newer export can win.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Double,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    insert,
    literal,
    select,
)

from etl.settings import Settings

loaded = MetaData()


def _loaded(name: str, texts: str, clocks: str = "", numbers: str = "", flags: str = "") -> Table:
    return Table(
        f"loaded_{name}",
        loaded,
        Column("load_id", Integer, nullable=False),
        Column("row", BigInteger),
        Column("source", Text, nullable=False),
        *(Column(column, Text) for column in texts.split()),
        *(Column(column, DateTime) for column in clocks.split()),
        *(Column(column, Double) for column in numbers.split()),
        *(Column(column, Boolean) for column in flags.split()),
    )


#: A ticket as one record of an export tells it. ``part`` says which kind of record (``ticket``, ``metrics`` …):
#: of one part the newest record wins whole; parts complete each other, in alphabetical order of ``part``
#: after ``ticket``. ``original_id`` is the help desk's own number. ``vendor_*`` are the vendor's measurements,
#: used where our own history cannot tell, and to reconcile. ``merged_into`` is the survivor of a merge the export tells
#: outright; ``noted_merge`` is one that only the ticket's own words name, which counts where the ticket is known to be
#: merged: by its status, or by ``is_merged`` (a tag, say) once it is done. ``own_fields`` are the filled ones of the
#: account's own fields, a JSON list of objects with ``id`` and ``value``: ``loaded_field`` says what they are.
loaded_ticket = _loaded(
    "ticket",
    "part original_id subject status original_status priority original_priority channel original_channel "
    "ticket_type original_type team owner requester account region product category tags "
    "problem_key change_key caused_by merged_into noted_merge own_fields",
    clocks="created_at first_reply_at first_resolved_at resolved_at closed_at updated_at due_at",
    numbers="vendor_first_reply_minutes vendor_first_resolution_minutes vendor_resolution_minutes "
    "vendor_public_replies vendor_reopens vendor_owner_changes vendor_owners vendor_teams "
    "vendor_first_reply_business_minutes vendor_first_resolution_business_minutes vendor_resolution_business_minutes "
    "vendor_requester_wait_minutes vendor_requester_wait_business_minutes "
    "vendor_agent_wait_minutes vendor_agent_wait_business_minutes "
    "vendor_on_hold_minutes vendor_on_hold_business_minutes "
    "vendor_owner_stations vendor_team_stations",
    flags="vendor_escalated vendor_sla_met is_outbound is_auto_closed is_test is_merged",
)

#: What is known of a message's text, which itself is never kept.
MESSAGE_CELLS = ("words", "is_question", "asserts_cause", "text_hash")
#: One change or message; columns as in ``etl.tables.ticket_event`` (see ``etl.vocabulary.Event`` for the values).
#: ``actor_role`` may stay NULL: it is then found from the persons loaded and from who asked.
loaded_event = _loaded(
    "event",
    "original_id kind actor actor_role old_value new_value original_value text_hash",
    clocks="occurred_at",
    numbers="sequence words",
    flags="is_question asserts_cause",
)

#: One survey. ``ticket_original_id`` may name a ticket of any source. ``higher_is_better`` must be known.
loaded_survey = _loaded(
    "survey",
    "survey_id kind ticket_original_id respondent account original_score comment",
    clocks="sent_at answered_at",
    numbers="score scale_low scale_high",
    flags="higher_is_better",
)

loaded_change = _loaded(
    "change",
    "original_id title product kind outcome url risk",
    clocks="started_at deployed_at rolled_back_at",
    numbers="related_incidents",
    flags="is_approved",
)

loaded_incident = _loaded(
    "incident",
    "original_id title severity original_severity product url",
    clocks="started_at detected_at engaged_at resolved_at postmortem_at",
    numbers="accounts_affected",
)

#: ``original_id`` is what tickets carry in ``account``; ``name`` is what people read.
loaded_account = _loaded(
    "account", "original_id name tier region health", clocks="renewal_at", numbers="annual_revenue"
)

#: Anyone who acts: ``role`` is a word of ``vocabulary.Role``. Agents' names are shown; customers' never are.
loaded_person = _loaded(
    "person",
    "original_id name role team tier schedule account languages skills",
    clocks="started_at left_at",
    numbers="cost_per_hour",
)

#: What a group number is called.
loaded_team = _loaded("team", "original_id name")

#: What an account calls a thing of its own that its records name by number alone. ``kind`` is ``status`` or
#: ``priority`` (of tickets and events), ``clock`` (of target clocks), ``field`` (of ``own_fields``) or ``tag`` (whether
#: any ticket of the load carries it: if none ever does, its absence says nothing). ``meaning`` is what it is to us, as
#: far as its name tells: one of our words, or the column of ours a field fills. ``options`` of a field is a JSON list
#: of objects with ``value`` (what tickets carry) and ``name`` (what people read). Of several fields for one column the
#: lowest ``preference`` counts. Records keep the numbers and are named while facts are derived: which came first means
#: nothing, and a list of names can be replaced or taken back (see ``etl.naming``).
loaded_field = _loaded("field", "kind original_id name meaning options", numbers="preference")

loaded_worklog = _loaded("worklog", "ticket_original_id agent activity", clocks="occurred_at", numbers="minutes")

#: A record of engineering's tracker; ``original_id`` is the key tickets carry in ``problem_key``.
loaded_engineering_issue = _loaded(
    "engineering_issue",
    "original_id title kind status original_status priority product team outcome url",
    clocks="created_at first_action_at resolved_at updated_at",
)

#: A quality review. The scale is declared: ``scale_low`` is the worst, ``scale_high`` the best.
loaded_review = _loaded(
    "review",
    "original_id ticket_original_id category original_score",
    clocks="reviewed_at",
    numbers="score scale_low scale_high",
)

loaded_article = _loaded(
    "article",
    "original_id title product category language url",
    clocks="created_at updated_at",
    numbers="views votes_up votes_down",
)

loaded_article_vote = _loaded("article_vote", "original_id article", clocks="voted_at", flags="is_helpful")

#: A session without a person; ``ticket_original_id`` is the ticket it was handed over to, if any.
loaded_self_service = _loaded(
    "self_service",
    "original_id kind topic requester account outcome original_outcome ticket_original_id",
    clocks="started_at ended_at",
)

#: A figure of a month (or another period) that no help desk knows. ``original_id`` is not needed: a later load of
#: the same metric, segment and period replaces the earlier.
loaded_figure = _loaded("figure", "metric segment unit note", clocks="period_start period_end", numbers="value")

#: Office hours as the help desk exports them, one row an open stretch of the week, in minutes since Monday 00:00 of
#: the schedule's own zone. Schedules of ``supportkpi.toml`` stand beside these.
loaded_schedule = _loaded("schedule", "original_id name timezone", numbers="opens_minute closes_minute")

#: Days off, first and last day (both included) as local dates at 00:00. ``schedule`` is the schedule's original_id.
loaded_holiday = _loaded("holiday", "schedule name", clocks="first_day last_day")

#: Which schedule a ticket is under from an instant on, until the next row of the same ticket.
loaded_ticket_schedule = _loaded("ticket_schedule", "original_id schedule", clocks="starts_at")

#: A target clock the help desk ran, with its own verdict: one row a cycle. ``clock`` is first_reply, next_reply or
#: resolution; ``is_met`` NULL while it runs.
loaded_sla = _loaded("sla", "original_id cycle clock policy", clocks="started_at due_at met_at", flags="is_met")

BY_NAME: dict[str, Table] = {table.name.removeprefix("loaded_"): table for table in loaded.sorted_tables}


@dataclass(frozen=True)
class RawTable:
    """One table of a file, already in DuckDB: every cell is text, NULL where the cell was empty.

    ``table`` is a SQLAlchemy table with the columns of the file under their own names (a repeated name gets
    `` (2)``, `` (3)`` …) and ``_row``, counted from 1 in file order over the records kept.

    For JSON (``kind == "json"``) the table has ``_row`` and ``record`` (the record as JSON text); ``columns`` are
    the dotted paths seen in its first records, such as ``via.channel``; ``etl.files.flatten`` makes a table of
    text columns from the paths one needs. ``envelope`` is the key the records stood under (``tickets``,
    ``audits``, ``result`` …), None for a bare list or NDJSON.
    """

    table: Table
    columns: tuple[str, ...]
    file_name: str
    rows: int
    kind: str = "csv"  # csv (any delimited text or sheet) or json
    envelope: str | None = None
    origin: Path | None = None  # the UTF-8 copy the rows came from, to find the line of a record
    notes: tuple[str, ...] = ()  # sentences for the report: encoding taken, names that repeat …


@dataclass(frozen=True)
class Claim:
    """What a source says of a table: the columns that prove it, and those it needs and does not find."""

    source: str
    matched: tuple[str, ...]
    missing: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        return bool(self.matched) and not self.missing


@dataclass
class Stage:
    """Where a source puts the facts of one file.

    ``timezone`` is the declared zone of clocks that carry none; where nobody declared one it is the zone periods are
    cut in, ``is_zone_declared`` is False, and a clock that says no zone is not read (``etl.clocks`` raises).
    ``warnings`` are sentences for the report.
    """

    connection: Connection
    load_id: int
    timezone: str
    settings: Settings
    warnings: list[str] = field(default_factory=list)
    left_out: int = 0
    is_zone_declared: bool = True
    #: The zone of the reports, for days that say no time where no zone was declared; set by ``etl.clocks``.
    zones_used: set[str] = field(default_factory=set)
    #: What was read through a mapping: (fact, our column, column of the file), and the names of the mappings.
    feeds: set[tuple[str, str, str]] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)

    def leave_out(self, rows: int, what: str) -> None:
        """Rows that are no records at all (second header, footer): neither read nor quarantined, but told."""
        if rows:
            self.left_out += rows
            self.warnings.append(f"{rows:,} row{'s' * (rows != 1)} left out: {what}.")

    def put(self, fact: str, source: str, rows: Select[Any]) -> None:
        """Keep the rows of a SELECT as partial facts.

        ``fact`` is a key of ``BY_NAME`` (``ticket``, ``event``, ``survey`` …). The SELECT's columns are labelled
        with columns of that table (any subset, ``row`` among them where there is one).
        """
        target = BY_NAME[fact]
        inner = rows.subquery()
        names = [column.name for column in inner.columns]
        whole = select(literal(self.load_id), literal(source), *inner.columns)
        self.connection.execute(insert(target).from_select(["load_id", "source", *names], whole))

    def refuse(self, rows: Select[Any]) -> None:
        """Quarantine rows: a SELECT of ``row`` (number), ``column``, ``value`` and ``reason`` (text)."""
        inner = rows.subquery()
        chosen = [inner.c[name] for name in ("row", "column", "value", "reason")]
        whole = select(literal(self.load_id), *chosen)
        self.connection.execute(insert(refused).from_select(["load_id", "row", "column", "value", "reason"], whole))

    def unmapped(self, rows: Select[Any], source: str | None = None, kind: str | None = None) -> None:
        """Report words nobody mapped: a SELECT of ``column``, ``word``, ``treated_as`` and ``rows`` (count).

        With ``source`` and ``kind`` a word may be a number that ``loaded_field`` names, now or later: then it is
        reported by its name, or not at all.
        """
        inner = rows.subquery()
        chosen = [inner.c[name] for name in ("column", "word", "treated_as", "rows")]
        whole = select(literal(self.load_id), *chosen, literal(source, Text), literal(kind, Text))
        names = ["load_id", "column", "word", "treated_as", "rows", "source", "kind"]
        self.connection.execute(insert(unmapped).from_select(names, whole))


#: Rows not taken, by record number; ``etl.load`` finds their lines in the file.
refused = Table(
    "loaded_refusal",
    loaded,
    Column("load_id", Integer, nullable=False),
    Column("row", BigInteger),
    Column("line", BigInteger),
    Column("column", Text),
    Column("value", Text),
    Column("reason", Text),
)

unmapped = Table(
    "loaded_unmapped_word",
    loaded,
    Column("load_id", Integer, nullable=False),
    Column("column", Text),
    Column("word", Text),
    Column("treated_as", Text),
    Column("rows", BigInteger),
    Column("source", Text),
    Column("kind", Text),
)


#: Local times that a change of the clocks made occur twice or never, as they were met in a load: by column, zone and
#: local day.
adjusted_clock = Table(
    "loaded_adjusted_clock",
    loaded,
    Column("load_id", Integer, nullable=False),
    Column("column", Text),
    Column("zone", Text),
    Column("day", DateTime),
    Column("is_repeat", Boolean),
    Column("rows", BigInteger),
)


#: The columns each table of a load had: ``form`` tells kinds of export of one source apart, ``ours`` what a column fed,
#: ``mask`` and ``words`` how its cells look (see ``etl.drift``).
loaded_column = Table(
    "loaded_column",
    loaded,
    Column("load_id", Integer, nullable=False),
    *(Column(name, Text) for name in ("source", "form", "column", "ours", "mask", "words")),
)

#: What changed in a load's columns since the load of its kind before.
loaded_drift = Table(
    "loaded_drift",
    loaded,
    Column("load_id", Integer, nullable=False),
    *(Column(name, Text) for name in ("column", "what", "now", "ours")),
    Column("is_lost", Boolean),
)


class Source(Protocol):
    """A module in ``etl/sources``: ``NAME``, ``claim`` and ``stage`` at its top level."""

    NAME: str

    def claim(self, raw: RawTable) -> Claim:
        """Say whether this table is one of ours, by its columns alone."""

    def stage(self, raw: RawTable, into: Stage) -> None:
        """Put the facts of the table into the stage; rows that cannot be facts go to ``into.refuse``."""
