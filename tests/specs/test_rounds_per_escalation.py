"""Rounds with engineering: times there and back, by tickets that went there."""

from world import World


def test_rounds_over_tickets_that_went_to_engineering(world: World) -> None:
    world.table("ticket", "ticket_id\na\nb\nc\nd\ne", created_at="2025-01-01")
    world.table(
        "escalation",
        """
        ticket_id sent rounds resolved_at
        a         1    1      2025-01-10
        b         3    3      2025-01-10
        c         0    0      2025-01-10
        d         -    -      2025-01-10
        e         2    1      -
        """,
    )
    january = world.read("rounds_per_escalation", "2025-01")
    assert (january.n, january.value) == (2, (1 + 3) / 2)
    assert len(world.tickets("rounds_per_escalation", "2025-01")) == 2
