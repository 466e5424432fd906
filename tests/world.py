"""A small world of facts for a test: rows in, readings out, on any engine."""

from __future__ import annotations

import functools
import itertools
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from sqlalchemy import Boolean, DateTime, Double, Integer, Table, create_engine, insert
from sqlalchemy.pool import NullPool

from dashboard import engine, kpis, readings
from dashboard.engine import Facts
from dashboard.kpis.options import Options
from dashboard.readings import Reading
from dashboard.scope import Grain, Period, Scope, next_start
from etl.fact_columns import CARRIED, carried
from etl.tables import facts as tables

ENGINES = ("duckdb", "sqlite")

#: What a row holds where a test does not care.
USUAL: dict[str, dict[str, Any]] = {
    "ticket": {
        "source": "desk",
        "is_outbound": False,
        "is_bot_only": False,
        "is_closed_without_resolve": False,
        "is_auto_closed": False,
        "observed_until": datetime(2030, 1, 1),
        "days_observed": 400.0,
        "load_id": 1,
    },
    "survey": {
        "source": "desk",
        "is_latest_on_ticket": True,
        "is_latest_in_quarter": True,
        "is_first_on_ticket": True,
        "load_id": 1,
    },
    "sla_clock": {"ticket_id": "any", "clock": "resolution", "basis": "vendor", "is_last_cycle": True},
    "open_spell": {},
    "handoff": {"ticket_id": "any"},
    "queue_stay": {"ticket_id": "any"},
    "quiet_spell": {"ticket_id": "any"},
    "macro_use": {"source": "desk", "uses": 1},
    "ticket_event": {"load_id": 1},
    "segment": {},
    "ticket_tax": {},
    "tax_entry": {"quantity": 1},
    "escalation": {},
    "hierarchical_escalation": {},
    "tier_stay": {},
    "issue": {},
    "issue_pair": {"ticket_id": "any", "earlier_ticket_id": "any"},
    "issue_ticket": {"ticket_id": "any", "issue_key": "any"},
    "fix": {"issue_key": "any", "kind": "not told", "evidence": "last resolve"},
    "occurrence": {"first_ticket_id": None},
    "incident": {"source": "pager", "load_id": 1},
    "review": {"source": "reviews", "load_id": 1},
    "article": {"source": "help", "load_id": 1},
    "article_vote": {"source": "help", "article_id": "article:1", "load_id": 1},
    "self_service": {"source": "bot", "load_id": 1},
    "agent_day": {"source": "desk"},
    "agent": {"source": "desk", "role": "agent", "load_id": 1},
    "worklog": {"ticket_id": "any", "load_id": 1},
    "figure": {"load_id": 1},
    "change": {"source": "deployments", "load_id": 1},
    "engineering_issue": {"source": "jira", "load_id": 1},
    "account": {"source": "crm", "load_id": 1},
}
_KEYS = {
    "ticket": "ticket_id",
    "survey": "survey_id",
    "occurrence": "occurrence_id",
    "incident": "incident_id",
    "review": "review_id",
    "article": "article_id",
    "self_service": "session_id",
    "agent": "agent",
    "change": "change_id",
    "issue": "issue_key",
}


#: Facts that carry what their ticket is filtered by, and which ticket that is.
_CARRYING = {
    "escalation": "ticket_id", "handoff": "ticket_id", "issue_ticket": "ticket_id", "occurrence": "first_ticket_id",
    "fix": "first_ticket_id", "survey": "ticket_id",
}  # fmt: skip


