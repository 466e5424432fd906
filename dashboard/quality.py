"""What the facts are made of: loads, what was refused, words nobody mapped, how full each column is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import case, func, inspect, select

from dashboard.engine import Facts
from etl.tables import drift, load, quarantine, ticket, unmapped_word

#: Columns that never vary in whether they are filled.
_NOT_COVERAGE = ("ticket_id", "source", "load_id", "excluded_because")


@dataclass(frozen=True)
class Quality:
    """The data quality page as frames, one row each: a load; a refused row; a word; a source and column; a reason.

    ``coverage``: source, column, rows, filled, share. ``population``: source, excluded_because (NULL: counted),
    tickets. ``kinds``: source, kind, tickets, treated_as: the flags by which tickets are left out of some KPIs.
    ``drift``: load_id, source, column, what, now, ours, is_lost: a column changed since the load of its kind before.
    ``stops``: source, last_opened, told_until: exports that go on without a new ticket (see ``STILL``).
    ``quarantine`` is counted by load, file, column and reason, with the first line and value of each.
    """

    loads: pd.DataFrame
    quarantine: pd.DataFrame
    unmapped_words: pd.DataFrame
    coverage: pd.DataFrame
    population: pd.DataFrame
    kinds: pd.DataFrame
    drift: pd.DataFrame
    stops: pd.DataFrame


#: How long a help desk must go on without a new ticket before its export is said to stop: it was cut by opening day
#: then, and what it resolved later are the tickets that took long.
STILL = timedelta(days=14)

#: Flags of tickets that count, and what follows from each.
_KINDS = (
    ("started by an agent", ticket.c.is_outbound, "in volume, not in first reply and first-contact resolution"),
    ("resolved without a person's word", ticket.c.is_bot_only, "in volume, not in times, replies and touches"),
    ("closed without a resolve", ticket.c.is_closed_without_resolve, "the close counts as the resolve"),
    ("resolved for want of an answer", ticket.c.is_auto_closed, "resolved, not in first-contact resolution"),
)


def quality(facts: Facts) -> Quality:
    """Read everything the data quality page shows."""
    refused = quarantine.c
    keys = (refused.load_id, refused.file_name, refused.column, refused.reason)
    return Quality(
        loads=facts.frame(select(load).order_by(load.c.load_id)),
        quarantine=facts.frame(
            select(
                *keys,
                func.count().label("rows"),
                func.min(refused.line).label("first_line"),
                func.min(refused.value).label("a_value"),
            )
            .group_by(*keys)
            .order_by(refused.load_id, func.count().desc())
        ),
        unmapped_words=facts.frame(select(unmapped_word).order_by(unmapped_word.c.rows.desc())),
        coverage=_coverage(facts),
        drift=_drift(facts),
        kinds=_kinds(facts),
        stops=_stops(facts),
        population=facts.frame(
            select(ticket.c.source, ticket.c.excluded_because, func.count().label("tickets"))
            .group_by(ticket.c.source, ticket.c.excluded_because)
            .order_by(ticket.c.source, ticket.c.excluded_because)
        ),
    )


def _kinds(facts: Facts) -> pd.DataFrame:
    counts = [func.coalesce(func.sum(case((flag, 1), else_=0)), 0).label(name) for name, flag, _ in _KINDS]
    statement = select(ticket.c.source, *counts).where(ticket.c.excluded_because.is_(None))
    wide = facts.rows(statement.group_by(ticket.c.source).order_by(ticket.c.source))
    long = [(row["source"], name, row[name], treated) for row in wide for name, _, treated in _KINDS if row[name]]
    return pd.DataFrame(long, columns=["source", "kind", "tickets", "treated_as"])


def _stops(facts: Facts) -> pd.DataFrame:
    """Sources whose newest ticket is much older than the newest thing they tell of a ticket."""
    opened = ticket.c.created_at
    measured = {
        "first": func.min(opened),
        "last_opened": func.max(opened),
        "told_until": func.max(ticket.c.observed_until),
        "tickets": func.count(opened),
    }
    statement = select(ticket.c.source, *(column.label(name) for name, column in measured.items()))
    rows = facts.rows(statement.group_by(ticket.c.source).order_by(ticket.c.source))
    stopped = [row for row in rows if _has_stopped(row["first"], row["last_opened"], row["told_until"], row["tickets"])]
    return pd.DataFrame(stopped, columns=["source", "last_opened", "told_until"])


def _has_stopped(first: datetime | None, last: datetime | None, until: datetime | None, tickets: int) -> bool:
    """Whether so long a silence is more than ten times the usual distance of two tickets."""
    if first is None or last is None or until is None:
        return False
    return until - last > max(STILL, 10 * (last - first) / max(tickets - 1, 1))


def _drift(facts: Facts) -> pd.DataFrame:
    """Newest first. Facts published before columns were compared have no such table, and nothing to show."""
    with facts.connect() as connection:
        if not inspect(connection).has_table(drift.name):
            return pd.DataFrame(columns=[column.name for column in drift.columns])
    return facts.frame(select(drift).order_by(drift.c.load_id.desc(), drift.c.is_lost.desc(), drift.c.column))


def _coverage(facts: Facts) -> pd.DataFrame:
    columns = [column for column in ticket.c if column.name not in _NOT_COVERAGE]
    statement = select(
        ticket.c.source, func.count().label("rows"), *(func.count(column).label(column.name) for column in columns)
    ).where(ticket.c.excluded_because.is_(None))
    wide = facts.rows(statement.group_by(ticket.c.source).order_by(ticket.c.source))
    long = [
        (row["source"], column.name, row["rows"], row[column.name], row[column.name] / row["rows"])
        for row in wide
        for column in columns
    ]
    return pd.DataFrame(long, columns=["source", "column", "rows", "filled", "share"])
