"""Re-escalated: up once more to a tier that had been reached."""

from world import World


def test_tickets_up_again_over_those_whose_tiers_are_told(world: World) -> None:
    world.table("ticket", "ticket_id\na\nb\nc\nd", created_at="2025-01-01")
    world.table("escalation", "ticket_id re_escalations\na 0\nb 1\nc 3\nd -", resolved_at="2025-01-10")
    january = world.read("re_escalation_rate", "2025-01")
    assert (january.n, january.value) == (3, 2 / 3)
