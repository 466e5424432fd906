"""Clarification trips: notes of support that answer a note of engineering."""

from world import World


def test_trips_over_tickets_that_went_to_engineering(world: World) -> None:
    world.table("ticket", "ticket_id\na\nb\nc\nd", created_at="2025-01-01")
    world.table(
        "escalation", "ticket_id sent clarification_trips\na 1 4\nb 1 0\nc 1 -\nd 0 9", resolved_at="2025-01-10"
    )
    january = world.read("clarification_trips", "2025-01")
    assert (january.n, january.value) == (2, 2)


def test_without_private_notes_nothing_is_said(world: World) -> None:
    world.table("ticket", "ticket_id\na", created_at="2025-01-01")
    world.table("escalation", "ticket_id sent\na 1", resolved_at="2025-01-10")
    assert str(world.read("clarification_trips", "2025-01").reason).startswith("needs messages with private notes")
