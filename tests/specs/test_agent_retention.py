"""Agent retention: one minus leavers ÷ mean headcount of the twelve months up to the period's newest."""

import pytest
from world import World


def test_twelve_months_of_entered_figures(world: World) -> None:
    world.add("ticket")
    world.figures("headcount 2024-02 20 20 20 20 20 20 20 20 20 20 20 20\nleavers 2024-02 1 0 0 0 1 0 0 0 0 0 0 1")
    january = world.read("agent_retention", "2025-01")
    assert (january.n, january.value) == (12, 1 - (1 + 1 + 1) / 20)
    assert january.verdict == "misses"  # exactly 85 % is not above 85 %


def test_a_month_that_is_missing_is_not_a_month_without_leavers(world: World) -> None:
    world.figures("headcount 2024-03 20 20 20 20 20 20 20 20 20 20 20\nleavers 2024-03 1 0 0 0 0 0 0 0 0 0 0")
    assert str(world.read("agent_retention", "2025-01").reason).startswith("needs 'headcount' of all twelve months")


def test_a_roster_stands_in_where_nobody_enters_leavers(world: World) -> None:
    world.add("ticket")
    world.table(
        "agent",
        """
        role        started_at left_at
        agent       2020-01-01 -
        agent       2020-01-01 -
        agent       2020-01-01 2024-07-31
        engineering 2020-01-01 2024-07-31
        """,
    )
    january = world.read("agent_retention", "2025-01")
    # Three people at the ends of February to June 2024, two from July on.
    assert january.value == pytest.approx(1 - 1 / ((5 * 3 + 7 * 2) / 12))


def test_a_roster_of_those_who_are_here_proves_nothing(world: World) -> None:
    world.table("agent", "started_at\n2020-01-01")
    assert str(world.read("agent_retention", "2025-01").reason).startswith("needs headcount")
