"""Tickets created."""

from world import World


def test_counted_by_creation_and_excluded_ones_left_out(world: World) -> None:
    world.table(
        "ticket",
        """
        created_at                 excluded_because
        2025-01-01T00:00:00        -
        2025-01-31T23:59:59.999999 -
        2025-01-10                 merged
        2025-02-01T00:00:00        -
        """,
    )
    assert world.read("tickets_created", "2025-01").value == 2


def test_a_quiet_month_is_zero_and_one_outside_the_data_is_no_reading(world: World) -> None:
    world.table(
        "ticket",
        """
        created_at observed_until
        2025-01-10 2025-06-01
        2025-05-10 2025-06-01
        """,
    )
    assert world.read("tickets_created", "2025-03").value == 0
    for outside in ("2024-12", "2025-07"):
        assert world.read("tickets_created", outside).value is None
