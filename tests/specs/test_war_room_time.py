"""Time to war room: the duration entered, in its own unit, judged by itself."""

from world import World


def test_the_newest_duration_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("war_room_time 2025-01 40 25", unit="minutes")
    quarter, january = world.read("war_room_time", "2025-01-01/2025-04-01"), world.read("war_room_time", "2025-01")
    assert (quarter.value, january.value) == (25 * 1, 40 * 1)
    assert (quarter.verdict, january.verdict) == ("meets", "misses")


def test_money_is_no_time(world: World) -> None:
    world.figures("war_room_time 2025-01 25", unit="EUR")
    expected = "'war_room_time' is entered in 'EUR'; enter it in minutes, hours or days"
    assert world.read("war_room_time", "2025-01").reason == expected
