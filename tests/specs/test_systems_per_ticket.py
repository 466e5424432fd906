"""Systems per ticket: other systems it links to."""

from world import World


def test_tickets_resolved_in_the_period(world: World) -> None:
    world.table(
        "ticket",
        """linked_systems
0
0
1
2
-""",
        resolved_at="2025-01-10",
    )
    world.add("ticket", linked_systems=9)  # not resolved
    january = world.read("systems_per_ticket", "2025-01")
    assert (january.n, january.value) == (4, 3 / 4)
    assert len(world.tickets("systems_per_ticket", "2025-01")) == 4


def test_without_a_history_the_feed_is_named(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-10")
    assert str(world.read("systems_per_ticket", "2025-01").reason).startswith("needs links to other systems")
