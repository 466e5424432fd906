"""Detractors contacted: the share entered, judged by itself and without an interval."""

import pytest
from world import World


def test_the_newest_share_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("detractors_contacted 2025-01 98 100", unit="%")
    quarter, january = (
        world.read("detractors_contacted", "2025-01-01/2025-04-01"),
        world.read("detractors_contacted", "2025-01"),
    )
    assert quarter.value == pytest.approx(100 / 100)
    assert january.value == pytest.approx(98 / 100)
    assert (quarter.verdict, january.verdict) == ("meets", "misses")
    assert (january.n, january.low, january.interval) == (1, None, "entered, no interval")


def test_a_number_without_its_unit_is_not_guessed(world: World) -> None:
    world.figures("detractors_contacted 2025-01 100")
    assert (
        world.read("detractors_contacted", "2025-01").reason
        == "'detractors_contacted' is entered without a unit; enter it in %"
    )
