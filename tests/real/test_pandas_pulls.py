"""Real pull requests and issues of one GitHub repository, as short CSV files, through the front door.

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
    return Home(tmp_path_factory.mktemp("pandas") / "home")


@pytest.fixture(scope="module")
def reports(home: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileReport]:
    folder = tmp_path_factory.mktemp("export")
    paths = [unpacked(name, folder) for name in ("github_pandas_prs.csv", "github_pandas_issues.csv")]
    return {report.name: report for report in load(home, paths, timezone="UTC").files}


@pytest.fixture(scope="module")
def facts(home: Home, reports: dict[str, FileReport]) -> Iterator[duckdb.DuckDBPyConnection]:
    snapshot = home.current_snapshot()
    assert snapshot is not None
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        yield connection


def test_all_789_pull_requests_are_accounted_for(reports: dict[str, FileReport]) -> None:
    """500 were merged and are changes; 289 are open and are none yet."""
    report = reports["github_pandas_prs.csv"]
    assert (report.source, report.rows_read, report.rows_quarantined) == ("github", 500, 0)
    assert "289 rows left out: pull requests still open." in report.notes


def test_all_1700_issues_are_accounted_for(reports: dict[str, FileReport]) -> None:
    report = reports["github_pandas_issues.csv"]
    assert (report.source, report.rows_read, report.rows_accepted) == ("github", 1_700, 1_700)
    assert any("1,234 are closed without a reason" in note for note in report.notes)


def test_changes(facts: duckdb.DuckDBPyConnection) -> None:
    question = (
        "select count(*), count(deployed_at), min(deployed_at)::date::text, max(deployed_at)::date::text from change"
    )
    assert facts.execute(question).fetchone() == (500, 500, "2026-03-22", "2026-05-23")


def test_one_revert_names_a_change_of_the_file_and_the_other_names_none(
    facts: duckdb.DuckDBPyConnection, reports: dict[str, FileReport]
) -> None:
    question = "select change_id, rolled_back_at::text from change where outcome = 'rolled back'"
    assert facts.execute(question).fetchall() == [("github:#64798", "2026-05-20 21:22:12")]
    note = next(note for note in reports["github_pandas_prs.csv"].notes if "begins with Revert" in note)
    assert note.startswith("1 merged pull request ")


def test_engineering_records(facts: duckdb.DuckDBPyConnection) -> None:
    question = """
        select count(*), count(*) filter (status = 'open'), count(*) filter (outcome = 'completed'),
            count(*) filter (outcome = 'not planned'), count(resolved_at)
        from engineering_issue
    """
    assert facts.execute(question).fetchone() == (1_700, 338, 126, 2, 1_362)
