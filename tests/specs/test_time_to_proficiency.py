"""Time to proficiency: the duration entered, in its own unit, judged by itself."""

from world import World


def test_the_newest_duration_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("time_to_proficiency 2025-01 64 55", unit="days")
    quarter, january = (
        world.read("time_to_proficiency", "2025-01-01/2025-04-01"),
        world.read("time_to_proficiency", "2025-01"),
    )
    assert (quarter.value, january.value) == (55 * 1440, 64 * 1440)
    assert (quarter.verdict, january.verdict) == ("meets", "misses")


def test_money_is_no_time(world: World) -> None:
    world.figures("time_to_proficiency 2025-01 55", unit="EUR")
    expected = "'time_to_proficiency' is entered in 'EUR'; enter it in minutes, hours or days"
    assert world.read("time_to_proficiency", "2025-01").reason == expected
