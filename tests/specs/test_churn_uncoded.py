"""Churn without a reason: the share entered, judged by itself and without an interval."""

import pytest
from world import World


def test_the_newest_share_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("churn_uncoded 2025-01 40 20", unit="%")
    quarter, january = world.read("churn_uncoded", "2025-01-01/2025-04-01"), world.read("churn_uncoded", "2025-01")
    assert quarter.value == pytest.approx(20 / 100)
    assert january.value == pytest.approx(40 / 100)
    assert (quarter.verdict, january.verdict) == ("no target", "no target")
    assert (january.n, january.low, january.interval) == (1, None, "entered, no interval")


def test_a_number_without_its_unit_is_not_guessed(world: World) -> None:
    world.figures("churn_uncoded 2025-01 20")
    assert world.read("churn_uncoded", "2025-01").reason == "'churn_uncoded' is entered without a unit; enter it in %"
