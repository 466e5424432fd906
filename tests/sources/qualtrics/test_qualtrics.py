"""What Qualtrics' own habits ask for, beyond the contract of every source."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from small_desk import Desk

from etl.sources import qualtrics

HEADER = "StartDate,EndDate,Status,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,NPS,NPS_NPS_GROUP\n"
QUESTIONS = "Start Date,End Date,Response Type,Progress,Duration,Finished,Recorded Date,Response ID,Recommend?,Group\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(qualtrics, tmp_path)


def response(status: str = "IP Address", score: str = "3") -> str:
    return f"2026-03-02 10:00:00,2026-03-02 10:05:00,{status},100,300,1,2026-03-02 10:05:00,R_1,{score},x\n"


def imports(zone: str) -> str:
    cells = ['"{""ImportId"":""startDate""' + (f',""timeZone"":""{zone}""' if zone else "") + '}"']
    return ",".join([*cells, *('"{""ImportId"":""x""}"' for _ in range(9))]) + "\n"


@pytest.mark.parametrize(("told", "hour"), [("America/Denver", 17), ("Z", 10), ("", 9), ("Mars/Olympus", 9)])
def test_the_zone_of_the_header_counts_before_the_declared_one(desk: Desk, told: str, hour: int) -> None:
    desk.text(HEADER + QUESTIONS + imports(told) + response(), zone="Europe/Berlin")
    assert desk.facts("survey", "answered_at") == [(datetime(2026, 3, 2, hour, 5),)]


@pytest.mark.parametrize("status", ["Survey Preview", "1", "Survey Test", "Spam", "8"])
def test_what_no_customer_answered_is_left_out_with_its_reason(desk: Desk, status: str) -> None:
    desk.text(HEADER + QUESTIONS + imports("Z") + response() + response(status).replace("R_1", "R_2"))
    assert desk.facts("survey", "survey_id") == [("R_1:NPS",)]
    assert any("1 row left out: " in each and "no answers of customers" in each for each in desk.warnings)


def test_a_question_marked_as_nps_needs_no_other_proof(desk: Desk) -> None:
    desk.text(HEADER + QUESTIONS + imports("Z") + response())
    assert desk.facts("survey", "kind", "score", "scale_high") == [("nps", 3.0, 10.0)]
