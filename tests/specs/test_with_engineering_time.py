"""Time with engineering: all of engineering's turns of a ticket."""

from world import World


def test_the_mean_over_tickets_that_went_there(world: World) -> None:
    world.table("ticket", "ticket_id\na\nb\nc", created_at="2025-01-01")
    world.table(
        "escalation", "ticket_id sent with_engineering_minutes\na 1 60\nb 2 180\nc 0 0", resolved_at="2025-01-10"
    )
    january = world.read("with_engineering_time", "2025-01")
    assert (january.n, january.value) == (2, (60 + 180) / 2)
