"""NPS: % of 9 and 10 minus % of 0 to 6, one answer a person and quarter."""

from world import World


def test_promoters_minus_detractors_in_points(world: World) -> None:
    world.table(
        "survey",
        """
        score scale_low scale_high answered_at is_latest_in_quarter
        10    0         10         2025-01-10  yes
        9     0         10         2025-01-10  yes
        8     0         10         2025-01-10  yes
        7     0         10         2025-01-10  yes
        6     0         10         2025-01-10  yes
        0     0         10         2025-01-09  no
        5     1         5          2025-01-10  yes
        """,
        kind="nps",
    )
    reading = world.read("nps", "2025-01")
    assert reading.n == 5
    assert reading.value == (2 - 1) / 5 * 100
    # What went against the figure comes first.
    assert list(world.tickets("nps", "2025-01")["value"]) == ["detractor", *2 * ["passive"], *2 * ["promoter"]]
