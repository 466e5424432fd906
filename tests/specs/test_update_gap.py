"""Longest wait for an update: the duration entered, in its own unit, judged by itself."""

from world import World


def test_the_newest_duration_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("update_gap 2025-01 5 3", unit="hours")
    quarter, january = world.read("update_gap", "2025-01-01/2025-04-01"), world.read("update_gap", "2025-01")
    assert (quarter.value, january.value) == (3 * 60, 5 * 60)
    assert (quarter.verdict, january.verdict) == ("meets", "misses")


def test_money_is_no_time(world: World) -> None:
    world.figures("update_gap 2025-01 3", unit="EUR")
    expected = "'update_gap' is entered in 'EUR'; enter it in minutes, hours or days"
    assert world.read("update_gap", "2025-01").reason == expected
