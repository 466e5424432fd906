"""Training per person: hours of the months ÷ their mean headcount."""

from world import World


def test_hours_are_added_and_heads_are_not(world: World) -> None:
    world.add("ticket")
    world.figures("training_hours 2025-01 85 95", unit="hours")
    world.figures("headcount 2025-01 20 16", unit="people")
    assert world.read("training_hours", "2025-01").value == 85 * 60 / 20
    assert world.read("training_hours", "2025-01-01/2025-03-01").value == (85 + 95) * 60 / ((20 + 16) / 2)
