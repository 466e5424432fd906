"""What HubSpot's own habits ask for, beyond the contract of every source."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from small_desk import Desk

from etl.load import load
from etl.settings import Home
from etl.sources import hubspot
from etl.staging import BY_NAME
from etl.vocabulary import Status

EXPORT = "Ticket ID,Ticket name,Pipeline,Ticket status,Create date,Time to close (HH:mm:ss)\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(hubspot, tmp_path)


def ticket(number: str, stage: str, **more: Any) -> dict[str, Any]:
    properties = {"subject": "Help", "hs_pipeline_stage": stage, "createdate": "2024-04-01T09:00:00Z",
                  "closed_date": None, "hs_lastmodifieddate": "2024-04-01T09:00:00Z"}  # fmt: skip
    return {"id": number, "properties": properties, "createdAt": "2024-04-01T09:00:00Z", "archived": False} | more


def history(*changes: tuple[str, str]) -> dict[str, Any]:
    told = [{"value": value, "timestamp": f"2024-04-01T{at}:00Z", "sourceType": "CRM_UI"} for value, at in changes]
    return {"propertiesWithHistory": {"hs_pipeline_stage": told}}


def pipeline(*stages: tuple[str, str, str], number: str = "0") -> dict[str, Any]:
    told = [{"id": each, "label": label, "metadata": {"ticketState": state}} for each, label, state in stages]
    return {"id": number, "label": f"Pipeline {number}", "displayOrder": 0, "stages": told}


DEFAULT = pipeline(("1", "New", "OPEN"), ("3", "Waiting on us", "OPEN"), ("4", "Closed", "CLOSED"))


@pytest.mark.parametrize(
    ("written", "minutes"), [("52:30:00", 3150.0), ("00:00:30", 0.5), ("1:15", 75.0), ("-01:00:00", None), ("", None)]
)
def test_hours_go_on_after_24(desk: Desk, written: str, minutes: float | None) -> None:
    desk.text(EXPORT + f"1,Help,Support,New,2024-04-02 09:00,{written}\n")
    assert desk.facts("ticket", "vendor_resolution_minutes") == [(minutes,)]


def test_a_stage_nobody_named_is_reported_and_its_close_dated(desk: Desk) -> None:
    closed = ticket("1", "99")
    closed["properties"]["closed_date"] = "2024-04-01T12:00:00Z"
    desk.records("results", [closed])
    noon = datetime(2024, 4, 1, 12)
    assert desk.facts("ticket", "status", "original_status", "resolved_at") == [(None, "99", noon)]
    assert desk.unknown() == [("hs_pipeline_stage", "99")]


def test_a_stage_closes_tickets_in_its_own_pipeline_only(desk: Desk) -> None:
    other = pipeline(("7", "Done", "OPEN"), number="1")
    desk.records("results", [pipeline(("4", "Done", "CLOSED")), other])
    names = desk.facts("field", "original_id", "name", "meaning")
    assert sorted(names) == [("4", "Done", "resolved"), ("7", "Done", None)]
    assert desk.unknown() == [("name", "Done")]


@pytest.mark.parametrize("word", ["71", "Parts ordered"])
def test_declared_words_come_first_by_name_and_by_number(tmp_path: Path, word: str) -> None:
    desk = Desk(hubspot, tmp_path, {word: Status.WAITING_OTHER})
    desk.records("results", [pipeline(("71", "Parts ordered", "CLOSED"))])
    desk.records("results", [ticket("1", "71", **history(("71", "09:00")))])
    assert desk.facts("field", "meaning") == [("waiting_other",)]
    by_number = "waiting_other" if word == "71" else None
    assert desk.facts("ticket", "status", "original_status") == [(by_number, "71")]
    assert desk.facts("event", "new_value", "original_value") == [(by_number, "71")]


def published(home: Home, *paths: Path) -> list[tuple[Any, ...]]:
    """What a load of these files, in this order, makes of its tickets."""
    import duckdb

    for path in paths:
        load(home, [path], timezone="UTC")
    snapshot = home.current_snapshot()
    assert snapshot is not None
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        query = "select original_id, status, first_resolved_at, reopens, with_customer_minutes from ticket order by 1"
        return connection.execute(query).fetchall()


def test_pipelines_may_come_before_their_tickets_or_after(tmp_path: Path, desk: Desk) -> None:
    changes = history(("1", "09:00"), ("4", "10:00"), ("3", "11:00"), ("4", "12:00"))
    desk.records("results", [ticket("1", "4", **changes), ticket("2", "1", **history(("1", "09:00")))])
    tickets = (tmp_path / "results.json").rename(tmp_path / "tickets.json")
    desk.records("results", [DEFAULT])
    pipelines = (tmp_path / "results.json").rename(tmp_path / "pipelines.json")
    before = published(Home(tmp_path / "one"), pipelines, tickets)
    after = published(Home(tmp_path / "two"), tickets, pipelines)
    assert before == after
    assert before[0][1:4] == ("resolved", datetime(2024, 4, 1, 10), 1)
    assert before[1][1] == "new"


def test_merged_tickets_are_told_by_the_one_that_stands(desk: Desk) -> None:
    survivor = ticket("1", "1")
    survivor["properties"]["hs_merged_object_ids"] = "2; 3;1"
    desk.records("results", [survivor])
    merged = [row for row in desk.facts("ticket", "original_id", "part", "merged_into") if row[1] == "merge"]
    assert sorted(merged) == [("2", "merge", "1"), ("3", "merge", "1")]


def test_a_deal_is_no_ticket(desk: Desk) -> None:
    deal = '{"results": [{"id": "1", "properties": {"dealname": "x", "dealstage": "1"}, "createdAt": "2024-04-01"}]}'
    assert not desk.claim(deal, "deals.json").accepted


def test_no_name_or_address_of_a_customer_is_kept(desk: Desk) -> None:
    for path in sorted(Path(__file__).parent.glob("*.*")):
        if path.suffix in (".json", ".csv") and ".expected." not in path.name:
            desk.text(path.read_text(encoding="utf-8-sig"), path.name)
    tables = ("ticket", "event", "person", "account", "survey")
    kept = str([desk.facts(table, *(each.name for each in BY_NAME[table].columns)) for table in tables])
    for word in ("Joe", "joe@", "Doe", "Why?", "He is new"):
        assert word not in kept
