"""Three rounds or more: two is not three."""

from world import World


def test_two_rounds_are_not_three(world: World) -> None:
    world.table("ticket", "ticket_id\na\nb\nc\nd", created_at="2025-01-01")
    world.table("escalation", "ticket_id sent rounds\na 2 2\nb 3 3\nc 4 4\nd 0 0", resolved_at="2025-01-10")
    january = world.read("three_rounds", "2025-01")
    assert (january.n, january.value) == (3, 2 / 3)
