"""How an export changed since the last of its kind: columns that are new, missing or probably renamed.

Each load keeps the columns its tables had, what each fed, and how its cells look (letters and digits as a mask, never
the values themselves). The next load of the same source and form is compared with it. Facts of both stay as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, String, cast, func, insert, select

from etl.recognise import spellings
from etl.staging import RawTable, Stage, loaded_column, loaded_drift

#: Rows and cells that are looked at to tell how a column looks; a column of at most so many words is known by them.
_ROWS, _LETTERS, _WORDS = 500, 40, 12
#: Masks most columns have: they tell nothing.
_PLAIN = {"", "a", "9", "a a", "99", "9.9"}


@dataclass(frozen=True)
class Column:
    """A column of a file: what it fed (``ticket.status, ticket.priority``) and how its cells look."""

    ours: str = ""
    mask: str = ""
    words: frozenset[str] = frozenset()

    def looks_like(self, other: Column) -> bool:
        """Whether two columns hold the same kind of content, and content that tells."""
        if len(self.words) > 1 and len(other.words) > 1:
            return 2 * len(self.words & other.words) >= len(self.words | other.words)
        return self.mask == other.mask and self.mask not in _PLAIN


@dataclass(frozen=True)
class Change:
    """One column that is ``new``, ``missing`` or ``renamed`` (to ``now``); ``ours`` is what it feeds or fed."""

    column: str
    what: str
    now: str | None
    ours: str
    is_lost: bool


def note(raw: RawTable, source: str, into: Stage) -> None:
    """Keep the columns of a table that was staged, and what changed since the last load of its kind."""
    form = ", ".join(sorted(into.forms)) or raw.envelope or ""
    now = _columns(raw, into)
    before = _last(into.connection, into.load_id, source, form)
    rows = [
        {
            "load_id": into.load_id,
            "source": source,
            "form": form,
            "column": name,
            "ours": each.ours,
            "mask": each.mask,
            "words": ",".join(sorted(each.words)),
        }
        for name, each in now.items()
    ]
    if rows:
        into.connection.execute(insert(loaded_column), rows)
    for change in compare(before, now) if before else ():
        into.connection.execute(insert(loaded_drift).values(load_id=into.load_id, **vars(change)))


def compare(before: Mapping[str, Column], now: Mapping[str, Column]) -> list[Change]:
    """What changed between two exports of one kind, what was lost first.

    >>> compare({"State": Column("ticket.status")}, {"Stage": Column(), "Weight": Column()})
    [Change(column='State', what='renamed', now='Stage', ours='ticket.status', is_lost=True), \
Change(column='Weight', what='new', now=None, ours='', is_lost=False)]
    """
    missing = {name: each for name, each in before.items() if name not in now}
    new = {name: each for name, each in now.items() if name not in before}
    renamed = _renamed(missing, new)
    fed = {ours for each in now.values() for ours in _parts(each.ours)}
    changes = []
    for name, each in missing.items():
        is_lost = not fed.issuperset(_parts(each.ours))
        changes.append(Change(name, "renamed" if name in renamed else "missing", renamed.get(name), each.ours, is_lost))
    told = set(renamed.values())
    changes += [Change(name, "new", None, each.ours, False) for name, each in new.items() if name not in told]
    return sorted(changes, key=lambda each: (not each.is_lost, each.what == "new", each.column))


def _parts(ours: str) -> list[str]:
    return ours.split(", ") if ours else []


def _renamed(missing: Mapping[str, Column], new: Mapping[str, Column]) -> dict[str, str]:
    """Missing columns that are probably there under a new name: feeding the same, spelt nearly alike, or the only
    ones that look alike."""
    found: dict[str, str] = {}
    fed = {each.ours: name for name, each in new.items() if each.ours}
    same = {name: fed[each.ours] for name, each in missing.items() if each.ours in fed}
    for name, there in (*same.items(), *spellings(missing, new).items()):
        if name not in found and there not in found.values():
            found[name] = there
    for name, each in missing.items():
        rest = [other for other in new if other not in found.values() and each.looks_like(new[other])]
        rivals = [other for other in missing if other not in found and missing[other].looks_like(each)]
        if name not in found and len(rest) == 1 and (rivals == [name] or not rivals):
            found[name] = rest[0]
    return found


def _columns(raw: RawTable, into: Stage) -> dict[str, Column]:
    """The columns of a table; of JSON the keys, as deeper paths come and go with the records looked at."""
    feeds: dict[str, set[str]] = {}
    for fact, ours, theirs in into.feeds:
        name = theirs if raw.kind == "csv" else theirs.split(".", maxsplit=1)[0]
        feeds.setdefault(name, set()).add(f"{fact}.{ours}")
    if raw.kind != "csv":
        roots = dict.fromkeys(path.split(".", maxsplit=1)[0] for path in raw.columns)
        return {name: Column(", ".join(sorted(feeds.get(name, ())))) for name in roots}
    looks = _looks(raw, into.connection)
    return {name: Column(", ".join(sorted(feeds.get(name, ()))), *looks[name]) for name in raw.columns}


def _looks(raw: RawTable, connection: Connection) -> dict[str, tuple[str, frozenset[str]]]:
    first = select(raw.table).where(raw.table.c["_row"] <= _ROWS).subquery()
    chosen = []
    for name in raw.columns:
        cell = func.left(first.c[name], _LETTERS)
        digits = func.regexp_replace(cell, "[0-9]", "9", "g")
        mask = func.regexp_replace(digits, r"[^\W\d_]+", "a", "g")
        chosen += [cast(func.mode(mask), String), func.list(func.distinct(first.c[name]))]
    row = connection.execute(select(*chosen)).one() if chosen else ()
    looks = {}
    for place, name in enumerate(raw.columns):
        words = [each for each in row[2 * place + 1] or () if each is not None]
        few = words if len(words) <= _WORDS else []
        looks[name] = (row[2 * place] or "", frozenset(map(_hidden, few)))
    return looks


def _hidden(word: str) -> str:
    """A word's print: enough to know it again, and not the word."""
    return hashlib.sha256(word.strip().lower().encode()).hexdigest()[:8]


def _last(connection: Connection, load_id: int, source: str, form: str) -> dict[str, Column]:
    """The columns of the newest earlier load of this source and form."""
    c = loaded_column.c
    same = (c.source == source, c.form == form)
    newest = select(func.max(c.load_id)).where(*same, c.load_id < load_id).scalar_subquery()
    rows = connection.execute(select(c.column, c.ours, c.mask, c.words).where(*same, c.load_id == newest))
    return {name: Column(ours, mask, frozenset(filter(None, words.split(",")))) for name, ours, mask, words in rows}
