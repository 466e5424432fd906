"""The escalation loop taken apart: sums by hand on both engines, parts that add up to the KPI and lead to its tickets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from world import ENGINES, World, period

from dashboard import escalation_loop, kpis, readings
from dashboard.escalation_parts import ANSWERS, ENDED, EVERY, PATHS, ROUNDS, TIER_PARTS, tier_words
from dashboard.parts import part_of
from dashboard.question import Question
from dashboard.scope import Scope
from dashboard.widgets import escalation, escalation_loops, escalation_ticket

JANUARY = datetime(2025, 1, 10)


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def went(world: World, **told: object) -> str:
    """A ticket handed up and resolved in January, unless told otherwise."""
    name = f"t{len(world.rows['ticket'])}"
    ticket = {key: told.pop(key) for key in ("team", "excluded_because", "resolution_minutes") if key in told}
    ticket["pass_number"] = told.get("pass_number")
    moments = {"created_at": JANUARY, "resolved_at": JANUARY, "escalated_at": JANUARY}
    world.add("ticket", ticket_id=name, first_resolved_at=JANUARY, **moments, **ticket)
    world.add("escalation", ticket_id=name, **{"escalated_at": JANUARY, "resolved_at": JANUARY, **told})
    return name


def asked(world: World, where: dict[str, list[str]] | None = None) -> Question:
    return Question(world.facts(), Scope.of(where or {}), period("2025-01"))


def counts(world: World, name: str, parts: tuple[object, ...], where: dict[str, list[str]] | None = None) -> list[int]:
    return [count for _, count in escalation_loop.parts(asked(world, where), name, parts)]  # type: ignore[arg-type]


def test_rounds_by_hand_add_up_and_each_leads_to_its_tickets(world: World) -> None:
    for rounds in (0, 1, 1, 2, 3, 7):
        went(world, sent=max(rounds, 1), rounds=rounds)
    went(world, sent=0, rounds=0)  # never with engineering
    went(world, sent=4, rounds=4, excluded_because="spam")
    went(world, sent=4, rounds=4, resolved_at=None)
    found = counts(world, "rounds_per_escalation", ROUNDS)
    assert found == [1, 2, 1, 2]
    assert sum(found) == world.read("rounds_per_escalation", "2025-01").n
    kpi = kpis.catalogue()["rounds_per_escalation"]
    for part, count in zip(ROUNDS, found, strict=True):
        assert part_of(part.code) is part
        listed = readings.tickets(world.facts(), kpi, Scope(), period("2025-01"), part=part)
        assert len(listed) == count


def test_filters_hold(world: World) -> None:
    went(world, sent=1, rounds=1, team="Press")
    went(world, sent=1, rounds=1, team="Forms")
    assert counts(world, "rounds_per_escalation", ROUNDS, {"team": ["Press"]}) == [0, 1, 0, 0]


def test_endings_ways_and_answers_are_whole(world: World) -> None:
    went(world, ended="fix", path="followed", issue_evidence="problem", solved_before="z", solved_before_by_support="y")
    went(world, ended="workaround", path="skipped", issue_evidence="problem", solved_before="z")
    went(world, ended="explanation", path="elsewhere", issue_evidence="single")
    went(world, ended="no fix", issue_evidence="subject (suggested)", solved_before="z", solved_before_by_support="z")
    went(world)
    went(world, ended="fix", resolved_at=None)  # its record is done, the ticket is not
    assert counts(world, "functional_escalations", ENDED) == [1, 1, 1, 1, 1, 1]
    assert counts(world, "functional_escalations", PATHS) == [1, 1, 1, 3]
    assert counts(world, "functional_escalations", ANSWERS) == [1, 1, 1, 1, 2]


def test_the_ladder_by_hand(world: World) -> None:
    one, two, open_still = went(world), went(world), went(world)
    world.rows["ticket"][2]["resolved_at"] = None
    world.table(
        "tier_stay",
        f"""
        ticket_id     tier        rank minutes came  is_last
        {one}         tier1       1    60      first no
        {one}         engineering 4    600     up    no
        {one}         tier1       1    30      down  no
        {one}         engineering 4    400     again yes
        {two}         tier1       1    10      first yes
        {open_still}  tier1       1    9999    first yes
        """,
    )
    low, high = escalation_loop.ladder(asked(world))
    assert (low.tier, low.reached.events, low.reached.n) == ("tier1", 2, 2)
    assert low.minutes.value == (90 + 10) / 2
    assert (low.ended.events, low.ended.n, low.again) == (1, 2, 0)
    assert (high.tier, high.reached.value, high.minutes.value) == ("engineering", 1 / 2, 1000)
    assert (high.ended.value, high.again) == (1, 1)
    listed = readings.tickets(
        world.facts(), kpis.catalogue()["tickets_resolved"], Scope(), period("2025-01"), part=TIER_PARTS["engineering"]
    )
    assert list(listed["ticket_id"]) == [one]
    assert list(escalation.ladder_table([low, high])["Tier"]) == ["Tier 1", "Engineering"]


def test_passes_are_read_by_each_kpi_as_it_counts(world: World) -> None:
    for number, minutes in ((1, 60), (2, 600), (3, 1000), (4, 3000)):
        went(world, resolution_minutes=minutes, pass_number=number)
    # Of the first occurrence too, and never handed up; of no issue that was.
    world.add("ticket", ticket_id="quiet", resolved_at=JANUARY, resolution_minutes=120, pass_number=1)
    world.add("ticket", ticket_id="other", resolved_at=JANUARY, resolution_minutes=9)
    spam = went(world, pass_number=2, resolution_minutes=8, excluded_because="spam")
    world.add("survey", kind="csat", ticket_id="t1", score_share=1.0, answered_at=JANUARY)
    world.add("survey", kind="csat", ticket_id=spam, score_share=0.0, answered_at=JANUARY)
    found = {(each.kpi.name, each.part.code): each.found for each in escalation_loop.passes(asked(world))}
    assert [found["mttr", f"pass-{number}"].value for number in (1, 2, 3)] == [90, 600, 2000]
    assert [found["csat", f"pass-{number}"].n for number in (1, 2, 3)] == [0, 1, 0]
    table = escalation_loops.pass_table(escalation_loop.passes(asked(world)))
    assert "n = 2, too few" in table["Pass 1"][0]


def test_write_ups_are_judged_only_where_they_are_told(world: World) -> None:
    went(world, write_up_words=15, write_up_links=1, asks=True, names_owner=False)
    went(world, write_up_words=14, write_up_links=0, asks=False)
    went(world, write_up_words=None)
    words, links, ask, owner, due = escalation_loop.checks(asked(world))
    assert (words.share.n, words.share.events, words.missing, words.untold) == (2, 1, 1, 1)
    assert (links.missing, ask.missing, owner.missing) == (1, 1, 1)
    assert (owner.share.n, owner.untold) == (1, 2)
    assert (due.share.n, due.share.value, due.untold) == (0, None, 3)
    table = escalation_loops.check_table([words, due], 3)
    assert list(table["Told of"]) == ["66.7 %", "0 %"]


def test_the_tickets_with_most_rounds_come_first(world: World) -> None:
    for rounds, minutes in ((1, 9), (2, 50), (5, 1), (2, 60)):
        went(world, sent=rounds, rounds=rounds, with_engineering_minutes=minutes)
    found = escalation_loop.most_rounds(asked(world))
    assert [(each.rounds, each.minutes) for each in found] == [(5, 1), (2, 60), (2, 50)]


def test_one_tickets_escalation_in_words(world: World) -> None:
    name = went(
        world, sent=2, rounds=1, is_theirs_now=True, with_engineering_minutes=90, clarification_trips=1, path="skipped",
        ended="workaround", issue_evidence="problem", pass_number=3, days_to_return=5, solved_before="desk:7",
    )  # fmt: skip
    found = escalation_loop.of_ticket(world.facts(), name)
    assert found.escalation is not None
    assert escalation_ticket.sentence(found.escalation) == (
        "2 times to engineering, 1 round there and back, and engineering's turn still, 1 h 30 min with engineering "
        "together; 1 clarification trip; escalation path: a step was skipped; ended in: workaround; pass 3 of its "
        "issue (known by: problem); the issue came back 5 d after; the answer may have stood in desk:7."
    )
    assert escalation_loop.of_ticket(world.facts(), "other").escalation is None


def told(world: World) -> dict[str, Any]:
    names = ("functional_escalations", "rounds_per_escalation")
    return {name: SimpleNamespace(now=world.read(name, "2025-01")) for name in names}


def test_the_answer_of_the_page_in_words(world: World) -> None:
    for rounds in (1, 3):
        went(world, sent=rounds, rounds=rounds)
    assert escalation.sentence(told(world)) == (
        "Support handed up 2 tickets in Jan 2025. Of the tickets resolved in it, 2 had been with engineering, with a mean "
        "of 2 rounds there and back (95 %: 0–14.7), too few to call it typical."
    )


def test_rounds_that_nobody_tells_are_said_to_be_missing(world: World) -> None:
    went(world)
    assert "Rounds with engineering: Needs changes of team" in escalation.sentence(told(world))


def test_every_part_has_one_code_and_words() -> None:
    assert len({part.code for part in EVERY}) == len(EVERY)
    assert all(part_of(part.code) is part and part.words for part in EVERY)
    assert [tier_words(tier) for tier in ("tier2", "engineering", "level 3")] == ["tier 2", "engineering", "level 3"]
