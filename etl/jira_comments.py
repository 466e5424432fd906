"""Comments of Jira issues, from the columns of a CSV or the lists of JSON, as messages; of the text nothing is kept.

Both bring a table with ``key`` (the issue), ``place``, ``moment`` (UTC, ISO), ``author``, ``kind`` (of the author's
account), ``public`` and ``body``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, Table, Text, and_, case, cast, func, null, or_, select

from etl import expressions
from etl.jira_words import WORDS
from etl.mapping import Clock
from etl.rearranged import Cell, rearranged
from etl.staging import RawTable, Stage
from etl.threads import message_cells, stage_events
from etl.vocabulary import Event, Role

_CELL = r"(?s)^\s*([^;]{4,40});([^;]*);(.*)$"
#: How a moment is handed on, and read again beside clocks of another format.
ISO, ISO_READ = "%Y-%m-%dT%H:%M:%S.%g+00:00", "%Y-%m-%dT%H:%M:%S.%g%z"


def unfolded(raw: RawTable, into: Stage, columns: Sequence[str], key: Cell, clock: Clock) -> RawTable:
    """A row for each filled comment cell; cells that do not begin with a date are told and left out."""
    c = raw.table.c
    listed = func.list_value(*(c[name] for name in columns)) if columns else cast(null(), Text)
    cells = select(
        c["_row"],
        key.label("key"),
        (func.unnest(listed) if columns else listed).label("cell"),
        (func.generate_subscripts(listed, 1) if columns else cast(null(), BigInteger)).label("place"),
    ).subquery()
    text = func.regexp_extract(cells.c.cell, _CELL, 1)
    moment = expressions.instant(func.trim(text), clock.timezone or into.timezone, clock.formats)
    rows = RawTable(_as_table(cells), ("key", "cell", "place"), raw.file_name, 0)
    said = {
        "key": cells.c.key,
        "place": cells.c.place,
        "moment": func.strftime(moment, ISO),
        "author": func.nullif(func.trim(func.regexp_extract(cells.c.cell, _CELL, 2)), ""),
        "kind": cast(null(), Text),
        "public": cast(null(), Text),
        "body": func.regexp_extract(cells.c.cell, _CELL, 3),
    }
    is_filled = func.coalesce(func.trim(cells.c.cell), "") != ""
    every = rearranged(rows, into, said, and_(is_filled, cells.c.key.is_not(None)))
    dated = rearranged(every, into, {n: every.table.c[n] for n in every.columns}, every.table.c.moment.is_not(None))
    if every.rows > dated.rows:
        into.warnings.append(f"Comments that begin with no date, not read as messages: {every.rows - dated.rows:,}.")
    return dated


def _as_table(rows: object) -> Table:
    return rows  # type: ignore[return-value]


def first_by_others(comments: RawTable, row: Cell, creators: Sequence[Cell]) -> Cell:
    """The moment of the first comment on a row's issue by somebody who is none of its creators."""
    m = comments.table.c
    mine = and_(m["_row"] == row, m.author.is_not(None), *(m.author.is_distinct_from(each) for each in creators))
    return select(func.min(m.moment)).where(mine).scalar_subquery()


def stage_comments(
    comments: RawTable, tickets: RawTable, into: Stage, source: str, reporters: Sequence[Cell], tells_internal: bool
) -> None:
    """Put the comments of some tickets as messages: by the reporter or another customer, else by an agent.

    ``reporters`` are expressions over ``tickets``: the ways its reporter may be named as an author.
    """
    m = comments.table.c
    joined = select(
        comments.table,
        func.coalesce(or_(*(m.author == each for each in reporters)), False).label("is_reporter"),
    ).join(tickets.table, tickets.table.c["_row"] == m["_row"])
    rows = RawTable(_as_table(joined.subquery()), (*comments.columns, "is_reporter"), tickets.file_name, 0)
    c = rows.table.c
    is_customer = or_(c.is_reporter, func.coalesce(c.kind == "customer", False))
    cells: dict[str, Cell] = {
        "original_id": c.key,
        "occurred_at": c.moment,
        "activity": case((c.public == "false", str(Event.PRIVATE_NOTE)), else_=str(Event.PUBLIC_MESSAGE)),
        "actor": c.author,
        "actor_role": case(
            (c.author.is_(None), None),
            (c.kind == "app", str(Role.BOT)),
            (is_customer, str(Role.CUSTOMER)),
            else_=str(Role.AGENT),
        ),
        "place": c.place,
        **message_cells(c.body),
    }
    made = rearranged(rows, into, cells)
    stage_events(made, into, source, WORDS)
    if made.rows and not tells_internal:
        into.warnings.append(
            f"This export does not tell internal comments from public ones: all {made.rows:,} are read as public "
            "messages. The issues of the search API as JSON tell them apart."
        )
