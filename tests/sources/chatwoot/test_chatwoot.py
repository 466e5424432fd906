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


AUTO = "Conversation was marked resolved by system due to 3 days of inactivity"
BY_AGENT = "Conversation was marked resolved by Jo Ray"


@pytest.mark.parametrize(("texts", "closed"), [((AUTO, BY_AGENT), [("7", True)]), ((BY_AGENT, AUTO), [])])
def test_the_first_resolve_says_whether_it_was_for_want_of_an_answer(
    desk: Desk, texts: tuple[str, ...], closed: list[tuple[str, bool]]
) -> None:
    messages = [
        {"id": number, "conversation_id": 7, "message_type": 2, "content_type": "text", "content": text,
         "created_at": 1772445600 + number, "private": False, "inbox_id": 1}
        for number, text in enumerate(texts)
    ]  # fmt: skip
    desk.records("payload", messages)
    assert desk.facts("ticket", "original_id", "is_auto_closed") == closed
    assert [status for (status,) in desk.facts("event", "new_value")] == ["resolved", "resolved"]


def test_the_last_message_of_a_conversation_is_no_list_of_messages(desk: Desk) -> None:
    desk.text((HERE / "conversations.json").read_text(encoding="utf-8"), "conversations.json")
    assert desk.facts("event", "kind") == []
    assert "Conversations hold their last message only: load their messages to count replies." in desk.warnings


def test_a_report_of_averages_is_refused_with_its_reason(desk: Desk) -> None:
    averages = "Reporting period 2026-03-01 to 2026-03-31\n\nAgent name,Conversations count\n\nJo Ray,12\n"
    with pytest.raises(FileRefusedError) as refusal:
        desk.text(averages, "agents.csv")
    assert refusal.value.title == "agents.csv is one of Chatwoot's reports of averages."
    assert "no conversation to count again" in refusal.value.detail
