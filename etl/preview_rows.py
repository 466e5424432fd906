"""What a staged table shows of itself: its columns, its first records beside ours, what was refused and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, func, select

from etl import dates, draft_words, files, naming
from etl.preview_report import ColumnSeen, Refusal, RowSeen, WordSeen
from etl.report import Unmapped
from etl.staging import BY_NAME, RawTable, refused

#: A column with more distinct words than this is no column of words.
MOST_WORDS = 60
#: Columns of a table that are described, and refused rows that are shown.
MOST_COLUMNS = 200
MOST_REFUSALS = 50
_CELL = 200
_GUESSED = ("status", "priority", "channel", "ticket_type")
#: A column holds dates where this share of its cells can be read as one, as for a draft.
_ENOUGH = 0.8


def columns(raw: RawTable, connection: Connection) -> list[ColumnSeen]:
    """Every column: how full it is, what stands in it, and how it can be read as dates."""
    if raw.kind == "json":
        raw = files.flatten(raw, raw.columns[:MOST_COLUMNS], connection)
    return [_column(raw, name, connection) for name in raw.columns[:MOST_COLUMNS]]


def _column(raw: RawTable, name: str, connection: Connection) -> ColumnSeen:
    cell = func.nullif(func.trim(raw.table.c[name]), "").label("word")
    inner = select(cell, raw.table.c["_row"]).subquery()
    filled, distinct = connection.execute(
        select(func.count(inner.c.word), func.approx_count_distinct(inner.c.word))
    ).one()
    first = select(inner.c.word).where(inner.c.word.is_not(None)).order_by(inner.c["_row"]).limit(3)
    words: list[WordSeen] = []
    if distinct <= MOST_WORDS * 2:
        counted = select(inner.c.word, func.count()).where(inner.c.word.is_not(None)).group_by(inner.c.word)
        rows = connection.execute(counted.order_by(func.count().desc(), inner.c.word).limit(MOST_WORDS + 1)).all()
        words = [_word(str(word), int(count)) for word, count in rows if len(rows) <= MOST_WORDS]
    examples = [str(each)[:_CELL] for each in connection.execute(first).scalars()]
    is_date = any(sum(letter.isdigit() for letter in each) >= 4 for each in examples)
    formats = dates.formats_of(connection, inner.c.word, _ENOUGH) if is_date else None
    return ColumnSeen(
        name=name, filled=int(filled), examples=list(dict.fromkeys(examples)), words=words, formats=formats
    )


def _word(word: str, rows: int) -> WordSeen:
    guesses = {name: draft_words.guess(name, word)[0] for name in _GUESSED}
    return WordSeen(word=word, rows=rows, guesses={name: ours for name, ours in guesses.items() if ours})


def facts(connection: Connection, load_id: int) -> dict[str, int]:
    """How many facts of each kind the rows became."""
    counts = {
        name: connection.execute(select(func.count()).where(table.c.load_id == load_id)).scalar_one()
        for name, table in BY_NAME.items()
        if "source" in table.c
    }
    return {name: int(count) for name, count in counts.items() if count}


def rows(connection: Connection, raw: RawTable, load_id: int, limit: int) -> list[RowSeen]:
    """The first records, theirs beside ours."""
    paths = raw.columns[:MOST_COLUMNS]
    flat = files.flatten(raw, paths, connection) if raw.kind == "json" else raw
    number = flat.table.c["_row"]
    cells = [func.left(flat.table.c[name], _CELL) for name in paths]
    rows = connection.execute(select(number, *cells).order_by(number).limit(limit)).all()
    numbers = [int(row[0]) for row in rows]
    ours = _ours(connection, load_id, numbers)
    mine = (refused.c.load_id == -load_id, refused.c.row.in_(numbers))
    why = {int(row): reason for row, reason in connection.execute(select(refused.c.row, refused.c.reason).where(*mine))}
    return [
        RowSeen(
            row=int(row[0]),
            theirs=dict(zip(paths, row[1:], strict=True)),
            ours=ours.get(int(row[0]), {}),
            refused=why.get(int(row[0])),
        )
        for row in rows
    ]


def _ours(connection: Connection, load_id: int, numbers: list[int]) -> dict[int, dict[str, str | None]]:
    """What each of these rows became: the columns of its fact, and what happened where it tells of events."""
    found: dict[int, dict[str, str | None]] = {}
    for name, table in BY_NAME.items():
        if name == "event" or "source" not in table.c:
            continue
        for row in connection.execute(select(table).where(table.c.load_id == load_id, table.c.row.in_(numbers))):
            values = {key: _text(value) for key, value in row._mapping.items() if value is not None}
            for unwanted in ("load_id", "row", "source", "part"):
                values.pop(unwanted, None)
            found.setdefault(int(row.row), {}).update(values)
    event = BY_NAME["event"]
    told = select(event).where(event.c.load_id == load_id, event.c.row.in_(numbers)).order_by(event.c.sequence)
    for row in connection.execute(told):
        value = f" → {row.new_value}" if row.new_value else ""
        here = found.setdefault(int(row.row), {})
        before = f"{here['what happened']}; " if here.get("what happened") else ""
        here["what happened"] = f"{before}{row.kind}{value}"
    return found


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}" + (f":{value:%S}" if value.second else "")
    return f"{value:g}" if isinstance(value, float) else str(value)[:_CELL]


def reasons(connection: Connection, load_id: int) -> dict[str, int]:
    """How many rows would be quarantined, by reason."""
    counted = select(refused.c.reason, func.count()).where(refused.c.load_id == -load_id).group_by(refused.c.reason)
    found = connection.execute(counted.order_by(func.count().desc(), refused.c.reason))
    return {str(reason): int(count) for reason, count in found}


def refusals(connection: Connection, load_id: int) -> list[Refusal]:
    """The first of those rows, with their lines."""
    place = func.coalesce(refused.c.line, refused.c.row)
    chosen = (place, refused.c.column, func.left(cast(refused.c.value, Text), _CELL), refused.c.reason)
    rows = select(*chosen).where(refused.c.load_id == -load_id).order_by(place).limit(MOST_REFUSALS)
    return [Refusal(line=row[0], column=row[1], value=row[2], reason=row[3]) for row in connection.execute(rows)]


def unmapped_words(connection: Connection, load_id: int) -> list[Unmapped]:
    """Words nobody mapped."""
    told = naming.unknown_words().subquery().c
    chosen = (told.column, told.word, told.treated_as, told.rows)
    rows = select(*chosen).where(told.load_id == load_id).order_by(told.rows.desc(), told.word).limit(200)
    return [Unmapped.model_validate(dict(row)) for row in connection.execute(rows).mappings()]
