"""SLA compliance: clocks met ÷ clocks met or missed."""

from world import World


def test_met_divided_by_ended(world: World) -> None:
    world.table(
        "sla_clock",
        """
        ticket_id clock       dated_at   is_met
        a         first_reply 2025-01-10 yes
        a         resolution  2025-01-11 no
        b         resolution  2025-01-12 yes
        c         resolution  2025-01-13 -
        d         resolution  2025-02-10 no
        """,
    )
    reading = world.read("sla_compliance", "2025-01")
    assert (reading.n, reading.value) == (3, 2 / 3)
    assert len(world.tickets("sla_compliance", "2025-01")) == 3
