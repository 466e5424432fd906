"""Returned after fix within 30 days: fixes the issue came back after ÷ all fixes watched 30 days."""

import pytest
from world import World

FIXES = """
occurrence_id first_ticket_id issue_key days_to_return days_observed
KEY-1#1       a               KEY-1     30        400
KEY-1#2       b               KEY-1     30.1      400
KEY-2#1       c               KEY-2     -             30
KEY-3#1       d               KEY-3     1             29.9
KEY-4#1       e               KEY-4     -             400
"""


@pytest.fixture
def fixed(world: World) -> World:
    world.table("ticket", "ticket_id team\na Infra\nb Billing\nc Infra\nd Infra\ne Infra")
    world.rows["ticket"][-1]["excluded_because"] = "spam"
    world.table("fix", FIXES, fixed_at="2025-01-10")
    world.table("fix", "days_to_return days_observed\n1 400", fixed_at="2025-02-01")
    return world


def test_back_within_the_mark_of_those_watched_that_long(fixed: World) -> None:
    january = fixed.read("returned_after_fix_30", "2025-01")
    # KEY-1#1 returned on the mark, KEY-1#2 after it, KEY-2#1 not; KEY-3#1 is too young although it returned already.
    assert (january.n, january.value, january.immature) == (3, 1 / 3, 1)


def test_it_is_cut_by_the_first_ticket_of_its_occurrence(fixed: World) -> None:
    assert fixed.read("returned_after_fix_30", "2025-01", {"team": ["Infra"]}).value == 1 / 2


def test_without_a_fix_there_is_no_reading(world: World) -> None:
    world.add("ticket")
    assert world.read("returned_after_fix_30").value is None
