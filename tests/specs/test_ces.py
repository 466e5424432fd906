"""Customer effort: the mean on one declared scale; two scales are never mixed, and none is converted."""

from world import World

ANSWERS = """
score scale_low scale_high score_share higher_is_better is_latest_on_ticket
1     1         5          1.0         no               yes
2     1         5          0.75        no               yes
4     1         5          0.25        no               yes
5     1         5          0.0         no               no
6     1         7          0.8333      yes              yes
1     1         7          -           -                yes
"""


def test_the_mean_of_scales_on_which_low_is_easy(world: World) -> None:
    world.table("survey", ANSWERS, kind="ces", answered_at="2025-01-10")
    reading = world.read("ces", "2025-01")
    assert (reading.n, reading.value) == (3, (1 + 2 + 4) / 3)
    assert reading.target is not None
    assert reading.target.below == 2.0


def test_on_the_other_kind_of_scale_the_target_is_not_comparable(world: World) -> None:
    world.table("survey", ANSWERS, kind="ces", answered_at="2025-01-10")
    reading = world.read("ces", "2025-01", ces_scale="high_is_easy")
    assert (reading.n, reading.value, reading.target) == (1, 6, None)


def test_over_two_scales_there_is_no_mean(world: World) -> None:
    world.table("survey", ANSWERS, kind="ces", answered_at="2025-01-10")
    world.add(
        "survey", kind="ces", score=2.0, scale_low=1.0, scale_high=7.0, higher_is_better=False,
        answered_at=world.rows["survey"][0]["answered_at"],
    )  # fmt: skip
    reading = world.read("ces", "2025-01")
    assert (reading.n, reading.value) == (4, None)
    assert reading.reason == "the answers stand on more than one scale: choose one source"
