"""Tickets per agent and day: a mean over days worked, never of a person or a team."""

from world import World


def test_days_on_which_somebody_wrote_to_a_customer(world: World) -> None:
    world.table(
        "agent_day",
        """
        agent worked_at           team public_replies resolved
        wren  2025-01-10T12:00:00 X    3              16
        wren  2025-01-11T12:00:00 X    1              20
        teal  2025-01-10T12:00:00 Y    9              0
        teal  2025-01-11T12:00:00 Y    0              99
        """,
    )
    january = world.read("tickets_per_agent_day", "2025-01")
    assert (january.n, january.value) == (3, (16 + 20 + 0) / 3)
    assert "do not tell the team" in str(world.read("tickets_per_agent_day", "2025-01", where={"team": ["X"]}).reason)
    assert not {"agent", "team", "owner"} & set(world.tickets("tickets_per_agent_day", "2025-01").columns)
