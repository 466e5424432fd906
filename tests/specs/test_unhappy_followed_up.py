"""Unhappy answers followed up: a person's public message within two days of a low score."""

from world import World


def test_two_days_count_and_a_young_silence_is_not_judged(world: World) -> None:
    world.table(
        "survey",
        """
        kind score_share score scale_low scale_high hours_to_follow_up hours_observed
        csat 0.5         3     1         5          48                 900
        csat 0.5         3     1         5          48.1               900
        csat 0.5         3     1         5          -                  48
        csat 0.5         3     1         5          -                  47.9
        csat 0.5         3     1         5          3                  10
        csat 0.5         3     1         5          3                  -
        csat 0.75        4     1         5          3                  900
        nps  0.6         6     0         10         1                  900
        nps  0.7         7     0         10         1                  900
        nps  0.6         6     1         10         1                  900
        """,
        answered_at="2025-01-10",
    )
    reading = world.read("unhappy_followed_up", "2025-01")
    # Heard within 48 hours: the first, the fifth and the NPS of 6; not: the second and third. The fourth is too young.
    assert (reading.n, reading.value, reading.immature) == (5, 3 / 5, 1)


def test_of_several_answers_the_latest(world: World) -> None:
    world.table(
        "survey",
        """
        kind score_share score scale_low scale_high is_latest_on_ticket is_latest_in_quarter
        csat 0.5         3     1         5          yes                 no
        csat 0.5         3     1         5          no                  yes
        nps  0.2         2     0         10         no                  yes
        nps  0.2         2     0         10         yes                 no
        """,
        answered_at="2025-01-10",
        hours_observed=900,
        hours_to_follow_up=1,
    )
    assert world.read("unhappy_followed_up", "2025-01").n == 2
