"""Utilisation: handled time ÷ scheduled time; both sides of the range are misses."""

import pytest
from world import World


@pytest.mark.parametrize(("handled", "verdict"), [(690, "misses"), (750, "meets"), (810, "misses")])
def test_the_range_has_two_wrong_sides(world: World, handled: int, verdict: str) -> None:
    world.add("ticket")
    world.figures(f"handled_hours 2025-01 {handled}\nscheduled_hours 2025-01 1000", unit="hours")
    january = world.read("utilisation", "2025-01")
    assert (january.value, january.verdict) == (handled / 1000, verdict)


def test_worklogs_stand_in_where_nobody_enters_handled_time(world: World) -> None:
    world.table("ticket", "ticket_id excluded_because\na -\nspam spam")
    world.table("worklog", "ticket_id minutes\na 60\na 30\nspam 600", occurred_at="2025-01-10")
    world.figures("scheduled_hours 2025-01 2", unit="hours")
    assert world.read("utilisation", "2025-01").value == (60 + 30) / 120


def test_without_a_schedule_there_is_none(world: World) -> None:
    world.table("worklog", "minutes\n60", occurred_at="2025-01-10")
    assert "scheduled_hours" in str(world.read("utilisation", "2025-01").reason)
