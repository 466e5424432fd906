"""Availability: the share entered, judged by itself and without an interval."""

import pytest
from world import World


def test_the_newest_share_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("availability 2025-01 99.9 99.97", unit="%")
    quarter, january = world.read("availability", "2025-01-01/2025-04-01"), world.read("availability", "2025-01")
    assert quarter.value == pytest.approx(99.97 / 100)
    assert january.value == pytest.approx(99.9 / 100)
    assert (quarter.verdict, january.verdict) == ("meets", "misses")
    assert (january.n, january.low, january.interval) == (1, None, "entered, no interval")


def test_a_number_without_its_unit_is_not_guessed(world: World) -> None:
    world.figures("availability 2025-01 99.97")
    assert world.read("availability", "2025-01").reason == "'availability' is entered without a unit; enter it in %"
