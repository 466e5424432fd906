"""Four owners or more: people who did something."""

from world import World


def test_tickets_resolved_in_the_period(world: World) -> None:
    world.table(
        "ticket",
        """people
3
4
6
0
-""",
        resolved_at="2025-01-10",
    )
    world.add("ticket", people=9)  # not resolved
    january = world.read("four_owners", "2025-01")
    assert (january.n, january.value) == (4, 2 / 4)
    assert len(world.tickets("four_owners", "2025-01")) == 4


def test_without_a_history_the_feed_is_named(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-10")
    assert str(world.read("four_owners", "2025-01").reason).startswith("needs a ticket history that names")
