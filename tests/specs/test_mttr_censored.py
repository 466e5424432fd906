"""The median time to resolve of what came in, where tickets still open count as far as they have come."""

import pytest
from world import World

TICKETS = """
created_at resolved_at resolution_minutes resolution_business_minutes open_days open_business_minutes is_bot_only
2025-01-02 2025-01-02  100                10                          -         -                     no
2025-01-03 2025-01-03  200                20                          -         -                     no
2025-01-04 2025-01-04  300                30                          -         -                     no
2025-01-05 -           -                  -                           0.125     15                    no
2025-01-06 -           -                  -                           10        900                   no
2025-01-07 2025-01-08  5                  5                           -         -                     yes
2025-02-01 2025-02-02  5                  5                           -         -                     no
"""


def test_open_tickets_count_as_longer_than_they_are(world: World) -> None:
    world.table("ticket", TICKETS)
    reading = world.read("mttr_censored", "2025-01")
    # Left after 100 min: 4/5. After 180 (open, gone from sight): 4/5. After 200: 4/5 · 2/3. After 300: 4/5 · 2/3 · 1/2.
    assert 4 / 5 * 2 / 3 > 1 / 2 > 4 / 5 * 2 / 3 * 1 / 2
    assert (reading.n, reading.events, reading.value) == (5, 3, 300)
    assert reading.anchor == "created"


def test_the_business_clock_measures_open_tickets_by_it_too(world: World) -> None:
    world.table("ticket", TICKETS)
    reading = world.read("mttr_censored", "2025-01", clock="business")
    # Left after 10 min: 4/5. After 15 (gone from sight): 4/5. After 20: 4/5 · 2/3. After 30: below a half.
    assert reading.value == 30


def test_while_most_are_open_it_is_only_known_to_be_longer(world: World) -> None:
    world.table("ticket", TICKETS)
    for _ in range(3):
        world.add("ticket", created_at=None, open_days=20.0)
    world.table("ticket", "created_at resolved_at resolution_minutes open_days\n" + "2025-03-02 - - 12\n" * 3)
    reading = world.read("mttr_censored", "2025-03")
    assert (reading.value, reading.beyond, reading.verdict) == (None, 12 * 1440, "no reading")
    assert reading.reason == (
        "more than half are still open: the median is not known yet, only that it is over 12.0 days"
    )


def test_a_ticket_open_again_has_not_ended_unless_the_first_resolve_counts(world: World) -> None:
    world.table(
        "ticket",
        """
        created_at first_resolved_at resolved_at resolution_minutes first_resolution_minutes open_days
        2025-01-02 2025-01-02        2025-01-02  60                 60                       30
        """,
    )
    assert world.read("mttr_censored").value is None
    assert world.read("mttr_censored", resolve="first").value == 60


def test_durations_are_rounded_to_minutes_and_then_to_hundredths_of_a_day(world: World) -> None:
    world.table(
        "ticket", "created_at resolved_at resolution_minutes\n2025-01-02 2025-01-02 59.6\n2025-02-02 2025-02-05 4325"
    )
    assert world.read("mttr_censored", "2025-01").value == 60
    assert world.read("mttr_censored", "2025-02").value == pytest.approx(300 * 14.4)  # 4,325 min are 3.003 days


@pytest.mark.parametrize(
    ("minutes", "rounded"),
    [(1439.4, 1439), (1439.6, 1440), (1440, 1440), (1441, 1440), (1450, 1454.4)],  # 1450 / 14.4 = 100.7, so 101 · 14.4
)
def test_durations_are_rounded_to_minutes_below_a_day_and_to_hundredths_above(
    world: World, minutes: float, rounded: float
) -> None:
    world.table("ticket", f"created_at resolved_at resolution_minutes\n2025-01-02 2025-01-03 {minutes}")
    assert world.read("mttr_censored", "2025-01").value == pytest.approx(rounded)


def test_what_has_no_duration_is_neither_ended_nor_open(world: World) -> None:
    world.table(
        "ticket",
        """
        created_at resolved_at resolution_minutes open_days
        2025-01-02 2025-01-02  100                -
        2025-01-02 2025-01-02  -                  -
        2025-01-02 -           100                -
        2025-01-02 -           -                  9
        """,
    )
    assert (world.read("mttr_censored", "2025-01").n, len(world.tickets("mttr_censored", "2025-01"))) == (2, 2)
