"""Brings a journal's tables to the newest schema, in one transaction that holds the write lock from the start."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from etl.errors import SupportKpiError

#: The newest revision under ``versions``; a test compares the two.
HEAD = "0004"
#: Any number that nobody else locks by: two servers that open a new PostgreSQL journal at once must not both migrate.
_LOCK = 7_315_001
_FOLDER = Path(__file__).with_name("migrations")


def revision(connection: Connection) -> str | None:
    """The schema a journal has; None before its first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("select version_num from alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)


def upgrade(connection: Connection) -> None:
    """Migrate to HEAD. The connection is in a transaction that may write; whoever comes second finds it done.

    Raises SupportKpiError for a journal of a newer version of this program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    now = revision(connection)
    if now == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if now is not None and now not in known:
        raise SupportKpiError(
            "The journal was written by a newer version.", f"Its schema is '{now}'.", "Update supportkpi."
        )
    command.upgrade(config, HEAD)
