"""Unowned for over 4 hours: tickets nobody held that long ÷ tickets resolved."""

from world import World


def test_exactly_four_hours_are_not_over_four_hours(world: World) -> None:
    world.table("ticket", "unowned_minutes\n0\n240\n241\n-", resolved_at="2025-01-10")
    january = world.read("unowned_long", "2025-01")
    assert (january.n, january.value) == (3, 1 / 3)
