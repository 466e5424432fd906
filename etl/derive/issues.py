"""Which tickets are one issue: what they tell, what their words tell (``etl.grouping``), and what people say.

Runs between the steps of the derivation. What was grouped is remembered in the work file, so that the next load groups
only what changed, and so that an issue keeps its key.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from itertools import chain, count
from typing import Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    MetaData,
    Select,
    Table,
    Text,
    column,
    delete,
    insert,
    select,
    table,
)
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeEngine

from etl.derive import said
from etl.grouping import text
from etl.grouping.blocks import Memory
from etl.grouping.bursts import Tickets
from etl.grouping.clusters import NONE
from etl.grouping.group import Grouped, Names, Pairs, group
from etl.grouping.rules import INHERIT, LEAST_WORDS, PAIR_DAYS, PAIR_MOST, REPEAT
from etl.grouping.vectors import Integers
from etl.work import kept_block, kept_issue

#: Runs a step of the derivation by name.
Run = Callable[[Connection, str], None]
#: Keeps a SELECT as a temporary table ("table") of a name.
Keep = Callable[[Connection, str, str, Select[Any]], None]


_temporary = MetaData()


def _made(name: str, **types: type[TypeEngine[Any]]) -> Table:
    return Table(name, _temporary, *(Column(each, of) for each, of in types.items()), prefixes=["TEMPORARY"])


#: Which group the words of a ticket put it into, and how alike it is to the others; of pairs how alike they are; the
#: key of each group.
_text_group = _made("text_group", ticket_number=BigInteger, group_number=BigInteger, confidence=Double)
_pair_score = _made("pair_score", ticket_number=BigInteger, earlier_number=BigInteger, score=Double)
_text_issue = _made("text_issue", group_number=BigInteger, issue_key=Text)
_told = table("told_issue", column("area", Text), column("words", Text))
_by_words = table("by_words", column("ticket_id"), column("group_number"))
_jaccard = table("jaccard", column("group_number"), column("issue_key"), column("share"))
_commonest = table("commonest", column("group_number"), column("called"), column("first_at"))


def find(connection: Connection, run: Run, keep: Keep) -> Memory:
    """Leave ``issue`` (which issue each ticket is of) and ``pair_score`` (how alike pairs of an account's tickets are).

    Returns what is to be remembered (``remember``), which has to wait until the facts are committed: a transaction
    writes into one file, and a commit on the way would number the rows anew that the other steps know by their place.
    """
    record = table("record", column("ticket_number"), column("subject"))
    words = select(
        record.c.ticket_number,
        text.signature(record.c.subject).label("words"),
        text.error_code(record.c.subject).label("error_code"),
    )
    keep(connection, "table", "issue_text", words)
    run(connection, "told_issue")
    _bound(connection, "pair_told", most=PAIR_MOST, days=PAIR_DAYS)
    memory = _group(connection)
    _name(connection, run)
    run(connection, "issue_key")
    said.apply(connection)
    _bound(connection, "alike_pair", repeat=REPEAT)
    return memory


def remember(connection: Connection, memory: Memory) -> None:
    """Keep what was found in each block, and which tickets each issue has, in a transaction of its own."""
    gone = memory.before.keys() - memory.now.keys()
    if gone:
        connection.execute(delete(kept_block).where(kept_block.c.digest.in_(sorted(gone))))
    rows = [{"digest": name, "result": result} for name, result in memory.now.items() if name not in memory.before]
    if rows:
        connection.execute(kept_block.insert(), rows)
    connection.execute(delete(kept_issue))
    joined = _by_words.join(_text_issue, _text_issue.c.group_number == _by_words.c.group_number)
    now = select(_by_words.c.ticket_id, _text_issue.c.issue_key).select_from(joined)
    connection.execute(insert(kept_issue).from_select(["ticket_id", "issue_key"], now))
    connection.commit()


def _bound(connection: Connection, step: str, **values: float) -> None:
    """A step with values of its own."""
    statement = resources.files(__package__).joinpath(f"{step}.sql").read_text(encoding="utf-8")
    _raw(connection).execute(statement, values)


def _raw(connection: Connection) -> Any:
    """The driver itself, which takes and gives arrays."""
    return connection.connection.driver_connection


def _group(connection: Connection) -> Memory:
    """Leave ``text_group`` and ``pair_score``, grouping each area anew where it changed; what is to be remembered."""
    raw = _raw(connection)
    raw.execute(
        "create or replace temp table text_group (ticket_number bigint, group_number bigint, confidence double)"
    )
    raw.execute("create or replace temp table pair_score (ticket_number bigint, earlier_number bigint, score double)")
    memory = Memory({row.digest: row.result for row in connection.execute(select(kept_block))})
    areas = select(_told.c.area).where(_told.c.words.contains(" ")).distinct().order_by(_told.c.area)
    groups = 0
    for area in connection.execute(areas).scalars().all():
        groups += _one_area(raw, area, memory, groups)
    return memory


def _one_area(raw: Any, area: str, memory: Memory, groups: int) -> int:
    """Group the tickets of one area, numbered on from ``groups``; how many groups there are."""
    told = raw.execute(_TICKETS, [area]).fetchnumpy()
    number = np.asarray(told["ticket_number"], dtype=np.int64)
    tickets, names = _tickets(told)
    pairs = raw.execute("select ticket_number, earlier_number from pair_told where area = $1", [area]).fetchnumpy()
    place = np.argsort(number)
    rows = [place[np.searchsorted(number, pairs[each], sorter=place)] for each in ("ticket_number", "earlier_number")]
    found = group(tickets, names, memory, Pairs(*rows))
    issue = _with_templates(found.issue, tickets, names)
    known = issue != NONE
    _put(raw, _text_group, number[known], issue[known] + groups, _confidence(found, issue)[known])
    _put(raw, _pair_score, pairs["ticket_number"], pairs["earlier_number"], found.pairs)
    return int(issue.max(initial=NONE)) + 1


_TICKETS = """
    select
        ticket_number, coalesce(words, '') as words, epoch_us(created_at) / 86400e6 as day, asker, problem_key,
        error_code
    from told_issue
    where area = $1 and (words like '% %' or problem_key is not null or error_code is not null)
    order by created_at, ticket_number
"""


def _tickets(told: dict[str, Any]) -> tuple[Tickets, Names]:
    (texts, text_of), (_, asker), (records, record), (codes, code) = (
        _numbered(told[name]) for name in ("words", "asker", "problem_key", "error_code")
    )
    return Tickets(text_of, np.asarray(told["day"]), asker, record, code), Names(texts, records, codes)


def _numbered(values: Any) -> tuple[list[str], Integers]:
    """The distinct values in order, and the number of each row's; NONE where there is none."""
    missing = np.ma.getmaskarray(values)
    names, place = np.unique(np.asarray(np.ma.filled(values, ""), dtype=object), return_inverse=True)
    return names.tolist(), np.where(missing, NONE, place).astype(np.int64)


def _with_templates(issue: Integers, tickets: Tickets, names: Names) -> Integers:
    """Tickets of no burst that have one text are one issue, if it says enough and they name neither record nor code."""
    enough = np.array([words.count(" ") + 1 >= LEAST_WORDS for words in names.texts], dtype=bool)
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


def _put(raw: Any, target: Table, *columns: Any) -> None:
    """Insert arrays as they are (DuckDB takes rows one by one slowly)."""
    import pandas as pd

    frame = pd.DataFrame(dict(zip((each.name for each in target.columns), columns, strict=True)))
    raw.from_df(frame).insert_into(target.name)


def _name(connection: Connection, run: Run) -> None:
    """Leave ``text_issue``, the key of each group: that of the issue it was, else its commonest words."""
    run(connection, "text_issue")
    inherited = _inherited(connection)
    taken, keys = set(inherited.values()), dict(inherited)
    called = select(_commonest).order_by(_commonest.c.first_at, _commonest.c.called, _commonest.c.group_number)
    for row in connection.execute(called):
        if row.group_number not in inherited:
            again = (f"{row.called} ({number})" for number in count(2))
            key = next(each for each in chain([row.called], again) if each not in taken)
            taken.add(key)
            keys[row.group_number] = key
    connection.execute(CreateTable(_text_issue))
    if keys:
        _put(_raw(connection), _text_issue, list(keys), list(keys.values()))


def _inherited(connection: Connection) -> dict[int, str]:
    """Group and the key it inherits: that of the issue it shares most tickets with, if enough of both are shared.

    More than half can be shared with one only; of two halves the first key, and the first group, have it.
    """
    shares = select(_jaccard).where(_jaccard.c.share >= INHERIT)
    shares = shares.order_by(_jaccard.c.share.desc(), _jaccard.c.issue_key, _jaccard.c.group_number)
    found: dict[int, str] = {}
    taken: set[str] = set()
    for row in connection.execute(shares):
        if row.group_number not in found and row.issue_key not in taken:
            found[row.group_number] = row.issue_key
            taken.add(row.issue_key)
    return found
