"""Solved at the front: neither tier 2 nor anything above ever had it."""

from world import World


def test_tickets_resolved_in_the_period(world: World) -> None:
    world.table(
        "ticket",
        """tier_reached
0
1
2
4
-""",
        resolved_at="2025-01-10",
    )
    world.add("ticket", tier_reached=1)  # not resolved
    january = world.read("push_to_front", "2025-01")
    assert (january.n, january.value) == (4, 2 / 4)
    assert len(world.tickets("push_to_front", "2025-01")) == 4


def test_without_a_history_the_feed_is_named(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-10")
    assert str(world.read("push_to_front", "2025-01").reason).startswith("needs teams with their tiers")
