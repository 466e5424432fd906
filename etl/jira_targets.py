"""Targets of Jira Service Management in issues of the API: a field with completed cycles and one that is running."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, case, func, literal, or_, select, union_all

from etl.files import flatten
from etl.mapping import Clock, Mapping
from etl.rearranged import Cell, rearranged
from etl.staging import RawTable, Stage
from etl.threads import unnested
from etl.translate import stage_mapping

#: The names of the two default targets, in lower case; others run on other clocks than ours.
CLOCKS = {"time to first response": "first_reply", "time to resolution": "resolution"}
_TIMES = ("startTime.epochMillis", "stopTime.epochMillis", "breachTime.epochMillis", "breached")
_NAMES = ("key", "name", "cycle", "started", "met", "due", "breached")


def verdict(flat: RawTable, fields: Sequence[str]) -> Cell:
    """Whether the target on the resolution was kept: no cycle breached, and one completed."""
    c = flat.table.c
    said: list[Cell] = []
    for field in fields:
        done, running = c[f"fields.{field}.completedCycles"], c[f"fields.{field}.ongoingCycle"]
        is_resolution = func.lower(c[f"fields.{field}.name"]) == "time to resolution"
        is_broken = or_(
            func.list_contains(func.json_extract_string(done, "$[*].breached"), "true"),
            func.json_extract_string(running, "$.breached") == "true",
        )
        is_done = func.json_array_length(done) > 0
        said.append(case((and_(is_resolution, is_broken), "false"), (and_(is_resolution, is_done), "true")))
    return func.coalesce(*said, None) if said else literal(None)


def stage_targets(raw: RawTable, tickets: RawTable, fields: Sequence[str], into: Stage, source: str) -> None:
    """Put each cycle of the two default targets; others are named in the report."""
    left: set[str] = set()
    for field in fields:
        rows = _cycles(raw, tickets, field, into)
        c = rows.table.c
        name = func.lower(c.name)
        names = into.connection.execute(select(c.name).select_from(rows.table).distinct()).scalars().all()
        left |= {str(each) for each in names if each and each.lower() not in CLOCKS}
        cells: dict[str, Cell] = {
            "original_id": c.key,
            "cycle": func.concat(field, " ", c.cycle),
            "clock": case(CLOCKS, value=name),
            "policy": c.name,
            "started_at": c.started,
            "due_at": c.due,
            "met_at": c.met,
            "is_met": case((c.breached == "true", "false"), (and_(c.met.is_not(None), c.breached == "false"), "true")),
        }
        known = rearranged(rows, into, cells, and_(name.in_(list(CLOCKS)), c.key.is_not(None)))
        if known.rows:
            mapping = Mapping(
                name="jira-targets",
                shape="sla",
                source=source,
                clock=Clock(timezone="UTC"),
                columns={each: (each,) for each in cells},
                optional=("started_at", "due_at", "met_at"),
            )
            stage_mapping(mapping, known, into)
    if left:
        into.warnings.append(f"Targets on clocks we do not keep, not read: {', '.join(sorted(left))}.")


def _cycles(raw: RawTable, tickets: RawTable, field: str, into: Stage) -> RawTable:
    """A row for each cycle of a field; ``cycle`` counts them, the running one is called so."""
    base = f"fields.{field}"
    done = unnested(raw, into, f"{base}.completedCycles", ("key", f"{base}.name"), _TIMES).table.c
    running = flatten(
        raw, ("key", f"{base}.name", *(f"{base}.ongoingCycle.{each}" for each in _TIMES)), into.connection
    )
    on = running.table.c
    start = on[f"{base}.ongoingCycle.startTime.epochMillis"]
    both = union_all(
        select(done["_row"], done.key, done[f"{base}.name"], done.place, *(done[f"item.{each}"] for each in _TIMES)),
        select(
            on["_row"],
            on.key,
            on[f"{base}.name"],
            literal("running"),
            *(on[f"{base}.ongoingCycle.{each}"] for each in _TIMES),
        ).where(start.is_not(None)),
    ).subquery()
    columns = list(both.c)
    cells: dict[str, Cell] = dict(zip(_NAMES, columns[1:], strict=True))
    is_ticket = columns[0].in_(select(tickets.table.c["_row"]))
    table = RawTable(both, _NAMES, raw.file_name, 0)  # type: ignore[arg-type]
    return _rearranged(table, columns[0], cells, is_ticket, into)


def _rearranged(table: RawTable, row: Cell, cells: dict[str, Cell], where: Cell, into: Stage) -> RawTable:
    chosen = select(row.label("_row"), *(cell.label(name) for name, cell in cells.items())).where(where).subquery()
    inner = RawTable(chosen, _NAMES, table.file_name, 0)  # type: ignore[arg-type]
    return rearranged(inner, into, {name: chosen.c[name] for name in _NAMES})
