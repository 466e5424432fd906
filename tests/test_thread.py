"""Holding the thread, taken apart: tables by hand on both engines, lists that hold what cells count, few people hidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import ENGINES, World, period

from dashboard import kpis, readings, thread
from dashboard.parts import Way, part_of
from dashboard.question import Question
from dashboard.scope import Scope
from dashboard.thread import Loop, Routed
from dashboard.widgets import thread_queues

JANUARY = datetime(2025, 1, 10)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def asked(world: World, where: dict[str, list[str]] | None = None, when: str = "2025-01") -> Question:
    return Question(world.facts(), Scope.of(where or {}), period(when))


def owned(world: World, team: str, agents: int) -> None:
    """A team and the agents behind it, by a ticket of each that counts in no period."""
    for number in range(agents):
        world.add("ticket", ticket_id=f"{team} {number}", team=team, owner=f"{team} agent {number}")


def hand(world: World, before: str | None, after: str | None, times: int, **more: object) -> None:
    for _ in range(times):
        given = {
            "ticket_id": f"h{len(world.rows['handoff'])}",
            "occurred_at": JANUARY,
            "minutes": 10.0,
            "ended_by": "acted",
        }
        world.add("handoff", **{**given, "from_team": before, "to_team": after, **more})


def test_who_passes_to_whom_with_gap_and_notes(world: World) -> None:
    owned(world, "Front", 5)
    owned(world, "Back", 5)
    hand(world, "Front", "Back", 15, has_note=True)
    hand(world, "Front", "Back", 10, has_note=False, minutes=50.0)
    hand(world, "Front", "Back", 5, minutes=99.0, ended_by="moved")
    hand(world, "Back", "Front", 19, has_note=True)
    hand(world, None, "Front", 1)
    hand(world, "Front", "Back", 9, occurred_at=datetime(2025, 2, 1))
    world.add("ticket", ticket_id="spam", excluded_because="spam")
    hand(world, "Front", "Back", 1, ticket_id="spam")
    first, second, third = thread.passed(asked(world))
    assert [(each.before, each.after, each.n) for each in (first, second, third)] == [
        ("Front", "Back", 30), ("Back", "Front", 19), (None, "Front", 1),
    ]  # fmt: skip
    # 15 of 30 acted within 10 minutes: half are left. Notes are told of 25, 10 of them without.
    assert (first.gap and first.gap.value, first.gap and first.gap.n) == (10, 30)
    assert (first.without_note and first.without_note.value) == 10 / 25
    assert (second.gap, second.without_note) == (None, None)  # fewer than twenty
    found = readings.tickets(
        world.facts(), kpis.catalogue()["handoff_gap"], Scope(), period("2025-01"), part=Way("Front", "Back")
    )
    assert len(found) == 30
    one = readings.tickets(
        world.facts(), kpis.catalogue()["handoff_gap"], Scope(), period("2025-01"), part=Way(None, "Front")
    )
    assert len(one) == 1


@pytest.mark.parametrize("agents", [4, 5])
def test_of_fewer_than_five_agents_no_rate_is_told(world: World, agents: int) -> None:
    owned(world, "Front", 9)
    owned(world, "Next", 8)
    owned(world, "Few", agents)
    hand(world, "Front", "Few", 20, has_note=True)
    hand(world, "Few", "Front", 20, has_note=True)
    hand(world, "Front", "Front", 20, has_note=True)
    found = {(each.before, each.after): each for each in thread.passed(asked(world))}
    to, back, own = found["Front", "Few"], found["Few", "Front"], found["Front", "Front"]
    shown = agents >= 5
    assert (to.gap is not None, to.without_note is not None, to.of_few) == (shown, True, not shown)
    assert (back.gap is not None, back.without_note is not None) == (True, shown)
    assert own.gap is not None
    # The next smallest is hidden with it, so that the difference to all is never the four alone.
    assert thread.few(asked(world)) == (set() if shown else {"Few", "Next"})


def test_there_and_straight_back(world: World) -> None:
    hand(world, "Back", "Front", 2, team_return="direct")
    hand(world, "Back", "Front", 1, team_return="direct", ticket_id="h0")  # twice on one ticket
    hand(world, "Deep", "Back", 1, team_return="direct")
    hand(world, "Deep", "Front", 3, team_return="indirect")
    assert thread.loops(asked(world)) == [Loop("Front", "Back", 2), Loop("Back", "Deep", 1)]


def test_where_tickets_begin_and_where_they_are_solved(world: World) -> None:
    world.table(
        "ticket",
        "first_team team\nFront Front\nFront Front\nFront Back\nBack Back\n- Back\nBack -",
        resolved_at="2025-01-10",
    )
    world.add("ticket", first_team="Front", team="Back", resolved_at=datetime(2025, 2, 1))
    found = thread.routed(asked(world))
    assert found == [Routed("Front", "Front", 2), Routed("Back", "Back", 1), Routed("Front", "Back", 1)]
    kpi = kpis.catalogue()["first_assignment"]
    for each in found:
        listed = readings.tickets(world.facts(), kpi, Scope(), period("2025-01"), part=Way(each.first, each.last))
        assert len(listed) == each.n


@pytest.mark.parametrize("way", [Way("Tier 1/EMEA", None), Way(None, "Größe & Co"), Way("A", "B")])
def test_a_way_stands_in_a_link(way: Way) -> None:
    assert part_of(way.code) == way


@pytest.mark.parametrize("code", ["way", "way/A", "way/A/B/C", "ways/A/B"])
def test_a_code_that_is_no_way(code: str) -> None:
    assert part_of(code) is None


def stay(world: World, team: str, days: float, times: int = 1, entered: datetime = JANUARY, **more: object) -> None:
    left = None if more.get("ended_by", "touched") is None else entered + timedelta(days=days)
    for _ in range(times):
        given = {"ticket_id": f"s{len(world.rows['queue_stay'])}", "entered_at": entered, "left_at": left}
        world.add("queue_stay", **{**given, "team": team, "minutes": days * 1440, "ended_by": "touched", **more})


def test_a_queue_that_swallows_tickets_is_named(world: World) -> None:
    stay(world, "Front", 0.1, 300)
    stay(world, "Hole", 0.1, 20)
    stay(world, "Hole", 2.0, 5)  # two days exactly are not over two days
    stay(world, "Hole", 9, 15, ended_by=None)
    stay(world, "Small", 9, 29)
    stay(world, "Front", 9, 99, entered=datetime(2024, 11, 1, 23))  # before the quarter that ends with January
    found, pooled = thread.queues(asked(world))
    hole = next(each for each in found if each.name == "Hole")
    assert (hole.n, hole.still_there, hole.share, hole.is_black_hole) == (40, 15, 15 / 40, True)
    assert [each.name for each in found if each.is_black_hole] == ["Hole"]
    assert pooled == pytest.approx((15 + 29) / 369)
    assert thread_queues.verdict(found) == "Tickets get stuck in Hole. 1 queue had too few stays to tell."
    assert thread.window(asked(world)) == (datetime(2024, 11, 2), datetime(2025, 2, 1))
    assert thread.window(asked(world, when="all")) == (None, None)


def test_what_lies_in_a_queue_at_the_end_of_the_period(world: World) -> None:
    end = datetime(2025, 2, 1)
    stay(world, "A", 30, entered=end - timedelta(days=20))  # left ten days after
    stay(world, "A", 2.5, entered=end - timedelta(days=2, minutes=1))
    stay(world, "A", 2.5, entered=end - timedelta(days=2))  # two days, not over
    stay(world, "A", 19, entered=end - timedelta(days=19, minutes=1))  # left a minute before the end
    stay(world, "A", 9, entered=end - timedelta(days=30), ended_by=None)
    n, oldest = thread.lying(asked(world), 2)
    assert (n, list(oldest["ticket_id"])) == (3, ["s4", "s0"])
    assert thread.lying(asked(world, when="all"), 9)[0] == 1


def test_the_tickets_at_the_far_end(world: World) -> None:
    world.table("ticket", "people team\n3 A\n4 A\n6 B\n- A", resolved_at="2025-01-10")
    n, found = thread.hardest(asked(world), "four_owners", "people", 4, 9)
    assert (n, list(found["people"]), list(found["ticket_id"])) == (2, [6, 4], ["ticket:3", "ticket:2"])
    assert thread.hardest(asked(world, {"team": ["A"]}), "four_owners", "people", 4, 9)[0] == 1


def test_the_systems_tickets_lead_to(world: World) -> None:
    world.table("ticket", "ticket_id linked_systems\na 2\nb 1\nc 0", resolved_at="2025-01-10")
    for name, system in (("a", "jira"), ("a", "jira"), ("a", "github"), ("b", "jira"), ("a", None)):
        world.add("tax_entry", ticket_id=name, signal="link", system=system)
    assert thread.systems(asked(world)) == [("jira", 2), ("github", 1)]


def test_repeated_texts_beside_the_tickets_without_any(world: World) -> None:
    for number in range(6):
        world.add(
            "ticket", ticket_id=f"t{number}", created_at=JANUARY, resolved_at=JANUARY, first_resolved_at=JANUARY,
            days_to_reopen=1.0 if number < 2 else None, reopens=int(number < 2), requester=f"r{number}",
            repeated_texts=int(number < 3),
        )  # fmt: skip
    world.add("ticket", ticket_id="untold", created_at=JANUARY, resolved_at=JANUARY, repeated_texts=None)
    for number in range(3):
        world.add("macro_use", ticket_id=f"t{number}", text_hash="often", occurred_at=JANUARY + timedelta(days=number))
    world.add("macro_use", ticket_id="elsewhere", text_hash="often", occurred_at=datetime(2023, 1, 1))
    used, others = thread.macros(asked(world), thread.lives(world.facts()))
    assert (used.text_hash, used.tickets, used.example) == ("often", 3, "t0")
    assert (used.first_used, used.last_used) == (datetime(2023, 1, 1), JANUARY + timedelta(days=2))
    assert (used.reopened.n, used.reopened.events) == (3, 2)
    assert (others.text_hash, others.tickets, others.reopened.events, others.example) == (None, 3, 0, None)


def test_without_any_facts_there_is_nothing(world: World) -> None:
    world.add("ticket", resolved_at=JANUARY)
    question = asked(world)
    assert (thread.passed(question), thread.loops(question), thread.routed(question)) == ([], [], [])
    assert (thread.queues(question), thread.systems(question), thread.macros(question, {})) == (([], None), [], [])
    assert thread.lives(question.facts) == {}
