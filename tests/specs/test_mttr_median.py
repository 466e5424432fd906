"""Median time to resolve."""

from datetime import datetime

import pytest
from world import World


def test_half_way_between_the_two_in_the_middle(world: World) -> None:
    world.table("ticket", "resolved_at resolution_minutes\n2025-01-10 40\n2025-01-11 10\n2025-01-12 30\n2025-01-13 20")
    assert world.read("mttr_median", "2025-01").value == (20 + 30) / 2


def test_the_interval_runs_between_two_of_the_values(world: World) -> None:
    rows = "\n".join(str(minutes) for minutes in range(1, 101))
    world.table("ticket", f"resolution_minutes\n{rows}", resolved_at="2025-01-10")
    reading = world.read("mttr_median", "2025-01")
    # 50 ± 1.96 · √(100 · ½ · ½) = 40.2 to 59.8: the 40th and, one rank on, the 61st of the hundred.
    assert (reading.value, reading.low, reading.high) == (50.5, 40, 61)


def test_too_few_values_bound_nothing(world: World) -> None:
    world.table("ticket", "resolved_at resolution_minutes\n2025-01-10 40\n2025-01-11 10")
    reading = world.read("mttr_median", "2025-01")
    assert (reading.value, reading.low, reading.high) == ((40 + 10) / 2, None, None)


def test_the_interval_runs_between_ranks_by_hand(world: World) -> None:
    """20 values: √(20 · ½ · ½) · 1.96 = 4.38 ranks outside the tenth, so the 5th and the 16th. 100 at 0.9: 84 and 97."""
    for month, n in ((1, 20), (2, 100)):
        for minutes in range(1, n + 1):
            world.add("ticket", resolved_at=datetime(2025, month, 9), resolution_minutes=float(minutes))
    median, nines = world.read("mttr_median", "2025-01"), world.read("mttr_p90", "2025-02")
    assert (median.low, median.value, median.high) == (5, 10.5, 16)
    assert (nines.low, nines.value, nines.high) == (84, pytest.approx(90.1), 97)
