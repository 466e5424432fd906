"""People's words on issues, applied in their order: they outrank records, codes and text.

A word on an issue speaks of the tickets it had: those created before it was said. What joins later is as sure as its
own evidence, but goes where the issue went.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Double,
    MetaData,
    Table,
    Text,
    case,
    delete,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.schema import CreateTable

from etl import issue_words
from etl.issue_words import IssueWord

_temporary = MetaData()
#: Which issue each ticket is of; made by issue_key.sql.
_issue = Table(
    "issue",
    MetaData(),
    Column("ticket_number", BigInteger),
    *(Column(name, Text) for name in ("ticket_id", "issue_key", "evidence", "confirmed_by")),
    *(Column(name, DateTime) for name in ("created_at", "confirmed_at")),
    Column("confidence", Double),
)
_name = Table("issue_name", _temporary, Column("issue_key", Text), Column("name", Text), prefixes=["TEMPORARY"])
_confirmed = Table(
    "issue_confirmed",
    _temporary,
    *(Column(name, Text) for name in ("issue_key", "confirmed_by")),
    Column("confirmed_at", DateTime),
    prefixes=["TEMPORARY"],
)
#: Tickets a person said not to be of an issue.
_parted = Table(
    "parted", _temporary, Column("ticket_number", BigInteger), Column("issue_key", Text), prefixes=["TEMPORARY"]
)


def apply(connection: Connection) -> None:
    """Change ``issue``; leave ``issue_name``, ``issue_confirmed`` and ``parted``."""
    for made in (_name, _confirmed, _parted):
        connection.execute(CreateTable(made))
    for word in issue_words.kept(connection):
        _APPLY[word.kind](connection, word)


def _sure(word: IssueWord) -> dict[str, Any]:
    """A guess that a person has looked at is none any more; a record stays the record it is."""
    is_guess = _issue.c.evidence.in_(("subject (suggested)", "single"))
    return {
        "evidence": case((is_guess, "person"), else_=_issue.c.evidence),
        "confidence": 1.0,
        "confirmed_by": word.said_by,
        "confirmed_at": word.said_at,
    }


def _had(word: IssueWord, key: str) -> ColumnElement[bool]:
    """The tickets an issue had when the word was said."""
    return (_issue.c.issue_key == key) & (_issue.c.created_at <= word.said_at)


def _confirm_all(connection: Connection, word: IssueWord, key: str) -> None:
    connection.execute(update(_issue).where(_had(word, key)).values(**_sure(word)))
    _note(connection, word, key)


def _note(connection: Connection, word: IssueWord, key: str) -> None:
    connection.execute(delete(_confirmed).where(_confirmed.c.issue_key == key))
    told = {"issue_key": key, "confirmed_by": word.said_by, "confirmed_at": word.said_at}
    connection.execute(insert(_confirmed).values(**told))


def _call(connection: Connection, key: str, name: str) -> None:
    connection.execute(delete(_name).where(_name.c.issue_key == key))
    connection.execute(insert(_name).values(issue_key=key, name=name))


def _move(connection: Connection, word: IssueWord, old: str, new: str) -> None:
    """All tickets of an issue go to another, with what was said of it."""
    if old == new:
        return
    connection.execute(update(_issue).where(_had(word, old)).values(issue_key=new, **_sure(word)))
    connection.execute(update(_issue).where(_issue.c.issue_key == old).values(issue_key=new))
    connection.execute(update(_parted).where(_parted.c.issue_key == old).values(issue_key=new))
    if connection.execute(select(_name.c.name).where(_name.c.issue_key == new)).first() is None:
        connection.execute(update(_name).where(_name.c.issue_key == old).values(issue_key=new))


def _confirm(connection: Connection, word: IssueWord) -> None:
    key = word.issue_keys[0]
    if not word.ticket_ids:
        _confirm_all(connection, word, key)
        return
    named = _issue.c.ticket_id.in_(word.ticket_ids)
    numbers = select(_issue.c.ticket_number).where(named)
    connection.execute(update(_issue).where(named).values(issue_key=key, **_sure(word)))
    connection.execute(delete(_parted).where(_parted.c.issue_key == key, _parted.c.ticket_number.in_(numbers)))
    _note(connection, word, key)


def _split(connection: Connection, word: IssueWord) -> None:
    key, name = word.issue_keys[0], (word.name or "").strip()
    mine = (_issue.c.issue_key == key) & _issue.c.ticket_id.in_(word.ticket_ids)
    rows = select(_issue.c.ticket_number, literal(key)).where(mine)
    connection.execute(insert(_parted).from_select(["ticket_number", "issue_key"], rows))
    alone = {"issue_key": _issue.c.ticket_id, "evidence": "single", "confidence": null()}
    apart = {"issue_key": f"person {name}", "evidence": "person", "confidence": 1.0}
    said = {"confirmed_by": word.said_by, "confirmed_at": word.said_at}
    connection.execute(update(_issue).where(mine).values(**(apart if name else alone), **said))
    if name:
        _call(connection, f"person {name}", name)
        _note(connection, word, f"person {name}")


def _merge(connection: Connection, word: IssueWord) -> None:
    first, *others = word.issue_keys
    _merge_into(connection, word, others, first)


def _link(connection: Connection, word: IssueWord) -> None:
    _merge_into(connection, word, word.issue_keys[:1], f"problem {(word.problem_key or '').strip()}")


def _merge_into(connection: Connection, word: IssueWord, others: Sequence[str], key: str) -> None:
    for other in others:
        _move(connection, word, other, key)
    _confirm_all(connection, word, key)


def _rename(connection: Connection, word: IssueWord) -> None:
    _call(connection, word.issue_keys[0], (word.name or "").strip())


_APPLY = {"confirm": _confirm, "split": _split, "merge": _merge, "rename": _rename, "link": _link}
