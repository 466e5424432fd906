"""The journal: versions and never overwriting, several writers at once, migrations, and a writer that is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine

from dashboard import journal
from dashboard.journal import migration
from dashboard.journal.database import writing
from dashboard.journal.tables import Base
from etl.errors import SupportKpiError, UsageError
from etl.settings import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_looking_writes_nothing(home: Home) -> None:
    found = journal.open(home)
    assert (found.target_changes(), found.markers(), found.views()) == ([], [], [])
    assert list(home.folder.iterdir()) == []


def test_a_target_keeps_who_when_and_why(either_home: Home) -> None:
    set_ = journal.open(either_home).add_target(
        *("csat", "above", {"above": 0.9}),
        because=" board ",
        who=" Ana ",
        since=date(2026, 3, 2),
        segment=[("team", "A")],
    )
    (found,) = journal.open(either_home).target_changes()
    assert found == set_
    assert (found.kpi, found.values, found.because, found.who) == ("csat", {"above": 0.9}, "board", "Ana")
    assert (found.since, found.segment, found.replaces) == (date(2026, 3, 2), (("team", "A"),), None)
    assert abs(found.written_at - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)


def test_an_edit_is_a_new_version_and_the_old_one_stays(either_home: Home) -> None:
    book = journal.open(either_home)
    first = book.add_target("csat", "above", {"above": 0.9}, because="a", who="Ana")
    second = book.add_target("csat", "above", {"above": 0.8}, because="b", who="Ben", replaces=first.id)
    assert book.target_changes() == [second]
    assert book.every_target_change() == [first, second]
    gone = book.take_back_target(second.id, who="Ana", because="by mistake")
    assert book.target_changes() == []
    assert [each.who for each in book.every_target_change()] == ["Ana", "Ben", "Ana"]
    assert (gone.removed, gone.replaces) == (True, second.id)


def test_markers_and_views(either_home: Home) -> None:
    book = journal.open(either_home)
    one = book.add_marker(date(2026, 3, 9), "Release 4", who="Ana")
    book.add_marker(date(2026, 3, 2), "New form", who="Ana", kpi="csat")
    assert [each.text for each in book.markers("csat")] == ["New form", "Release 4"]
    assert [each.text for each in book.markers("nps")] == ["Release 4"]
    book.remove_marker(one.id, who="Ben")
    assert [each.text for each in book.markers()] == ["New form"]
    book.save_view("Monday", "overview", "team=Billing", who="Ana")
    last = book.save_view("Monday", "overview", "team=Cards", who="Ben")
    assert book.views() == [last]
    assert last.replaces is not None


@pytest.mark.parametrize(("who", "because"), [("", "x"), ("Ana", " ")])
def test_nobody_and_no_reason_are_refused(either_home: Home, who: str, because: str) -> None:
    with pytest.raises(UsageError):
        journal.open(either_home).add_target("csat", "above", {"above": 0.9}, because=because, who=who)
    assert journal.open(either_home).target_changes() == []


_WRITER = """
import sys
from datetime import date
from dashboard import journal
from etl.settings import Home
book = journal.open(Home(sys.argv[1]))
for number in range(int(sys.argv[3])):
    book.add_marker(date(2026, 1, 1), f"{sys.argv[2]} {number}", who=sys.argv[2])
    print(number, flush=True)
