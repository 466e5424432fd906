"""What Help Scout's own habits ask for, beyond the contract of every source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_desk import Desk

from etl.sources import helpscout


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(helpscout, tmp_path)


def thread(number: int, status: str, holder: int, at: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "conversationId": 7, "type": "lineitem", "status": status, "state": "published", "body": None,
        "action": {}, "createdBy": {"id": 301, "type": "user"}, "assignedTo": {"id": holder, "type": "user"},
        "createdAt": f"2026-03-02T{at}:00Z",
    } | more  # fmt: skip


def test_threads_repeat_status_and_holder_and_only_changes_are_told(desk: Desk) -> None:
    desk.records(
        "threads",
        [
            thread(1, "active", 0, "09:00"),
            thread(2, "active", 301, "09:10"),
            thread(3, "nochange", 301, "09:20"),
            thread(4, "active", 302, "09:30"),
            thread(5, "closed", 0, "09:40"),
        ],
    )
    assert desk.facts("event", "kind", "old_value", "new_value") == [
        ("status", None, "open"),
        ("owner", None, "301"),
        ("owner", "301", "302"),
        ("owner", "302", None),
        ("status", "open", "resolved"),
    ]


def test_a_draft_was_never_sent(desk: Desk) -> None:
    desk.records("threads", [
        thread(1, "active", 0, "09:00", type="customer", body="Help?"),
        thread(2, "closed", 301, "09:10", type="message", body="Not yet", state="draft"),
    ])  # fmt: skip
    assert [kind for (kind,) in desk.facts("event", "kind")] == ["public_message", "status"]
    assert "1 threads are drafts or hidden: they were never sent." in desk.warnings


@pytest.mark.parametrize(("rating", "score"), [(1, 1.0), (2, 2.0), (3, 3.0)])
def test_the_lower_rating_is_the_better(desk: Desk, rating: int, score: float) -> None:
    desk.records("results", [
        {"threadid": 1, "id": 7, "ratingId": rating, "ratingCustomerId": 5, "ratingCreatedAt": "2026-03-02T09:00:00Z"}
    ])  # fmt: skip
    assert desk.facts("survey", "score", "scale_low", "scale_high", "higher_is_better") == [(score, 1, 3, False)]
