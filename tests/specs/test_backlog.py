"""Backlog: open at the end of the period, whatever happened since."""

from world import World


def test_what_was_opened_before_the_end_and_had_not_ended(world: World) -> None:
    world.table("ticket", "ticket_id created_at team\na 2025-01-01 X\nb 2025-01-01 X\nc 2025-01-01 Y\nd 2025-01-01 Y")
    world.table(
        "open_spell",
        """
        ticket_id opened_at           ended_at
        a         2024-12-01          2025-01-10
        a         2025-01-20          2025-02-03
        b         2025-01-05          -
        c         2025-01-31T23:59:59 2025-02-01
        d         2025-02-01          -
        """,
    )
    assert world.read("backlog", "2025-01").value == 3  # a (reopened), b, c
    assert world.read("backlog", "2025-02").value == 2  # b, d
    assert world.read("backlog").value == 2
    assert {reading.group[0][1]: reading.n for reading in world.readings("backlog", "2025-01", by=["team"])} == {
        "X": 2,
        "Y": 1,
    }
    assert len(world.tickets("backlog", "2025-01")) == 3
