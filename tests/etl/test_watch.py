"""A watched folder: complete drops only, each moved once, safe to kill."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import duckdb
import pytest

from etl.errors import UsageError
from etl.settings import Home
from etl.watch import Watch

GOOD = "id,status,created,resolved\n1,open,2026-03-02,\n"
BAD = "nothing,anybody,knows\n1,2,3\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_drops_are_loaded_and_moved_with_their_report(home: Home, small_desk: None, folder: Path) -> None:
    (folder / "a.csv").write_text(GOOD)
    (folder / "b.csv").write_text(BAD)
    drops = Watch(home, folder, settle=0).once()
    assert [(drop.name, drop.is_refused) for drop in drops] == [("a.csv", False), ("b.csv", True)]
    assert names(folder) == [
        "done/a.csv", "done/a.csv.report.json", "refused/b.csv", "refused/b.csv.report.json",
    ]  # fmt: skip
    report = json.loads((folder / "refused/b.csv.report.json").read_text())
    assert report["files"][0]["error"]["title"].startswith("Nobody recognises the columns of b.csv")
    with duckdb.connect(str(home.current_snapshot()), read_only=True) as facts:
        assert facts.execute("select ticket_id from ticket").fetchall() == [("desk:1",)]


def test_a_file_still_being_written_is_left_alone(home: Home, small_desk: None, folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text(GOOD)
    watch = Watch(home, folder, settle=0.2)
    assert watch.once() == []  # seen for the first time
    with path.open("a") as file:
        file.write("2,open,2026-03-02,\n")
    time.sleep(0.25)
    assert watch.once() == []  # it has grown since
    time.sleep(0.25)
    (drop,) = watch.once()
    assert drop.report.files[0].rows_accepted == 2


@pytest.mark.parametrize("name", ["a.csv.part", ".a.csv", "a.crdownload", "~a.csv"])
def test_unfinished_and_hidden_files_are_left_alone(home: Home, small_desk: None, folder: Path, name: str) -> None:
    (folder / name).write_text(GOOD)
    assert Watch(home, folder, settle=0).once() == []
    assert names(folder) == [name]


def test_a_folder_is_one_drop_and_waits_for_its_last_file(home: Home, small_desk: None, folder: Path) -> None:
    (folder / "night").mkdir()
    (folder / "night/a.csv").write_text(GOOD)
    (folder / "night/b.csv.part").write_text(GOOD)
    assert Watch(home, folder, settle=0).once() == []
    (folder / "night/b.csv.part").rename(folder / "night/b.csv")
    (drop,) = Watch(home, folder, settle=0).once()
    assert len(drop.report.files) == 2
    assert names(folder) == ["done/night.report.json", "done/night/a.csv", "done/night/b.csv"]


def test_a_link_is_not_followed(home: Home, small_desk: None, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(GOOD)
    (folder / "a.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "out").symlink_to(tmp_path)
    assert Watch(home, folder, settle=0).once() == []


def test_the_same_name_twice_keeps_both(home: Home, small_desk: None, folder: Path) -> None:
    for _ in range(3):
        (folder / "a.csv").write_text(GOOD)
        Watch(home, folder, settle=0).once()
    done = [name for name in names(folder) if not name.endswith(".json")]
    assert len(done) == 3
    assert len(names(folder)) == 6


def test_while_somebody_else_loads_the_drop_waits(home: Home, small_desk: None, folder: Path) -> None:
    from etl import work

    (folder / "a.csv").write_text(GOOD)
    with work.locked(home):
        assert Watch(home, folder, settle=0).once() == []
    assert names(folder) == ["a.csv"]
    assert len(Watch(home, folder, settle=0).once()) == 1


def test_a_stop_ends_the_watch(home: Home, small_desk: None, folder: Path) -> None:
    (folder / "a.csv").write_text(GOOD)
    stop = Event()
    seen: list[str] = []
    Watch(home, folder, settle=0).run(lambda drop: (seen.append(drop.name), stop.set()), stop, every=0.01)
    assert seen == ["a.csv"]


def test_the_home_itself_cannot_be_watched(home: Home) -> None:
    (home.folder / "tmp").mkdir(parents=True)
    with pytest.raises(UsageError, match="lies in the home folder"):
        Watch(home, home.folder / "tmp")
    with pytest.raises(UsageError, match="There is no folder"):
        Watch(home, home.folder / "nowhere")


#: Run in a process of its own: it kills itself at the second call of the function named.
WATCHER = """
import os, shutil, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
import desk
from etl import load, snapshot, watch
from etl.settings import Home
desk.install()
module, _, name = sys.argv[4].partition(".")
if name:
    calls = [0]
    inner = getattr(globals()[module], name)
    def killed(*given, **named):
        calls[0] += 1
        if calls[0] == int(sys.argv[5]):
            os.kill(os.getpid(), signal.SIGKILL)
        return inner(*given, **named)
    setattr(globals()[module], name, killed)
watch.Watch(Home(sys.argv[1]), Path(sys.argv[2]), settle=0).once()
"""


def run(home: Home, folder: Path, point: str = "", call: int = 2) -> int:
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", WATCHER, str(home.folder), str(folder), here, point, str(call)]
    return subprocess.run(command, check=False).returncode


@pytest.mark.parametrize(
    ("point", "call"),
    [
        ("load.load", 2),  # before the second file
        ("watch._free", 2),  # loaded, nothing moved yet
        ("shutil.move", 2),  # the report is beside, the file is not moved
        ("snapshot.publish_if_stale", 1),  # all moved, nothing published
    ],
)
def test_killed_at_any_moment_it_loses_and_repeats_nothing(home: Home, folder: Path, point: str, call: int) -> None:
    for number in range(3):
        (folder / f"{number}.csv").write_text(GOOD.replace("1,", f"{number},"))
    assert run(home, folder, point, call) == -signal.SIGKILL
    assert run(home, folder) == 0
    moved = [name for name in names(folder) if name.endswith(".csv")]
    assert len(moved) == 3
    assert all(name.startswith("done/") for name in moved)
    with duckdb.connect(str(home.current_snapshot()), read_only=True) as facts:
        assert facts.execute("select count(*), count(distinct ticket_id) from ticket").fetchall() == [(3, 3)]
        assert facts.execute("select count(*) from load").fetchall() == [(3,)]
