"""What Gorgias' own habits ask for, beyond the contract of every source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_desk import Desk

from etl.sources import gorgias


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(gorgias, tmp_path)


def ticket(**more: Any) -> dict[str, Any]:
    return {
        "id": 1, "status": "closed", "channel": "email", "from_agent": False, "messages_count": 1, "is_unread": False,
        "created_datetime": "2026-03-02T09:00:00", "closed_datetime": "2026-03-02T10:00:00", "snooze_datetime": None,
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("more", "status", "is_dated"),
    [
        ({}, "resolved", True),
        ({"status": "open"}, "open", False),
        ({"snooze_datetime": "2026-04-01T09:00:00"}, "waiting_other", False),
        ({"spam": True}, "spam", True),
        ({"trashed_datetime": "2026-03-02T11:00:00"}, "deleted", True),
        ({"status": "open", "trashed_datetime": "2026-03-02T11:00:00"}, "deleted", False),
    ],
)
def test_what_stands_beside_the_status_counts(desk: Desk, more: dict[str, Any], status: str, is_dated: bool) -> None:
    desk.records("data", [ticket(**more)])
    ((found, resolved),) = desk.facts("ticket", "status", "resolved_at")
    assert (found, resolved is not None) == (status, is_dated)


def test_clocks_without_a_mark_are_utc_whatever_was_declared(desk: Desk) -> None:
    desk.text('[{"id": 1, "object_id": 7, "object_type": "Ticket", "type": "ticket-closed", "user_id": 5,'
              ' "created_datetime": "2026-03-02T10:00:00", "data": {}}]', "events.json", zone="Asia/Tokyo")  # fmt: skip
    assert [f"{moment:%H:%M}" for (moment,) in desk.facts("event", "occurred_at")] == ["10:00"]


def test_how_a_merge_is_told_is_not_guessed(desk: Desk) -> None:
    event = {"id": 1, "object_id": 7, "object_type": "Ticket", "type": "ticket-merged", "user_id": 5,
             "created_datetime": "2026-03-02T10:00:00", "data": {}}  # fmt: skip
    desk.records("data", [event])
    assert desk.facts("event", "kind") == []
    assert desk.unknown() == [("type", "ticket-merged")]
