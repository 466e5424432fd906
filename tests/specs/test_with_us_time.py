"""The time of one turn (with us): its minutes ÷ tickets resolved, bots left out."""

from world import World


def test_the_minutes_of_tickets_resolved_in_the_period(world: World) -> None:
    world.table(
        "ticket",
        """
        resolved_at with_us_minutes with_us_business_minutes is_bot_only
        2025-01-10  60             30                      no
        2025-01-11  180            60                      no
        2025-01-12  -              -                       no
        2025-01-13  900            900                     yes
        2025-02-01  900            900                     no
        """,
    )
    january = world.read("with_us_time", "2025-01")
    assert (january.n, january.value) == (2, (60 + 180) / 2)
    assert world.read("with_us_time", "2025-01", clock="business").value == (30 + 60) / 2
