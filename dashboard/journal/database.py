"""The journal's database: one SQLite file in the home folder, or what a URL in ``supportkpi.toml`` names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from dashboard.journal import migration
from etl.errors import SupportKpiError
from etl.settings import Home, load_settings

#: Milliseconds a writer waits for another one.
PATIENCE = 15_000


def url_of(home: Home) -> URL:
    """Where the journal is; raises SupportKpiError for a URL nobody can open."""
    given = load_settings(home).journal.url
    if not given:
        return URL.create("sqlite", database=str(home.journal_file.resolve()))
    try:
        return make_url(given)
    except ArgumentError as error:
        raise SupportKpiError(
            "journal.url in supportkpi.toml is no database URL.", "", "Write one such as postgresql+psycopg://host/name"
        ) from error


@lru_cache(maxsize=8)
def engine_of(url: URL) -> Engine:
    """One engine a process and URL. SQLite is opened anew each time: its file may be moved or restored meanwhile."""
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True)
        engine = create_engine(url, poolclass=NullPool)
    except (NoSuchModuleError, ImportError) as error:
        raise SupportKpiError(
            f"The journal's database needs a driver that is not installed ({url.drivername}).",
            "",
            "Install it beside supportkpi, or leave journal.url out.",
        ) from error
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(connection: Any, _record: object) -> None:
    """The driver keeps its hands off transactions; readers do not wait for a writer, and writers wait their turn."""
    connection.isolation_level = None
    connection.execute(f"pragma busy_timeout={PATIENCE}")
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute("pragma foreign_keys=on")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")


@contextmanager
def reading(url: URL) -> Iterator[Connection]:
    """A transaction on the newest schema, migrated first where it is older."""
    with _said(url), engine_of(url).connect() as connection:
        if migration.revision(connection) != migration.HEAD:
            connection.rollback()
            with writing(url):
                pass
        yield connection


@contextmanager
def writing(url: URL) -> Iterator[Connection]:
    """A transaction that holds the write lock, committed at its end."""
    with _said(url), engine_of(url).connect().execution_options(writes=True) as connection, connection.begin():
        migration.upgrade(connection)
        yield connection


@contextmanager
def _said(url: URL) -> Iterator[None]:
    """A database that cannot be used is said in a sentence, its password left out."""
    try:
        yield
    except DBAPIError as error:
        where = url.render_as_string(hide_password=True)
        raise SupportKpiError("The journal could not be used.", f"{where}: {error.orig}.", "Then try again.") from error
