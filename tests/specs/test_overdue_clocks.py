"""Clocks that ran out: missed targets, counted apart from escalations."""

from world import World


def test_clocks_that_were_missed_when_they_fell_due(world: World) -> None:
    world.add("ticket", ticket_id="any")
    world.table("sla_clock", "is_met dated_at\nno 2025-01-10\nno 2025-02-01\nyes 2025-01-10\n- 2025-01-10")
    assert world.read("overdue_clocks", "2025-01").value == 1
    assert len(world.tickets("overdue_clocks", "2025-01")) == 1
