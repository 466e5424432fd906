"""Real status files of two cloud providers and three real Statuspage incidents, through the front door.

The expected figures were counted in plain Python from the JSON, independently of this project.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from exports import ARCHIVE, unpacked

from etl.load import load
from etl.report import FileReport
from etl.settings import Home

pytestmark = pytest.mark.real_data

NAMES = ("gcp_incidents.json", "aws_status_data.json")
STATUSPAGE = ("major_impact_long_description", "tricky_start_time", "tricky_end_time")


def formats(folder: Path) -> list[Path]:
    """The Statuspage incidents among the recorded vendor formats; skips with the reason where there are none."""
    archive = ARCHIVE.with_name("vendor_formats.zip")
    if not archive.is_file():
        pytest.skip(f"{archive.name} is not part of the project and is not beside it")
    with zipfile.ZipFile(archive) as packed:
        wanted = {name: name.rpartition("/")[2] for name in packed.namelist() if "statuspage/" in name}
        return [Path(packed.extract(name, folder)) for name, last in wanted.items() if last[:-5] in STATUSPAGE]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("status") / "home")


@pytest.fixture(scope="module")
def reports(home: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileReport]:
    folder = tmp_path_factory.mktemp("export")
    paths = [*(unpacked(name, folder) for name in NAMES), *formats(folder)]
    return {report.name: report for report in load(home, paths, timezone="UTC").files}


@pytest.fixture(scope="module")
def facts(home: Home, reports: dict[str, FileReport]) -> Iterator[duckdb.DuckDBPyConnection]:
    snapshot = home.current_snapshot()
    assert snapshot is not None
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        yield connection


def test_every_incident_is_read(reports: dict[str, FileReport]) -> None:
    told = {name: (report.source, report.rows_accepted, report.rows_quarantined) for name, report in reports.items()}
    assert told[NAMES[0]] == ("google_cloud", 157, 0)
    assert told[NAMES[1]] == ("aws_status", 86, 0)
    assert [told[f"{name}.json"] for name in STATUSPAGE] == [("statuspage", 1, 0)] * 3


def test_google_cloud(facts: duckdb.DuckDBPyConnection) -> None:
    """Of 157, 22 were told only when they were over, one before it began; 18 got a report."""
    question = """
        select count(*), count(resolved_at), count(detected_at), count(postmortem_at),
            count(*) filter (severity = 'sev1'), count(*) filter (severity = 'sev2'),
            count(*) filter (severity = 'sev4'), min(started_at)::text, max(started_at)::text
        from incident where source = 'google_cloud'
    """
    told = (157, 157, 134, 18, 20, 118, 19, "2021-07-07 21:25:00", "2022-07-01 13:37:44")
    assert facts.execute(question).fetchone() == told


def test_hours_of_google_cloud(facts: duckdb.DuckDBPyConnection) -> None:
    question = """
        select avg(epoch(resolved_at - started_at)) / 3600, median(epoch(resolved_at - started_at)) / 3600
        from incident where source = 'google_cloud'
    """
    assert facts.execute(question).fetchone() == pytest.approx((31.1373, 2.6167), abs=0.0005)


def test_aws(facts: duckdb.DuckDBPyConnection) -> None:
    """All are resolved; 2 were over when first told, without a word of when they began; 49 were told while they ran."""
    question = """
        select count(*), count(resolved_at), count(started_at), count(detected_at),
            count(*) filter (severity = 'sev1'), count(*) filter (severity = 'sev2'), count(*) filter (severity = 'sev4')
        from incident where source = 'aws_status'
    """
    assert facts.execute(question).fetchone() == (86, 86, 84, 49, 3, 11, 72)


def test_aws_tells_start_and_end_in_words(facts: duckdb.DuckDBPyConnection) -> None:
    """Between 12:15 PM and 12:21 PM PDT, posted at 12:53 PM."""
    question = """
        select started_at::text, resolved_at::text, detected_at from incident
        where incident_id = 'aws_status:internetconnectivity-us-east-2:1624564393'
    """
    assert facts.execute(question).fetchone() == ("2021-06-24 19:15:00", "2021-06-24 19:21:00", None)


def test_statuspage_takes_the_start_and_the_end_where_they_stand(facts: duckdb.DuckDBPyConnection) -> None:
    question = """
        select started_at::text, resolved_at::text from incident where source = 'statuspage' order by started_at
    """
    assert facts.execute(question).fetchall() == [
        ("2016-02-18 22:24:07.383", "2016-02-19 00:36:47.081"),
        ("2016-08-30 19:00:00", "2016-09-07 18:01:36.719"),
        ("2016-09-03 21:25:00", "2016-09-03 21:28:00"),
    ]
