"""Escalation rate: escalated ÷ created, once resolved or older than a week."""

from world import World


def test_escalated_divided_by_those_that_can_be_judged(world: World) -> None:
    world.table(
        "ticket",
        """
        created_at first_resolved_at open_days escalated
        2025-01-10 2025-01-11        -         yes
        2025-01-10 2025-01-11        -         no
        2025-01-10 -                 7.5       no
        2025-01-10 -                 6.5       yes
        2025-01-10 2025-01-11        -         -
        2025-02-10 2025-02-11        -         yes
        """,
    )
    reading = world.read("escalation_rate", "2025-01")
    assert reading.value == 1 / 3
    assert reading.immature == 1
