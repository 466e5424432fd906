"""Where the time of a ticket went: whose turn it was, in calendar and in office time, and how often it changed hands."""

from __future__ import annotations

from typing import Any

import history
import pytest
from history import at

OFFICE: dict[str, Any] = {"schedules": {"office": {"timezone": "UTC"}}, "groups": {"default_schedule": "office"}}
BUCKETS = ("with_us", "unowned", "with_customer", "with_other")


def _buckets(row: Any, kind: str = "minutes") -> list[Any]:
    return [row[f"{bucket}_{kind}"] for bucket in BUCKETS]


def _a_day_of_one_ticket(desk: history.Desk) -> None:
    """Monday 9:00 to 19:00: unowned 10, ours 30, the customer's 20, another team's 420, ours again 120."""
    desk.ticket("1", status="resolved", owner="ann")
    desk.event(0, "status", "new")
    desk.event(10, "owner", "ann")
    desk.event(40, "status", "waiting_customer")
    desk.event(60, "status", "waiting_other")
    desk.event(480, "status", "open")
    desk.event(600, "status", "resolved")


def test_the_four_buckets_add_up_to_the_whole() -> None:
    with history.desk() as desk:
        _a_day_of_one_ticket(desk)
        row = desk.build(**OFFICE).ticket()
        assert _buckets(row) == [150, 10, 20, 420]
        assert sum(_buckets(row)) == row["resolution_minutes"]
        # The office shuts at 17:00: all of the last two hours are outside.
        assert _buckets(row, "business_minutes") == [30, 10, 20, 420]
        assert sum(_buckets(row, "business_minutes")) == row["resolution_business_minutes"]
        assert row["resolution_active_minutes"] == 480 - 20


def test_what_stood_resolved_until_a_reopen_was_nobodys_turn() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="resolved")
        for minute, status in ((0, "open"), (60, "resolved"), (100, "open"), (120, "resolved"), (150, "closed")):
            desk.event(minute, "status", status)
        desk.event(0, "owner", "ann")
        row = desk.build(**OFFICE).ticket()
        assert (row["resolution_minutes"], _buckets(row)) == (120, [80, 0, 0, 0])
        assert (row["resolution_business_minutes"], row["resolution_active_minutes"]) == (120, 80)
        assert (row["reopens"], row["status_reopens"]) == (1, 1)


def test_a_close_straight_from_a_reopen_is_the_last_resolve() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="closed")
        for minute, status in ((0, "open"), (60, "resolved"), (100, "open"), (150, "closed")):
            desk.event(minute, "status", status)
        row = desk.build().ticket()
        assert (row["first_resolution_minutes"], row["resolution_minutes"]) == (60, 150)
        assert not row["is_closed_without_resolve"]


def test_an_open_ticket_is_measured_until_the_newest_moment_known() -> None:
    """Fault of the best public peer: business minutes wrong for unsolved tickets."""
    with history.desk() as desk:
        desk.ticket("1", status="open")
        desk.event(0, "status", "new")
        desk.event(30, "status", "waiting_customer")
        desk.event(0, "owner", "ann")
        desk.ticket("2", created_at=at(0, days=1), status="new")  # Tuesday 9:00: as far as anybody can see
        row = desk.build(**OFFICE).ticket()
        assert _buckets(row) == [30, 0, 1410, 0]
        assert _buckets(row, "business_minutes") == [30, 0, 450, 0]
        assert (row["resolution_minutes"], row["resolution_business_minutes"]) == (None, None)


def test_without_status_history_nobody_can_say_whose_turn_it_was() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="resolved", resolved_at=at(60))
        row = desk.build(**OFFICE).ticket()
        assert _buckets(row) == _buckets(row, "business_minutes") == [None] * 4
        assert (row["resolution_business_minutes"], row["resolution_active_minutes"]) == (60, None)


def test_a_stretch_under_a_status_nobody_mapped_belongs_to_no_bucket() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="resolved")
        desk.event(0, "status", "open")
        desk.event(10, "status", None, original_value="Zurückgestellt")
        desk.event(60, "status", "resolved")
        row = desk.build(**OFFICE).ticket()
        assert _buckets(row) == _buckets(row, "business_minutes") == [None] * 4
        assert (row["resolution_business_minutes"], row["resolution_active_minutes"]) == (60, None)


def test_where_no_owner_is_ever_told_all_of_our_turn_is_ours() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="resolved")
        desk.event(0, "status", "open")
        desk.event(60, "status", "resolved")
        row = desk.build(**OFFICE).ticket()
        assert _buckets(row) == _buckets(row, "business_minutes") == [60, None, 0, 0]


