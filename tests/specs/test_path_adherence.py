"""Escalation path followed: of those whose way is told."""

from world import World


def test_followed_over_all_ways_told(world: World) -> None:
    world.table("ticket", "ticket_id\na\nb\nc\nd\ne", created_at="2025-01-01")
    world.table(
        "escalation",
        "ticket_id path\na followed\nb skipped\nc elsewhere\nd followed\ne -",
        escalated_at="2025-01-10",
    )
    january = world.read("path_adherence", "2025-01")
    assert (january.n, january.value) == (4, 2 / 4)


def test_without_tiers_or_paths_there_is_no_figure(world: World) -> None:
    world.table("ticket", "ticket_id\na", created_at="2025-01-01")
    world.table("escalation", "ticket_id\na", escalated_at="2025-01-10")
    assert "[[escalation.path]]" in str(world.read("path_adherence", "2025-01").reason)
