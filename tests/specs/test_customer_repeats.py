"""The customer wrote again after a handoff, before the new owner's first message."""

from world import World


def test_tickets_resolved_in_the_period(world: World) -> None:
    world.table(
        "ticket",
        """customer_repeats handoffs
0 1
1 1
3 2
0 0
- 2""",
        resolved_at="2025-01-10",
    )
    world.add("ticket", customer_repeats=9, handoffs=1)  # not resolved
    january = world.read("customer_repeats", "2025-01")
    assert (january.n, january.value) == (3, 2 / 3)
    assert len(world.tickets("customer_repeats", "2025-01")) == 3


def test_without_a_history_the_feed_is_named(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-10")
    assert str(world.read("customer_repeats", "2025-01").reason).startswith("needs assignments and messages")
