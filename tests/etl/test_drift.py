"""A vendor changes its export: what is new, missing or renamed is told with what it fed, and both exports count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from etl import drift, load
from etl.drift import Column
from etl.report import FileReport
from etl.settings import Home

MAPPING = """
name = "tracker"
shape = "ticket"
optional = ["priority", "team", "channel", "region"]
[clock]
timezone = "UTC"
[columns]
original_id = "Key"
created_at = "Opened"
status = "State"
priority = "Urgency"
team = ["Squad", "Team"]
channel = "Came by"
region = "Region"
[words.status]
Open = "open"
"""
OLD = "Key,Opened,State,Urgency,Squad,Came by\nAB-1,2024-03-01T09:00:00Z,Open,High,Blue,Mail\n"
#: Urgency is spelt Urgencey, Squad became Team (which the mapping knows), Came by is gone, Region and Weight are new.
NEW = "Key,Opened,State,Urgencey,Team,Region,Weight\nAB-2,2024-04-01T09:00:00Z,Open,High,Blue,West,7\n"


@pytest.fixture
def taken(home: Home, write: Any, tmp_path: Path) -> list[FileReport]:
    mapping = tmp_path / "tracker.toml"
    mapping.write_text(MAPPING)
    return [
        load.load(home, [write(name, content)], mapping=mapping).files[0]
        for name, content in (("old.csv", OLD), ("new.csv", NEW))
    ]


def test_each_changed_column_is_told_with_what_it_fed(taken: list[FileReport]) -> None:
    first, second = taken
    assert first.drift == []
    assert [each.sentence for each in second.drift] == [
        "column 'Came by' is gone; nothing feeds channel any more.",
        "column 'Urgency' is gone; 'Urgencey' is probably the same under a new name; nothing feeds priority any more.",
        "column 'Region' is new: read as region.",
        "column 'Squad' is gone; 'Team' is probably the same under a new name; team is still read.",
        "column 'Weight' is new: nobody reads it.",
    ]


def test_old_and_new_exports_live_together(taken: list[FileReport], published: Any) -> None:
    assert published("select original_id, team, region from ticket order by 1") == [
        ("AB-1", "Blue", None),
        ("AB-2", "Blue", "West"),
    ]
    assert published('select load_id, "column", what, now, is_lost from drift where ours is not null order by 2') == [
        (2, "Came by", "missing", None, True),
        (2, "Region", "new", None, False),
        (2, "Squad", "renamed", "Team", False),
        (2, "Urgency", "renamed", "Urgencey", True),
        (2, "Weight", "new", None, False),
    ]


def test_the_same_columns_again_are_no_drift(home: Home, taken: list[FileReport], write: Any, tmp_path: Path) -> None:
    again = load.load(home, [write("more.csv", NEW.replace("AB-2", "AB-3"))], mapping=tmp_path / "tracker.toml")
    assert again.files[0].drift == []


def test_a_new_name_is_known_by_what_the_column_holds() -> None:
    keys = Column("ticket.original_id", "a-9999")
    words = Column("ticket.status", "a", frozenset({"1", "2", "3"}))
    before = {"Issue": keys, "State": words}
    now = {"Reference": Column("", "a-9999"), "Phase": Column("", "a", frozenset({"1", "2", "4"})), "Note": Column()}
    assert [(each.column, each.what, each.now) for each in drift.compare(before, now)] == [
        ("Issue", "renamed", "Reference"),
        ("State", "renamed", "Phase"),
        ("Note", "new", None),
    ]


def test_what_looks_like_two_columns_is_neither() -> None:
    dates = Column("ticket.created_at", "9999-99-99")
    changes = drift.compare({"Opened": dates}, {"Start": Column("", "9999-99-99"), "End": Column("", "9999-99-99")})
    assert [(each.column, each.what) for each in changes] == [("Opened", "missing"), ("End", "new"), ("Start", "new")]
