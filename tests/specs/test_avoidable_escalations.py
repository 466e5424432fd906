"""Possibly avoidable: an earlier ticket of the same issue had been solved."""

from world import World


def test_earlier_solved_over_those_whose_issue_is_known(world: World) -> None:
    world.table("ticket", "ticket_id\na\nb\nc\nd", created_at="2025-01-01")
    world.table(
        "escalation",
        "ticket_id solved_before issue_evidence\na z problem\nb - problem\nc - single\nd z -",
        escalated_at="2025-01-10",
    )
    january = world.read("avoidable_escalations", "2025-01")
    assert (january.n, january.value) == (3, 1 / 3)
    assert "solved_before" in world.tickets("avoidable_escalations", "2025-01")
