"""Where the facts are read from: one place for connections and for everything that differs between engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

import duckdb_sqlalchemy  # noqa: F401  (loaded here, so that the first reader of a server does not wait for it)
import pandas as pd
from sqlalchemy import Connection, Engine, Executable, create_engine, func, select
from sqlalchemy.engine import make_url

from etl.errors import NoFactsError
from etl.settings import Home, load_settings
from etl.tables import survey, ticket

#: Nothing a visitor types can reach a file, the network or an extension, nor lift these locks.
_HARDENED = {
    "threads": 2,
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}


@dataclass(frozen=True)
class Bounds:
    """The first moment the counted facts tell of, and the newest; UTC, None when there are none."""

    first: datetime | None
    as_of: datetime | None


class Facts:
    """One published state of the facts. It never changes: a new load has a new ``name``.

    ``minutes`` are the user's own investigation minutes (signal, low, likely, high) from the settings.
    """

    def __init__(self, url: str, name: str, minutes: tuple[tuple[str, float, float, float], ...] = ()) -> None:
        self.url = url
        self.name = name
        self.minutes = minutes

    @classmethod
    def open(cls, home: Home) -> Facts:
        """The snapshot that is current now; raises NoFactsError before the first load."""
        path = home.current_snapshot()
        if path is None or not path.exists():
            raise NoFactsError(
                "There is nothing to read yet.",
                f"No export has been loaded into {home.folder}.",
                "Load one with `supportkpi load FILE`, or try `supportkpi demo`.",
            )
        given = load_settings(home).investigation_minutes
        minutes = tuple((name, value.low, value.likely, value.high) for name, value in sorted(given.items()))
        return cls(f"duckdb:///{path.resolve()}", path.name, minutes)

    @classmethod
    def at(cls, url: str, name: str) -> Facts:
        """The facts behind any SQLAlchemy URL that holds the tables of ``etl.tables``."""
        return cls(url, name)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection of one's own for one call; it is never shared between threads."""
        with _engine(self.url).connect() as connection:
            yield connection

    def rows(self, statement: Executable) -> list[dict[str, Any]]:
        """All rows of a small answer."""
        with self.connect() as connection:
            result = connection.execute(statement)
            if connection.dialect.name == "duckdb":
                # Its cursor speaks Python's types already; SQLAlchemy's rows on top take three times as long.
                names = list(result.keys())
                return [dict(zip(names, row, strict=True)) for row in result.cursor.fetchall()]
            return [dict(row) for row in result.mappings()]

    def frame(self, statement: Executable) -> pd.DataFrame:
        """All rows as a data frame, without a detour through Python objects where the engine can."""
        with self.connect() as connection:
            result = connection.execute(statement)
            if connection.dialect.name == "duckdb":
                frame: pd.DataFrame = result.cursor.df()
                return frame
            return pd.DataFrame(result.fetchall(), columns=list(result.keys()))

    def pieces(self, statement: Executable, rows: int = 40_960) -> Iterator[pd.DataFrame]:
        """The rows of a large answer, some ten thousand at a time, so that they never stand in memory at once."""
        with self.connect() as connection:
            result = connection.execute(statement)
            if connection.dialect.name == "duckdb":
                # DuckDB hands out its own vectors of 2,048 rows. Asked to stream as well, its dialect loses the first.
                while len(piece := result.cursor.fetch_df_chunk(rows // 2048)):
                    yield piece
                return
            while found := result.fetchmany(rows):
                yield pd.DataFrame(found, columns=list(result.keys()))

    @cached_property
    def bounds(self) -> Bounds:
        """From when to when the facts tell."""
        counted = ticket.c.excluded_because.is_(None)
        row = self.rows(
            select(
                select(func.min(ticket.c.created_at)).where(counted).scalar_subquery().label("created"),
                select(func.max(ticket.c.observed_until)).scalar_subquery().label("observed"),
                select(func.min(survey.c.answered_at)).scalar_subquery().label("answered"),
                select(func.max(survey.c.answered_at)).scalar_subquery().label("newest"),
            )
        )[0]
        first = [row[name] for name in ("created", "answered") if row[name] is not None]
        newest = [row[name] for name in ("observed", "newest") if row[name] is not None]
        return Bounds(min(first, default=None), max(newest, default=None))

    def __repr__(self) -> str:
        return f"<Facts {self.name}>"


@lru_cache(maxsize=4)
def _engine(url: str) -> Engine:
    # A pool hands each connection to one caller at a time; DuckDB's shares one open file between them.
    parsed = make_url(url)
    if parsed.get_backend_name() == "duckdb":
        # Nothing is ever written: a transaction round each question would only be begun and taken back.
        return create_engine(
            parsed,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            connect_args={"read_only": True, "config": dict(_HARDENED)},
        )
    return create_engine(parsed)
