"""Confirmed self-service resolution: sessions that said so and stayed without a ticket ÷ sessions."""

from datetime import datetime

from world import World


def test_sessions_watched_for_a_day(world: World) -> None:
    world.table("ticket", "ticket_id excluded_because\nspam spam\nfine -")
    world.table(
        "self_service",
        """
        outcome    ticket_id hours_to_ticket hours_observed
        resolved   -         -               99
        resolved   -         24              99
        resolved   -         24.5            99
        abandoned  -         -               99
        -          -         -               99
        resolved   fine      0               99
        resolved   spam      0               99
        resolved   -         -               23
        """,
        started_at="2025-01-10",
    )
    world.add("self_service", outcome="handed over", started_at=datetime(2025, 1, 10), hours_observed=99.0)
    january = world.read("self_service_confirmed", "2025-01")
    assert (january.n, january.immature) == (7, 1)  # the session of the spam is left out
    assert january.value == (1 + 1) / 7
    assert len(world.tickets("self_service_confirmed", "2025-01")) == 7
