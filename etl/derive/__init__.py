"""From partial facts to fact tables: everything that needs a ticket's whole history is measured here, once.

``build`` runs the steps in order; each is one static SQL file beside this module, reading the ``loaded_*`` tables
and the steps before it, and leaving temporary tables. Steps named ``final_*`` are views with the columns of a
published table. The whole is rebuilt each time, so the answer depends on what is loaded and on nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any

from duckdb_sqlalchemy import Dialect
from sqlalchemy import (
    ARRAY,
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
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    table,
)
from sqlalchemy.schema import CreateTable

from etl import naming
from etl.derive import endings, issues, schedules
from etl.settings import Settings
from etl.staging import loaded, loaded_ticket
from etl.tables import facts
from etl.vocabulary import TIERS

#: The steps after the records are merged, in order.
STEPS = (
    "own_names",
    "ticket_base",
    "events",
    "history",
    "reply",
    "assignment",
    "signals",
    "next_contact",
)
#: The steps that need the office hours, which need the range of the clocks.
LAST_STEPS = (
    "office",
    "cut",
    "turn",
    "segment",
    "queue",
    "handoff",
    "thread",
    "ticket",
    "tax_entry",
    "open_spell",
    "survey",
    "sla",
    "others",
    "issue",
    "fix",
    "tier_stay",
    "escalation",
)

#: Facts whose view joins more tables of one row a ticket than memory holds at once, and how many tickets go at a time.
IN_SLICES = {"ticket", "segment", "tax_entry", "tier_stay"}
SLICE = 200_000

_declared = MetaData()


def _temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _declared, *columns, prefixes=["TEMPORARY"])


_team = _temporary(
    "setting_team",
    Column("team", Text),
    Column("tier", Text),
    Column("tier_rank", Integer),
    Column("schedule", Text),
)
_bot = _temporary("setting_bot", Column("actor", Text))
_test_requester = _temporary("setting_test_requester", Column("requester", Text), Column("is_domain", Boolean))
_tag = _temporary("setting_tag", Column("tag", Text), Column("meaning", Text))
_sla = _temporary(
    "setting_sla",
    Column("position", Integer),
    Column("clock", Text),
    Column("minutes", Double),
    Column("priority", Text),
    Column("business_hours", Boolean),
)
_path = _temporary(
    "setting_path", Column("path", Integer), Column("product", Text), Column("topic", Text), Column("priority", Text)
)
_path_step = _temporary("setting_path_step", Column("path", Integer), Column("step", Integer), Column("name", Text))
_ending = _temporary("setting_ending", Column("word", Text), Column("ended", Text))
_reporting = _temporary("setting_reporting", Column("timezone", Text), Column("default_schedule", Text))
_office = _temporary(
    "office",
    Column("schedule", Integer),
    Column("source", Text),  # NULL: of supportkpi.toml
    Column("name", Text),
    Column("has_hours", Boolean),
)
_schedule_fault = _temporary(
    "schedule_fault",
    Column("load_id", Integer),
    Column("row", BigInteger),
    Column("column", Text),
    Column("value", Text),
    Column("reason", Text),
)
_working_interval = _temporary(
    "working_interval", Column("schedule", Integer), Column("opens_at", DateTime), Column("closes_at", DateTime)
)


def build(connection: Connection, settings: Settings, schema: str) -> None:
    """Fill every table of ``etl.tables.facts`` in the attached database or schema ``schema``.

    ``connection`` stands on the work file, whose ``loaded_*`` tables and ``load_journal`` are read; missing ones are
    made, empty. ``schema`` must not hold the tables yet. The facts are committed, then what is
    remembered of issues.
    """
    before = _temporary_names(connection)
    _stand_ready(connection)
    _declare(connection, settings)
    # A table keeps the order it was asked for (ORDER BY) either way. Keeping the order nobody asked for makes DuckDB
    # write the result of every join in one thread.
    connection.exec_driver_sql("set preserve_insertion_order = false")
    for step in ("names", "winners"):
        _run(connection, step)
    _merge_records(connection)
    _keep(connection, "table", "own_name", naming.own_names())
    _keep(connection, "view", "final_unmapped_word", naming.unknown_words())
    for step in STEPS:
        _run(connection, step)
    memory = issues.find(connection, _run, _keep)
    _run(connection, "occurrence")
    _open_offices(connection, settings)
    for step in LAST_STEPS:
        _run(connection, step)
    for fact in facts.sorted_tables:
        _publish(connection, fact, schema)
    connection.commit()
    issues.remember(connection, memory)
    connection.exec_driver_sql("reset preserve_insertion_order")
    _clear(connection, before)
    connection.commit()


def _stand_ready(connection: Connection) -> None:
    """A table no load has needed yet is there all the same, empty and temporary (one transaction, one file)."""
    there = set(connection.exec_driver_sql("select table_name from duckdb_tables()").scalars())
    for needed in loaded.sorted_tables:
        if needed.name not in there:
            connection.execute(CreateTable(_as_temporary(needed)))
    # The bookkeeping of loads, under the one name the steps know it by.
    kept = next((name for name in ("loaded_file", "load_journal") if name in there), None)
    model = facts.tables["load"]
    if kept is None:
        connection.execute(CreateTable(_as_temporary(model.to_metadata(MetaData(), name="journal"))))
    else:
        columns = table(kept, *(column(c.name) for c in model.columns)).select()
        connection.exec_driver_sql(f"create or replace temp view journal as {columns}")


def _as_temporary(model: Table) -> Table:
    columns = (Column(c.name, c.type, nullable=c.nullable) for c in model.columns)
    return Table(model.name, MetaData(), *columns, prefixes=["TEMPORARY"])


def _run(connection: Connection, step: str) -> None:
    connection.exec_driver_sql(resources.files(__name__).joinpath(f"{step}.sql").read_text(encoding="utf-8"))


def _fill(connection: Connection, target: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(CreateTable(target))
    if rows:
        # Ten years of opening times are tens of thousands of rows: bound as one list a column, not row by row.
        lists = [bindparam(c.name, [row[c.name] for row in rows], ARRAY(c.type)) for c in target.columns]
        told = select(*(func.unnest(values).label(values.key) for values in lists))
        connection.execute(insert(target).from_select([c.name for c in target.columns], told))


def _declare(connection: Connection, settings: Settings) -> None:
    """What the user declared, as small tables the steps can join."""
    groups, people = settings.groups, settings.people
    teams = [
        {"team": t, "tier": tier, "tier_rank": TIERS.get(tier or ""), "schedule": groups.schedule.get(t)}
        for t in sorted({*groups.tier, *groups.schedule})
        for tier in [groups.tier.get(t)]
    ]
    _fill(connection, _team, teams)
    _fill(connection, _bot, [{"actor": actor} for actor in people.bots])
    requesters = [{"requester": r, "is_domain": r.startswith("@")} for r in people.test_requesters]
    _fill(connection, _test_requester, requesters)
    meant = {"test": people.test_tags, "auto_closed": people.auto_closed_tags}
    tags = [{"tag": tag.strip().lower(), "meaning": meaning} for meaning, tags in meant.items() for tag in tags]
    _fill(connection, _tag, tags)
    policies = [{"position": n, **policy.model_dump()} for n, policy in enumerate(settings.sla)]
    _fill(connection, _sla, policies)
    _declare_escalation(connection, settings)
    reporting = {"timezone": settings.reporting.timezone, "default_schedule": groups.default_schedule}
    _fill(connection, _reporting, [reporting])


def _declare_escalation(connection: Connection, settings: Settings) -> None:
    """The declared paths in their order, and after them the ladder of the declared tiers, which fits every ticket."""
    paths = [each.model_dump(exclude={"steps"}) for each in settings.escalation.path]
    steps = [each.steps for each in settings.escalation.path]
    ladder = tuple(sorted(set(settings.groups.tier.values()) - {"bot"}, key=lambda tier: TIERS.get(tier, 0)))
    if len(ladder) > 1:
        paths.append({"product": None, "topic": None, "priority": None})
        steps.append(ladder)
    _fill(connection, _path, [{"path": n, **each} for n, each in enumerate(paths, 1)])
    told = [
        {"path": n, "step": place, "name": name}
        for n, some in enumerate(steps, 1)
        for place, name in enumerate(some, 1)
    ]
    _fill(connection, _path_step, told)
    _fill(connection, _ending, endings.words(settings.escalation.ended))


def _merge_records(connection: Connection) -> None:
    """``merged_record``: one row a ticket. The first part that knows a column tells it.

    A view where every ticket has one part, so that nothing wide is copied.
    """
    part = table("ticket_part", column("ticket_number"), column("record"), column("part_number"))
    most = connection.execute(select(func.coalesce(func.max(part.c.part_number), 1))).scalar_one()
    _keep(connection, "view" if most == 1 else "table", "merged_record", _merged(part, most))


def _keep(connection: Connection, kind: str, name: str, rows: Select[Any]) -> None:
    """A SELECT as a temporary table or view that the steps can ask for."""
    statement = str(rows.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    connection.exec_driver_sql(f"create or replace temp {kind} {name} as {statement}")


def _merged(part: Any, most: int) -> Select[Any]:
    """SELECT of the newest record of each part of a ticket, side by side, coalesced from left to right."""
    own = ("load_id", "row", "source", "part", "original_id")
    first, *others = [part.alias(f"part_{n}") for n in range(1, most + 1)]
    records = [loaded_ticket.alias(f"record_{n}") for n in range(1, most + 1)]
    rows = first.join(records[0], column("rowid", _selectable=records[0]) == first.c.record)
    for number, (other, record) in enumerate(zip(others, records[1:], strict=True), start=2):
        here = (other.c.ticket_number == first.c.ticket_number) & (other.c.part_number == number)
        rows = rows.outerjoin(other, here)
        rows = rows.outerjoin(record, column("rowid", _selectable=record) == other.c.record)
    told = [
        func.coalesce(*(record.c[c.name] for record in records)).label(c.name) if others else records[0].c[c.name]
        for c in loaded_ticket.columns
        if c.name not in own
    ]
    kept = [records[0].c[name] for name in own]
    return select(first.c.ticket_number, *kept, *told).select_from(rows).where(first.c.part_number == 1)


def _open_offices(connection: Connection, settings: Settings) -> None:
    """Every schedule by number, and its working intervals over the range of the tickets' clocks."""
    offices, faults = schedules.gather(connection, settings)
    known = [
        {"schedule": o.number, "source": o.source, "name": o.name, "has_hours": o.hours is not None} for o in offices
    ]
    _fill(connection, _office, known)
    _fill(connection, _schedule_fault, [asdict(fault) for fault in faults])
    clock = table("ticket_clock", column("created_at"), column("observed_until"))
    earliest, latest = connection.execute(
        select(cast(func.min(clock.c.created_at), DateTime), cast(func.max(clock.c.observed_until), DateTime))
    ).one()
    rows: list[dict[str, Any]] = []
    if earliest is not None:
        # A clock of ours may fall due long after the newest moment known.
        minutes = max((policy.minutes for policy in settings.sla), default=0)
        first, last = earliest.date() - timedelta(days=2), (latest or earliest).date()
        rows = [row for office in offices for row in schedules.intervals(office, first, last, minutes)]
    _fill(connection, _working_interval, rows)


