"""A real event log, read by a mapping file alone (no code of ours knows this help desk)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from exports import unpacked

from dashboard.engine import Facts
from dashboard.kpis import named
from dashboard.readings import read
from dashboard.scope import Grain, Period, Scope
from etl.load import load
from etl.report import FileReport
from etl.settings import Home

pytestmark = pytest.mark.real_data
MAPPING = Path(__file__).parents[2] / "docs" / "mappings" / "italian_helpdesk.toml"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("italian") / "home")


@pytest.fixture(scope="module")
def report(home: Home, tmp_path_factory: pytest.TempPathFactory) -> FileReport:
    path = unpacked("helpdesk_italian_finale.csv", tmp_path_factory.mktemp("export"))
    (file,) = load(home, [path], mapping=MAPPING).files
    return file


@pytest.fixture(scope="module")
def work(home: Home, report: FileReport) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.work_file), read_only=True) as connection:
        yield connection


def test_duplicate_rows_are_counted(report: FileReport) -> None:
    assert (report.rows_read, report.rows_quarantined) == (21_348, 127)
    assert report.by_reason == {"duplicate row": 127}


def test_tickets(work: duckdb.DuckDBPyConnection) -> None:
    assert work.execute("select count(*), count(distinct original_id) from loaded_ticket").fetchone() == (4_580, 4_580)


def test_hours_from_the_first_event_to_the_last_resolve(work: duckdb.DuckDBPyConnection) -> None:
    question = """
        select count(*), median(epoch(last - created_at) / 3600)
        from loaded_ticket
        join (
            select original_id, max(occurred_at) as last
            from loaded_event where kind = 'status' and new_value = 'resolved' group by original_id
        ) using (original_id)
    """
    got = work.execute(question).fetchone()
    assert got == pytest.approx((4_569, 159.790), abs=0.0006)


def test_the_median_as_a_leader_reads_it(home: Home, report: FileReport) -> None:
    assert report.status == "loaded"
    everything = Period(date(2010, 1, 1), date(2015, 1, 1), Grain.ALL, "Europe/Rome")
    (median,) = read(Facts.open(home), named(["mttr_median"]), Scope(), [everything])
    assert median.value is not None
    assert (median.n, median.value / 60) == (4_569, pytest.approx(159.790, abs=0.0006))


def test_both_ways_up_are_escalations(work: duckdb.DuckDBPyConnection) -> None:
    question = "select original_value, count(*) from loaded_event where kind = 'escalation' group by all order by all"
    assert work.execute(question).fetchall() == [("Create SW anomaly", 66), ("Require upgrade", 118)]
