"""The investigation tax taken apart: sums by hand on both engines, and nothing told of fewer than five agents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from world import ENGINES, World, period

from dashboard import investigation
from dashboard.analysis import few_people
from dashboard.analysis.tax import assumed, recoverable, signals
from dashboard.analysis.tax.basis import Basis
from dashboard.analysis.tax.estimate import Grade
from dashboard.concentration import concentration
from dashboard.investigation import POOLED, Question
from dashboard.scope import Scope
from dashboard.widgets import tax_ledger
from etl.vocabulary import Segment

JANUARY = datetime(2025, 1, 10)
MEAN = assumed.means(signals.priors())


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def touched(world: World, *, times: int = 1, **more: object) -> None:
    """Tickets resolved in January that a person touched once, each owned by an agent of its own unless told."""
    for _ in range(times):
        place = len(world.rows["ticket"])
        given = {
            "created_at": JANUARY,
            "first_resolved_at": JANUARY,
            "resolved_at": JANUARY,
            "signal_history": 1,
            "owner": f"agent {place}",
            **more,
        }
        world.add("ticket", **given)


def asked(world: World, where: dict[str, list[str]] | None = None, when: str = "2025-01") -> Question:
    return Question(world.facts(), Scope.of(where or {}), period(when))


def test_signals_are_summed_over_the_rows_the_kpi_counts(world: World) -> None:
    touched(world, signal_note=2, words_reread=100)
    touched(world, signal_note=None, signal_link=3)
    touched(world, signal_history=None)  # no messages in its history
    touched(world, is_bot_only=True, signal_note=9)
    touched(world, excluded_because="spam", signal_note=9)
    touched(world, resolved_at=datetime(2025, 2, 1), signal_note=9)
    found = investigation.seen(asked(world))
    assert (found.n, found.agents) == (2, 2)
    told = {name: count for name, count in found.counts.items() if count}
    assert told == {"history": 2, "note": 2, "link": 3, "words_reread": 100}
    reading = world.read("investigation_tax", "2025-01")
    total = assumed.total(found.counts, signals.priors(), found.n)
    assert reading.n == found.n
    assert (total.value, total.low, total.high) == pytest.approx((reading.value * 2, reading.low * 2, reading.high * 2))


def test_groups_add_up_and_are_in_words(world: World) -> None:
    touched(world, times=6, handoffs=0)
    touched(world, times=5, handoffs=1, signal_pickup=1)
    touched(world, times=3, handoffs=4, signal_pickup=4)
    touched(world, times=3, handoffs=9, signal_pickup=9)
    found = investigation.groups(asked(world), "handoffs")
    assert [(each.label, each.seen.n) for each in found] == [
        ("0 handoffs", 6),
        ("1 handoff", 5),
        ("4 or more handoffs", 6),
    ]
    assert [each.seen.counts["pickup"] for each in found] == [0, 5, 39]
    assert "handoffs" in investigation.told(asked(world))
    assert "product" not in investigation.told(asked(world))


def test_a_group_of_few_agents_is_pooled_and_cannot_be_worked_out(world: World) -> None:
    """Two agents in Lab: taken alone from the whole they could be told, so the smallest other group goes with them."""
    touched(world, times=9, product="Press")
    touched(world, times=6, product="Forms")
    touched(world, product="Lab", owner="Ann")
    touched(world, product="Lab", owner="Ben", times=3)
    found = investigation.groups(asked(world), "product")
    assert [(each.label, each.seen.n) for each in found] == [("Press", 9), (POOLED, 10)]
    assert sum(each.seen.n for each in found) == investigation.seen(asked(world)).n


def test_where_all_are_few_nothing_is_told(world: World) -> None:
    touched(world, times=20, product="Press", owner="Ann")
    touched(world, times=20, product="Forms", owner="Ben")
    assert investigation.seen(asked(world)).is_of_few
    assert investigation.groups(asked(world), "product") == []


def test_where_no_owners_are_told_nobody_can_be_recognised(world: World) -> None:
    touched(world, times=2, product="Press", owner=None)
    assert not investigation.seen(asked(world)).is_of_few
    assert [each.label for each in investigation.groups(asked(world), "product")] == ["Press"]


def test_hidden_groups_by_hand() -> None:
    many, more = {f"a{place}" for place in range(7)}, {f"b{place}" for place in range(9)}
    assert few_people.hidden({"one": many, "two": more}) == set()
    assert few_people.hidden({"one": {"x"}, "two": more, "three": many}) == {"one", "three"}
    assert few_people.hidden({"one": {"x", "y", "z"}, "two": {"p", "q"}, "three": many}) == {"one", "two"}
    assert few_people.hidden({"one": {"x"}, "two": {"x"}}) == {"one", "two"}


def test_the_floor_is_five_agents() -> None:
    """Four are refused and five shown; a pool of four takes the smallest shown group with it, one of five stands."""
    assert investigation.Seen(9, {}, 4).is_of_few
    assert not investigation.Seen(9, {}, 5).is_of_few
    four, five, six = ({f"{size}{place}" for place in range(size)} for size in (4, 5, 6))
    assert few_people.hidden({"one": five, "two": six}) == set()
    assert few_people.hidden({"one": four, "two": six, "three": five}) == {"one", "three"}
    assert few_people.hidden({"one": four, "two": {"x"}, "three": five}) == {"one", "two"}
    assert few_people.hidden({"one": four, "two": {"40"}, "three": five}) == {"one", "two", "three"}  # still only four


@pytest.mark.parametrize(("agents", "told"), [(4, []), (5, ["Press"])])
def test_a_group_of_four_agents_is_not_told_and_one_of_five_is(world: World, agents: int, told: list[str]) -> None:
    touched(world, times=agents, product="Press")
    assert investigation.seen(asked(world)).is_of_few is not bool(told)
    assert [each.label for each in investigation.groups(asked(world), "product")] == told


def linked(world: World, ticket: int, system: str | None, quantity: int = 1, signal: str = "link") -> None:
    world.add("tax_entry", ticket_id=f"ticket:{ticket}", signal=signal, system=system, quantity=quantity)


def test_links_are_told_by_the_system_they_lead_to(world: World) -> None:
    """Six tickets lead to jira, two of them twice; five of them to github, too: their owners are the same."""
    touched(world, times=7, signal_link=2)
    for place in range(1, 7):
        linked(world, place, "jira", 2 if place < 3 else 1)
        linked(world, place, None, signal="note")
        if place > 1:
            linked(world, place, "github")
    found = investigation.groups(asked(world), "system")
    assert [(each.label, each.seen.n, each.seen.counts["link"]) for each in found] == [
        ("GitHub", 5, 5),
        ("Jira", 6, 8),
    ]
    assert {name for each in found for name, count in each.seen.counts.items() if count} == {"link"}
    assert "system" in investigation.told(asked(world))
    assert "system" not in investigation.told(asked(world, when="2025-02"))


def test_systems_of_few_agents_are_pooled_and_their_tickets_counted_once(world: World) -> None:
    """Four agents on linear, one of them on gitlab, too: together four, so github (five) joins. Nine tickets, not ten."""
    touched(world, times=20)
    for system, places in {"linear": range(1, 5), "gitlab": [4], "github": range(5, 10), "jira": range(10, 20)}.items():
        for place in places:
            linked(world, place, system)
    found = investigation.groups(asked(world), "system")
    assert [(each.label, each.seen.n, each.seen.counts["link"]) for each in found] == [
        ("Jira", 10, 10),
        (POOLED, 9, 10),
    ]


def test_filters_are_kept(world: World) -> None:
    touched(world, times=2, product="Press", signal_note=1)
    touched(world, times=3, product="Forms", signal_note=5)
    assert investigation.seen(asked(world, {"product": ["Press"]})).counts["note"] == 2
    assert investigation.seen(asked(world, when="2025-02")).n == 0


def test_what_the_exports_lack_is_said_with_its_number(world: World) -> None:
    touched(world, times=2, tax_feed="lower bound: no private notes")
    touched(world, times=3)
    assert investigation.lacking(asked(world)) == [("no private notes", 2)]


def sighted(world: World, signal: str, quantity: int = 1, is_rework: bool | None = None, **more: object) -> None:
    """A sighting on the newest ticket."""
    name = world.rows["ticket"][-1]["ticket_id"]
    entry = {"sequence": 1, "occurred_at": JANUARY, **more}
    world.add("tax_entry", ticket_id=name, signal=signal, quantity=quantity, is_rework=is_rework, **entry)


def test_repeats_are_tickets_of_an_issue_that_came_back(world: World) -> None:
    for number, notes in ((1, 1), (2, 10), (None, 100)):
        touched(world, occurrence_number=number, signal_note=notes)
        sighted(world, "history")
        for _ in range(notes):
            sighted(world, "note")
    touched(world, resolved_at=datetime(2025, 2, 1))
    sighted(world, "note")  # of another month
    spent = investigation.spent(asked(world), Basis(signals.priors()))
    told = {(each.signal, each.is_repeat): each.minutes for each in spent if each.signal == "note"}
    assert told == {
        ("note", False): pytest.approx(101 * MEAN["note"]),
        ("note", True): pytest.approx(10 * MEAN["note"]),
    }
    found = {each.name: each for each in recoverable.levers(spent)}
    assert found[recoverable.REPEATS].floor == pytest.approx(0.75 * (10 * MEAN["note"] + MEAN["history"]))
    assert found[recoverable.HANDOFFS].central is None  # nobody tells owners


def test_what_later_owners_did_again_is_won_back_with_half_the_handoffs(world: World) -> None:
    touched(world)
    sighted(world, "pickup", is_rework=True)
    sighted(world, "note", is_rework=True)
    sighted(world, "note", is_rework=False)
    touched(world)
    sighted(world, "note")  # no owner ever touched it
    found = recoverable.levers(investigation.spent(asked(world), Basis(signals.priors())))[0]
    assert found.floor == pytest.approx(0.5 * MEAN["pickup"])
    assert found.central == pytest.approx(0.5 * (MEAN["pickup"] + MEAN["note"]))


def test_the_ledger_of_a_ticket_adds_up_to_its_minutes(world: World) -> None:
    touched(world, signal_note=2, signal_link=1, words_reread=40)
    sighted(world, "history")
    sighted(world, "note", is_rework=False, sequence=2)
    sighted(world, "link", is_rework=True, sequence=3, system="jira")
    sighted(world, "words_reread", 40, is_rework=True, sequence=3)
    sighted(world, "note", is_rework=True, sequence=4)
    found = investigation.ledger(world.facts(), "ticket:1", Basis(signals.priors()))
    assert [(each.signal, each.quantity, each.by_later_owner, each.system) for each in found] == [
        ("history", 1, None, None),
        ("note", 1, False, None),
        ("link", 1, True, "jira"),
        ("words_reread", 40, True, None),
        ("note", 1, True, None),
    ]
    reading = world.read("investigation_tax", "2025-01")
    assert reading.value is not None
    assert sum(each.minutes for each in found) == pytest.approx(reading.value, abs=1e-9)


def test_the_states_of_a_ticket_in_order_each_once(world: World) -> None:
    touched(world)
    for state, minutes in (("working", 5), ("first_queue", 30), ("waiting_customer", 7), ("working", 8)):
        world.add("segment", ticket_id="ticket:1", state=state, minutes=minutes)
    found = investigation.stretches(world.facts(), "ticket:1")
    assert list(found.items()) == [("waiting_customer", 7), ("first_queue", 30), ("working", 13)]
    assert investigation.stretches(world.facts(), "ticket:2") == {}
    assert set(tax_ledger.STATES) == {str(state) for state in Segment}


def test_minutes_are_fitted_where_a_hundred_tickets_have_worklogs(world: World) -> None:
    """Everything takes twice as long as assumed; one entry of a night is cut to four hours."""
    dice = np.random.default_rng(3)
    for place in range(120):
        notes = int(dice.integers(0, 6))
        touched(world, signal_note=notes, public_replies=1)
        minutes = 2 * (MEAN["history"] + notes * MEAN["note"]) + 4.6
        ticket_id = f"ticket:{place + 1}"
        world.add("worklog", ticket_id=ticket_id, minutes=minutes if place else 900.0)
        world.add(
            "ticket_event", ticket_id=ticket_id, kind="public_message", actor_role="agent", words=0, sequence=1,
            occurred_at=JANUARY,
        )  # fmt: skip
    tracked = investigation.tracked(world.facts())
    assert len(tracked.minutes) == 120
    assert tracked.minutes.max() == 240
    found = investigation.basis(asked(world))
    assert found.grade is Grade.CALIBRATED
    assert found.means()["note"] == pytest.approx(2 * MEAN["note"], rel=0.1)
    assert found.fit is not None
    assert 0.5 < found.fit.share_low <= found.fit.share <= found.fit.share_high <= 1


def test_without_worklogs_the_reason_is_told(world: World) -> None:
    touched(world)
    found = investigation.basis(asked(world))
    assert found.grade is Grade.ASSUMED
    assert "needs time tracking" in found.reason
    world_minutes = (("note", 1.0, 1.0, 1.0),)
    own = Question(world.facts(), Scope(), period("2025-01"), kpi_options(world_minutes))
    assert investigation.basis(own).means()["note"] == 1.0


def kpi_options(minutes: tuple[tuple[str, float, float, float], ...]) -> object:
    from dashboard.kpis.options import Options

    return Options(minutes=minutes)


def test_how_each_ticket_fared_is_what_the_kpis_say(world: World) -> None:
    touched(world, signal_note=1, category="Login", priority="high", resolution_minutes=90.0, escalated="yes")
    touched(world, signal_note=4, category="Login", priority="high", resolution_minutes=30.0, escalated="no")
    world.add("survey", kind="csat", ticket_id="ticket:1", score_share=1.0, answered_at=JANUARY)
    world.add("survey", kind="csat", ticket_id="ticket:2", score_share=0.0, answered_at=JANUARY)
    found = investigation.fared(asked(world))
    assert found["tax"].tolist() == pytest.approx([MEAN["history"] + n * MEAN["note"] for n in (1, 4)])
    assert found["escalation_rate"].tolist() == [1.0, 0.0]
    assert found["csat"].tolist() == [1.0, 0.0]
    assert found["mttr"].tolist() == [90.0, 30.0]


def test_full_time_is_hours_over_heads(world: World) -> None:
    world.figures("headcount 2025-01 10")
    world.figures("scheduled_hours 2025-01 1500", unit="hours")
    touched(world)
    assert investigation.full_time(asked(world)).value == 150 * 60
    assert "scheduled_hours" in (investigation.full_time(asked(world, when="2025-02")).reason or "")


def test_the_dearest_tenth(world: World) -> None:
    """Ten tickets of eleven lookups, ninety of one: 110 of 200."""
    touched(world, times=10, signal_history=11)
    touched(world, times=90)
    found = concentration(world.facts(), "investigation_tax", Scope(), period("2025-01"))
    assert (found.worst, found.n) == (10, 100)
    assert found.share == pytest.approx(110 / 200)
