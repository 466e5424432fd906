"""One row a record: tickets, changes, incidents, accounts, persons, teams, worklogs. And what every shape shares:
duplicates, words nobody mapped, the last report.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, cast, func, literal, select

from etl.expressions import Expression
from etl.mapping import Mapping
from etl.staging import BY_NAME, RawTable, Stage
from etl.typed import ORIGINALS, Typed, build, kind_of, unread_optional

#: Of one column at most this many unknown words are listed, the most frequent first.
MOST_WORDS = 200
#: What tells one record from another, where it is not its number alone.
_KEYS = {"sla": ("original_id", "cycle", "clock"), "figure": ("metric", "segment", "period_start", "period_end")}
_TREATED = {"status": "open, unless a resolve or a close is dated", "activity": "no event"}


def stage(mapping: Mapping, raw: RawTable, into: Stage) -> None:
    """Put one record a row; of several rows with one number the newest is kept, the others are refused."""
    typed = build(mapping, raw, into)
    if "original_id" in typed.names and mapping.shape not in _KEYS:
        refuse_duplicates(typed)
    refuse_superseded(typed, _KEYS.get(mapping.shape, ("original_id",)), "updated_at")
    chosen: list[Any] = [typed["row"], *(column for name in typed.names for column in stated(typed, name))]
    if mapping.shape == "ticket":
        chosen.append(literal(mapping.part).label("part"))
    into.put(mapping.shape, mapping.label, select(*chosen).where(typed.is_good))
    finish(typed)


def stated(typed: Typed, name: str) -> list[Any]:
    """A column of ours as it is kept: a word with the vendor's own beside it."""
    shape = typed.mapping.shape
    if name in ORIGINALS and (shape == "event" or ORIGINALS[name] in BY_NAME[shape].columns):
        return [typed[name].label(name), typed[f"text {name}"].label(ORIGINALS[name])]
    return [typed[name].label(name)]


def refuse_duplicates(typed: Typed) -> None:
    """Refuse rows that repeat an earlier row of the same ticket or record, cell for cell."""
    if not _repeats(typed, typed["same"]):
        return
    first = func.min(typed["row"]).label("first")
    keys = (typed["original_id"], typed["same"])
    groups = select(*keys, first).where(typed.is_good).group_by(*keys).having(func.count() > 1).subquery()
    is_again = (typed["original_id"] == groups.c.original_id) & (typed["same"] == groups.c.same)
    again = select(typed["row"]).join(groups, is_again).where(typed["row"] > groups.c.first)
    typed.mark(again, "original_id", "duplicate row")


def _repeats(typed: Typed, key: Expression) -> bool:
    """Whether any value occurs in two rows. Most files have none, and telling is much cheaper than finding which."""
    twice = select(literal(1)).where(key.is_not(None)).group_by(key).having(func.count() > 1).limit(1)
    return typed.into.connection.execute(twice).first() is not None


def refuse_superseded(typed: Typed, keys: Sequence[str], clock: str) -> None:
    """Of several rows with one number (or whatever ``keys`` tells) keep the newest by ``clock``, then the last."""
    there = [name for name in keys if name in typed.names]
    if not there:
        return
    identifier = typed[there[0]]
    if len(there) > 1:
        identifier = func.concat_ws("\x1f", *(func.coalesce(cast(typed[name], Text), "") for name in there))
    if not _repeats(typed, identifier):
        return
    known = select(identifier).where(typed.is_good, identifier.is_not(None)).group_by(identifier)
    several = known.having(func.count() > 1)
    newest_first: list[Expression] = [typed["row"].desc()]
    if clock in typed.names:
        newest_first.insert(0, typed[clock].desc().nulls_last())
    place = func.row_number().over(partition_by=identifier, order_by=newest_first).label("place")
    placed = select(typed["row"], place).where(typed.is_good, identifier.in_(several)).subquery()
    reason = f"superseded by a newer row of the same {typed.mapping.shape}"
    typed.mark(select(placed.c.row).where(placed.c.place > 1), there[0], reason)


def finish(typed: Typed) -> None:
    """Quarantine the faulty rows, report unknown words and unread cells, drop the typed rows."""
    for name in typed.names:
        if kind_of(typed.mapping, name) in ("word", "flag"):
            text = typed[f"text {name}"]
            report_words(typed, name, text, typed.is_good & typed[name].is_(None))
    unread_optional(typed)
    typed.refuse()
    typed.drop()


def _treated(shape: str, name: str) -> str:
    return _TREATED.get(name, "not known") if shape in ("ticket", "event") else "not known"


def report_words(typed: Typed, name: str, text: Expression, condition: Expression) -> None:
    """Report the words of a column nobody mapped, and what was done with their rows."""
    chosen: Any = select(
        literal(typed.heading(name)).label("column"),
        text.label("word"),
        literal(_treated(typed.mapping.shape, name)).label("treated_as"),
        func.count().label("rows"),
    )
    words = chosen.where(condition, text.is_not(None)).group_by(text)
    most = words.order_by(func.count().desc(), text).limit(MOST_WORDS)
    typed.into.unmapped(most, typed.mapping.label, name if name in ("status", "priority") else None)
