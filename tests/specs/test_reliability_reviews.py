"""Reliability reviews held: a number entered, at least one a quarter."""

from world import World


def test_the_number_as_entered(world: World) -> None:
    world.add("ticket")
    world.figures("reliability_reviews 2025-01 1 0")
    assert (world.read("reliability_reviews", "2025-01").value, world.read("reliability_reviews", "2025-02").value) == (
        1,
        0,
    )
    assert world.read("reliability_reviews", "2025-01").verdict == "meets"
    assert world.read("reliability_reviews", "2025-02").verdict == "misses"
