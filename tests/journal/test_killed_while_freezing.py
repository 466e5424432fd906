"""A process killed while it freezes a review: the whole review with its right hash is there or nothing of it is.

What was in the journal before is untouched, the journal opens, and the review can be frozen again. On SQLite and on
PostgreSQL.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from freezer import AFTER, BEFORE

from dashboard import journal
from dashboard.journal import Journal, Written
from dashboard.reviews.entries import Comment
from dashboard.reviews.frozen import Frozen, Shown, digest
from etl.settings import Home

NAME = "weekly-2025-W08"
Process = subprocess.Popen[str]


@pytest.fixture(scope="module")
def freezer(golden_home: Home) -> Iterator[Process]:
    words = [sys.executable, str(Path(__file__).with_name("freezer.py")), str(golden_home.folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert _line(running) == "ready"
        yield running
        assert running.stdin is not None
        running.stdin.close()


def _line(freezer: Process) -> str:
    assert freezer.stdout is not None
    return freezer.stdout.readline().rstrip("\n")


def _until(freezer: Process, start: str) -> str:
    while not (line := _line(freezer)).startswith(start):
        assert line, "the freezer ended"
    return line.removeprefix(start).strip()


def _freeze(freezer: Process, moment: str, home: Home) -> None:
    assert freezer.stdin is not None
    freezer.stdin.write(f"{moment}\t{home.folder}\n")
    freezer.stdin.flush()


@pytest.fixture
def before(either_home: Home) -> Callable[[], None]:
    """A journal with a target, a comment, and the same review frozen once; what is returned holds them unchanged."""
    book = journal.open(either_home)
    target = book.add_target("csat", "above", {"above": 0.9}, because="board", who="Ana", since=date(2025, 1, 6))
    comment = book.write(Comment(period="2025-W08", text="two were away"), who="Ana", about="csat")
    sections = [Shown(key="week", heading="Week", minutes=5, sentences=["It fell."], figures=[], grids=[])]
    body = Frozen(
        title="Week", scope="all", options="", snapshot="facts-000001", as_of="", product_version="1",
        sections=sections, sha256=digest(sections),
    )  # fmt: skip
    review = book.write(body, who="Ana", about=NAME)

    def unchanged() -> None:
        now = journal.open(either_home)
        assert now.every_target_change() == [target]
        assert now.every_written(Comment) == [comment]
        assert now.every_written(Frozen)[0] == review
        if either_home.journal_file.exists():
            with sqlite3.connect(either_home.journal_file) as file:
                assert file.execute("pragma integrity_check").fetchone() == ("ok",)

    return unchanged


def _added(book: Journal) -> list[Written[Frozen]]:
    """The versions added to the first, each whole."""
    found = book.every_written(Frozen)[1:]
    assert all(each.body.is_whole and len(each.body.sections) == 7 for each in found)
    assert all(each.begun == book.every_written(Frozen)[0].id for each in found)
    return found


@pytest.mark.parametrize("moment", [*BEFORE, "at the commit", *AFTER])
def test_killed_at_a_certain_moment(
    freezer: Process, either_home: Home, before: Callable[[], None], moment: str
) -> None:
    _freeze(freezer, moment, either_home)
    assert _until(freezer, "ended ") == f"-{signal.SIGKILL:d}"
    book = journal.open(either_home)
    before()
    n = len(_added(book))
    # At the commit itself nothing has been written through yet, so that here too nothing may be there.
    assert n == (1 if moment in AFTER else 0)
    again = book.written(Frozen, NAME)[-1]
    kept = book.write(again.body, who="Ben", about=NAME, replaces=again.id)
    assert book.written(Frozen, NAME) == [kept]


@pytest.mark.parametrize("wait", [0.0, 0.004, 0.011])
def test_killed_at_any_moment(freezer: Process, either_home: Home, before: Callable[[], None], wait: float) -> None:
    """It freezes without a pause: what it said to be frozen is there, and at most one more that it had no time to say."""
    _freeze(freezer, "any", either_home)
    pid = int(_until(freezer, "pid "))
    _until(freezer, "frozen")
    _until(freezer, "frozen")
    time.sleep(wait)
    os.kill(pid, signal.SIGKILL)
    said = 2
    while not (line := _line(freezer)).startswith("ended"):
        said += line == "frozen"
    assert line == f"ended -{signal.SIGKILL:d}"
    before()
    assert len(_added(journal.open(either_home))) in (said, said + 1)
