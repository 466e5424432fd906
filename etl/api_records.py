"""What sources of API records share: records known by their keys, fields spelt in two ways, one fact a row.

``Records`` says of one kind of record what must be there; ``claim`` and ``stage`` find the kind of a table.
``put`` maps rows made of expressions; ``put_named`` keeps who an object inside a record names, once each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, case, cast, func, literal, not_, select, text
from sqlalchemy.types import ARRAY

from etl.files import json_path
from etl.mapping import Clock, Mapping, Survey, Words
from etl.rearranged import Cell, rearranged, refuse_where
from etl.staging import Claim, RawTable, Stage
from etl.translate import stage_mapping

#: Clocks of most APIs.
UTC = Clock(timezone="UTC")


class Records(NamedTuple):
    """One kind of record: keys it must have, keys of which it must have ``enough``, keys it cannot have.

    A key may be given in several spellings, parted by ``|``. A key that holds an object counts however far its paths
    go: ``via`` is there when ``via.channel`` is.
    """

    needed: tuple[str, ...]
    telling: tuple[str, ...]
    stage: Callable[[RawTable, Stage], None]
    enough: int = 1
    never: tuple[str, ...] = ()


def claim(name: str, raw: RawTable, kinds: Iterable[Records]) -> Claim:
    """Claim records by their keys; for the nearest kind say what is missing."""
    there = keys_of(raw.columns)
    near = Claim(name, ())
    for kind in kinds:
        telling = _found(kind.telling, there)
        if len(telling) < kind.enough or not there.isdisjoint(kind.never):
            continue
        found = _found(kind.needed, there)
        missing = tuple(key.split("|")[0] for key in kind.needed if not _found((key,), there))
        if not missing:
            return Claim(name, (*found, *telling))
        if len(found) > len(near.matched):
            near = Claim(name, (*found, *telling), missing)
    return near


def stage(raw: RawTable, into: Stage, kinds: Iterable[Records]) -> None:
    """Put the facts of a table that was claimed."""
    there = keys_of(raw.columns)
    for kind in kinds:
        is_told = len(_found(kind.telling, there)) >= kind.enough and there.isdisjoint(kind.never)
        if is_told and len(_found(kind.needed, there)) == len(kind.needed):
            kind.stage(raw, into)
            return


def _found(keys: Iterable[str], there: set[str]) -> tuple[str, ...]:
    """Of each key the spelling that is there, if any."""
    spelt = (next((each for each in key.split("|") if each in there), None) for key in keys)
    return tuple(each for each in spelt if each is not None)


def keys_of(paths: Iterable[str]) -> set[str]:
    """Every dotted path and every beginning of one."""
    found: set[str] = set()
    for path in paths:
        parts = path.split(".")
        found.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return found


def snake(name: str) -> str:
    """A key in the spelling of connectors, which write ``createdAt`` as ``created_at``.

    >>> snake("customerWaitingSince.lastReplyFrom")
    'customer_waiting_since.last_reply_from'
    """
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def fields(raw: RawTable, into: Stage, paths: Sequence[str]) -> RawTable:
    """A table with each of the ``paths``, from whichever of its spellings is filled first.

    A path may be several, parted by ``|``; the column has the first one's name. ``createdAt`` is also looked for as
    ``created_at``.
    """
    spelt = {path.split("|")[0]: _spellings(path) for path in paths}
    every = list(dict.fromkeys(each for several in spelt.values() for each in several))
    # Not by ``files.flatten``: spellings that differ in case alone cannot be columns of one table.
    wanted = literal([json_path(each) for each in every], ARRAY(Text))
    found = func.json_extract_string(raw.table.c.record, wanted).label("found")
    inner = select(raw.table.c["_row"], found).subquery()

    def cell(path: str) -> Cell:
        return func.nullif(func.list_extract(inner.c.found, every.index(path) + 1), "")

    cells: dict[str, Cell] = {
        name: cell(several[0]) if len(several) == 1 else func.coalesce(*(cell(each) for each in several))
        for name, several in spelt.items()
    }
    return rearranged(replace(raw, table=inner), into, cells)  # type: ignore[arg-type]


def _spellings(path: str) -> list[str]:
    return list(dict.fromkeys(each for name in path.split("|") for each in (name, snake(name))))


def put(
    rows: RawTable,
    into: Stage,
    source: str,
    shape: str,
    cells: Dictionary[str, Cell],
    *,
    part: str = "ticket",
    words: Words | None = None,
    optional: tuple[str, ...] = (),
    clock: Clock = UTC,
    survey: Survey | None = None,
    where: Cell | None = None,
) -> None:
    """Put one fact a row: ``cells`` says each column of ours as an expression over ``rows.table``.

    Columns of ``vendor_…`` and those in ``optional`` never cost a row: what cannot be read is told.
    """
    made = rearranged(rows, into, cells, where)
    if where is not None and not made.rows:
        return
    mapping = Mapping.model_validate(
        {
            "name": f"{source}-{part if part != 'ticket' else shape.replace('_', '-')}",
            "shape": shape,
            "source": source,
            "part": part,
            "clock": clock,
            "columns": {name: (name,) for name in cells},
            "words": words or Words(),
            "optional": tuple(name for name in cells if name in optional or name.startswith("vendor_")),
            "survey": survey,
        }
    )
    stage_mapping(mapping, made, into)


def put_named(
    rows: RawTable, into: Stage, source: str, fact: str, number: Cell, name: Cell, role: str | None = None
) -> None:
    """Put a person or team for each number that an object inside the records names, under the last name told."""
    c = rows.table.c
    told = select(c["_row"], cast(number, Text).label("number"), cast(name, Text).label("name")).subquery()
    chosen: list[Any] = [
        func.min(told.c["_row"]).label("row"),
        told.c.number.label("original_id"),
        func.arg_max(told.c.name, told.c["_row"]).label("name"),
        *([literal(role).label("role")] if role else []),
    ]
    into.put(
        fact,
        source,
        select(*chosen).where(told.c.number.is_not(None), told.c.name.is_not(None)).group_by(told.c.number),
    )


def newest(rows: RawTable, into: Stage, key: Cell, *clocks: Cell) -> RawTable:
    """Of rows with one key the newest by ``clocks``, then the last: for facts beside the one the row is judged as."""
    c = rows.table.c
    order = [*(clock.desc().nulls_last() for clock in clocks), c["_row"].desc()]
    place = func.row_number().over(partition_by=key, order_by=order)
    numbered = rearranged(rows, into, {**{name: c[name] for name in rows.columns}, "place of newest": place})
    d = numbered.table.c
    return rearranged(numbered, into, {name: d[name] for name in rows.columns}, d["place of newest"] == "1")


def refuse_repeated(rows: RawTable, into: Stage, key: str) -> RawTable:
    """Quarantine rows that repeat a key (pages of an export overlap): the first copy counts."""
    c = rows.table.c
    telling = func.row_number().over(partition_by=c[key], order_by=c["_row"])
    rows = rearranged(rows, into, {**{name: c[name] for name in rows.columns}, "telling": telling})
    c = rows.table.c
    return refuse_where(rows, into, and_(c.telling != "1", c[key].is_not(None)), key, "duplicate row")


def refuse_undated(rows: RawTable, into: Stage, number: str, clock: str) -> RawTable:
    """Quarantine rows without the number of a ticket, or without a date."""
    rows = refuse_where(rows, into, rows.table.c[number].is_(None), number, "no ticket number")
    return refuse_where(rows, into, rows.table.c[clock].is_(None), clock, "no date")


def epoch(seconds: Cell) -> Cell:
    """An epoch; 0, which is what an empty clock becomes in many APIs, is none."""
    return func.nullif(seconds, "0")


def listed(text: Cell) -> Cell:
    """A cell that holds a JSON list; NULL for any other."""
    valid = case((func.json_valid(text), text))
    return case((func.json_type(valid) == "ARRAY", valid))


def is_true(cell: Cell) -> Cell:
    """Whether a cell is true; never NULL."""
    return func.coalesce(func.lower(cell).in_(("true", "1")), literal(False))


def flag(cell: Cell) -> Cell:
    """``true`` or ``false`` as text, of a condition; NULL stays NULL."""
    return case((cell, "true"), (not_(cell), "false"))


def before(state: Cell, ticket: Cell, order: Sequence[Cell]) -> Cell:
    """The last state told before a row of the same ticket, whatever rows between say nothing."""
    told: Cell = func.lag(state.op("IGNORE")(text("NULLS")))
    return told.over(partition_by=ticket, order_by=list(order))  # type: ignore[no-any-return]
