"""Reopen rate: reopened within 14 days ÷ first resolved and watched that long."""

from world import World


def test_reopened_in_time_or_counted_without_a_date(world: World) -> None:
    world.table(
        "ticket",
        """
        reopens days_to_reopen days_observed
        1       13.9           30
        1       14.1           30
        2       -              30
        0       -              30
        -       -              30
        1       1              13.9
        """,
        first_resolved_at="2025-01-10",
    )
    reading = world.read("reopen_rate", "2025-01")
    assert reading.value == 2 / 4
    assert reading.immature == 1
