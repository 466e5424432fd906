"""High-effort answers: the harder half of any declared scale."""

from world import World


def test_the_middle_is_not_hard(world: World) -> None:
    world.table(
        "survey",
        """
        score_share is_latest_on_ticket
        0.49        yes
        0.5         yes
        1.0         yes
        0.0         no
        -           yes
        """,
        kind="ces",
        answered_at="2025-01-10",
    )
    reading = world.read("ces_high_effort", "2025-01")
    assert (reading.n, reading.value) == (3, 1 / 3)
