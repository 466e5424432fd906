"""The hunch log: written, decided by a person with a reason, evidence counted from the day it was noticed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from world import ENGINES, World, period

from dashboard import hunches, journal
from dashboard.changes import Question
from dashboard.hunches import Evidence, Hunch, State
from dashboard.scope import Scope
from etl.errors import UsageError
from etl.settings import Home

NOTICED = date(2025, 3, 3)


@pytest.fixture
def book(tmp_path: Path) -> journal.Journal:
    return journal.open(Home(tmp_path))


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def hunch(text: str = "The export is broken since Monday", **more: object) -> Hunch:
    return Hunch(text=text, noticed=NOTICED, **more)  # type: ignore[arg-type]


def test_a_hunch_is_open_until_a_person_decides(book: journal.Journal) -> None:
    first = hunches.write(book, hunch(product="Atlas"), who="Ann")
    (open_one,) = hunches.standing(book)
    assert (open_one.hunch.state, open_one.begun_by, open_one.decided_at, open_one.took) == ("open", "Ann", None, None)
    hunches.decide(book, first, State.CONFIRMED, "QM-12 names it", who="Ben")
    (decided,) = hunches.standing(book)
    assert (decided.hunch.state, decided.hunch.because, decided.entry.who) == ("confirmed", "QM-12 names it", "Ben")
    assert (decided.begun_by, decided.hunch.product) == ("Ann", "Atlas")
    assert decided.took is not None


def test_a_hunch_needs_a_sentence_and_a_verdict_a_reason(book: journal.Journal) -> None:
    with pytest.raises(UsageError, match="sentence"):
        hunches.write(book, hunch("  "), who="Ann")
    entry = hunches.write(book, hunch(), who="Ann")
    with pytest.raises(UsageError, match="showed"):
        hunches.decide(book, entry, State.REJECTED, " ", who="Ann")
    with pytest.raises(UsageError):
        hunches.decide(book, entry, State.REJECTED, "seen by nobody", who=" ")
    assert [each.hunch.state for each in hunches.standing(book)] == [State.OPEN]


def test_open_ones_stand_first_then_the_newest(book: journal.Journal) -> None:
    entries = [hunches.write(book, hunch(text), who="Ann") for text in ("first", "second", "third")]
    hunches.decide(book, entries[2], State.REJECTED, "no ticket", who="Ann")
    assert [each.hunch.text for each in hunches.standing(book)] == ["second", "first", "third"]


def test_a_later_word_on_why_does_not_move_the_day_it_was_decided(
    book: journal.Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written at 9, confirmed at 12, reason corrected at 15: it took three hours."""
    hour = iter((9, 12, 15))

    class At(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2025, 3, 4, next(hour))

    monkeypatch.setattr("dashboard.journal.log.datetime", At)
    entry = hunches.write(book, hunch(), who="Ann")
    hunches.decide(book, entry, State.CONFIRMED, "typo", who="Ben")
    hunches.decide(book, entry, State.CONFIRMED, "QM-12", who="Ben")
    found = hunches.standing(book)
    assert found[0].took == timedelta(hours=3)
    assert hunches.median_to_confirmation(found) == (timedelta(hours=3), 1)


def test_the_median_is_over_confirmed_ones_only(book: journal.Journal) -> None:
    entry = hunches.write(book, hunch(), who="Ann")
    assert hunches.median_to_confirmation(hunches.standing(book)) == (None, 0)
    hunches.decide(book, entry, State.REJECTED, "no ticket", who="Ann")
    assert hunches.median_to_confirmation(hunches.standing(book)) == (None, 0)


def ticket(world: World, day: datetime, account: str, product: str = "Atlas") -> None:
    n = len(world.rows["ticket"])
    world.add(
        "ticket", ticket_id=f"t{n}", account=account, created_at=day, product=product, category="Export",
        observed_until=datetime(2025, 3, 17),
    )  # fmt: skip


def test_evidence_is_what_came_since_it_was_noticed(world: World) -> None:
    """Three tickets of two accounts in the 14 days since, one in the 28 before, one too old, one of another product."""
    for day, account in (
        (datetime(2025, 3, 3), "a"), (datetime(2025, 3, 5), "a"), (datetime(2025, 3, 9), "b"),
        (datetime(2025, 2, 4), "c"), (datetime(2025, 2, 2), "d"),
    ):  # fmt: skip
        ticket(world, day, account)
    ticket(world, datetime(2025, 3, 5), "z", product="Relay")
    world.add("change", change_id="d:1", product="Atlas", deployed_at=datetime(2025, 2, 25))
    world.add("change", change_id="d:2", product="Atlas", deployed_at=datetime(2025, 2, 20))
    asked = Question(world.facts(), Scope(), period("all"))
    assert hunches.evidence(asked, hunch(product="Atlas")) == Evidence(3, 2, 14.0, 1, 1, 1)
    assert hunches.evidence(asked, hunch(product="Atlas", topic="Mail")) == Evidence(0, 0, 14.0, 0, 0, 1)


def test_without_data_since_or_a_subject_there_is_no_evidence(world: World) -> None:
    ticket(world, datetime(2025, 3, 3), "a")
    asked = Question(world.facts(), Scope(), period("all"))
    assert hunches.evidence(asked, Hunch(text="late", noticed=date(2025, 3, 17), product="Atlas")) is None
    assert hunches.evidence(asked, hunch()) is None


def test_evidence_of_an_issue_is_of_its_tickets(world: World) -> None:
    ticket(world, datetime(2025, 3, 4), "a")
    ticket(world, datetime(2025, 3, 4), "b")
    world.add("issue_ticket", ticket_id="t0", issue_key="I")
    asked = Question(world.facts(), Scope(), period("all"))
    assert hunches.evidence(asked, hunch(issue_key="I")) == Evidence(1, 1, 14.0, 0, 0, 0)
