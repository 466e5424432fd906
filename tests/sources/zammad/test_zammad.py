"""What Zammad's own habits ask for, beyond the contract of every source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_desk import Desk

from etl.sources import zammad


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(zammad, tmp_path)


def ticket(**more: Any) -> dict[str, Any]:
    return {
        "id": 1, "number": "64001", "title": "t", "customer_id": 40, "created_at": "2026-03-02T10:00:00.000Z",
        "updated_at": "2026-03-02T11:00:00.000Z", "state_id": 6, "group_id": 2, "owner_id": 1, "article_count": 1,
    } | more  # fmt: skip


def states(*named: tuple[int, str]) -> str:
    return json.dumps([
        {"id": number, "name": name, "state_type_id": 4, "default_create": False, "created_at": "2025-01-01T00:00:00Z"}
        for number, name in named
    ])  # fmt: skip


def test_a_number_of_a_state_means_what_the_list_of_states_says(desk: Desk) -> None:
    desk.text(states((6, "pending close"), (8, "at the workshop")), "states.json")
    told = desk.facts("field", "kind", "original_id", "name", "meaning")
    assert told == [
        ("status", "6", "pending close", "waiting_customer"),
        ("status", "8", "at the workshop", None),
    ]
    assert desk.unknown() == [("name", "at the workshop")]


def test_a_number_that_versions_use_for_different_states_is_not_guessed(desk: Desk) -> None:
    desk.text(json.dumps([ticket()]), "tickets.json")
    assert desk.facts("ticket", "status", "original_status") == [(None, "6")]
    assert desk.unknown() == [("status", "6")]


@pytest.mark.parametrize(("left", "is_met"), [(0, True), (15, True), (-1, False), (None, None)])
def test_a_target_was_kept_as_long_as_no_time_was_missing(desk: Desk, left: int | None, is_met: bool | None) -> None:
    desk.text(json.dumps([ticket(state_id=4, close_diff_in_min=left, close_in_min=60)]), "tickets.json")
    assert desk.facts("ticket", "vendor_sla_met") == [(is_met,)]
    assert desk.facts("sla", "clock", "is_met") == ([] if left is None else [("resolution", is_met)])