@pytest.mark.parametrize("status", ["deleted", "spam", "merged"])
def test_a_ticket_taken_out_is_not_unsolved(status: str) -> None:
    """Fault of the best public peer: deleted tickets counted as unsolved."""
    with history.desk() as desk:
        desk.ticket("1", status=status)
        desk.event(0, "status", "open")
        desk.event(30, "status", status)
        desk.ticket("2", created_at=at(60), status="open")
        published = desk.build(sla=[{"clock": "resolution", "minutes": 10}])
        row = published.ticket()
        assert (row["open_days"], *_buckets(row)) == (None, None, None, None, None)
        assert [spell["ticket_id"] for spell in published.all("open_spell")] == ["desk:2"]
        assert [clock["ticket_id"] for clock in published.all("sla_clock")] == ["desk:2"]


def test_stations_count_every_time_it_came_to_somebody_the_first_included() -> None:
    with history.desk() as desk:
        desk.ticket("1", owner="ann", team="two")
        for minute, owner in ((0, "ann"), (10, "bob"), (20, None), (30, "bob"), (40, "ann"), (50, "ann")):
            desk.event(minute, "owner", owner)
        desk.event(5, "team", "two", old_value="one")
        desk.ticket("2", owner="ann")  # never moved
        desk.event(0, "status", "open", number="2")
        desk.ticket("3")
        desk.event(0, "status", "open", number="3")
        desk.ticket("4", owner="ann")  # without any history
        rows = desk.build().tickets().values()
        assert [(row["owner_stations"], row["team_stations"]) for row in rows] == [(4, 2), (1, 0), (0, 0), (None, None)]


def test_reopens_of_a_ticket_that_is_open_again_count() -> None:
    """Fault of the best public peer: reopens of tickets still open are missing. A slip is a change of status too."""
    with history.desk() as desk:
        desk.ticket("1", status="open")
        for minute, status in ((0, "open"), (60, "resolved"), (61, "open"), (65, "resolved"), (100, "open")):
            desk.event(minute, "status", status)
        row = desk.build().ticket()
        assert (row["reopens"], row["status_reopens"], row["days_to_reopen"]) == (1, 2, 40 / 1440)


def test_no_reply_one_reply_and_more_are_three_things() -> None:
    """Fault of the best public peer: reply counts of zero called multi-touch."""
    with history.desk() as desk:
        for number in range(4):
            desk.ticket(str(number), requester="kim", status="resolved", resolved_at=at(60))
            desk.event(0, "public_message", actor="kim", number=str(number))
            for reply in range(number):
                desk.event(10 + reply, "public_message", actor="ann", actor_role="agent", number=str(number))
        rows = desk.build().tickets().values()
        assert [row["public_replies"] for row in rows] == [0, 1, 2, 3]
        assert [row["is_bot_only"] for row in rows] == [True, False, False, False]


def test_every_wait_of_the_customer_is_measured_to_the_answer() -> None:
    """Monday 9:00: asked, answered at 30; asked twice at 100 and 130, answered twice at 160 and 170; thanks at 200."""
    with history.desk() as desk:
        desk.ticket("1", status="open", requester="cas")
        desk.event(0, "status", "open")
        said = ((30, "agent"), (100, "customer"), (130, "customer"), (160, "agent"), (170, "agent"), (200, "customer"))
        for minute, role in said:
            desk.event(minute, "public_message", actor=f"{role}-{minute}", actor_role=role)
        desk.event(110, "status", "waiting_customer")
        desk.ticket("2", created_at=at(470), status="open")  # 16:50, answered at 9:20 the next day
        desk.event(470, "public_message", actor="cas", actor_role="customer", number="2")
        desk.event(20 + 1440, "public_message", actor="ann", actor_role="agent", number="2")
        rows = desk.build(**OFFICE).tickets()
        assert (rows["1"]["responses"], rows["1"]["response_minutes"]) == (2, 30 + 60)
        assert rows["1"]["response_business_minutes"] == 30 + 60
        assert rows["1"]["response_active_minutes"] == 30 + 10  # from 110 on it was the customer's turn
        assert (rows["1"]["repliers"], rows["1"]["customer_followups"]) == (3, 3)
        assert (rows["2"]["responses"], rows["2"]["response_business_minutes"]) == (1, 10 + 20)
        assert rows["2"]["response_minutes"] == 10 + 16 * 60 + 20
        assert (rows["2"]["repliers"], rows["2"]["customer_followups"]) == (1, 0)


def test_the_age_of_an_open_ticket_in_office_time() -> None:
    with history.desk() as desk:
        desk.ticket("1", status="open")
        desk.event(0, "status", "open")
        desk.event(60, "status", "waiting_customer")
        desk.ticket("2", created_at=at(0, days=1), status="new")  # Tuesday 9:00: as far as anybody can see
        row = desk.build(**OFFICE).ticket()
        assert (row["open_business_minutes"], row["open_active_minutes"]) == (480, 60)
