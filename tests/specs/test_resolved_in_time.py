"""Resolved within days of creation, of all tickets created that are old enough to know."""

from world import World

TICKETS = """
created_at first_resolved_at first_resolution_minutes days_observed open_days is_bot_only
2025-01-02 2025-01-03        1440                     30            -         no
2025-01-02 2025-01-09        10080                    30            -         no
2025-01-02 2025-01-12        14400                    30            -         no
2025-01-02 -                 -                        -             7         no
2025-01-02 -                 -                        -             6.9       no
2025-01-02 2025-01-03        1440                     2             -         no
2025-01-02 2025-01-03        1440                     30            -         yes
"""


def test_open_tickets_count_against_it_and_young_ones_not_at_all(world: World) -> None:
    world.table("ticket", TICKETS)
    reading = world.read("resolved_in_time", "2025-01")
    assert (reading.n, reading.value, reading.immature) == (4, 2 / 4, 2)


def test_other_days(world: World) -> None:
    world.table("ticket", TICKETS)
    reading = world.read("resolved_in_time", "2025-01", within_days=1)
    assert (reading.n, reading.value) == (6, 2 / 6)
    assert "within 1 days" in reading.definition
    assert world.read("resolved_in_time", "2025-01", within_days=1, bot_handled="include").value == 3 / 7
