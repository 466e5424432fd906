"""The gap after a handoff: a median that knows of tickets that never got an act."""

from world import World

HANDOFFS = """
occurred_at minutes ended_by
2025-01-03  10      acted
2025-01-04  20      acted
2025-01-05  25      moved
2025-01-06  40      acted
2025-01-07  90      -
2025-01-08  -       -
2025-02-01  1       acted
"""


def test_what_was_passed_on_or_waits_still_is_longer_than_it_lasted(world: World) -> None:
    world.table("handoff", HANDOFFS, ticket_id="a")
    january = world.read("handoff_gap", "2025-01")
    # Left after 10 min: 4/5. After 20: 3/5. After 25 (moved, gone from sight): 3/5. After 40: 3/5 · 1/2.
    assert 3 / 5 > 1 / 2 > 3 / 5 * 1 / 2
    assert (january.n, january.events, january.value) == (5, 3, 40)
    assert len(world.tickets("handoff_gap", "2025-01")) == 5


def test_without_acts_the_feed_is_named(world: World) -> None:
    world.table("handoff", "ticket_id occurred_at\na 2025-01-03")
    assert "needs assignments" in str(world.read("handoff_gap", "2025-01").reason)
