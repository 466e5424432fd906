"""Postmortems within 72 hours: every Sev1, and none that is still in time counts as missing."""

from world import World

MANY = """
        severity postmortem_minutes minutes_observed postmortem_at
        sev1     4320               9999             2025-01-13
        sev1     4321               9999             2025-01-13
        sev1     -                  4320             -
        sev1     -                  4319             -
        sev2     -                  9999             -
"""


def test_72_hours_are_kept_missed_missing_or_still_running(world: World) -> None:
    world.table("incident", MANY, resolved_at="2025-01-10")
    january = world.read("postmortem_in_time", "2025-01")
    assert (january.n, january.immature, january.value) == (3, 1, 1 / 3)
    assert january.verdict != "meets"


def test_one_of_one_meets_a_promise_for_every_one(world: World) -> None:
    world.table("incident", "severity postmortem_minutes postmortem_at\nsev1 60 2025-01-10", resolved_at="2025-01-10")
    world.add("ticket")
    assert world.read("postmortem_in_time", "2025-01").verdict == "meets"


def test_a_system_that_tells_of_no_postmortem_is_no_zero(world: World) -> None:
    world.table("incident", "severity minutes_observed\nsev1 9999", resolved_at="2025-01-10")
    assert str(world.read("postmortem_in_time", "2025-01").reason).startswith("needs incidents")
