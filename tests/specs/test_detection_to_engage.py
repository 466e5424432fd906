"""Detection to engagement: the median over severity 1."""

from world import World


def test_other_severities_do_not_count(world: World) -> None:
    world.table(
        "incident",
        "severity engagement_minutes\nsev1 10\nsev1 20\nsev1 90\nsev2 0\nsev1 -",
        started_at="2025-01-10",
    )
    january = world.read("detection_to_engage", "2025-01")
    assert (january.n, january.value, january.target.below) == (3, 20, 15)  # type: ignore[union-attr]
