"""Repeat contact: the same requester on the same topic within days of the first resolve."""

from world import World

TICKETS = """
requester days_to_next_contact days_observed
ann       6.9                  30
ann       7.1                  30
bo        -                    30
bo        -                    6
-         -                    30
"""


def test_who_came_back_of_those_we_could_watch(world: World) -> None:
    world.table("ticket", TICKETS, first_resolved_at="2025-01-10")
    reading = world.read("repeat_contact_rate", "2025-01")
    assert (reading.n, reading.value, reading.immature) == (3, 1 / 3, 1)
    assert world.read("repeat_contact_rate", "2025-01", window_days=14).value == 2 / 3
