"""New-hire ramp time: the days entered for the newest month."""

from world import World


def test_the_newest_month_in_days(world: World) -> None:
    world.add("ticket")
    world.figures("ramp_days 2025-01 62 48", unit="days")
    assert world.read("new_hire_ramp", "2025-01-01/2025-04-01").value == 48 * 24 * 60
