"""The journal on a real PostgreSQL server: the same entries, and nothing lost where several people write at once."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import pytest

from dashboard import journal
from dashboard.journal import migration
from dashboard.journal.database import reading, url_of
from etl.settings import Home


class Remark(journal.Body):
    kind: ClassVar[str] = "test remark"
    text: str


def _binaries() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("pg_ctl")
    return installed[-1] if installed else Path(found).parent if found else None


@pytest.fixture(scope="module")
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
        yield f"postgresql+psycopg://kpi@127.0.0.1:{port}/postgres"
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
def home(server: str, tmp_path: Path) -> Home:
    (tmp_path / "supportkpi.toml").write_text(f'[journal]\nurl = "{server}"\n', encoding="utf-8")
    return Home(tmp_path)


def test_two_servers_that_open_a_new_journal_at_once_and_eight_people_lose_nothing(home: Home) -> None:
    def write(number: int) -> None:
        journal.open(home).write(Remark(text=f"remark {number}"), who=f"person {number % 8}", about="csat")

    with ThreadPoolExecutor(8) as people:
        list(people.map(write, range(80)))
    found = journal.open(home).written(Remark, "csat")
    assert sorted(each.body.text for each in found) == sorted(f"remark {number}" for number in range(80))
    assert len({each.id for each in found}) == 80
    with reading(url_of(home)) as connection:
        assert migration.revision(connection) == migration.HEAD
    assert not home.journal_file.exists()


def test_versions_are_kept_when_people_change_one_entry_at_once(home: Home) -> None:
    first = journal.open(home).write(Remark(text="first"), who="Ana", about="nps")

    def change(number: int) -> None:
        journal.open(home).write(Remark(text=f"version {number}"), who="Ben", about="nps", replaces=first.id)

    with ThreadPoolExecutor(4) as people:
        list(people.map(change, range(12)))
    every = journal.open(home).every_written(Remark)
    mine = [each for each in every if each.begun == first.id]
    assert len(mine) == 13
    (last,) = journal.open(home).written(Remark, "nps")
    assert last == mine[-1]
    gone = journal.open(home).take_back(last.id, Remark, who="Ana")
    assert (gone.removed, journal.open(home).written(Remark, "nps")) == (True, [])
