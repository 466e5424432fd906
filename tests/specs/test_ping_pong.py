"""Ping-pong: straight back to who just had it."""

from world import World


def test_tickets_resolved_in_the_period(world: World) -> None:
    world.table(
        "ticket",
        """returns
0
0
1
3
-""",
        resolved_at="2025-01-10",
    )
    world.add("ticket", returns=9)  # not resolved
    january = world.read("ping_pong", "2025-01")
    assert (january.n, january.value) == (4, 2 / 4)
    assert len(world.tickets("ping_pong", "2025-01")) == 4


def test_without_a_history_the_feed_is_named(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-10")
    assert str(world.read("ping_pong", "2025-01").reason).startswith("needs assignments in the ticket history")
