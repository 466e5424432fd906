"""Changes and what followed them, asked of the facts on both engines: planted surges, documented links, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from world import ENGINES, World, period

from dashboard import changes, named_changes
from dashboard.analysis.changes.judged import Rung
from dashboard.analysis.changes.linking import Key
from dashboard.changes import Everything, Question, Review
from dashboard.scope import Scope

START = datetime(2025, 1, 6)
DAYS = 150
#: Ten in the morning of a Tuesday, 100 days in.
BAD = START + timedelta(days=99, hours=10)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def tickets(world: World, moments: list[datetime], product: str, topic: str = "Login", **more: object) -> None:
    for moment in moments:
        n = len(world.rows["ticket"])
        given = {"account": f"acme {n % 97}", "created_at": moment, "product": product, "category": topic}
        world.add("ticket", ticket_id=f"desk:{n}", **{**given, "observed_until": START + timedelta(days=DAYS), **more})


def usual(world: World, product: str, per_day: float = 2.0, seed: int = 1) -> None:
    """Tickets in office hours, at random."""
    rng = np.random.default_rng(seed)
    found = []
    for day in range(DAYS):
        found += [
            START + timedelta(days=day, minutes=int(minute)) for minute in rng.integers(480, 1080, rng.poisson(per_day))
        ]
    tickets(world, sorted(found), product)


def surge(world: World, product: str, count: int = 15, **more: object) -> None:
    tickets(world, [BAD + timedelta(minutes=70 + 45 * n) for n in range(count)], product, **more)


def made(world: World, name: str, product: str | None, moment: datetime = BAD, **more: object) -> None:
    world.add("change", change_id=f"deploy:{name}", title=name, product=product, deployed_at=moment, **more)


def asked(world: World, where: dict[str, list[str]] | None = None, when: str = "all") -> Question:
    return Question(world.facts(), Scope.of(where or {}), period(when))


def everything(question: Question) -> Everything:
    found = changes.everything(question)
    assert found is not None
    return found


def review(question: Question) -> Review:
    return changes.review(question, everything(question))


def test_a_surge_after_a_change_stands_first_with_its_card(world: World) -> None:
    usual(world, "Atlas")
    usual(world, "Relay", seed=2)
    surge(world, "Atlas")
    made(world, "bad", "Atlas")
    made(world, "good", "Atlas", BAD - timedelta(days=30))
    made(world, "other", "Relay")
    made(world, "called off", "Atlas", outcome="cancelled")
    found = review(asked(world))
    assert found.sets[0].changes[0].change_id == "deploy:bad"
    assert [each.rung for each in found.sets] == [Rung.STRONG, Rung.NONE, Rung.NONE]
    leading = found.sets[0].leading
    assert leading is not None
    card = changes.card(asked(world), leading.test)
    start, end = changes.stretch(leading.test)
    listed = changes.tickets(asked(world), leading.test.key, start, end)
    assert start == BAD
    assert (card.tickets, card.first_at) == (len(listed), listed["created_at"].min())
    # What the card counts in the facts is what the test counted by the hour.
    assert card.accounts == leading.test.best.seen >= 15
    assert (found.followed.value, found.followed.n) == (1 / 3, 3)


def test_fifteen_tickets_of_one_account_are_one_account(world: World) -> None:
    usual(world, "Atlas")
    usual(world, "Relay", seed=2)
    surge(world, "Atlas", account="loud")
    made(world, "bad", "Atlas")
    made(world, "other", "Relay")
    assert Rung.STRONG not in {each.rung for each in review(asked(world)).sets}


def test_accounts_are_counted_as_by_hand(world: World) -> None:
    """Two of one account an hour apart, one of another a day and a half later: 1 in a day, 2 in three."""
    usual(world, "Relay")
    at = [BAD + timedelta(hours=hours) for hours in (1.5, 2.5, 36)]
    for moment, account in zip(at, ("one", "one", "two"), strict=True):
        tickets(world, [moment], "Atlas", account=account)
    made(world, "bad", "Atlas")
    every = everything(asked(world))
    series, hour = every.series[Key("Atlas")], every.clock.place(BAD)
    assert series.accounts(every.clock.hours, 24)[hour] == 1
    assert series.accounts(every.clock.hours, 72)[hour] == 2
    assert every.series[Key("Atlas", "Login")].total == 3


def test_where_no_account_is_told_people_count(world: World) -> None:
    usual(world, "Relay")
    tickets(world, [BAD + timedelta(hours=1)], "Atlas", account=None, requester="ann")
    tickets(world, [BAD + timedelta(hours=2)], "Atlas", account=None, requester="ben")
    made(world, "bad", "Atlas")
    every = everything(asked(world))
    assert every.series[Key("Atlas")].accounts(every.clock.hours, 24)[every.clock.place(BAD)] == 2


def test_what_we_began_ourselves_and_spam_do_not_count(world: World) -> None:
    usual(world, "Relay")
    tickets(world, [BAD + timedelta(hours=1)], "Atlas", is_outbound=True)
    tickets(world, [BAD + timedelta(hours=1)], "Atlas", excluded_because="spam")
    made(world, "bad", "Relay")
    assert Key("Atlas") not in everything(asked(world)).series


def test_a_ticket_that_names_a_change_outranks_statistics(world: World) -> None:
    usual(world, "Atlas")
    usual(world, "Relay", seed=2)
    surge(world, "Relay")
    made(world, "bad", "Relay")
    made(world, "quiet", "Atlas")
    tickets(world, [BAD + timedelta(days=2)], "Atlas", caused_by="deploy:quiet")
    found = review(asked(world))
    assert [each.rung for each in found.sets] == [Rung.DOCUMENTED, Rung.STRONG]
    assert found.documented == {"deploy:quiet": 1}
    assert len(named_changes.naming(world.facts(), Scope(), ["deploy:quiet"], "deploy:quiet")) == 1


def test_a_help_desk_names_a_change_by_its_number_alone(world: World) -> None:
    """``CHG1`` is one change only; of ``7`` there are two, and it is the one of the ticket's own source or none."""
    for name in ("itil:CHG1", "itil:7", "deploy:7"):
        world.add("change", change_id=name, product="Atlas", deployed_at=BAD)
    for source, word in (("desk", "CHG1"), ("desk", "7"), ("deploy", "7"), ("desk", "itil:7"), ("desk", "CHG2")):
        tickets(world, [BAD], "Atlas", source=source, caused_by=word)
    known = ["itil:CHG1", "itil:7", "deploy:7"]
    assert named_changes.tally(world.facts(), Scope(), known) == {"itil:CHG1": 1, "deploy:7": 1, "itil:7": 1}
    assert len(named_changes.naming(world.facts(), Scope(), known, "itil:CHG1")) == 1
    assert named_changes.naming(world.facts(), Scope(), [], "itil:CHG1").empty


