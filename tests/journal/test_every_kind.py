"""Every kind of entry on SQLite and on PostgreSQL: written, changed, read, taken back; and carried from one to the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from journal_kinds import BODIES, DAY, NAME, WORDS, declared, everything, fill

from dashboard import journal
from dashboard.journal import Body
from dashboard.journal.database import reading, url_of
from dashboard.journal.tables import Base
from dashboard.reviews.frozen import Frozen
from etl.settings import Home


def test_each_kind_there_is_has_its_entry_here() -> None:
    assert {type(body) for body in BODIES} == declared()
    names = [kind.kind for kind in declared()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body.kind))
def test_a_kind_is_written_changed_read_and_taken_back(either_home: Home, body: Body) -> None:
    book, kind = journal.open(either_home), type(body)
    entry = book.write(body, who="Zoë", about=NAME)
    assert journal.open(either_home).written(kind) == [entry]
    assert (entry.body, entry.who, entry.about) == (body, "Zoë", NAME)
    later = book.write(body, who="Ben", about=NAME, replaces=entry.id)
    assert (book.written(kind, NAME), later.begun) == ([later], entry.id)
    gone = book.take_back(later.id, kind, who="Ana")
    assert (gone.removed, book.written(kind), book.every_written(kind)) == (True, [], [entry, later, gone])


def test_targets_notes_views_and_audits(either_home: Home) -> None:
    book = journal.open(either_home)
    fill(book)
    again = journal.open(either_home)
    (target,) = again.target_changes()
    assert (target.values, target.since, target.because, target.who) == ({"above": 0.8}, None, "b", "Ben")
    first = again.every_target_change()[0]
    assert (first.because, first.since, first.segment, first.who) == (WORDS, DAY, (("a", "b"),), "Zoë")
    assert [each.removed for each in again.every_target_change()] == [False, False, False, True]
    assert [(each.day, each.text, each.kpi, each.begins_anew) for each in again.markers()] == [
        (DAY, WORDS, "csat", True)
    ]
    assert [(each.name, each.query) for each in again.views()] == [("Monday", "team=c")]
    (audit,) = again.tax_audits()
    assert (audit.answers, audit.drawn[1], audit.seed) == (
        {"desk:1": 0.1 + 0.2},
        ("desk:2", 0.1 + 0.2, 2),
        2**31 - 1,
    )
    assert (audit.start, audit.end, audit.scope) == (DAY, None, ("team=A",))
    assert all(each.body.is_whole for each in again.every_written(Frozen))


def _numbers(home: Home) -> dict[str, list[int]]:
    with reading(url_of(home)) as connection:
        return {
            table.name: list(connection.exec_driver_sql(f"select id from {table.name} order by id").scalars())
            for table in Base.metadata.sorted_tables
        }


def test_a_backup_brings_every_version_of_every_kind_to_another_database_and_back(
    postgres_home: Home, tmp_path: Path
) -> None:
    """SQLite to PostgreSQL to SQLite: all reads the same, and the next entry gets the next number."""
    first, last = Home(tmp_path / "first"), Home(tmp_path / "last")
    for home in (first, last):
        home.folder.mkdir()
    fill(journal.open(first))
    found = everything(journal.open(first))
    assert all(found)
    for number, (old, new) in enumerate(((first, postgres_home), (postgres_home, last))):
        n = journal.backup(old, tmp_path / f"{number}.ndjson")
        assert journal.restore(new, tmp_path / f"{number}.ndjson") == n
        assert everything(journal.open(new)) == found
        assert _numbers(new) == _numbers(old)
        # A number used twice would be refused; a gap would be an entry lost.
    for home in (postgres_home, last):
        before = _numbers(home)
        fill(journal.open(home))
        after = _numbers(home)
        assert all(after[name] == list(range(1, len(after[name]) + 1)) for name in before)
