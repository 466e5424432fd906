"""Publishing: a reader keeps what it opened, and sees the newer facts the next time it asks."""

from __future__ import annotations

import threading
from pathlib import Path

import desk
import duckdb
import pytest

from etl import load, snapshot, work
from etl.settings import Home
from etl.work import BusyError

HEADER = "id,status,created,resolved\n"


def rows(first: int, count: int) -> str:
    return HEADER + "".join(f"{number},open,2024-03-01T09:00:00Z,\n" for number in range(first, first + count))


def count(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("select count(*) from ticket").fetchall()[0][0]


def test_a_reader_keeps_its_snapshot_while_others_are_published(home: Home, take, write):
    take(write("first.csv", rows(0, 3)))
    held = duckdb.connect(str(home.current_snapshot()), read_only=True)
    for number in range(1, 6):
        take(write(f"more{number}.csv", rows(number * 10, 3)))
        assert held.execute("select count(*) from ticket").fetchall() == [(3,)]
    assert count(home.current_snapshot()) == 18
    names = sorted(path.name for path in home.snapshots.glob("facts-*"))
    assert names == ["facts-000004.duckdb", "facts-000005.duckdb", "facts-000006.duckdb"]


def test_readers_beside_publishing_see_whole_snapshots_and_no_error(home: Home, take, write):
    take(write("first.csv", rows(0, 3)))
    seen: list[int] = []
    wrong: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                seen.append(count(home.current_snapshot()))
            except Exception as error:
                wrong.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 5):
        take(write(f"more{number}.csv", rows(number * 10, 3)))
    done.set()
    reader.join()
    assert wrong == []
    assert set(seen) <= {3, 6, 9, 12, 15}


def test_a_second_loader_is_told_who_is_loading(home: Home, small_desk, write):
    with work.opened(home), pytest.raises(BusyError, match=r"Another load is running\. Process \d+ is writing into"):
        load.load(home, [write("one.csv", rows(0, 1))], timezone="UTC")
    assert load.load(home, [write("one.csv", rows(0, 1))], timezone="UTC").exit_code == 0


def test_what_was_committed_but_not_published_is_published(home: Home, take, write, monkeypatch):
    take(write("one.csv", rows(0, 2)))
    with monkeypatch.context() as patched:
        patched.setattr(snapshot, "publish", lambda *_: None)
        take(write("two.csv", rows(10, 2)))
    assert count(home.current_snapshot()) == 2
    assert snapshot.publish_if_stale(home) == home.current_snapshot()
    assert count(home.current_snapshot()) == 4
    assert snapshot.publish_if_stale(home) is None


def test_changed_settings_are_published_anew(home: Home, take, write):
    take(write("one.csv", rows(0, 2)))
    home.settings_file.write_text('[reporting]\ntimezone = "Europe/Dublin"\n')
    assert snapshot.publish_if_stale(home) is not None


def test_facts_of_another_version_are_derived_anew(home: Home, take, write, monkeypatch):
    take(write("one.csv", rows(0, 2)))
    assert snapshot.publish_if_stale(home) is None
    monkeypatch.setattr(snapshot, "rules", lambda: "those of before")
    assert snapshot.publish_if_stale(home) is not None
    assert snapshot.publish_if_stale(home) is None


def test_a_failed_build_leaves_the_old_snapshot(home: Home, take, write, monkeypatch):
    take(write("one.csv", rows(0, 2)))

    def fail(*_: object) -> None:
        raise RuntimeError("the derivation failed")

    monkeypatch.setattr(snapshot, "_derive", lambda: fail)
    with pytest.raises(RuntimeError):
        take(write("two.csv", rows(10, 2)))
    assert count(home.current_snapshot()) == 2
    assert sorted(path.name for path in home.snapshots.iterdir()) == ["CURRENT", "facts-000001.duckdb"]
    monkeypatch.setattr(snapshot, "_derive", lambda: desk.build)
    assert take(write("two.csv", rows(10, 2))).status == "unchanged"
    assert count(home.current_snapshot()) == 4
