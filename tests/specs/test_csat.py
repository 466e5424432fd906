"""CSAT: satisfied ratings ÷ ratings, answered in the period, the latest of each ticket."""

from world import World


def test_satisfied_is_four_of_five_good_and_the_top_three_of_ten(world: World) -> None:
    world.table(
        "survey",
        """
        score scale_low scale_high score_share answered_at      is_latest_on_ticket
        5     1         5          1.0         2025-01-10       yes
        4     1         5          0.75        2025-01-10       yes
        3     1         5          0.5         2025-01-10       yes
        1     0         1          1.0         2025-01-10       yes
        8     1         10         0.7778      2025-01-10       yes
        7     1         10         0.6667      2025-01-10       yes
        1     1         5          0.0         2025-01-10       no
        5     1         5          1.0         2025-02-01       yes
        -     1         5          -           -                yes
        """,
        kind="csat",
    )
    january = world.read("csat", "2025-01")
    assert january.n == 3 + 1 + 2
    assert january.value == (2 + 1 + 1) / 6
    assert len(world.tickets("csat", "2025-01")) == 6


def test_an_answer_leaves_with_its_excluded_ticket_and_counts_without_any(world: World) -> None:
    world.table("ticket", "ticket_id excluded_because\nspam spam\nfine -")
    world.table(
        "survey",
        """
        ticket_id score_share answered_at
        spam      0.0         2025-01-10
        fine      1.0         2025-01-10
        -         1.0         2025-01-10
        """,
        kind="csat",
    )
    assert (world.read("csat").n, world.read("csat").value) == (2, 1.0)


def test_without_a_survey_the_feed_is_named(world: World) -> None:
    world.add("ticket")
    reading = world.read("csat", "2025-01")
    assert reading.value is None
    assert reading.reason is not None
    assert reading.reason.startswith("needs CSAT answers")
