"""What a help desk's numbers of its own are called: states, priorities, kinds of target clocks, fields of tickets.

A list of names is one more file, and may come before the records that use the numbers or long after. So records keep
the numbers, lists keep the names with what they mean to us, and both meet in ``etl.derive``. The report of unknown
words asks here, whenever it is read, which of them are known by now.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Any

from sqlalchemy import BigInteger, Select, and_, cast, func, literal, select

from etl.expressions import plain
from etl.rearranged import our_word
from etl.staging import RawTable, Stage, loaded_field, unmapped


def put_names(
    rows: RawTable, into: Stage, source: str, kind: str, meanings: Dictionary[str, str], else_: str | None = None
) -> None:
    """Keep a list of names: ``rows`` has ``number`` and ``name``; of a number told twice the last name counts.

    A name means what ``meanings`` says of it, else what stands in the column ``else_``. For states ``supportkpi.toml``
    comes first, by number or by name. Names without a meaning are reported.
    """
    c = rows.table.c
    declared = into.settings.loading.status if kind == "status" else {}
    settings = {plain(word): str(ours) for word, ours in declared.items()}
    known = {plain(word): str(ours) for word, ours in meanings.items()} | settings
    found = [our_word(c.number, settings)] if settings else []
    found += [our_word(c.name, known)] if known else []
    found += [c[else_]] if else_ else []
    meaning = func.coalesce(*found)
    place = func.row_number().over(partition_by=c.number, order_by=c["_row"].desc()).label("place")
    told = select(c["_row"], c.number, c.name, meaning.label("meaning"), place).subquery()
    d = told.c
    chosen = select(
        d["_row"].label("row"), literal(kind).label("kind"), d.number.label("original_id"), d.name, d.meaning
    )  # fmt: skip
    into.put("field", source, chosen.where(d.place == 1))
    unknown = select(
        literal("name").label("column"), d.name.label("word"), literal("not known").label("treated_as"),
        func.count().label("rows"),
    )  # fmt: skip
    into.unmapped(unknown.where(d.place == 1, d.meaning.is_(None), d.name.is_not(None)).group_by(d.name))


def own_names() -> Select[Any]:
    """What each number is called now: the newest list that names it counts."""
    c = loaded_field.c
    told = [c[name] for name in ("source", "kind", "original_id", "name", "meaning", "options", "preference")]
    newest = func.row_number().over(
        partition_by=(c.source, c.kind, c.original_id), order_by=(c.load_id.desc(), c.row.desc())
    )
    placed = select(*told, newest.label("place")).subquery()
    return select(*(placed.c[each.name] for each in told)).where(placed.c.place == 1)


def unknown_words() -> Select[Any]:
    """Words nobody mapped, by load: a number with a name by now under that name, and none whose name we know."""
    names = own_names().subquery()
    n, c = names.c, unmapped.c
    is_named = and_(n.source == c.source, n.kind == c.kind, n.original_id == c.word)
    word = func.coalesce(n.name, c.word).label("word")
    rows = cast(func.sum(c.rows), BigInteger).label("rows")
    told = select(c.load_id, c.column, word, c.treated_as, rows).select_from(unmapped.outerjoin(names, is_named))
    grouped = told.where(n.meaning.is_(None)).group_by(c.load_id, c.column, word, c.treated_as)
    return grouped.order_by(c.load_id, c.column, word)