def _publish(connection: Connection, fact: Table, schema: str) -> None:
    """Create one published table and fill it from its view, in the order the view asks for, if any."""
    create, fill = _written(fact, schema)
    connection.exec_driver_sql(create)
    if fact.name not in IN_SLICES:
        connection.exec_driver_sql(fill)
        return
    key = table("ticket_key", column("ticket_number"))
    tickets = connection.execute(select(func.count()).select_from(key)).scalar_one()
    for first in range(1, tickets + 1, SLICE):
        connection.exec_driver_sql(f"{fill} where ticket_number between ? and ?", (first, first + SLICE - 1))


@cache
def _written(fact: Table, schema: str) -> tuple[str, str]:
    """CREATE TABLE and INSERT of one published table, written out once a process: each load needs the same forty."""
    target = fact.to_metadata(MetaData(), schema=schema)
    view = table(f"final_{fact.name}", *(column(c.name, c.type) for c in fact.columns))
    # Counts and clocks arrive as what DuckDB made of them; the table's own types decide.
    rows = select(*(cast(view.c[c.name], c.type).label(c.name) for c in fact.columns))
    fill = insert(target).from_select([c.name for c in fact.columns], rows)
    dialect = Dialect()
    return str(CreateTable(target).compile(dialect=dialect)), str(fill.compile(dialect=dialect))


def _temporary_names(connection: Connection) -> set[tuple[str, str]]:
    """Temporary views and tables that stand on the connection now, as (kind, name)."""
    found = connection.exec_driver_sql(
        "select 'view', view_name from duckdb_views() where database_name = 'temp' and not internal "
        "union all select 'table', table_name from duckdb_tables() where database_name = 'temp'"
    )
    return {(kind, name) for kind, name in found}


def _clear(connection: Connection, before: set[tuple[str, str]]) -> None:
    """Drop what this build left on the connection; what stood there before is somebody else's."""
    quote = connection.dialect.identifier_preparer.quote
    left = sorted(_temporary_names(connection) - before, reverse=True)
    connection.exec_driver_sql("; ".join(f"drop {kind} temp.{quote(name)}" for kind, name in left))
