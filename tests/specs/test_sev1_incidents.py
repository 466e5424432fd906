"""Sev1 incidents: those of severity 1 that began in the period."""

from datetime import datetime

from world import World


def test_only_the_worst_are_counted(world: World) -> None:
    world.add("ticket", created_at=datetime(2024, 12, 1))
    world.table("incident", "severity product\nsev1 Gate\nsev1 Atlas\nsev2 Gate\n- Gate", started_at="2025-01-10")
    january = world.read("sev1_incidents", "2025-01")
    assert (january.value, january.n) == (2, 2)
    assert world.read("sev1_incidents", "2025-01", where={"product": ["Gate"]}).value == 1
    assert world.read("sev1_incidents", "2025-02").value == 0  # a month without one is a zero
    assert len(world.tickets("sev1_incidents", "2025-01")) == 2
