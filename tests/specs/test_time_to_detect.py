"""Time to detect: the median from beginning to detection, over every severity."""

from world import World


def test_the_middle_of_three(world: World) -> None:
    world.table("incident", "severity detection_minutes\nsev1 5\nsev2 9\n- 30\nsev1 -", started_at="2025-01-10")
    january = world.read("time_to_detect", "2025-01")
    assert (january.n, january.value) == (3, 9)
