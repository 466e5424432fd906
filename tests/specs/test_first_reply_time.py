"""First reply time: median, customer-started tickets first resolved in the period."""

from world import World


def test_the_median_of_those_that_had_a_reply_by_a_person(world: World) -> None:
    world.table(
        "ticket",
        """
        first_resolved_at first_reply_minutes is_outbound is_bot_only
        2025-01-10        10                  no          no
        2025-01-10        30                  no          no
        2025-01-10        -                   no          no
        2025-01-10        1                   yes         no
        2025-01-10        1                   no          yes
        2025-02-10        1                   no          no
        """,
    )
    reading = world.read("first_reply_time", "2025-01")
    assert (reading.n, reading.value) == (2, (10 + 30) / 2)
