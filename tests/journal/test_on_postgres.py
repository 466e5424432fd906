"""The journal on a real PostgreSQL server: the same entries, and nothing lost where several people write at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest

from dashboard import journal
from dashboard.journal import migration
from dashboard.journal.database import reading, url_of
from etl.settings import Home


class Remark(journal.Body):
    kind: ClassVar[str] = "test remark"
    text: str


@pytest.fixture
def home(postgres_home: Home) -> Home:
    return postgres_home


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
