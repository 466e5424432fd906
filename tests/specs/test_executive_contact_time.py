"""Time to the customer's executive: the duration entered, in its own unit, judged by itself."""

from world import World


def test_the_newest_duration_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("executive_contact_time 2025-01 75 50", unit="minutes")
    quarter, january = (
        world.read("executive_contact_time", "2025-01-01/2025-04-01"),
        world.read("executive_contact_time", "2025-01"),
    )
    assert (quarter.value, january.value) == (50 * 1, 75 * 1)
    assert (quarter.verdict, january.verdict) == ("meets", "misses")


def test_money_is_no_time(world: World) -> None:
    world.figures("executive_contact_time 2025-01 50", unit="EUR")
    expected = "'executive_contact_time' is entered in 'EUR'; enter it in minutes, hours or days"
    assert world.read("executive_contact_time", "2025-01").reason == expected
