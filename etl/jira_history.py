"""A Jira change history as a table: one row an entry of the change log, the issue's whole state repeated on each.

Jira itself exports no such table; scripts that read the change log write it. Built from a real one (673 issues,
newest entry first, offsets such as ``-0400``, creation and resolution told by their day alone).

- The newest entry of an issue may stand first: the clocks tell, and entries of one instant are read in that order too.
- A day of creation stands for the first entry of that day, a day of resolution for the last of that day: a day alone
  would lie before or after by hours. Where no entry falls on it, it is the begin or the end of the day, by the offset
  of the issue's first or last entry.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func, select

from etl import expressions
from etl.jira_words import WORDS
from etl.mapping import Clock, Mapping
from etl.rearranged import Cell, rearranged, refuse_where
from etl.staging import Claim, RawTable, Stage
from etl.translate import stage_mapping

#: Ours ← theirs, in lower case.
_NEEDED = {
    "original_id": ("ticket", "issue key", "issue_key", "key"),
    "occurred_at": ("as.of.date", "as of date", "as_of_date", "history created", "change date", "changed"),
    "status": ("status",),
}
_CREATED = ("date_created", "created")
_RESOLVED = ("date_resolved", "resolved")
_OTHERS = {
    "subject": ("summary",),
    "priority": ("priority",),
    "ticket_type": ("issue type", "issuetype"),
    "owner": ("assignee", "assignee_anon"),
    "requester": ("reporter_anon", "reporter id"),
    "product": ("component", "components"),
    "team": ("team",),
}
_TELLING = ("resolution", "date_created", "date_resolved", "date_asof", "created", "resolved", "project key")


def claim(raw: RawTable, source: str) -> Claim:
    """Claim a history by the columns every such table has, and two that only an issue of Jira has."""
    there = _by_name(raw)
    found = tuple(name for names in _NEEDED.values() if (name := _first(there, names)))
    telling = tuple(there[name] for name in _TELLING if name in there)
    if _first(there, _NEEDED["occurred_at"]) is None or len(telling) < 2:
        return Claim(source, ())
    missing = tuple(names[0] for names in _NEEDED.values() if _first(there, names) is None)
    return Claim(source, tuple(dict.fromkeys((*found, *telling))), missing)


def stage(raw: RawTable, into: Stage, source: str) -> None:
    """Put one ticket an issue, and an event for each change of its state."""
    there = _by_name(raw)
    raw = _without_copies(raw, into)
    c = raw.table.c
    named = {ours: _first(there, names) or "" for ours, names in _NEEDED.items()}
    key, at = c[named["original_id"]], c[named["occurred_at"]]
    moment = expressions.instant(expressions.trimmed(at), "UTC")
    direction = -1 if _is_newest_first(raw, into, key, moment) else 1
    if direction < 0:
        into.warnings.append("The newest entry of an issue stands first in this file; it was read from there back.")
    order = [moment.asc().nulls_last(), (c["_row"] * direction).asc()]
    cells: dict[str, Cell] = {name: c[name] for name in named.values()}
    cells["place in the issue"] = func.row_number().over(partition_by=key, order_by=order)
    columns = {**named, "sequence": "place in the issue"}
    for ours, names, pick, end in (
        ("created_at", _CREATED, func.min, "T00:00:00"),
        ("resolved_at", _RESOLVED, func.max, "T23:59:59"),
    ):
        name = _first(there, names)
        if name is not None:
            cells[name] = _clock(expressions.trimmed(c[name]), expressions.trimmed(at), moment, key, pick, end)
            columns[ours] = name
    others = {ours: name for ours, names in _OTHERS.items() if (name := _first(there, names))}
    cells |= {name: c[name] for name in others.values()}
    columns |= others
    mapping = Mapping.model_validate(
        {
            "name": f"{source}-history",
            "shape": "event",
            "source": source,
            "columns": columns,
            "words": WORDS,
        }
    )
    stage_mapping(mapping.model_copy(update={"clock": Clock()}), rearranged(raw, into, cells), into)


def _clock(text: Cell, at: Cell, moment: Cell, key: Cell, pick: Any, end: str) -> Cell:
    """A clock as it stands; for a day alone the first or last entry of that day, else an end of the day."""
    is_day = func.regexp_full_match(text, r"\d{4}-\d\d-\d\d")
    of_that_day = pick(case((func.starts_with(at, text), moment))).over(partition_by=[key, text])
    found = func.strftime(of_that_day, "%Y-%m-%dT%H:%M:%S.%gZ")
    offset = func.regexp_extract(pick(at).over(partition_by=key), r"(Z|[+-]\d\d:?\d\d)$", 1)
    return case((is_day, func.coalesce(found, func.concat(text, end, offset))), else_=text)


def _without_copies(raw: RawTable, into: Stage) -> RawTable:
    """Refuse rows that repeat an earlier row cell for cell: two changes of columns that are not in the file, or one."""
    c = raw.table.c
    same = func.hash(*(c[name] for name in raw.columns))
    copy = func.row_number().over(partition_by=same, order_by=c["_row"]).label("copy")
    numbered = select(c["_row"], copy).subquery()
    copies = select(numbered.c["_row"]).where(numbered.c.copy > 1)
    return refuse_where(raw, into, c["_row"].in_(copies), raw.columns[0], "duplicate row")


def _is_newest_first(raw: RawTable, into: Stage, key: Cell, moment: Cell) -> bool:
    """Whether inside an issue clocks mostly fall from row to row."""
    before = func.lag(moment).over(partition_by=key, order_by=raw.table.c["_row"])
    steps = select(moment.label("now"), before.label("before")).select_from(raw.table).subquery()
    falls = func.count().filter(steps.c.now < steps.c.before)
    rises = func.count().filter(steps.c.now > steps.c.before)
    fall, rise = into.connection.execute(select(falls, rises)).one()
    return bool(fall > rise)


def _by_name(raw: RawTable) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in raw.columns:
        found.setdefault(" ".join(column.lower().split()), column)
    return found


def _first(there: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((there[name] for name in names if name in there), None)