class World:
    """Rows by table; ``facts()`` writes them to a database of the engine and opens it as the dashboard does."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder = kind, folder
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in USUAL}
        self._opened: Facts | None = None

    def table(self, name: str, text: str, **everywhere: str) -> None:
        """Add rows from a table of words: names of columns first, ``-`` for not known; ``everywhere``: in each row."""
        lines = [line.split() for line in text.strip().splitlines()]
        for words in lines[1:]:
            self.add(name, **_row(tables.tables[name], {**everywhere, **dict(zip(lines[0], words, strict=True))}))

    def add(self, name: str, **given: object) -> None:
        """Add one row; what is not given is as in USUAL, else not known."""
        row = {**USUAL[name], **given}
        key = _KEYS.get(name)
        if key is not None and key not in row:
            row[key] = f"{name}:{len(self.rows[name]) + 1}"
        self.rows[name].append(row)

    def figures(self, text: str, unit: str | None = None) -> None:
        """Add monthly figures: ``metric 2025-01 4 5 6`` is the metric's value of that month and of those after it."""
        for metric, first, *values in (line.split() for line in text.strip().splitlines()):
            start = date.fromisoformat(f"{first}-01")
            for value in values:
                end = next_start(start, Grain.MONTH)
                span = {"period_start": _midnight(start), "period_end": _midnight(end)}
                self.add("figure", metric=metric, value=float(value), unit=unit, **span)
                start = end

    def facts(self) -> Facts:
        """The facts, opened once."""
        if self._opened is None:
            path = self.folder / f"{next(_numbers)}.{self.kind}"
            self._carry()
            shutil.copyfile(_empty(self.kind), path)
            (_write_duckdb if self.kind == "duckdb" else _write_sqlite)(path, self.rows)
            self._opened = Facts.at(f"{self.kind}:///{path}", path.name)
        return self._opened

    def _carry(self) -> None:
        """What a load copies from one fact to another: of tickets to what carries it, of occurrences to tickets."""
        tickets = {row["ticket_id"]: row for row in self.rows["ticket"]}
        for name, key in _CARRYING.items():
            for row in self.rows[name]:
                told = tickets.get(row.get(key), {})
                copied = {carried(tables.tables[name], column).name: told.get(column) for column in CARRIED}
                row.update(copied | ({"account": row["account"]} if row.get("account") else {}))
        days = {row["occurrence_id"]: row.get("days_since_previous") for row in self.rows["occurrence"]}
        for row in self.rows["ticket"]:
            row["days_since_occurrence"] = days.get(row.get("occurrence_id"))
        self._carry_issues(tickets)

    def _carry_issues(self, tickets: dict[Any, dict[str, Any]]) -> None:
        """Whether a ticket of an issue is open still, and the stage its account reached with it."""
        met: set[tuple[Any, ...]] = set()
        told = [row for row in self.rows["issue_ticket"] if row.get("created_at") is not None]
        for row in sorted(told, key=lambda row: (row["created_at"], row["ticket_id"])):
            row["is_open"] = tickets.get(row["ticket_id"], {}).get("open_days") is not None
            stage = (row["issue_key"], row.get("account"), row.get("account_occurrence"))
            row["stage_reached"] = None if stage in met else row.get("account_occurrence")
            met.add(stage)

    def close(self) -> None:
        """Let go of the database."""
        if self._opened is not None:
            engine._engine(self._opened.url).dispose()
            engine._engine.cache_clear()

    def readings(
        self,
        name: str,
        when: str = "all",
        by: Sequence[str] = (),
        where: Mapping[str, list[str]] | None = None,
        **options: Any,
    ) -> list[Reading]:
        """Readings of one KPI for ``all`` of time, a month (``2025-01``) or days (``2025-01-06/2025-01-13``)."""
        asked = (self.facts(), kpis.named([name]), Scope.of(where or {}), [period(when)])
        return readings.read(*asked, by=by, options=Options(**options))

    def read(
        self, name: str, when: str = "all", where: Mapping[str, list[str]] | None = None, **options: Any
    ) -> Reading:
        """The one reading of one KPI."""
        (found,) = self.readings(name, when, (), where, **options)
        return found

    def tickets(
        self, name: str, when: str = "all", where: Mapping[str, list[str]] | None = None, **options: Any
    ) -> pd.DataFrame:
        """The rows behind that reading."""
        (kpi,) = kpis.named([name])
        return readings.tickets(self.facts(), kpi, Scope.of(where or {}), period(when), options=Options(**options))


_numbers = itertools.count()
#: Removed when the tests end.
_templates = tempfile.TemporaryDirectory()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def period(text: str, timezone: str = "UTC") -> Period:
    """``all``, a month or two days joined by a slash (the second exclusive)."""
    if text == "all":
        return Period(None, None, Grain.ALL, timezone)
    if "/" in text:
        start, end = map(date.fromisoformat, text.split("/"))
        return Period(start, end, Grain.WEEK if (end - start).days == 7 else Grain.ALL, timezone)
    start = date.fromisoformat(f"{text}-01")
    return Period(start, next_start(start, Grain.MONTH), Grain.MONTH, timezone)


def _row(table: Table, words: Mapping[str, str]) -> dict[str, object]:
    return {name: _value(table.c[name].type, word) for name, word in words.items()}


def _value(kind: object, word: str) -> object:
    if word == "-":
        return None
    if isinstance(kind, Boolean):
        return {"yes": True, "no": False}[word]
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(word)
    if isinstance(kind, Double):
        return float(word)
    return int(word) if isinstance(kind, Integer) else word


@functools.cache
def _empty(kind: str) -> Path:
    """A database with every table and no row. It is copied: to make the tables takes longer than most tests do."""
    path = Path(_templates.name) / f"empty.{kind}"
    database = create_engine(f"{kind}:///{path}", poolclass=NullPool)
    tables.create_all(database)
    database.dispose()
    return path


def _write_sqlite(path: Path, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    database = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with database.connect() as connection:
        # Nobody needs these rows after a power cut; waiting for the disk would be most of the time.
        connection.exec_driver_sql("pragma synchronous = off")
        for name, some in rows.items():
            for row in some:
                connection.execute(insert(tables.tables[name]).values(row))
        connection.commit()
    database.dispose()


def _write_duckdb(path: Path, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    writer = _writer()
    # To attach a file takes a tenth of the time that a database of its own does.
    writer.execute(f"attach '{path}' as world")
    try:
        for name, some in rows.items():
            for columns, alike in itertools.groupby(some, key=tuple):
                # Many rows a statement: a statement a row takes DuckDB ten seconds a thousand.
                for chunk in _chunks(list(alike), 100):
                    row_of_marks = f"({', '.join('?' * len(columns))})"
                    named = ", ".join(f'"{column}"' for column in columns)
                    values = [value for row in chunk for value in row.values()]
                    marks = ", ".join([row_of_marks] * len(chunk))
                    writer.execute(f"insert into world.{name} ({named}) values {marks}", values)
    finally:
        writer.execute("detach world")


@functools.cache
def _writer() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:")


def _chunks(rows: list[dict[str, Any]], size: int) -> list[list[dict[str, Any]]]:
    return [rows[place : place + size] for place in range(0, len(rows), size)]
