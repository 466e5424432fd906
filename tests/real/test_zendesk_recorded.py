"""Answers recorded from a real Zendesk account: nothing is lost, and deleted tickets are told apart."""

from __future__ import annotations

import zipfile
from pathlib import Path

import duckdb
import pytest

from etl.load import load
from etl.report import LoadReport
from etl.settings import Home

ARCHIVE = Path(__file__).resolve().parents[3] / "shared" / "data" / "vendor_formats.zip"
NAMES = ("tickets", "audits", "users", "groups", "organizations")

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not ARCHIVE.exists(), reason="vendor_formats.zip is not beside the checkout"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def report(home: Home, tmp_path_factory: pytest.TempPathFactory) -> LoadReport:
    folder = tmp_path_factory.mktemp("recorded")
    with zipfile.ZipFile(ARCHIVE) as archive:
        for member in archive.namelist():
            path = Path(member)
            if "zendesk/api_recorded_zenpy" in member and path.stem in NAMES and path.suffix == ".json":
                (folder / path.name).write_bytes(archive.read(member))
    return load(home, [folder / f"{name}.json" for name in NAMES])


def test_every_record_is_taken(report: LoadReport) -> None:
    told = {each.name: (each.source, each.status, each.rows_read, each.rows_accepted) for each in report.files}
    assert told == {
        "tickets.json": ("zendesk", "loaded", 1000, 1000),
        "audits.json": ("zendesk", "loaded", 100, 100),
        "users.json": ("zendesk", "loaded", 1000, 1000),
        "groups.json": ("zendesk", "loaded", 9, 9),
        "organizations.json": ("zendesk", "loaded", 100, 100),
    }


def test_deleted_tickets_count_nowhere(report: LoadReport, home: Home) -> None:
    snapshot = home.current_snapshot()
    assert snapshot is not None
    with duckdb.connect(str(snapshot), read_only=True) as facts:
        found = facts.sql("select status, excluded_because, count(*) from ticket group by all order by all").fetchall()
        assert found == [("deleted", "deleted", 515), ("new", None, 485)]
        # 99 audits create a ticket; 30 of those tickets are in no page of tickets.
        kinds = dict(facts.sql("select kind, count(*) from ticket_event group by all").fetchall())
        assert kinds["created"] == kinds["public_message"] == 69
