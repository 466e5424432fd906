"""Average response time: every answered wait of a customer, over tickets resolved in the period."""

import pytest
from world import World

TICKETS = """
created_at resolved_at responses response_minutes response_business_minutes response_active_minutes
2025-01-02 2025-01-10  3         300              90                        60
2025-01-02 2025-01-10  1         20               20                        20
2025-01-02 2025-01-10  0         -                -                         -
2025-01-02 2025-02-10  1         900              90                        90
2025-01-02 -           1         900              90                        90
"""


def test_waits_are_averaged_and_not_tickets(world: World) -> None:
    world.table("ticket", TICKETS)
    reading = world.read("response_time", "2025-01")
    assert (reading.n, reading.value) == (2, (300 + 20) / (3 + 1))
    assert reading.target is not None
    assert reading.target.below == 4 * 60


def test_on_each_clock(world: World) -> None:
    world.table("ticket", TICKETS)
    assert world.read("response_time", "2025-01", clock="business").value == pytest.approx((90 + 20) / 4)
    assert world.read("response_time", "2025-01", clock="active").value == pytest.approx((60 + 20) / 4)


def test_by_created_date_open_tickets_count_with_what_was_answered(world: World) -> None:
    world.table("ticket", TICKETS)
    reading = world.read("response_time", "2025-01", dated_by="created")
    assert (reading.n, reading.value) == (4, (300 + 20 + 900 + 900) / (3 + 1 + 1 + 1))
    assert (reading.anchor, "created in the period" in reading.definition) == ("created", True)
