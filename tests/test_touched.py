"""Incidents and the accounts that wrote while they ran, with the revenue that is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from world import ENGINES, World, period

from dashboard import touched
from dashboard.changes import Question
from dashboard.scope import Scope

BEGAN, OVER = datetime(2025, 3, 3, 9), datetime(2025, 3, 3, 12)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def asked(world: World, where: dict[str, list[str]] | None = None, when: str = "2025-03") -> Question:
    return Question(world.facts(), Scope.of(where or {}), period(when))


def wrote(world: World, account: str | None, hour: int, product: str = "Atlas") -> None:
    n = len(world.rows["ticket"])
    at = datetime(2025, 3, 3, hour)
    world.add("ticket", ticket_id=f"t{n}", account=account, requester=f"r{n}", created_at=at, product=product)


def test_accounts_that_wrote_about_the_product_while_it_ran(world: World) -> None:
    """Two of Atlas within the three hours; one later, one earlier, one of another product."""
    world.add("incident", incident_id="i", title="Down", product="Atlas", started_at=BEGAN, resolved_at=OVER)
    for account, hour, product in (
        ("a", 9, "Atlas"), ("a", 10, "Atlas"), ("b", 12, "Atlas"), ("c", 13, "Atlas"), ("d", 8, "Atlas"),
        ("e", 10, "Relay"),
    ):  # fmt: skip
        wrote(world, account, hour, product)
    world.add("account", account="a", annual_revenue=100.0)
    world.add("account", account="b")
    (only,) = touched.incidents(asked(world))
    assert (only.accounts, only.tickets, only.revenue, only.known) == (2, 3, 100.0, 1)
    assert touched.accounts(asked(world), "i")["account"].tolist() == ["a", "b"]


def test_an_incident_of_several_products_touches_who_wrote_about_one_of_them(world: World) -> None:
    """A status page names them in one line; a product whose name is part of another's is none of them."""
    world.add("incident", incident_id="i", product="Cloud SQL, Atlas, Pub/Sub", started_at=BEGAN, resolved_at=OVER)
    for account, product in (("a", "Cloud SQL"), ("b", "Atlas"), ("c", "Pub/Sub"), ("d", "SQL"), ("e", "%"), ("f", "")):
        wrote(world, account, 10, product)
    wrote(world, "g", 13, "Atlas")
    (only,) = touched.incidents(asked(world))
    assert (only.accounts, only.tickets) == (3, 3)
    assert touched.accounts(asked(world), "i")["account"].tolist() == ["a", "b", "c"]
    assert len(touched.incidents(asked(world, {"product": ["Atlas"]}))) == 1
    assert touched.incidents(asked(world, {"product": ["SQL"]})) == []


def test_an_incident_of_no_product_counts_whoever_wrote(world: World) -> None:
    world.add("incident", incident_id="i", started_at=BEGAN, resolved_at=OVER)
    wrote(world, "a", 10)
    wrote(world, None, 11, "Relay")
    (only,) = touched.incidents(asked(world))
    assert (only.title, only.accounts, only.revenue) == ("i", 2, None)


def test_an_incident_nobody_wrote_about_touched_nobody(world: World) -> None:
    world.add("incident", incident_id="i", product="Atlas", started_at=BEGAN, resolved_at=OVER, accounts_affected=7.0)
    wrote(world, "c", 13)
    (only,) = touched.incidents(asked(world))
    assert (only.accounts, only.tickets, only.counted_elsewhere) == (0, 0, 7)


def test_incidents_of_the_quarter_and_of_the_products_asked_for(world: World) -> None:
    wrote(world, "a", 10)
    for name, product, day in (
        ("old", "Atlas", datetime(2024, 12, 1)),
        ("other", "Relay", BEGAN),
        ("any", None, BEGAN),
    ):
        world.add("incident", incident_id=name, product=product, started_at=day, resolved_at=OVER)
    assert {each.incident_id for each in touched.incidents(asked(world))} == {"other", "any"}
    assert {each.incident_id for each in touched.incidents(asked(world, {"product": ["Atlas"]}))} == {"any"}


def test_without_incidents_there_is_none(world: World) -> None:
    wrote(world, "a", 10)
    assert touched.incidents(asked(world)) == []
