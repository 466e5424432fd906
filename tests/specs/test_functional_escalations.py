"""Functional escalations: tickets first handed up in the period."""

from world import World


def test_tickets_first_handed_up_in_the_period(world: World) -> None:
    world.table("ticket", "ticket_id excluded_because\na -\nb -\nc spam\nd -", created_at="2025-01-01")
    world.table(
        "escalation",
        "ticket_id escalated_at\na 2025-01-10\nb 2025-01-31\nc 2025-01-10\nd 2025-02-01\ne -",
    )
    assert world.read("functional_escalations", "2025-01").value == 2
    assert len(world.tickets("functional_escalations", "2025-01")) == 2


def test_a_feed_that_tells_of_none_has_no_reading(world: World) -> None:
    world.table("ticket", "ticket_id\na", created_at="2025-01-01")
    reading = world.read("functional_escalations", "2025-01")
    assert reading.value is None
    assert "tiers of teams" in str(reading.reason)
