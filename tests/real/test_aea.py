"""A real Jira change history: newest entry first, two offsets, days without a time, a queue of weeks.

The counts were taken with pandas, independently of this project.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import duckdb
import pytest
from exports import unpacked

from dashboard.engine import Facts
from dashboard.kpis import named
from dashboard.readings import read
from dashboard.scope import Grain, Period, Scope
from dashboard.wording import value
from etl.load import load
from etl.report import FileReport
from etl.settings import Home

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("aea") / "home")


@pytest.fixture(scope="module")
def report(home: Home, tmp_path_factory: pytest.TempPathFactory) -> FileReport:
    path = unpacked("aea_jira_history_2024.csv", tmp_path_factory.mktemp("export"))
    (file,) = load(home, [path]).files
    return file


@pytest.fixture(scope="module")
def work(home: Home, report: FileReport) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.work_file), read_only=True) as connection:
        yield connection


def test_every_entry_is_read_and_every_copy_told(report: FileReport) -> None:
    assert report.source == "jira"
    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (27_255, 27_071, 184)
    assert report.by_reason == {"duplicate row": 184}


def test_issues(work: duckdb.DuckDBPyConnection) -> None:
    question = "select count(*), count(distinct original_id), count(resolved_at) from loaded_ticket"
    assert work.execute(question).fetchone() == (673, 673, 638)


@pytest.mark.parametrize(
    ("number", "word", "utc"),
    [
        (5151, "Writing Report (Part C)", datetime(2024, 3, 10, 1, 0, 49, 474000)),  # 20:00 -0500, the evening before
        (5150, "Writing Report (Part C)", datetime(2024, 3, 10, 21, 2, 49, 523000)),  # 17:02 -0400, the day of it
        (6427, "Done", datetime(2024, 11, 1, 16, 4, 43, 273000)),  # 12:04 -0400
        (6276, "Report Under Review", datetime(2024, 11, 5, 0, 24, 21, 697000)),  # 19:24 -0500, clocks back again
    ],
)
def test_entries_on_each_side_of_a_change_of_the_clocks(
    number: int, word: str, utc: datetime, work: duckdb.DuckDBPyConnection
) -> None:
    question = """
        select count(*) from loaded_event
        where kind = 'status' and original_id = 'AEAREP-' || ? and original_value = ? and occurred_at = ?
    """
    assert work.execute(question, [number, word, utc]).fetchone() == (1,)


def test_read_from_the_oldest_entry_on(work: duckdb.DuckDBPyConnection) -> None:
    """Of entries of one instant too the lower one is the older: read the other way round, 340 would be done."""
    states = "select original_status, count(*) as n from loaded_ticket group by all order by n desc limit 2"
    assert work.execute(states).fetchall() == [("Done", 463), ("Pending publication", 62)]
    # 7,094 changes of the word; Assigned and In Progress are both "open" to us.
    assert work.execute("select count(*) from loaded_event where kind = 'status'").fetchone() == (6_829,)
    backwards = "select count(*) from loaded_ticket where created_at > updated_at or resolved_at < created_at"
    assert work.execute(backwards).fetchone() == (0,)


def test_a_queue_of_weeks_is_told_in_days(home: Home, report: FileReport) -> None:
    assert report.status == "loaded"
    everything = Period(date(2023, 12, 1), date(2025, 3, 1), Grain.ALL, "America/New_York")
    (median,) = read(Facts.open(home), named(["mttr_median"]), Scope(), [everything])
    assert median.value is not None
    assert (median.n, median.value / 1440) == (638, pytest.approx(22.2831, abs=0.00006))
    assert value(median.value, median.kpi.unit) == "22 d 7 h"
