"""Churn due to support: the share entered, judged by itself and without an interval."""

import pytest
from world import World


def test_the_newest_share_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("churn_due_to_support 2025-01 2.5 1.5", unit="%")
    quarter, january = (
        world.read("churn_due_to_support", "2025-01-01/2025-04-01"),
        world.read("churn_due_to_support", "2025-01"),
    )
    assert quarter.value == pytest.approx(1.5 / 100)
    assert january.value == pytest.approx(2.5 / 100)
    assert (quarter.verdict, january.verdict) == ("meets", "misses")
    assert (january.n, january.low, january.interval) == (1, None, "entered, no interval")


def test_a_number_without_its_unit_is_not_guessed(world: World) -> None:
    world.figures("churn_due_to_support 2025-01 1.5")
    assert (
        world.read("churn_due_to_support", "2025-01").reason
        == "'churn_due_to_support' is entered without a unit; enter it in %"
    )
