"""Tickets resolved."""

from world import World


def test_counted_by_their_last_resolve(world: World) -> None:
    world.table("ticket", "created_at resolved_at\n2025-01-01 2025-01-05\n2025-01-01 2025-02-05\n2025-01-01 -")
    assert world.read("tickets_resolved", "2025-01").value == 1
