"""People's words on issues: replaced as a whole, published, and whole after a kill."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import insert, update

from etl import issue_words, snapshot, work
from etl.issue_words import IssueWord
from etl.settings import Home
from etl.staging import loaded_ticket

SAID = datetime(2026, 5, 1, 9, tzinfo=UTC)
FIRST = IssueWord(kind="rename", issue_keys=("problem PRB1",), name="First", said_by="Ana", said_at=SAID)
SECOND = IssueWord(kind="rename", issue_keys=("problem PRB1",), name="Second", said_by="Ben", said_at=SAID)
CONFIRM = IssueWord(kind="confirm", issue_keys=("problem PRB1",), ticket_ids=("desk:1",), said_by="Ana", said_at=SAID)

#: Run in a process of its own: ``home point``; the process kills itself where ``point`` is reached.
KEEPER = """
import os, signal, sys
sys.path.insert(0, sys.argv[3])
from etl import issue_words, snapshot, work
from etl.settings import Home
from test_derive_issue_words import SECOND
module, _, name = sys.argv[2].partition(".")
setattr(globals()[module], name, lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL))
issue_words.keep(Home(sys.argv[1]), [SECOND])
"""


@pytest.fixture
def desk(home: Home) -> Home:
    """A home with one ticket of one problem, not published yet."""
    with work.opened(home) as connection:
        ticket = {"load_id": 1, "row": 1, "source": "desk", "part": "ticket", "original_id": "1", "problem_key": "PRB1"}
        connection.execute(insert(loaded_ticket).values(**ticket, created_at=datetime(2026, 3, 2)))
        connection.execute(update(work.state).values(last_load_id=1, revision=1))
        connection.commit()
    return home


def _labels(home: Home) -> list[tuple[Any, ...]]:
    current = home.current_snapshot()
    assert current is not None
    with duckdb.connect(str(current), read_only=True) as facts:
        return facts.execute("select label, confirmed_by, confirmed_at from issue").fetchall()


def test_words_replace_all_that_was_said_before_and_are_published(desk: Home) -> None:
    assert issue_words.keep(desk, [FIRST, CONFIRM]) == desk.current_snapshot()
    assert _labels(desk) == [("First", "Ana", SAID.replace(tzinfo=None))]
    issue_words.keep(desk, [SECOND])
    assert _labels(desk) == [("Second", None, None)]
    issue_words.keep(desk, [])
    assert _labels(desk) == [("PRB1", None, None)]  # without a word or a subject, by its record
    with work.opened(desk) as connection:
        assert issue_words.kept(connection) == []


def test_the_same_words_again_change_nothing(desk: Home) -> None:
    first = issue_words.keep(desk, [FIRST, SECOND])
    assert issue_words.keep(desk, [FIRST, SECOND]) == first
    assert issue_words.keep(desk, [SECOND, FIRST]) != first  # their order counts
    assert _labels(desk) == [("First", None, None)]


def test_nothing_is_kept_where_nothing_was_loaded(home: Home) -> None:
    assert issue_words.keep(home, [FIRST]) is None
    with work.opened(home) as connection:
        assert issue_words.kept(connection) == []


def test_what_was_said_stays_when_a_load_is_taken_back(desk: Home) -> None:
    from etl import ledger

    issue_words.keep(desk, [FIRST])
    with work.opened(desk) as connection:
        ledger.forget(connection, 1)
        connection.commit()
        assert [word.name for word in issue_words.kept(connection)] == ["First"]


@pytest.mark.parametrize("point", ["work.changed", "snapshot.publish", "snapshot._sync", "snapshot._point"])
def test_a_kill_leaves_the_old_words_or_the_new_ones(desk: Home, point: str) -> None:
    issue_words.keep(desk, [FIRST])
    before = _labels(desk)
    ran = subprocess.run(
        [sys.executable, "-c", KEEPER, str(desk.folder), point, str(Path(__file__).parent)], check=False
    )
    assert ran.returncode == -9
    assert _labels(desk) == before == [("First", None, None)]
    snapshot.publish_if_stale(desk)
    assert _labels(desk) == [("First" if point == "work.changed" else "Second", None, None)]
