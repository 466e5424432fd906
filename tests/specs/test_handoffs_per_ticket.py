"""Handoffs per ticket: handoffs ÷ tickets resolved."""

from world import World


def test_handoffs_of_tickets_resolved_in_the_period(world: World) -> None:
    world.table("ticket", "handoffs\n0\n0\n2\n4\n-", resolved_at="2025-01-10")
    world.add("ticket", handoffs=9)  # not resolved
    january = world.read("handoffs_per_ticket", "2025-01")
    assert (january.n, january.value) == (4, (0 + 0 + 2 + 4) / 4)
    assert len(world.tickets("handoffs_per_ticket", "2025-01")) == 4


def test_without_assignments_the_feed_is_named(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-10")
    assert str(world.read("handoffs_per_ticket", "2025-01").reason).startswith("needs assignments")
