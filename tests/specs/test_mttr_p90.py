"""90th percentile of time to resolve."""

import pytest
from world import World


def test_nine_tenths_of_the_way_through_the_sorted_list(world: World) -> None:
    rows = "\n".join(f"2025-01-10 {minutes}" for minutes in (11, 10, 9, 8, 7, 6, 5, 4, 3, 2))
    world.table("ticket", f"resolved_at resolution_minutes\n{rows}")
    # Place 0.9 · (10 − 1) = 8.1 from 0: 10, and a tenth of the way to 11.
    assert world.read("mttr_p90", "2025-01").value == pytest.approx(10 + 0.1 * (11 - 10))
