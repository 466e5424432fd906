"""Lost tickets: a week of silence in our turn, as of the end of the period."""

from world import World


def test_lost_before_the_end_and_not_found_until_then(world: World) -> None:
    world.table("ticket", "ticket_id created_at excluded_because\na 2024-12-01 -\nb 2024-12-01 -\nc 2024-12-01 spam")
    world.table(
        "quiet_spell",
        """
        ticket_id quiet_from lost_at    found_at
        a         2025-01-01 2025-01-08 2025-01-20
        a         2025-01-22 2025-01-29 2025-02-03
        b         2025-01-20 2025-01-27 -
        b         2025-01-02 -          2025-01-04
        c         2025-01-20 2025-01-27 -
        """,
    )
    assert world.read("lost_tickets", "2025-01").value == 2  # a for the second time, b
    assert world.read("lost_tickets", "2025-02").value == 1  # b
    assert world.read("lost_tickets", "2025-01-13/2025-01-20").value == 1  # a for the first time
    assert list(world.tickets("lost_tickets", "2025-02")["ticket_id"]) == ["b"]


def test_none_lost_is_none_and_not_unknown(world: World) -> None:
    world.table("ticket", "ticket_id created_at\na 2025-01-01")
    world.table("quiet_spell", "ticket_id quiet_from found_at\na 2025-01-02 2025-01-04")
    assert world.read("lost_tickets", "2025-01").value == 0


def test_without_a_history_the_feed_is_named(world: World) -> None:
    world.table("ticket", "ticket_id created_at\na 2025-01-01")
    assert "needs a ticket history" in str(world.read("lost_tickets", "2025-01").reason)
