"""Parts of the time by whose turn it was: sums over sums, never means over means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from told import month, reading
from world import ENGINES, World

from dashboard.turns import PARTS, Turns, turns
from dashboard.widgets import turns as panel

COLUMNS = "resolved_at team with_us_minutes unowned_minutes with_customer_minutes with_other_minutes"


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def found(world: World, by: tuple[str, ...] = ()) -> list[Turns]:
    return turns([reading for name in PARTS for reading in world.readings(name, "2025-01", by=by)])


def test_the_parts_by_hand(world: World) -> None:
    """Two tickets, 1,000 minutes together: 300 with us, 200 unowned, 400 with the customer, 100 with others."""
    world.table("ticket", f"{COLUMNS}\n2025-01-10 A 100 200 0 100\n2025-01-11 A 200 0 400 0\n2025-02-01 A 9999 9 9 9")
    (all_of_it,) = found(world)
    assert all_of_it.n == 2
    assert all_of_it.shares == pytest.approx(
        {"With us": 0.3, "Unowned": 0.2, "With the customer": 0.4, "With others": 0.1}
    )
    assert panel.words(all_of_it) == "n = 2: with us 30 %, unowned 20 %, with the customer 40 %, with others 10 %."


def test_where_some_exports_name_no_owner_the_parts_still_make_a_whole(world: World) -> None:
    """300 minutes with us and 100 unowned. Means over means would say 150 and 100: 40 % instead of 25 %."""
    world.table("ticket", f"{COLUMNS}\n2025-01-10 A 100 100 0 0\n2025-01-11 A 200 - 0 0")
    (all_of_it,) = found(world)
    assert all_of_it.shares["Unowned"] == pytest.approx(0.25)
    assert sum(all_of_it.shares.values()) == pytest.approx(1)


def test_by_team_most_tickets_first(world: World) -> None:
    world.table(
        "ticket",
        f"{COLUMNS}\n2025-01-10 A 50 50 0 0\n2025-01-10 B 100 0 0 0\n2025-01-11 B 100 0 200 0\n2025-01-11 - 0 0 0 0",
    )
    teams = found(world, ("team",))
    assert [(each.name, each.n) for each in teams] == [("B", 2), (None, 1), ("A", 1)]
    assert teams[0].shares["With the customer"] == pytest.approx(0.5)
    assert teams[1].shares == {}  # nothing over nothing
    rows = panel.table([("B", teams[0]), ("(none)", teams[1])])
    assert next(iter(rows["With us"])) == "50 %"


def test_without_status_history_there_is_nothing(world: World) -> None:
    world.table("ticket", f"{COLUMNS}\n2025-01-10 A - - - -")
    assert found(world) == []


def test_parts_nobody_told_are_left_out_and_n_is_of_all_tickets() -> None:
    """Ten tickets of 60 minutes with us, four of 30 unowned: 600 and 120 of 720."""
    with_us, unowned = reading("with_us_time", 60, 10, month(0)), reading("unowned_time", 30, 4, month(0))
    assert turns([unowned, with_us]) == [Turns(None, 10, {"With us": 600, "Unowned": 120})]
    assert turns([unowned, with_us])[0].shares["With us"] == pytest.approx(600 / 720)
