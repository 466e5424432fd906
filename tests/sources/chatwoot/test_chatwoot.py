"""What Chatwoot's own habits ask for, beyond the contract of every source."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_desk import Desk

from etl.errors import FileRefusedError
from etl.load import load
from etl.settings import Home
from etl.sources import chatwoot

HERE = Path(__file__).parent


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(chatwoot, tmp_path)


def test_the_line_below_the_ratings_is_no_record_that_could_not_be_read(tmp_path: Path) -> None:
    report = load(Home(tmp_path / "home"), [HERE / "csat.csv"]).files[0]
    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (3, 2, 1)


def test_one_rating_told_by_the_report_and_by_the_api_is_one(desk: Desk) -> None:
    desk.text((HERE / "csat.csv").read_text(encoding="utf-8"), "csat.csv")
    desk.text((HERE / "csat_responses.json").read_text(encoding="utf-8"), "csat.json")
    told = [survey for survey, ticket in desk.facts("survey", "survey_id", "ticket_original_id") if ticket == "701"]
    assert len(told) == 2
    assert len(set(told)) == 1


def test_a_report_of_averages_is_refused_with_its_reason(desk: Desk) -> None:
    averages = "Reporting period 2026-03-01 to 2026-03-31\n\nAgent name,Conversations count\n\nJo Ray,12\n"
    with pytest.raises(FileRefusedError) as refusal:
        desk.text(averages, "agents.csv")
    assert refusal.value.title == "agents.csv is one of Chatwoot's reports of averages."
    assert "no conversation to count again" in refusal.value.detail
