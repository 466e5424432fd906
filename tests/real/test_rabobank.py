"""A bank's real change records (Rabobank, BPI Challenge 2014), a part of them, through the front door.

The expected figures were counted with Python's csv module, independently of this project.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from exports import unpacked

from etl.load import load
from etl.report import FileReport
from etl.settings import Home

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("bank") / "home")


@pytest.fixture(scope="module")
def report(home: Home, tmp_path_factory: pytest.TempPathFactory) -> FileReport:
    path = unpacked("rabobank_Detail_Change_opened_before_2013-07.csv", tmp_path_factory.mktemp("export"))
    (file,) = load(home, [path]).files
    return file


@pytest.fixture(scope="module")
def facts(home: Home, report: FileReport) -> Iterator[duckdb.DuckDBPyConnection]:
    snapshot = home.current_snapshot()
    assert snapshot is not None
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        yield connection


def test_385_changes_from_800_rows(report: FileReport) -> None:
    """The other 415 rows tell the same changes again, for another configuration item each."""
    assert (report.source, report.rows_accepted, report.rows_quarantined) == ("itil_change", 385, 0)
    assert "415 rows left out: the same change told again, for another configuration item." in report.notes
    assert any(note.startswith("125 changes do not tell when they were carried out") for note in report.notes)


def test_changes(facts: duckdb.DuckDBPyConnection) -> None:
    question = """
        select count(*), count(distinct change_id), count(deployed_at), count(*) filter (related_incidents > 0),
            sum(related_incidents), count(*) filter (contains(product, ',')), count(is_approved), count(outcome)
        from change
    """
    assert facts.execute(question).fetchone() == (385, 385, 260, 43, 498, 40, 0, 0)


def test_risk(facts: duckdb.DuckDBPyConnection) -> None:
    question = "select risk, count(*) from change group by risk order by risk"
    told = [("Business Change", 57), ("Major Business Change", 7), ("Minor Change", 321)]
    assert facts.execute(question).fetchall() == told
