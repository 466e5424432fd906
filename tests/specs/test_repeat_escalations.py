"""Repeat escalations: tickets escalated whose issue had come back within 90 days."""

from datetime import datetime

from world import World


def test_tickets_of_an_issue_that_came_back(world: World) -> None:
    world.add("ticket", created_at=datetime(2024, 12, 1))
    world.table("occurrence", "occurrence_id days_since_previous\nfirst -\nback 89")
    world.table("ticket", "occurrence_id\nfirst\nback\nback\n-", escalated_at="2025-01-10")
    world.table("ticket", "occurrence_id\nback")  # not escalated
    assert world.read("repeat_escalations", "2025-01").value == 2
    assert len(world.tickets("repeat_escalations", "2025-01")) == 2
