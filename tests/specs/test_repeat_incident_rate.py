"""Repeat-incident rate: occurrences of an issue that ended in the 90 days before ÷ all occurrences."""

from world import World

OCCURRENCES = """
occurrence_id first_ticket_id issue_key started_at days_since_previous
KEY-1#1       a               KEY-1     2025-01-05 -
KEY-1#2       c               KEY-1     2025-01-20 14
KEY-2#2       d               KEY-2     2025-01-20 90
KEY-3#2       e               KEY-3     2025-01-20 90.5
KEY-1#3       f               KEY-1     2025-02-20 30
"""
TICKETS = """
ticket_id occurrence_id team
a         KEY-1#1       Infra
b         KEY-1#1       Billing
c         KEY-1#2       Infra
d         KEY-2#2       Billing
e         KEY-3#2       -
f         KEY-1#3       Infra
"""


def test_repeats_divided_by_all_and_an_outage_of_many_tickets_is_one(world: World) -> None:
    world.table("occurrence", OCCURRENCES)
    world.table("ticket", TICKETS)
    reading = world.read("repeat_incident_rate", "2025-01")
    assert (reading.n, reading.value) == (4, 2 / 4)
    assert world.read("repeat_incident_rate", "2025-01", repeat_days=30).value == 1 / 4


def test_it_is_cut_by_its_first_ticket_and_drills_to_all_of_them(world: World) -> None:
    world.table("occurrence", OCCURRENCES)
    world.table("ticket", TICKETS)
    assert world.read("repeat_incident_rate", "2025-01", {"team": ["Infra"]}).n == 2
    drill = world.tickets("repeat_incident_rate", "2025-01")
    assert sorted(drill["ticket_id"]) == ["a", "b", "c", "d", "e"]
    assert drill["occurrence_id"].nunique() == 4
