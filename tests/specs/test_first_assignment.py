"""First assignment right: resolved by the team it was first given to."""

from world import World


def test_tickets_resolved_in_the_period(world: World) -> None:
    world.table(
        "ticket",
        """first_team team
A A
A B
B B
- A
A -""",
        resolved_at="2025-01-10",
    )
    world.add("ticket", first_team="A", team="A")  # not resolved
    january = world.read("first_assignment", "2025-01")
    assert (january.n, january.value) == (3, 2 / 3)
    assert len(world.tickets("first_assignment", "2025-01")) == 3


def test_without_a_history_the_feed_is_named(world: World) -> None:
    world.table("ticket", "resolved_at\n2025-01-10")
    assert str(world.read("first_assignment", "2025-01").reason).startswith("needs changes of team")
