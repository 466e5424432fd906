"""Time to an executive: the duration entered, in its own unit, judged by itself."""

from world import World


def test_the_newest_duration_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("executive_escalation_time 2025-01 48 5", unit="hours")
    quarter, january = (
        world.read("executive_escalation_time", "2025-01-01/2025-04-01"),
        world.read("executive_escalation_time", "2025-01"),
    )
    assert (quarter.value, january.value) == (5 * 60, 48 * 60)
    assert (quarter.verdict, january.verdict) == ("meets", "misses")


def test_money_is_no_time(world: World) -> None:
    world.figures("executive_escalation_time 2025-01 5", unit="EUR")
    expected = "'executive_escalation_time' is entered in 'EUR'; enter it in minutes, hours or days"
    assert world.read("executive_escalation_time", "2025-01").reason == expected
