"""Causes that were told without evidence."""

from world import World


def test_the_share_of_claims_unproven(world: World) -> None:
    world.table(
        "ticket",
        """claim
unproven
proven
proven
proven
none
-""",
        resolved_at="2025-01-10",
    )
    world.add("ticket", claim="unproven")  # not resolved
    january = world.read("unproven_claims", "2025-01")
    assert (january.n, january.value) == (4, 1 / 4)
    assert len(world.tickets("unproven_claims", "2025-01")) == 4


def test_without_texts_the_feed_is_named(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-10")
    assert str(world.read("unproven_claims", "2025-01").reason).startswith("needs the texts of messages")
