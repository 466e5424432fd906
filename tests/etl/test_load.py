"""Loading: idempotent, in any order, and a load can be taken back."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from etl import load
from etl.errors import UsageError
from etl.settings import Home

HEADER = "id,status,created,resolved\n"
ONE = HEADER + "1,open,2024-03-01 09:00,\n2,closed,2024-03-01 10:00,2024-03-02 10:00\n"
NEWER = HEADER + "1,closed,2024-03-01 09:00,2024-03-05 09:00\n3,open,2024-03-04 09:00,\n"

TICKETS = "select original_id, status from ticket order by 1"


def test_a_file_is_loaded_and_published(take, write, published):
    report = take(write("one.csv", ONE))
    assert (report.status, report.source, report.error) == ("loaded", "desk", None)
    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (2, 2, 0)
    assert published(TICKETS) == [("1", "open"), ("2", "closed")]


def test_the_same_file_again_changes_nothing(home: Home, take, write, published):
    first = take(write("one.csv", ONE))
    before = home.current_snapshot()
    again = take(write("renamed.csv", ONE))
    assert (again.status, again.load_id, again.rows_read) == ("unchanged", first.load_id, 2)
    assert home.current_snapshot() == before
    assert len(load.loads(home)) == 1


def test_a_newer_export_updates_and_unload_restores(home: Home, take, write, published):
    take(write("one.csv", ONE))
    newer = take(write("newer.csv", NEWER))
    assert published(TICKETS) == [("1", "closed"), ("2", "closed"), ("3", "open")]
    gone = load.unload(home, newer.load_id)
    assert gone.file_name == "newer.csv"
    assert published(TICKETS) == [("1", "open"), ("2", "closed")]
    assert [each.file_name for each in load.loads(home)] == ["one.csv"]


def test_a_load_number_is_never_used_twice(home: Home, take, write):
    first = take(write("one.csv", ONE))
    load.unload(home, first.load_id)
    assert take(write("one.csv", ONE)).load_id == first.load_id + 1


def test_unloading_what_is_not_there_names_what_is(home: Home, take, write):
    take(write("one.csv", ONE))
    with pytest.raises(UsageError, match=r"There is no load 7\. There are: 1\."):
        load.unload(home, 7)


def test_another_zone_takes_the_place_of_the_older_reading(home: Home, take, write):
    take(write("one.csv", ONE))
    report = take(write("one.csv", ONE), timezone="Europe/Dublin")
    assert report.status == "loaded"
    assert "Takes the place of load 1: the same file, read another way." in report.notes
    assert [each.timezone for each in load.loads(home)] == ["Europe/Dublin"]


def test_clocks_without_a_zone_are_never_read_silently(home: Home, take, write):
    report = take(write("one.csv", ONE), timezone=None)
    assert report.status == "refused"
    assert report.error is not None
    assert report.error.needs == "timezone"
    assert report.error.sentence == (
        "The times in one.csv say no time zone. It is the zone of whoever exported them, and no file tells whose that "
        "was. Say it, as in --timezone Europe/Dublin, or declare it in supportkpi.toml under [loading]."
    )
    assert load.loads(home) == []


def test_clocks_with_a_zone_need_no_declaration(take, write):
    report = take(write("zoned.csv", HEADER + "1,open,2024-03-01T09:00:00Z,\n"), timezone=None)
    assert (report.status, report.timezone, report.notes) == ("loaded", None, [])


@pytest.mark.parametrize(
    ("settings", "zone"),
    [
        ('timezone = "Europe/Rome"', "Europe/Rome"),
        ('zones = { desk = "Asia/Tokyo" }', "Asia/Tokyo"),
        ('timezone = "Europe/Rome"\nzones = { desk = "Asia/Tokyo" }', "Asia/Tokyo"),
        ('timezone = "Europe/Rome"\nzones = { other = "Asia/Tokyo" }', "Europe/Rome"),
    ],
)
def test_a_zone_is_declared_for_all_or_for_one_source(home: Home, take, write, settings, zone):
    home.folder.mkdir()
    home.settings_file.write_text(f"[loading]\n{settings}\n")
    assert take(write("one.csv", ONE), timezone=None).timezone == zone


def test_a_zone_is_asked_for_once_and_the_answer_stands(home: Home, take, write):
    asked = []

    def ask(name, error):
        asked.append((name, error.needs))
        return "Europe/Dublin"

    report = take(write("one.csv", ONE), timezone=None, ask=ask)
    assert (report.status, report.timezone) == ("loaded", "Europe/Dublin")
    assert asked == [("one.csv", "timezone")]
    assert take(write("one.csv", ONE), timezone=None, ask=ask).status == "unchanged"
    assert take(write("one.csv", ONE), timezone="Europe/Dublin").status == "unchanged"
    assert len(asked) == 1
    assert take(write("one.csv", ONE), timezone="UTC").status == "loaded"


def test_without_an_answer_the_file_is_refused(take, write):
    report = take(write("one.csv", ONE), timezone=None, ask=lambda _name, _error: None)
    assert report.status == "refused"
    assert take(write("one.csv", ONE), timezone=None, ask=lambda _name, _error: "Dublin").status == "refused"


@pytest.mark.parametrize("order", list(permutations(["a", "b", "c"])))
def test_the_order_of_different_files_does_not_matter(home: Home, small_desk, write, published, order):
    paths = {
        name: write(f"{name}.csv", f"{HEADER}{name}1,open,2024-03-01 09:00,\n{name}2,bad,never,\n") for name in "abc"
    }
    for name in order:
        load.load(home, [paths[name]], timezone="UTC")
    assert published(TICKETS) == [("a1", "open"), ("b1", "open"), ("c1", "open")]
    assert published("select file_name, line, reason from quarantine order by 1") == [
        ("a.csv", 3, "not a date"),
        ("b.csv", 3, "not a date"),
        ("c.csv", 3, "not a date"),
    ]


def test_a_folder_reports_each_of_its_files(home: Home, small_desk, write):
    folder = write("one.csv", ONE).parent
    write("sub/two.csv", NEWER)
    write("notes.txt", "just words\nand more of them\n")
    report = load.load(home, [folder], timezone="UTC")
    assert [(each.name, each.status) for each in report.files] == [
        ("notes.txt", "refused"),
        ("one.csv", "loaded"),
        ("sub/two.csv", "loaded"),
    ]
    assert report.exit_code == 1


def test_nothing_is_left_behind(home: Home, take, write):
    take(write("one.csv", ONE))
    assert not home.temporary.exists()
    assert sorted(path.name for path in home.snapshots.iterdir()) == ["CURRENT", "facts-000001.duckdb"]


def test_a_wrong_zone_and_a_wrong_source_are_wrong_usage(home: Home, small_desk, write):
    path = write("one.csv", ONE)
    with pytest.raises(UsageError, match="'Dublin' is not a time zone"):
        load.load(home, [path], timezone="Dublin")
    with pytest.raises(UsageError, match=r"There is no source 'desc'\. Did you mean 'desk'\?"):
        load.load(home, [path], source="desc")
    with pytest.raises(UsageError, match="There is no file"):
        load.load(home, [Path("nowhere.csv")])
