"""The change log and the comments inside issues of Jira's API, as rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from sqlalchemy import BigInteger, Table, Text, and_, case, func, literal, select, try_cast, union_all
from sqlalchemy import cast as as_type

from etl import expressions
from etl.files import flatten
from etl.jira_comments import ISO
from etl.jira_words import PRIORITY
from etl.mapping import Words
from etl.rearranged import Cell, our_word, rearranged
from etl.staging import RawTable, Stage
from etl.threads import stage_events, unnested
from etl.vocabulary import Event, Role

#: Fields of the change log that say something to us, in lower case.
_FIELDS = {
    "status": Event.STATUS,
    "assignee": Event.OWNER,
    "priority": Event.PRIORITY,
    "team": Event.TEAM,
    "support team": Event.TEAM,
    "link": Event.LINK,
}
_WHO = ("author.accountId", "author.name", "author.accountType")


def _moment(text: Cell) -> Cell:
    return func.strftime(expressions.instant(text, "UTC"), ISO)


def comments_of(raw: RawTable, into: Stage) -> RawTable:
    """Comments, and the description as the reporter's first; columns as ``etl.jira_comments`` says."""
    inner = ("id", *_WHO, "created", "jsdPublic", "body")
    c = unnested(raw, into, "fields.comment.comments", ("key",), inner).table.c
    said: list[Any] = [
        c["_row"],
        c.key.label("key"),
        c.place.label("place"),
        _moment(c["item.created"]).label("moment"),
        func.coalesce(c["item.author.accountId"], c["item.author.name"]).label("author"),
        c["item.author.accountType"].label("kind"),
        c["item.jsdPublic"].label("public"),
        _text(c["item.body"]).label("body"),
    ]
    rows = select(*said)
    if any(path.startswith("fields.comment") for path in raw.columns):
        paths = ("key", "fields.created", "fields.reporter.accountId", "fields.reporter.name", "fields.description")
        f = flatten(raw, paths, into.connection).table.c
        first = select(
            f["_row"],
            f.key,
            literal("0"),
            _moment(f["fields.created"]),
            func.coalesce(f["fields.reporter.accountId"], f["fields.reporter.name"]),
            as_type(literal(None), Text),
            as_type(literal(None), Text),
            _text(f["fields.description"]),
        ).where(f["fields.description"].is_not(None))
        every: Any = union_all(rows, first).subquery()
    else:
        every = rows.subquery()
    names = ("key", "place", "moment", "author", "kind", "public", "body")
    table = RawTable(cast(Table, every), names, raw.file_name, 0)
    is_told = and_(every.c.key.is_not(None), every.c.moment.is_not(None))
    return rearranged(table, into, {name: every.c[name] for name in names}, is_told)


def _text(body: Cell) -> Cell:
    """Plain text, or the texts of a document in Atlassian's format."""
    document = case((and_(func.starts_with(body, "{"), func.json_valid(body)), body))
    return func.coalesce(func.array_to_string(func.json_extract_string(document, "$..text"), " "), body)


def changes_of(raw: RawTable, into: Stage) -> RawTable:
    """A row for each change of a field that says something: who, when, from and to."""
    entries = unnested(raw, into, "changelog.histories", ("key",), ("id", "created", *_WHO))
    e = entries.table.c
    record = func.json_object(
        "key", e.key, "id", e["item.id"], "created", e["item.created"],
        "author", func.coalesce(e["item.author.accountId"], e["item.author.name"]),
        "kind", e["item.author.accountType"], "entry", func.json(e.item),
    )  # fmt: skip
    laid = select(e["_row"], as_type(record, Text).label("record")).subquery()
    inner = ("field", "from", "fromString", "to", "toString")
    again = replace(raw, table=cast(Table, laid), columns=("record",))
    items = unnested(again, into, "entry.items", ("key", "id", "created", "author", "kind"), inner)
    c = items.table.c
    cells: dict[str, Cell] = {
        "key": c.key,
        "moment": _moment(c.created),
        "author": c.author,
        "kind": c.kind,
        # Jira numbers its entries, and lists them newest first.
        "place": func.coalesce(try_cast(c.id, BigInteger), 0),
        "step": c.place,
        "field": func.lower(c["item.field"]),
        "from": c["item.from"],
        "fromString": c["item.fromString"],
        "to": c["item.to"],
        "toString": c["item.toString"],
    }
    return rearranged(items, into, cells, c.created.is_not(None))


def acts_of(comments: RawTable, changes: RawTable, into: Stage) -> RawTable:
    """Who did anything to an issue, and when: comments and changes together."""
    m, c = comments.table.c, changes.table.c
    both = union_all(select(m["_row"], m.moment, m.author), select(c["_row"], c.moment, c.author)).subquery()
    table = RawTable(cast(Table, both), ("moment", "author"), comments.file_name, 0)
    return rearranged(table, into, {"moment": both.c.moment, "author": both.c.author})


def stage_changes(changes: RawTable, tickets: RawTable, reporter: Cell, into: Stage, source: str, words: Words) -> None:
    """Put changes of status, owner, team, priority and links as events."""
    c = changes.table.c
    joined: Any = (
        select(changes.table, reporter.label("reporter"))
        .join(tickets.table, tickets.table.c["_row"] == c["_row"])
        .where(c.field.in_(list(_FIELDS)), c.moment.is_not(None))
        .subquery()
    )
    j = joined.c
    is_word = j.field.in_(("status", "priority", "team", "support team"))
    known = case(
        (j.field == "status", our_word(j.fromString, {word: str(ours) for word, ours in words.status.items()})),
        (j.field == "priority", our_word(j.fromString, {word: str(ours) for word, ours in PRIORITY.items()})),
        (j.field.in_(("team", "support team")), j.fromString),
        else_=j["from"],
    )
    cells: dict[str, Cell] = {
        "original_id": j.key,
        "occurred_at": j.moment,
        "activity": case({name: str(kind) for name, kind in _FIELDS.items()}, value=j.field),
        "actor": j.author,
        "actor_role": case(
            (j.kind == "app", str(Role.BOT)),
            (j.author == j.reporter, str(Role.CUSTOMER)),
            (j.author.is_not(None), str(Role.AGENT)),
        ),
        "old_value": known,
        "new_value": case((is_word, j.toString), else_=j.to),
        "place": j.place,
        "step": j.step,
    }
    rows = RawTable(cast(Table, joined), (), changes.file_name, 0)
    # A link that is taken away names nothing new.
    told = rearranged(rows, into, cells, ~and_(j.field == "link", j.to.is_(None)))
    stage_events(told, into, source, words)


def stage_people(tickets: RawTable, assignee: Cell, changes: RawTable, into: Stage, source: str) -> None:
    """Names of those to whom issues are or were assigned."""
    t, c = tickets.table.c, changes.table.c
    now = select(t["_row"].label("row"), assignee.label("number"), t["fields.assignee.displayName"].label("name"))
    then = select(c["_row"], c.to, c.toString).where(c.field == "assignee", c["_row"].in_(select(t["_row"])))
    told = union_all(now, then).subquery()
    into.put(
        "person",
        source,
        select(
            func.min(told.c.row).label("row"),
            told.c.number.label("original_id"),
            func.max(told.c.name).label("name"),
            literal("agent").label("role"),
        )
        .where(told.c.number.is_not(None))
        .group_by(told.c.number),
    )
