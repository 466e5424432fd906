"""Mapping files at the door: given by hand, or found in the home's folder and tried on every file."""

from __future__ import annotations

import pytest

from etl import load
from etl.errors import UsageError
from etl.settings import Home

MAPPING = """
name = "tracker"
shape = "ticket"
[columns]
original_id = "Key"
created_at = "Opened"
status = "State"
[words.status]
Open = "open"
"""
EXPORT = "Key,Opened,State\nA-1,2024-03-01T09:00:00Z,Open\n"


def test_a_mapping_that_names_a_column_that_is_not_there(home: Home, small_desk, write):
    mapping = write("tracker.toml", MAPPING.replace('"Opened"', '"Opend"'))
    report = load.load(home, [write("tracker.csv", EXPORT)], mapping=mapping)
    assert report.exit_code == 1
    assert report.files[0].error.sentence == (
        "tracker.csv lacks a column that the mapping 'tracker' names: 'Opend'. Did you mean 'Opened'? Mend the mapping."
    )


def test_a_mapping_file_with_a_key_nobody_knows(home: Home, small_desk, write):
    mapping = write("tracker.toml", MAPPING.replace("[columns]", "[colums]"))
    with pytest.raises(UsageError, match=r"Nobody knows 'colums'\. Did you mean 'columns'\?"):
        load.load(home, [write("tracker.csv", EXPORT)], mapping=mapping)


def test_a_mapping_file_that_is_not_there(home: Home, small_desk, write, tmp_path):
    with pytest.raises(UsageError, match="There is no mapping file"):
        load.load(home, [write("tracker.csv", EXPORT)], mapping=tmp_path / "nowhere.toml")


def test_mappings_of_the_home_are_tried_and_their_way_of_reading_is_used(home: Home, small_desk, write, published):
    home.mappings.mkdir(parents=True)
    (home.mappings / "tracker.toml").write_text(MAPPING + "[file]\nskip_lines = 2\n")
    path = write("report.csv", f"Tracker report\nof all teams\n{EXPORT}A-2,yesterday,Open\n")
    report = load.load(home, [path]).files[0]
    assert (report.status, report.source, report.rows_read, report.rows_accepted) == ("loaded", "tracker", 2, 1)
    assert published("select line from quarantine") == [(5,)]
    assert load.load(home, [path]).files[0].status == "unchanged"


def test_a_mended_mapping_reads_its_file_anew(home: Home, small_desk, write):
    path, mapping = write("tracker.csv", EXPORT), write("tracker.toml", MAPPING)
    assert load.load(home, [path], mapping=mapping).files[0].load_id == 1
    mapping.write_text(MAPPING + '[words.priority]\nP1 = "urgent"\n')
    again = load.load(home, [path], mapping=mapping).files[0]
    assert (again.status, again.load_id) == ("loaded", 2)
    assert [each.load_id for each in load.loads(home)] == [2]
