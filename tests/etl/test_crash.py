"""A loader killed at any moment leaves all of a file or nothing, and the next load mends the rest."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from etl import load
from etl.settings import Home

HEADER = "id,status,created,resolved\n"
FILES = 3
ROWS = 2_000

#: Run in a process of its own: ``home folder point``; the process kills itself where ``point`` is reached.
LOADER = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
import desk
from etl import checks, files, ledger, load, snapshot
from etl.settings import Home
desk.install()
module, _, name = sys.argv[3].partition(".")
if name:
    times = [0]
    inner = getattr(globals()[module], name)
    def killed(*given, **named):
        times[0] += 1
        if times[0] == 2 or module == "snapshot":
            os.kill(os.getpid(), signal.SIGKILL)
        return inner(*given, **named)
    setattr(globals()[module], name, killed)
load.load(Home(sys.argv[1]), [Path(sys.argv[2])], timezone="UTC")
"""

POINTS = [
    "files.read",
    "checks.run",
    "ledger.write",
    "ledger.report",
    "snapshot.publish",
    "snapshot._copy_bookkeeping",
    "snapshot._sync",
    "snapshot._point",
    "snapshot._prune",
]


@pytest.fixture
def folder(write) -> Path:
    for number in range(FILES):
        lines = [f"{number}-{row},open,2024-03-01T09:00:00Z,\n" for row in range(ROWS)]
        path = write(f"export{number}.csv", HEADER + "".join(lines) + "bad,open,never,\n")
    return path.parent


def start(home: Home, folder: Path, point: str = "") -> subprocess.Popen[bytes]:
    arguments = [str(home.folder), str(folder), point, str(Path(__file__).parent)]
    return subprocess.Popen([sys.executable, "-c", LOADER, *arguments])


def nothing_is_half_loaded(home: Home) -> None:
    if not home.work_file.exists():
        return
    with duckdb.connect(str(home.work_file)) as connection:
        if connection.execute("select count(*) from duckdb_tables() where table_name = 'loaded_file'").fetchone() == (
            0,
        ):
            return
        staged = connection.execute("select load_id, count(*) from loaded_ticket group by 1 order by 1").fetchall()
        refused = connection.execute("select load_id, count(*) from loaded_refusal group by 1 order by 1").fetchall()
        book = connection.execute(
            "select load_id, rows_accepted, rows_quarantined from loaded_file order by 1"
        ).fetchall()
    assert staged == [(number, accepted) for number, accepted, _ in book]
    assert refused == [(number, quarantined) for number, _, quarantined in book]
    assert all(row[1:] == (ROWS, 1) for row in book)


def mended(home: Home, folder: Path) -> None:
    """After loading again, home is as a clean load leaves it."""
    report = load.load(home, [folder], timezone="UTC")
    assert report.exit_code == 0
    current = home.current_snapshot()
    assert current is not None
    with duckdb.connect(str(current), read_only=True) as connection:
        tickets = connection.execute("select count(*), count(distinct ticket_id) from ticket").fetchone()
        loads = connection.execute("select count(*), sum(rows_read) from load").fetchone()
        quarantined = connection.execute("select count(*), min(line), max(line) from quarantine").fetchone()
    assert tickets == (FILES * ROWS, FILES * ROWS)
    assert loads == (FILES, FILES * (ROWS + 1))
    assert quarantined == (FILES, ROWS + 2, ROWS + 2)
    assert not home.temporary.exists()
    assert not list(home.snapshots.glob("building-*"))


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_certain_point(home: Home, small_desk, folder, point):
    assert start(home, folder, point).wait(60) == -9
    nothing_is_half_loaded(home)
    mended(home, folder)


def test_killed_at_any_moment(home: Home, small_desk, folder):
    moments = random.Random(20160301)
    for _ in range(4):
        loader = start(home, folder)
        time.sleep(moments.uniform(0.5, 3.0))
        loader.kill()
        loader.wait(60)
        nothing_is_half_loaded(home)
    mended(home, folder)
