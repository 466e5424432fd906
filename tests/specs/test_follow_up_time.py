"""Time to follow-up: the duration entered, in its own unit, judged by itself."""

from world import World


def test_the_newest_duration_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("follow_up_time 2025-01 60 30", unit="hours")
    quarter, january = world.read("follow_up_time", "2025-01-01/2025-04-01"), world.read("follow_up_time", "2025-01")
    assert (quarter.value, january.value) == (30 * 60, 60 * 60)
    assert (quarter.verdict, january.verdict) == ("meets", "misses")


def test_money_is_no_time(world: World) -> None:
    world.figures("follow_up_time 2025-01 30", unit="EUR")
    expected = "'follow_up_time' is entered in 'EUR'; enter it in minutes, hours or days"
    assert world.read("follow_up_time", "2025-01").reason == expected
