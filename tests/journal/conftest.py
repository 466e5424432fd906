"""A real PostgreSQL server, and homes whose journal lies in it or in SQLite."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from dashboard.journal.database import engine_of, url_of
from etl.settings import Home

_NUMBER = count()


def _binaries() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("pg_ctl")
    return installed[-1] if installed else Path(found).parent if found else None


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A server of its own on a free port; PostgreSQL refuses to run as root, so root hands it to another user."""
    binaries = _binaries()
    if binaries is None:
        reason = "no PostgreSQL found (Debian: apt install postgresql)"
        if os.environ.get("KPI_REQUIRE_POSTGRES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="journal-"))  # short and open to the other user, unlike pytest's own
    user = _user(folder)

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=user, cwd=folder, timeout=120)

    run(str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "kpi", "-A", "trust", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = (str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w", "-l", str(folder / "log"))
    run(*control, "-o", options, "start")
    try:
        yield f"postgresql+psycopg://kpi@127.0.0.1:{port}"
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _user(folder: Path) -> int | None:
    if os.geteuid() != 0:
        return None
    names = {each.pw_name: each.pw_uid for each in pwd.getpwall()}
    number = names.get("postgres", names["nobody"])
    folder.chmod(0o755)
    os.chown(folder, number, -1)
    return number


@pytest.fixture
def postgres_home(server: str, tmp_path: Path) -> Iterator[Home]:
    """A home whose journal is a new database of the server."""
    name = f"journal_{next(_NUMBER)}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    engine.dispose()
    (tmp_path / "supportkpi.toml").write_text(f'[journal]\nurl = "{server}/{name}"\n', encoding="utf-8")
    home = Home(tmp_path)
    yield home
    assert not home.journal_file.exists()
    engine_of(url_of(home)).dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_home(request: pytest.FixtureRequest) -> Home:
    """A home with an empty journal, once in SQLite and once in PostgreSQL."""
    if request.param == "sqlite":
        return Home(request.getfixturevalue("tmp_path"))
    found: Home = request.getfixturevalue("postgres_home")
    return found
