"""Backup and restore: every version there again under its number, into an empty journal only, whole or not at all."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import date
from pathlib import Path

import journal_kinds
import pytest
from sqlalchemy import Table
from test_written import Action

from dashboard import journal
from dashboard.journal.tables import Base
from etl.errors import UsageError
from etl.settings import Home


def _filled(home: Home) -> journal.Journal:
    book = journal.open(home)
    first = book.add_target("csat", "above", {"above": 0.9}, because="é", who="Ana", since=date(2026, 3, 2))
    book.take_back_target(first.id, who="Ben", because="by mistake")
    book.add_marker(date(2026, 3, 9), "Release 4", who="Ana", begins_anew=True)
    action = book.write(Action(text="call =1+1"), who="Ana", about="weekly-2026-W10")
    book.write(Action(text="call", state="done"), who="Ben", replaces=action.id)
    return book


def test_what_comes_back_is_what_was_written(tmp_path: Path) -> None:
    old, new, file = Home(tmp_path / "old"), Home(tmp_path / "new"), tmp_path / "kept.ndjson"
    for home in (old, new):
        home.folder.mkdir()
    book = _filled(old)
    assert journal.backup(old, file) == 5
    assert journal.restore(new, file) == 5
    again = journal.open(new)
    assert again.every_target_change() == book.every_target_change()
    assert (again.markers(), again.every_written(Action)) == (book.markers(), book.every_written(Action))
    added = again.write(Action(text="next"), who="Cyd")
    assert added.id == book.every_written(Action)[-1].id + 1


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    home, file = Home(tmp_path), tmp_path / "kept.ndjson"
    _filled(home)
    journal.backup(home, file)
    with pytest.raises(UsageError, match="has entries"):
        journal.restore(home, file)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with an entry of every kind; nobody may write to it."""
    home = Home(tmp_path_factory.mktemp("everything"))
    journal_kinds.fill(journal.open(home))
    return home


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_a_single_entry_of_any_table_is_not_written_over(everything: Home, tmp_path: Path, table: Table) -> None:
    """All tables but one are emptied behind the journal's back: the entries left are enough to refuse."""
    file, home = tmp_path / "kept.ndjson", Home(tmp_path)
    journal.backup(everything, file)
    shutil.copy(everything.journal_file, home.journal_file)
    with sqlite3.connect(home.journal_file) as connection:
        for each in Base.metadata.sorted_tables:
            if each is not table:
                connection.execute(f"delete from {each.name}")
    with pytest.raises(UsageError, match="has entries"):
        journal.restore(home, file)


@pytest.mark.parametrize("damage", ["last line", "no header", "not JSON", "newer"])
def test_a_damaged_file_restores_nothing(tmp_path: Path, damage: str) -> None:
    old, new, file = Home(tmp_path / "old"), Home(tmp_path / "new"), tmp_path / "kept.ndjson"
    for home in (old, new):
        home.folder.mkdir()
    _filled(old)
    journal.backup(old, file)
    lines = file.read_text(encoding="utf-8").splitlines()
    damaged = {
        "last line": [*lines[:-1], lines[-1][:20]],
        "no header": lines[1:],
        "not JSON": ["hello"],
        "newer": [lines[0].replace('"0', '"9'), *lines[1:]],
    }
    file.write_text("\n".join(damaged[damage]), encoding="utf-8")
    with pytest.raises(UsageError):
        journal.restore(new, file)
    assert journal.open(new).markers() == []
    assert journal.open(new).every_written(Action) == []
