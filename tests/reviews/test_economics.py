"""What lost context costs in a review: hours with their range, money where an hour has a price, repeats apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from world import World, period

from dashboard import auditing, investigation, journal
from dashboard.analysis.tax import assumed, signals
from dashboard.ask import Ask
from dashboard.journal import Journal
from dashboard.kpis.options import Options
from dashboard.reviews import economics
from dashboard.reviews.sections import Given
from dashboard.scope import Scope
from etl.settings import Home, Settings

JANUARY = datetime(2025, 1, 10)
MEAN = assumed.means(signals.priors())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    built = World("duckdb", tmp_path)
    yield built
    built.close()


@pytest.fixture
def book(tmp_path: Path) -> Journal:
    (tmp_path / "home").mkdir()
    return journal.open(Home(tmp_path / "home"))


def told(world: World, book: Journal, **cost: Any) -> list[dict[str, str]]:
    settings = Settings(cost=cost)
    ask = Ask(world.facts(), None, settings, Scope(), period("2025-01"), Options(), {})
    tables, sentences = economics.context(Given(ask, book, "monthly", "monthly-2025-01", date(2025, 2, 3)))
    assert list(sentences) == []
    return [row for each in tables for row in each.words()]


def resolved(world: World, owners: int, again: int = 6) -> None:
    """One note on each ticket; the first ``again`` are of a second occurrence."""
    for number in range(owners):
        world.add(
            "ticket", ticket_id=f"t{number}", created_at=JANUARY, first_resolved_at=JANUARY, resolved_at=JANUARY,
            signal_history=0, signal_note=1, owner=f"agent {number}", occurrence_number=2 if number < again else 1,
        )  # fmt: skip
        world.add("tax_entry", ticket_id=f"t{number}", sequence=1, occurred_at=JANUARY, signal="note", quantity=1)


def test_hours_in_all_and_on_what_came_back(world: World, book: Journal) -> None:
    resolved(world, 60)
    everything, again = told(world, book)
    assert float(everything["Hours"]) == round(60 * MEAN["note"] / 60, 1)
    assert float(again["Hours"]) == round(6 * MEAN["note"] / 60, 1)
    assert (everything["n"], again["n"]) == ("60", "6")
    assert float(everything["From"]) < float(everything["Hours"]) < float(everything["To"])
    assert everything["The range is a"] == "scenario range (assumed minutes)"
    assert not any(name.startswith("Cost") for name in everything)


@pytest.mark.parametrize(("again", "rows"), [(0, 1), (4, 1), (5, 2)])
def test_a_part_that_fewer_than_five_agents_own_is_not_told(world: World, book: Journal, again: int, rows: int) -> None:
    resolved(world, 60, again)
    assert len(told(world, book)) == rows


def test_money_where_an_hour_has_a_price(world: World, book: Journal) -> None:
    resolved(world, 60)
    everything, _ = told(world, book, per_agent_hour=100, currency="EUR")
    assert everything["Cost (EUR)"].split(" ")[0] == f"{60 * MEAN['note'] / 60 * 100:.0f}"


def test_an_audit_of_just_these_tickets_tells_the_total_and_leaves_the_parts_alone(world: World, book: Journal) -> None:
    """Every ticket took thrice what was predicted, so all of them did; money waits for an audit of eighty."""
    resolved(world, 60)
    question = investigation.Question(world.facts(), Scope(), period("2025-01"), Options())
    drawn = auditing.draw(question, 60, book, "Ana", seed=1).entry
    answers = {name: 3 * minutes for name, minutes, _ in drawn.drawn}
    assert told(world, book)[0]["Grade"] == "assumed"  # nobody has answered yet
    book.answer_tax_audit(drawn.draw, answers, who="Ben")
    everything, again = told(world, book, per_agent_hour=100, currency="EUR")
    assert (everything["Grade"], everything["The range is a"]) == ("audited", "95 % interval")
    assert float(everything["Hours"]) == round(3 * drawn.predicted / 60, 1)
    assert everything["Cost (EUR)"] == "money needs an audit of 80 tickets, this one drew 60"
    assert (again["Grade"], float(again["Hours"])) == ("assumed", round(6 * MEAN["note"] / 60, 1))
    assert not again["Cost (EUR)"].startswith("money")


def test_of_fewer_than_five_agents_nothing_is_told(world: World, book: Journal) -> None:
    resolved(world, 4)
    assert told(world, book) == []


def test_without_incidents_there_is_nothing_around_them(world: World) -> None:
    ask = Ask(world.facts(), None, Settings(), Scope(), period("2025-01"), Options(), {})
    assert economics.around_incidents(Given(ask, None, "quarterly", "", date(2025, 2, 3))) == ([], [])  # type: ignore[arg-type]


def test_answers_around_an_incident_are_laid_out(world: World) -> None:
    world.add("incident", incident_id="i1", started_at=JANUARY, resolved_at=datetime(2025, 1, 11), severity="sev1")
    for number, day in enumerate((5, 6, 7)):
        world.add("survey", kind="nps", respondent=f"p{number}", account="A", score=10.0, scale_low=0.0, scale_high=10.0, score_share=1.0,
                  answered_at=datetime(2025, 1, day))  # fmt: skip
    ask = Ask(world.facts(), None, Settings(), Scope(), period("2025-01"), Options(), {})
    (found,), sentences = economics.around_incidents(Given(ask, None, "quarterly", "", date(2025, 2, 3)))  # type: ignore[arg-type]
    assert found.title == "NPS around 1 severe incident of the year up to the end of the period"
    rows = {(row["Accounts"], row["Answers"]): row for row in found.words()}
    assert rows["All other accounts", "before"]["n"] == "3"
    assert len(sentences) == 1
