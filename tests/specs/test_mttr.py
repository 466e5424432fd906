"""Mean time to resolve: creation to last resolve, tickets resolved in the period."""

import pytest
from world import World

TICKETS = """
resolved_at         resolution_minutes resolution_business_minutes is_bot_only is_closed_without_resolve excluded_because
2025-01-10          100                10                          no          no                        -
2025-01-31T23:59:59 200                20                          no          yes                       -
2025-02-01          900                90                          no          no                        -
2025-01-10          900                90                          yes         no                        -
2025-01-10          900                90                          no          no                        spam
2025-01-10          -                  -                           no          no                        -
"""


def test_the_mean_in_minutes(world: World) -> None:
    world.table("ticket", TICKETS)
    reading = world.read("mttr", "2025-01")
    assert (reading.n, reading.value) == (2, (100 + 200) / 2)


def test_tickets_closed_without_a_resolve_may_be_left_out_and_the_definition_says_so(world: World) -> None:
    world.table("ticket", TICKETS)
    reading = world.read("mttr", "2025-01", closed_without_resolve="exclude")
    assert (reading.n, reading.value) == (1, 100)
    assert "without a resolve are left out" in reading.definition
    assert "counted at their close" in world.read("mttr", "2025-01").definition


def test_the_business_clock(world: World) -> None:
    world.table("ticket", TICKETS)
    reading = world.read("mttr", "2025-01", clock="business")
    assert (reading.value, reading.clock) == (pytest.approx((10 + 20) / 2), "business")
    assert "in business hours" in reading.definition


def test_the_drill_lists_the_slowest_first(world: World) -> None:
    world.table("ticket", TICKETS)
    assert list(world.tickets("mttr", "2025-01")["value"]) == [200, 100]