def test_a_change_of_a_product_no_ticket_names_is_tested_on_all_tickets(world: World) -> None:
    usual(world, "Atlas", per_day=4)
    surge(world, "Atlas", count=40)
    made(world, "bad", "the-repository")
    found = review(asked(world))
    leading = found.sets[0].leading
    assert leading is not None
    assert leading.test.key == Key(None)
    assert found.changes[0].product == "the-repository"


def test_a_filter_on_a_product_leaves_other_products_out(world: World) -> None:
    usual(world, "Atlas")
    usual(world, "Relay", seed=2)
    made(world, "one", "Atlas")
    made(world, "other", "Relay")
    every = everything(asked(world, {"product": ["Relay"]}))
    assert {key.product for key in every.series} == {"Relay"}
    assert set(every.changes) == {"deploy:other"}


def test_changes_are_reviewed_over_a_quarter_at_least(world: World) -> None:
    usual(world, "Atlas")
    for name, days in (("in", 90), ("out", 92), ("late", -1)):
        made(world, name, "Atlas", datetime(2025, 6, 2) - timedelta(days=days))
    found = review(asked(world, when="2025-05-26/2025-06-02"))
    assert [each.change_id for each in found.changes] == ["deploy:in"]


def test_with_and_without_sign_off(world: World) -> None:
    usual(world, "Atlas")
    usual(world, "Relay", seed=2)
    surge(world, "Atlas")
    made(world, "bad", "Atlas", is_approved=False)
    made(world, "good", "Relay", is_approved=True)
    made(world, "untold", "Relay", BAD - timedelta(days=30))
    found = review(asked(world)).signed()
    assert {key: (each.value, each.n) for key, each in found.items()} == {False: (1, 1), True: (0, 1), None: (0, 1)}


def test_without_changes_or_tickets_there_is_nothing_to_test(world: World) -> None:
    assert changes.everything(asked(world)) is None


def test_changes_without_tickets_are_nothing_to_test(world: World) -> None:
    made(world, "bad", "Atlas")
    assert changes.everything(asked(world)) is None


def test_too_little_data_is_said_and_no_rise_is_guessed(world: World) -> None:
    """Ten days of tickets: no four weeks before any change."""
    tickets(world, [START + timedelta(hours=hour) for hour in range(240)], "Atlas")
    made(world, "bad", "Atlas", START + timedelta(days=9))
    for row in world.rows["ticket"]:
        row["observed_until"] = START + timedelta(days=10)
    (only,) = review(asked(world)).sets
    assert only.rung is Rung.NOT_TOLD
