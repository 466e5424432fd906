"""Warm handoffs: the giver told the next owner something."""

from world import World


def test_handoffs_of_the_period(world: World) -> None:
    world.table("ticket", "ticket_id excluded_because\na -\nb spam")
    world.table(
        "handoff",
        """
        ticket_id occurred_at has_note is_warm
        a         2025-01-03  yes      yes
        a         2025-01-04  yes      no
        a         2025-01-05  no       no
        a         2025-01-06  -        -
        b         2025-01-07  no       yes
        a         2025-02-01  no       yes
        """,
    )
    january = world.read("warm_handoffs", "2025-01")
    assert (january.n, january.value, january.kpi.counted) == (3, 1 / 3, "handoffs")
    assert len(world.tickets("warm_handoffs", "2025-01")) == 3


def test_without_notes_the_feed_is_named(world: World) -> None:
    world.table("handoff", "ticket_id occurred_at\na 2025-01-03")
    assert "private notes" in str(world.read("warm_handoffs", "2025-01").reason)
