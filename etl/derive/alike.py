"""Between the tables and ``etl.grouping``: the tickets of each area as arrays, and the groups found as tables again.

Names are numbered by DuckDB, all areas at once; what is remembered (``etl.grouping.blocks``) is looked up by numbers,
so that a load with little new pays for little more than reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Double,
    MetaData,
    Table,
    Text,
    column,
    select,
    table,
)
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeEngine

from etl.grouping.blocks import Memory
from etl.grouping.bursts import Tickets
from etl.grouping.clusters import NONE
from etl.grouping.group import Grouped, Names, Pairs, group
from etl.grouping.rules import LEAST_WORDS
from etl.grouping.vectors import Integers
from etl.grouping.workers import side_by_side
from etl.work import kept_block

_temporary = MetaData()


def made(name: str, **types: type[TypeEngine[Any]]) -> Table:
    """A temporary table."""
    return Table(name, _temporary, *(Column(each, of) for each, of in types.items()), prefixes=["TEMPORARY"])


#: Which group the words of a ticket put it into, and how alike it is to the others; of pairs how alike they are; the
#: key of each group.
text_group = made("text_group", ticket_number=BigInteger, group_number=BigInteger, confidence=Double)
pair_score = made("pair_score", ticket_number=BigInteger, earlier_number=BigInteger, score=Double)
text_issue = made("text_issue", group_number=BigInteger, issue_key=Text)

_TICKETS = """
    select
        ticket_number, area_number, epoch_us(created_at) / 86400e6 as day, word_number, asker_number, problem_number,
        error_number
    from worded
    order by place
"""
_PAIRS = "select place, earlier_place from pair_told where place >= $first and place < $last"


@dataclass(frozen=True)
class Area:
    """The tickets of one area, their numbers in the derivation, and the pairs of an account's tickets."""

    number: Integers
    tickets: Tickets
    names: Names
    pairs: Pairs


def find(connection: Connection) -> Memory:
    """Leave ``text_group`` and ``pair_score``, grouping anew what changed; what is to be remembered."""
    raw = driver(connection)
    connection.execute(CreateTable(text_group))
    connection.execute(CreateTable(pair_score))
    memory = Memory({row.digest: row.result for row in connection.execute(select(kept_block))})
    told = raw.execute(_TICKETS).fetchnumpy()
    groups = 0

    def one(area: Area) -> tuple[Area, Grouped, Integers]:
        found = group(area.tickets, area.names, memory, area.pairs)
        return area, found, _with_templates(found.issue, area)

    for area, found, issue in side_by_side(one, _areas(raw, told), memory, len(told["day"])):
        known = issue != NONE
        put(raw, text_group, area.number[known], issue[known] + groups, _confidence(found, issue)[known])
        put(raw, pair_score, area.number[area.pairs.ticket], area.number[area.pairs.earlier], found.pairs)
        groups += int(issue.max(initial=NONE)) + 1
    return memory


def _areas(raw: Any, told: dict[str, Any]) -> Iterator[Area]:
    """Each area in order."""
    columns = {name: np.asarray(values) for name, values in told.items()}
    areas = int(columns["area_number"].max(initial=NONE)) + 1
    ends = np.searchsorted(columns["area_number"], np.arange(areas + 1)).tolist()
    names = [_named(raw, name, areas) for name in ("words", "problem_key", "error_code")]
    for area, (first, last) in enumerate(pairwise(ends)):
        here = {name: values[first:last] for name, values in columns.items()}
        tickets = Tickets(
            *(here[name] for name in ("word_number", "day", "asker_number", "problem_number", "error_number"))
        )
        told = raw.execute(_PAIRS, {"first": first, "last": last}).fetchnumpy()
        pairs = Pairs(*(np.asarray(told[name]) - first for name in ("place", "earlier_place")))
        yield Area(here["ticket_number"], tickets, Names(*(each[area] for each in names)), pairs)


def _named(raw: Any, what: str, areas: int) -> list[list[str]]:
    """The distinct names of each area, in the order of their numbers."""
    name: ColumnElement[str] = column(what)
    area: ColumnElement[int] = column("area_number")
    distinct = select(area, name).select_from(table("worded")).where(name.is_not(None)).distinct()
    told = raw.execute(str(distinct.order_by(area, name))).fetchnumpy()
    names = np.asarray(told[what], dtype=object)
    ends = np.searchsorted(np.asarray(told["area_number"]), np.arange(1, areas))
    return [each.tolist() for each in np.split(names, ends)]


def _with_templates(issue: Integers, area: Area) -> Integers:
    """Tickets of no burst that have one text are one issue, if it says enough and they name neither record nor code."""
    tickets = area.tickets
    enough = area.names.lengths >= LEAST_WORDS
    free = (issue == NONE) & (tickets.record == NONE) & (tickets.code == NONE)
    rows = np.flatnonzero(free & enough[tickets.text])
    texts, place, times = np.unique(tickets.text[rows], return_inverse=True, return_counts=True)
    shared = np.cumsum(times > 1) - 1 + int(issue.max(initial=NONE)) + 1
    found = issue.copy()
    found[rows] = np.where(times > 1, shared, NONE)[place] if len(texts) else found[rows]
    return found


def _confidence(found: Grouped, issue: Integers) -> Any:
    """How alike to the centre; of one text with others: 1."""
    return np.where((found.issue == NONE) & (issue != NONE), 1.0, np.clip(found.likeness, 0, 1))


def driver(connection: Connection) -> Any:
    """The driver itself, which takes and gives arrays."""
    return connection.connection.driver_connection


def put(raw: Any, target: Table, *columns: Any) -> None:
    """Insert arrays as they are (DuckDB takes rows one by one slowly)."""
    import pandas as pd

    frame = pd.DataFrame(dict(zip((each.name for each in target.columns), columns, strict=True)))
    raw.from_df(frame).insert_into(target.name)
