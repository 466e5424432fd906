"""Changes that tickets name: as cause or solution, by whole id or number, with or without a list of changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import ENGINES, World

from dashboard import named_changes
from dashboard.named_changes import As
from dashboard.scope import Scope

START = datetime(2025, 3, 3)
DAY = timedelta(days=1)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def came(world: World, name: str, days: float = 0, **told: object) -> None:
    world.add("ticket", **{"ticket_id": name, "source": "desk", "created_at": START + DAY * days, **told})


def test_every_change_tickets_name_is_counted_by_what_it_is_named_as(world: World) -> None:
    world.add("change", change_id="itil:CHG1", title="Relay release", deployed_at=START)
    came(world, "a", 0, caused_by="CHG1", account="A")
    came(world, "b", 1, change_key="CHG1", account="A", open_days=2.0)
    came(world, "c", 2, caused_by="CHG1", change_key="CHG1", account="B", open_days=1.0)  # named twice, one ticket
    came(world, "d", 3, change_key="CHG2")
    came(world, "e", 3, change_key="CHG2", excluded_because="spam")
    came(world, "before", -1, change_key="CHG2")
    came(world, "after", 4, change_key="CHG2")
    first, second = named_changes.named(world.facts(), Scope(), (START, START + 4 * DAY))
    assert (first.word, first.title, first.change_id) == ("CHG1", "Relay release", "itil:CHG1")
    assert (first.causes, first.solves, first.still_open, first.accounts) == (2, 2, 2, 2)
    assert first.last_at == START + 2 * DAY
    assert (second.word, second.title, second.causes, second.solves, second.accounts) == ("CHG2", None, 0, 1, 0)
    whole = (None, None)
    assert list(named_changes.tickets_of(world.facts(), Scope(), first, whole)["ticket_id"]) == ["a", "b", "c"]
    assert list(named_changes.tickets_of(world.facts(), Scope(), second, whole)["ticket_id"]) == [
        "before",
        "d",
        "after",
    ]


def test_one_number_of_two_help_desks_is_two_changes(world: World) -> None:
    world.add("change", change_id="deploy:7", title="Deployment 7", deployed_at=START)
    world.add("change", change_id="itil:7", title="Change 7", deployed_at=START)
    came(world, "a", caused_by="7")
    came(world, "b", source="deploy", caused_by="7")
    found = named_changes.named(world.facts(), Scope(), (None, None))
    assert [(each.source, each.title, each.causes) for each in found] == [
        ("deploy", "Deployment 7", 1),
        ("desk", None, 1),
    ]
    assert list(named_changes.tickets_of(world.facts(), Scope(), found[0], (None, None))["ticket_id"]) == ["b"]


def test_cause_and_solution_are_counted_apart_and_filters_hold(world: World) -> None:
    known = ["itil:CHG1"]
    came(world, "a", caused_by="CHG1", team="Billing")
    came(world, "b", change_key="CHG1", team="Billing")
    came(world, "c", change_key="CHG1", team="Platform")
    facts, billing = world.facts(), Scope.of({"team": ["Billing"]})
    assert named_changes.tally(facts, Scope(), known) == {"itil:CHG1": 1}
    assert named_changes.tally(facts, Scope(), known, As.SOLUTION) == {"itil:CHG1": 2}
    assert named_changes.tally(facts, billing, known, As.SOLUTION) == {"itil:CHG1": 1}
    solved = named_changes.naming(facts, Scope(), known, "itil:CHG1", As.SOLUTION)
    assert list(solved["ticket_id"]) == ["b", "c"]
    assert [each.solves for each in named_changes.named(facts, billing, (None, None))] == [1]


def test_where_no_ticket_names_a_change_there_is_none(world: World) -> None:
    came(world, "a")
    world.add("change", change_id="itil:CHG1", deployed_at=START)
    assert named_changes.named(world.facts(), Scope(), (None, None)) == []
    assert named_changes.of_tickets(world.facts(), [{"source": "desk", "caused_by": None, "change_key": None}]) == []
