"""Time to assessment: the duration entered, in its own unit, judged by itself."""

from world import World


def test_the_newest_duration_entered_in_the_period(world: World) -> None:
    world.add("ticket")
    world.figures("assessment_time 2025-01 18 12", unit="minutes")
    quarter, january = world.read("assessment_time", "2025-01-01/2025-04-01"), world.read("assessment_time", "2025-01")
    assert (quarter.value, january.value) == (12 * 1, 18 * 1)
    assert (quarter.verdict, january.verdict) == ("meets", "misses")


def test_money_is_no_time(world: World) -> None:
    world.figures("assessment_time 2025-01 12", unit="EUR")
    expected = "'assessment_time' is entered in 'EUR'; enter it in minutes, hours or days"
    assert world.read("assessment_time", "2025-01").reason == expected
