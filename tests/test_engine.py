"""Where facts are read from: nothing can be written, nothing outside reached, and threads do not mix."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from world import World, period

from dashboard import kpis, readings
from dashboard.engine import Facts
from dashboard.scope import Scope
from etl.errors import NoFactsError
from etl.settings import Home


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World("duckdb", tmp_path)
    made.table("ticket", "created_at resolved_at resolution_minutes\n2025-01-10 2025-01-11 1440\n2025-01-20 - -")
    return made


@pytest.mark.parametrize(
    "attempt",
    [
        "delete from ticket",
        "select * from read_csv('/etc/hostname')",
        "copy ticket to 'stolen.csv'",
        "attach 'other.duckdb'",
        "install httpfs",
        "set enable_external_access = true",
    ],
)
def test_a_reader_can_neither_write_nor_reach_out(world: World, attempt: str) -> None:
    with pytest.raises(DBAPIError), world.facts().connect() as connection:
        connection.execute(text(attempt))


def test_before_the_first_load_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoFactsError, match="supportkpi load FILE"):
        Facts.open(Home(tmp_path / "nowhere"))


def test_facts_without_a_row_have_no_horizon_and_every_reading_says_what_it_needs(tmp_path: Path) -> None:
    facts = World("duckdb", tmp_path).facts()
    with pytest.raises(NoFactsError):
        readings.horizon(facts, "UTC")
    found = readings.read(facts, kpis.catalogue().values(), Scope(), [period("2025-01"), period("all")])
    assert all(reading.value is None for reading in found)
    assert all((reading.reason or "").startswith("needs ") for reading in found)


def test_many_threads_read_the_same(world: World) -> None:
    facts = world.facts()
    asked = (list(kpis.catalogue().values()), Scope(), [period("2025-01")])

    def values(_: int) -> list[float | None]:
        return [reading.value for reading in readings.read(facts, *asked)]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(values, range(24)))
    assert all(one == found[0] for one in found)


def test_the_quality_of_the_facts(world: World) -> None:
    found = readings.quality(world.facts())
    resolved = found.coverage.set_index("column").loc["resolved_at"]
    assert (resolved["rows"], resolved["filled"], resolved["share"]) == (2, 1, 0.5)
    assert found.population["tickets"].tolist() == [2]
    assert found.loads.empty


@pytest.mark.parametrize(
    ("tickets", "until", "stops"),
    [
        # A ticket a day for eleven days: ten usual distances are ten days, so the 14 days decide.
        (11, datetime(2025, 1, 25), False),  # the newest of 11 January, told of until 14 days later
        (11, datetime(2025, 1, 25, 0, 1), True),
        # A ticket in five days: a silence of 50 days is usual, a longer one is not.
        (3, datetime(2025, 3, 2), False),
        (3, datetime(2025, 3, 2, 0, 1), True),
        (0, datetime(2025, 3, 2), False),
    ],
)
def test_an_export_that_goes_on_without_new_tickets_is_said_to_stop(
    tickets: int, until: datetime, stops: bool, tmp_path: Path
) -> None:
    world = World("duckdb", tmp_path)
    world.add("ticket", ticket_id="undated", source="other", observed_until=datetime(2030, 1, 1))
    for place in range(tickets):
        created = datetime(2025, 1, 1) + timedelta(days=place * 10 / (tickets - 1))
        world.add("ticket", ticket_id=f"t{place}", created_at=created, observed_until=until)
    found = readings.quality(world.facts()).stops
    assert found["source"].tolist() == (["desk"] if stops else [])
