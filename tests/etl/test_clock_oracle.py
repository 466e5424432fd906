"""Every clock of a help desk equals what walking through it minute by minute finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import history
import pytest
from clock_oracle import Figures, World, backlog, figures
from clock_worlds import Gathered, at, tell, worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def _clocks(world: World, published: history.Published, number: str) -> list[Any]:
    rows = [row for row in published.all("sla_clock") if row["ticket_id"] == f"desk:{number}"]
    names = ("clock", "cycle", "basis", "due_at", "met_at", "is_met", "dated_at")
    return sorted((tuple(row[name] for name in names) for row in rows), key=str)


def _expected_clocks(world: World, found: Figures) -> list[Any]:
    """With the day each verdict belongs to: when it was met, else when it fell due."""
    return sorted(
        (
            (clock, cycle, basis, at(world, due), at(world, met), verdict, at(world, met if verdict else due))
            for clock, cycle, basis, due, met, verdict in found.clocks
        ),
        key=str,
    )


def _open_at(spells: list[Any], instant: datetime) -> int:
    return sum(s["opened_at"] <= instant and (s["ended_at"] is None or s["ended_at"] > instant) for s in spells)


def _compare(desk: Gathered, world: World, *, by_old_values: bool) -> None:
    try:
        published = tell(world, desk, by_old_values=by_old_values)
        tickets, spells = published.tickets(), published.all("open_spell")
        for ticket in world.tickets:
            if ticket.merged_into:
                assert tickets[ticket.number]["excluded_because"] == "merged into another ticket"
                assert not _clocks(world, published, ticket.number)
                continue
            found = figures(world, ticket)
            row = tickets[ticket.number]
            expected = {**found.minutes, **found.counts}
            assert {name: row[name] for name in expected} == expected, ticket.number
            assert _clocks(world, published, ticket.number) == _expected_clocks(world, found), ticket.number
        midnights = [world.begins + timedelta(minutes=n) for n in range(0, world.ends, 1440)]
        assert [_open_at(spells, midnight) for midnight in midnights] == backlog(world)
    finally:
        desk.forget()


@pytest.fixture(scope="module")
def desk() -> Iterator[Gathered]:
    with history.desk() as empty:
        yield Gathered(empty.connection)


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(world=worlds(), by_old_values=st.booleans())
def test_every_figure_equals_the_walk_through_its_minutes(desk: Gathered, world: World, by_old_values: bool) -> None:
    _compare(desk, world, by_old_values=by_old_values)