"""


def writer(home: Home, name: str, entries: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", _WRITER, str(home.folder), name, str(entries)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_three_processes_that_open_and_write_at_once_lose_nothing(home: Home) -> None:
    running = [writer(home, name, 20) for name in ("a", "b", "c")]
    for each in running:
        _, said = each.communicate(timeout=120)
        assert each.returncode == 0, said
    written = {marker.text for marker in journal.open(home).markers()}
    assert written == {f"{name} {number}" for name in "abc" for number in range(20)}


def test_a_writer_killed_in_the_middle_leaves_a_journal_that_reads(home: Home) -> None:
    running = writer(home, "a", 100_000)
    assert running.stdout is not None
    told = [running.stdout.readline() for _ in range(5)]
    os.kill(running.pid, signal.SIGKILL)
    running.wait(timeout=30)
    book = journal.open(home)
    assert len(book.markers()) >= len(told)  # what was said to be written is there
    book.add_marker(date(2026, 1, 1), "after", who="Ana")
    assert book.markers()[-1].text == "after"
    assert _one(home, "pragma integrity_check") == "ok"


def test_a_migration_killed_in_the_middle_is_done_by_the_next(home: Home) -> None:
    code = (
        "import sys, os; from alembic import op; from dashboard import journal; from etl.settings import Home\n"
        "from dashboard.journal import migration; import alembic.command as c; real = c.upgrade\n"
        "def die(*a):\n    real(*a); os.kill(os.getpid(), 9)\n"
        "c.upgrade = die; journal.open(Home(sys.argv[1])).save_view('a', 'b', 'c', who='d')"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(home.folder)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert _one(home, "select count(*) from sqlite_master where name = 'marker'") == 0
    journal.open(home).add_marker(date(2026, 1, 1), "x", who="Ana")
    assert len(journal.open(home).markers()) == 1


def test_the_first_schema_is_brought_up_with_its_entries_kept(home: Home) -> None:
    url = URL.create("sqlite", database=str(home.journal_file.resolve()))
    with writing(url) as connection:  # an empty file is migrated from nothing
        assert migration.revision(connection) == migration.HEAD
    script = Path(__file__).with_name("journal_0001.sql").read_text(encoding="utf-8")
    home.journal_file.unlink()
    with sqlite3.connect(home.journal_file) as old:
        old.executescript(script)
    (target,) = journal.open(home).target_changes()
    assert (target.kpi, target.values, target.who) == ("csat", {"above": 0.9}, "Ana")
    assert _one(home, "select version_num from alembic_version") == migration.HEAD
    assert not any(note.begins_anew for note in journal.open(home).markers())  # nobody could say so then


def test_a_journal_from_before_audits_keeps_its_entries_and_takes_one(home: Home) -> None:
    with sqlite3.connect(home.journal_file) as old:
        old.executescript(Path(__file__).with_name("journal_0002.sql").read_text(encoding="utf-8"))
    book = journal.open(home)
    assert book.tax_audits() == []
    assert [(note.text, note.begins_anew, note.who) for note in book.markers()] == [("New macros", True, "Ana")]
    assert [view.name for view in book.views()] == ["Monday"]
    drawn = draw_one(book)
    assert book.tax_audits() == [drawn]
    assert _one(home, "select version_num from alembic_version") == migration.HEAD


def draw_one(book: journal.Journal) -> journal.TaxAudit:
    return book.draw_tax_audit(
        [("desk:1", 10.1, 1), ("desk:2", 0.1 + 0.2, 2)],
        who="Ana", scope=("team=A",), days=(date(2026, 1, 1), date(2026, 2, 1)), timezone="Europe/Dublin",
        seed=5, tickets=900, predicted=1234.5,
    )  # fmt: skip


def test_answers_of_an_audit_are_versions_of_its_draw(home: Home) -> None:
    """Each version holds all answers so far, the newer where a ticket was answered twice; the draw is never changed."""
    book = journal.open(home)
    drawn = draw_one(book)
    assert (drawn.drawn[1], drawn.answers, drawn.draw) == (("desk:2", 0.1 + 0.2, 2), {}, drawn.id)
    book.answer_tax_audit(drawn.draw, {"desk:1": 4.0}, who="Ben")
    book.answer_tax_audit(drawn.draw, {"desk:1": 5.0, "desk:2": 0.0}, who="Cyd")
    (last,) = book.tax_audits()
    assert (last.answers, last.who, last.draw) == ({"desk:1": 5.0, "desk:2": 0.0}, "Cyd", drawn.id)
    assert (last.drawn, last.seed, last.scope, last.start, last.predicted) == (
        *(drawn.drawn, 5, ("team=A",), date(2026, 1, 1)),
        1234.5,
    )
    assert _one(home, "select count(*) from tax_audit") == 3
    assert _one(home, "select answers from tax_audit where id = 1") == "{}"
    with pytest.raises(UsageError):
        book.answer_tax_audit(99, {"desk:1": 1.0}, who="Ben")
    with pytest.raises(UsageError):
        book.answer_tax_audit(drawn.draw, {"desk:1": 1.0}, who=" ")


def test_the_migrations_make_the_tables_the_code_declares(home: Home) -> None:
    assert ScriptDirectory(str(Path(migration.__file__).with_name("migrations"))).get_current_head() == migration.HEAD
    journal.open(home).add_marker(date(2026, 1, 1), "x", who="Ana")
    with create_engine(f"sqlite:///{home.journal_file}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_journal_of_a_newer_version_is_left_alone(home: Home) -> None:
    journal.open(home).add_marker(date(2026, 1, 1), "x", who="Ana")
    with sqlite3.connect(home.journal_file) as file:
        file.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(SupportKpiError, match="newer version"):
        journal.open(home).markers()


def test_another_database_by_url(home: Home, tmp_path: Path) -> None:
    home.settings_file.write_text(f'[journal]\nurl = "sqlite:///{tmp_path}/elsewhere.sqlite"\n')
    journal.open(home).add_marker(date(2026, 1, 1), "x", who="Ana")
    assert (tmp_path / "elsewhere.sqlite").exists()
    assert not home.journal_file.exists()
    assert len(journal.open(home).markers()) == 1


@pytest.mark.parametrize("url", ["nonsense", "nobody+knows://x/y"])
def test_a_url_nobody_can_open_is_said(home: Home, url: str) -> None:
    home.settings_file.write_text(f'[journal]\nurl = "{url}"\n')
    with pytest.raises(SupportKpiError, match=r"journal|driver"):
        journal.open(home).markers()


def test_a_file_that_is_no_database_is_said_and_left(home: Home) -> None:
    home.journal_file.write_text("not a database, but long enough to be looked at as one" * 20)
    with pytest.raises(SupportKpiError, match="could not be used"):
        journal.open(home).markers()
    assert home.journal_file.read_text().startswith("not a database")


def test_readers_do_not_wait_for_a_writer(home: Home) -> None:
    book = journal.open(home)
    book.add_marker(date(2026, 1, 1), "x", who="Ana")
    with sqlite3.connect(home.journal_file, isolation_level=None) as other:
        other.execute("begin immediate")
        began = time.monotonic()
        assert len(book.markers()) == 1
        assert time.monotonic() - began < 5
        other.execute("rollback")


def _one(home: Home, question: str) -> object:
    with sqlite3.connect(home.journal_file) as file:
        return file.execute(question).fetchone()[0]
