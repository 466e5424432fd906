"""Changes that tickets name: as what caused them, or as what is to solve them. A sibling of ``readings``.

What a ticket names is a person's word in the help desk, no test: it is counted beside what was tested after a change
(``dashboard.changes``), and only what is said to be a cause supports such an association.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, select, union_all

from dashboard.engine import Facts
from dashboard.kpis.population import counted_tickets
from dashboard.queries import Cut
from dashboard.scope import Scope
from etl.tables import change, ticket

Row = Mapping[str, Any]
#: From when to before when tickets were created (naive UTC); None: no bound.
Window = tuple[datetime | None, datetime | None]


class As(StrEnum):
    """What a ticket names a change as: the column that holds its name."""

    CAUSE = "caused_by"
    SOLUTION = "change_key"

    @property
    def column(self) -> ColumnElement[str]:
        return ticket.c[self.value]

    @property
    def words(self) -> str:
        return "said to have caused" if self is As.CAUSE else "raised to solve"


@dataclass(frozen=True)
class Named:
    """A change as tickets of a source name it, with how many do; ``change_id`` and ``title`` where the log has it."""

    source: str
    word: str
    causes: int
    solves: int
    still_open: int
    accounts: int
    last_at: datetime | None
    change_id: str | None
    title: str | None


def tally(facts: Facts, scope: Scope, changes: Iterable[str], by: As = As.CAUSE) -> dict[str, int]:
    """How many tickets name each of these changes, of all time."""
    found: dict[str, int] = defaultdict(int)
    for change_id, _, _, n in _told(facts, scope, changes, by):
        found[change_id] += n
    return dict(found)


def naming(facts: Facts, scope: Scope, changes: Iterable[str], change_id: str, by: As = As.CAUSE) -> pd.DataFrame:
    """The tickets that name one of these changes, oldest first."""
    told = [(source, word) for each, source, word, _ in _told(facts, scope, changes, by) if each == change_id]
    named = or_(false(), *(and_(ticket.c.source == source, by.column == word) for source, word in told))
    return _listed(facts, [named, *_counted(scope)])


def tickets_of(facts: Facts, scope: Scope, change_named: Named, window: Window) -> pd.DataFrame:
    """The tickets of a stretch that name this change, as either, oldest first."""
    by_word = or_(*(each.column == change_named.word for each in As))
    same = [ticket.c.source == change_named.source, by_word]
    return _listed(facts, [*same, *_counted(scope), *_inside(window)])


def named(facts: Facts, scope: Scope, window: Window) -> list[Named]:
    """Every change that tickets created in a stretch name, those of most tickets first."""
    own = ticket.c
    each_way = [
        select(
            own.ticket_id, own.source, own.account, own.open_days, own.created_at, each.column.label("word"),
            literal(int(each is As.CAUSE)).label("causes"), literal(int(each is As.SOLUTION)).label("solves"),
        ).where(each.column.is_not(None), *_counted(scope), *_inside(window))
        for each in As
    ]  # fmt: skip
    of = union_all(*each_way).subquery("named").c
    tickets = func.count(of.ticket_id.distinct())
    rows = facts.rows(
        select(
            of.source,
            of.word,
            func.sum(of.causes).label("causes"),
            func.sum(of.solves).label("solves"),
            func.count(case((of.open_days.is_not(None), of.ticket_id)).distinct()).label("still_open"),
            func.count(of.account.distinct()).label("accounts"),
            func.max(of.created_at).label("last_at"),
        )
        .group_by(of.source, of.word)
        .order_by(tickets.desc(), of.source, of.word)
    )
    log = _logged(facts, [(row["source"], row["word"]) for row in rows])
    found = []
    for row in rows:
        logged = log.get((row["source"], row["word"]), {})
        counts = {name: int(row[name]) for name in ("causes", "solves", "still_open", "accounts")}
        found.append(
            Named(row["source"], row["word"], last_at=row["last_at"], change_id=logged.get("change_id"),
                  title=logged.get("title"), **counts)
        )  # fmt: skip
    return found


def of_tickets(facts: Facts, tickets: Sequence[Row]) -> list[tuple[str, Mapping[As, int], Row]]:
    """The changes that these tickets name: by what word, how many as what, and the log's row (empty: not there)."""
    words: dict[tuple[str, str], Counter[As]] = defaultdict(Counter)
    for row in tickets:
        for each in As:
            if row[each.value]:
                words[row["source"], row[each.value]][each] += 1
    log = _logged(facts, words)
    return [(key[1], counts, log.get(key, {})) for key, counts in sorted(words.items())]


def titles(facts: Facts, words: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str | None]:
    """What the log calls the change that each word of a source names, where one is."""
    return {key: row["title"] for key, row in _logged(facts, words).items()}


def _logged(facts: Facts, words: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Row]:
    """The change of the log that each word of a source names, where one is."""
    asked = set(words)
    if not asked:
        return {}
    own = change.c
    ends = [own.change_id.endswith(f":{word}", autoescape=True) for word in sorted({word for _, word in asked})]
    same = own.change_id.in_([word for _, word in asked])
    known = {row["change_id"]: row for row in facts.rows(select(*own).where(or_(same, *ends)))}
    return {(source, word): known[each] for each, source, word in _matched(asked, known)}


def _matched(words: Iterable[tuple[str, str]], changes: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Change, source and word: by its whole id, or its number where only one change has that.

    A help desk names a change by the number it has in the system of changes, which is another source.
    """
    known, by_number = set(changes), defaultdict[str, list[str]](list)
    for change_id in known:
        by_number[change_id.partition(":")[2]].append(change_id)
    for source, word in words:
        alike = by_number[word]
        exact = [each for each in (word, f"{source}:{word}") if each in known]
        for change_id in exact or (alike if len(alike) == 1 else []):
            yield change_id, source, word


def _told(facts: Facts, scope: Scope, changes: Iterable[str], by: As) -> list[tuple[str, str, str, int]]:
    names = (ticket.c.source, by.column.label("word"))
    rows = facts.rows(
        select(*names, func.count().label("n")).where(by.column.is_not(None), *_counted(scope)).group_by(*names)
    )
    counts = {(row["source"], row["word"]): int(row["n"]) for row in rows}
    return [(each, source, word, counts[source, word]) for each, source, word in _matched(counts, changes)]


def _counted(scope: Scope) -> list[ColumnElement[bool]]:
    return [counted_tickets, *Cut(scope).conditions()]


def _inside(window: Window) -> list[ColumnElement[bool]]:
    start, end = window
    return [
        *([] if start is None else [ticket.c.created_at >= start]),
        *([] if end is None else [ticket.c.created_at < end]),
    ]


def _listed(facts: Facts, conditions: Sequence[ColumnElement[bool]]) -> pd.DataFrame:
    shown = ("ticket_id", "created_at", "subject", "account", "product", "category", *(each.value for each in As))
    statement = select(*(ticket.c[name] for name in shown)).where(*conditions)
    return facts.frame(statement.order_by(ticket.c.created_at, ticket.c.ticket_id))
