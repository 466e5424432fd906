"""Hierarchical escalations: management called in, and nothing else."""

from world import World


def test_only_what_the_help_desk_tells_of_management(world: World) -> None:
    world.table("ticket", "ticket_id\na\nb", created_at="2025-01-01")
    world.table("escalation", "ticket_id escalated_at\na 2025-01-10")
    assert world.read("hierarchical_escalations", "2025-01").value is None


def test_functional_ones_are_not_among_them(world: World) -> None:
    world.table("ticket", "ticket_id\na\nb", created_at="2025-01-01")
    world.table("escalation", "ticket_id escalated_at\na 2025-01-10")
    world.table("hierarchical_escalation", "ticket_id raised_at times\nb 2025-01-11 2")
    assert world.read("hierarchical_escalations", "2025-01").value == 1
    assert world.read("functional_escalations", "2025-01").value == 1
