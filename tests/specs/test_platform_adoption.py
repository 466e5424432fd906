"""Platform adoption: the share entered, judged by itself and without an interval."""

import pytest
from world import World


def test_the_newest_share_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("platform_adoption 2025-01 94 97", unit="%")
    quarter, january = (
        world.read("platform_adoption", "2025-01-01/2025-04-01"),
        world.read("platform_adoption", "2025-01"),
    )
    assert quarter.value == pytest.approx(97 / 100)
    assert january.value == pytest.approx(94 / 100)
    assert (quarter.verdict, january.verdict) == ("meets", "misses")
    assert (january.n, january.low, january.interval) == (1, None, "entered, no interval")


def test_a_number_without_its_unit_is_not_guessed(world: World) -> None:
    world.figures("platform_adoption 2025-01 97")
    assert (
        world.read("platform_adoption", "2025-01").reason
        == "'platform_adoption' is entered without a unit; enter it in %"
    )
