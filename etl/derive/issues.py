"""Which tickets are one issue: what they tell, what their words tell (``etl.grouping``), and what people say.

Runs between the steps of the derivation. What was grouped is remembered in the work file, so that the next load groups
only what changed, and so that an issue keeps its key.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from itertools import chain, count
from typing import Any

from sqlalchemy import Connection, Select, column, delete, insert, select, table
from sqlalchemy.schema import CreateTable

from etl.derive import alike, said
from etl.grouping import text
from etl.grouping.blocks import Memory
from etl.grouping.rules import INHERIT, PAIR_DAYS, PAIR_MOST, REPEAT
from etl.work import kept_block, kept_issue

#: Runs a step of the derivation by name.
Run = Callable[[Connection, str], None]
#: Keeps a SELECT as a temporary table ("table") of a name.
Keep = Callable[[Connection, str, str, Select[Any]], None]


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
    run(connection, "worded")
    _bound(connection, "pair_told", most=PAIR_MOST, days=PAIR_DAYS)
    memory = alike.find(connection)
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
    joined = _by_words.join(alike.text_issue, alike.text_issue.c.group_number == _by_words.c.group_number)
    now = select(_by_words.c.ticket_id, alike.text_issue.c.issue_key).select_from(joined)
    connection.execute(insert(kept_issue).from_select(["ticket_id", "issue_key"], now))
    connection.commit()


def _bound(connection: Connection, step: str, **values: float) -> None:
    """A step with values of its own."""
    statement = resources.files(__package__).joinpath(f"{step}.sql").read_text(encoding="utf-8")
    alike.driver(connection).execute(statement, values)


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
    connection.execute(CreateTable(alike.text_issue))
    if keys:
        alike.put(alike.driver(connection), alike.text_issue, list(keys), list(keys.values()))


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
