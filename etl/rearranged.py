"""Raw tables made of raw tables: each column said by an expression over the one that was read.

What a source that is no plain mapping needs: rows rearranged before they are mapped, rows that are no records of its
kind told and left out, vendor words that have a column of their own turned into ours, unknown ones reported.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    MetaData,
    Select,
    Subquery,
    Table,
    Text,
    func,
    insert,
    literal,
    not_,
    select,
)
from sqlalchemy import cast as as_type

from etl import expressions
from etl.staging import RawTable, Stage

#: An expression over the columns of a raw table.
Cell = ColumnElement[Any]
#: Of one column at most this many unknown words are listed.
MOST_WORDS = 200


def rearranged(raw: RawTable, into: Stage, cells: Dictionary[str, Cell], where: Cell | None = None) -> RawTable:
    """Make a temporary raw table of text columns, each said by an expression over ``raw.table``."""
    rows = select(raw.table.c["_row"], *(as_type(cell, Text).label(key) for key, cell in cells.items()))
    return _made(raw, into, rows if where is None else rows.where(where), tuple(cells))


def gathered(raw: RawTable, into: Stage, key: Cell, cells: Dictionary[str, Cell], others: str) -> RawTable:
    """Make one row of all that share a ``key``: ``original_id``, and ``cells`` as aggregates over ``raw.table``.

    The row stands where the first of them stood; the others are left out, and told as ``others``.
    """
    chosen = [as_type(cell, Text).label(name) for name, cell in cells.items()]
    own: list[Any] = [func.min(raw.table.c["_row"]).label("_row"), as_type(key, Text).label("original_id")]
    rows: Any = select(*own, *chosen)
    made = _made(raw, into, rows.select_from(raw.table).group_by(key), ("original_id", *cells))
    into.leave_out(raw.rows - made.rows, others)
    return made


def exploded(raw: RawTable, items: Cell) -> Subquery:
    """The items of a list in each row: ``_row``, ``position`` (from 1) and ``item``."""
    rows = select(raw.table.c["_row"], items.label("items")).subquery()
    position = func.generate_subscripts(rows.c["items"], 1).label("position")
    return select(rows.c["_row"], func.unnest(rows.c["items"]).label("item"), position).subquery()


def objects(text: Cell) -> Cell:
    """The objects of a JSON list, as a list to be ``exploded``."""
    return func.from_json(text, '["JSON"]')


def field(item: Cell, *path: str) -> Cell:
    """A field of a JSON object as text; NULL where it is empty or not there."""
    steps = "".join(f'."{step}"' for step in path)
    return func.nullif(func.json_extract_string(item, f"${steps}"), "")


def joined_names(text: Cell, name: str) -> Cell:
    """The distinct names in a JSON list of objects, in alphabetical order, with commas; NULL where there are none."""
    names = func.list_sort(func.list_distinct(func.json_extract_string(text, f'$[*]."{name}"')))
    return func.nullif(func.array_to_string(names, ", "), "")


def _made(raw: RawTable, into: Stage, rows: Select[Any], names: tuple[str, ...]) -> RawTable:
    columns = [Column(each, Text) for each in names]
    name = f"raw_rearranged_{uuid4().hex[:12]}"
    table = Table(name, MetaData(), Column("_row", BigInteger), *columns, prefixes=["TEMPORARY"])
    table.create(into.connection)
    into.connection.execute(insert(table).from_select(["_row", *names], rows))
    return replace(raw, table=table, columns=names, rows=count(table, into), kind="csv")


def count(table: Table, into: Stage, where: Cell | None = None) -> int:
    """How many rows of a table there are, of those for which ``where`` holds."""
    query = select(func.count()).select_from(table)
    return int(into.connection.execute(query if where is None else query.where(where)).scalar_one())


def only(raw: RawTable, into: Stage, where: Cell, others: str) -> RawTable:
    """The rows for which ``where`` holds (never NULL); the others are left out, and told as ``others``."""
    into.leave_out(count(raw.table, into, not_(where)), others)
    rows = select(raw.table).where(where).subquery()
    return replace(raw, table=cast(Table, rows), rows=count(raw.table, into, where))


def refuse_where(raw: RawTable, into: Stage, where: Cell, column: str, reason: str) -> RawTable:
    """Quarantine the rows for which ``where`` holds (never NULL), and keep the others."""
    c = raw.table.c
    shown = c[column] if column in c else literal(None, Text)
    into.refuse(
        select(
            c["_row"].label("row"),
            literal(column).label("column"),
            shown.label("value"),
            literal(reason).label("reason"),
        ).where(where)
    )
    rows = select(raw.table).where(not_(where)).subquery()
    return replace(raw, table=cast(Table, rows), rows=count(raw.table, into, not_(where)))


def our_word(text: Cell, meanings: Dictionary[str, str]) -> Cell:
    """Our word for a vendor's, whatever its case and blanks; NULL for one that stands nowhere."""
    return expressions.word(expressions.tidy(text), meanings)


def report_unknown(raw: RawTable, into: Stage, text: Cell, meanings: Dictionary[str, str], column: str) -> None:
    """Report the words of a column that mean nothing to us: kept as they came, not known by ours."""
    chosen: Any = select(
        literal(column).label("column"), text.label("word"), literal("not known").label("treated_as"),
        func.count().label("rows"),
    )  # fmt: skip
    unknown = chosen.select_from(raw.table).where(text.is_not(None), our_word(text, meanings).is_(None))
    into.unmapped(unknown.group_by(text).order_by(func.count().desc(), text).limit(MOST_WORDS))


def first_of(raw: RawTable, *names: str) -> Cell:
    """The first filled of some columns, as far as the table has them; NULL where it has none."""
    there = [func.nullif(func.trim(raw.table.c[name]), "") for name in names if name in raw.table.c]
    return func.coalesce(*there, literal(None, Text)) if there else literal(None, Text)
