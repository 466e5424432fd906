"""Weeks of work: what is open ÷ the tickets resolved a week in the quarter before."""

from datetime import datetime, timedelta

import pytest
from world import World

MOMENT = datetime.fromisoformat


def waiting(world: World, count: int, created: str, **more: object) -> None:
    for _ in range(count):
        name = f"ticket:{len(world.rows['ticket']) + 1}"
        world.add("ticket", ticket_id=name, created_at=MOMENT(created), **more)
        world.add("open_spell", ticket_id=name, opened_at=MOMENT(created), ended_at=None)


def resolved(world: World, *days: datetime, created: str = "2024-12-01", **more: object) -> None:
    for day in days:
        world.add("ticket", created_at=MOMENT(created), resolved_at=day, **more)


def known_until(world: World, until: str) -> None:
    world.rows["ticket"] = [row | {"observed_until": MOMENT(until)} for row in world.rows["ticket"]]


def test_by_hand(world: World) -> None:
    """12 open; 26 resolved in the 91 days before: two a week, so six weeks."""
    waiting(world, 12, "2025-03-01", observed_until=MOMENT("2025-09-01"))
    resolved(world, *(datetime(2025, 3, 31) - timedelta(days=3.5 * week) for week in range(26)))
    resolved(world, datetime(2024, 12, 30), datetime(2025, 4, 1))  # day 92, and the first moment after
    reading = world.read("weeks_of_work", "2025-03")
    assert (reading.n, reading.value) == (12, 6)
    assert reading.low == pytest.approx(12 * 13 / 38.1, abs=0.01)  # exact Poisson range of 26: 17.0 to 38.1
    assert reading.high == pytest.approx(12 * 13 / 16.98, abs=0.01)
    assert reading.interval == "95 % Poisson interval"
    assert len(world.tickets("weeks_of_work", "2025-03")) == 12


def test_the_pace_reaches_no_further_than_the_data(world: World) -> None:
    """The data cover 1 to 14 January: 4 resolved, two a week; 6 open are three weeks, in the running month too."""
    waiting(world, 6, "2025-01-01")
    days = ("2025-01-01T12:00", "2025-01-02", "2025-01-10", "2025-01-14T23:00", "2025-01-15")  # the last lies after
    resolved(world, *map(MOMENT, days), created="2025-01-01")
    known_until(world, "2025-01-15")
    assert world.read("weeks_of_work", "2025-01").value == 3
    assert world.read("weeks_of_work").value == 3


def test_each_team_by_its_own_pace(world: World) -> None:
    """28 days: A resolves one a week and B three."""
    for team, opened, solved in (("A", 4, 4), ("B", 9, 12)):
        waiting(world, opened, "2025-01-01", team=team)
        resolved(world, *[datetime(2025, 1, 20)] * solved, created="2025-01-01", team=team)
    known_until(world, "2025-01-29")
    found = {reading.group[0][1]: reading.value for reading in world.readings("weeks_of_work", "2025-01", by=["team"])}
    assert found == {"A": 4, "B": 3}


@pytest.mark.parametrize(
    ("until", "solves", "reason"),
    [
        ("2025-01-07", 3, "the data cover less than a week before the end of this period"),
        ("2025-01-08", 0, "no ticket was resolved in the 7 days before the end of this period"),
        ("2025-01-08", 2, None),
    ],
)
def test_no_week_or_no_solve_is_no_reading(world: World, until: str, solves: int, reason: str | None) -> None:
    waiting(world, 2, "2025-01-01")
    resolved(world, *[datetime(2025, 1, 2)] * solves, created="2025-01-01")
    known_until(world, until)
    reading = world.read("weeks_of_work", "2025-01")
    assert (reading.n, reading.value, reading.reason) == (2, None if reason else 1, reason)
