"""Answers around incidents: which side and stretch each is of, what the difference of differences says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import ENGINES, World, period

from dashboard import around_words, kpis
from dashboard.incident_window import AROUND, LATE, Around, Happening, Phase, around, difference, incidents
from dashboard.kpis.statistic import Estimate, NetScore, Proportion
from dashboard.scope import Scope

#: An incident of two days, on Atlas.
BEGAN, OVER = datetime(2025, 3, 10), datetime(2025, 3, 12)
MARCH = period("2025-03")
CSAT = kpis.catalogue()["csat"]


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def happen(world: World, name: str = "I1", began: datetime = BEGAN, over: datetime | None = OVER, **more: Any) -> None:
    told = {"title": name, "product": "Atlas", "severity": "sev1", **more}
    world.add("incident", incident_id=name, started_at=began, resolved_at=over, **told)


def wrote(world: World, account: str, created: datetime, product: str | None = "Atlas", **more: Any) -> None:
    world.add("ticket", ticket_id=f"{account} {created}", account=account, product=product, created_at=created, **more)


def rated(world: World, account: str | None, answered: datetime, share: float = 1.0, **more: Any) -> None:
    told = {"kind": "csat", "account": account, "answered_at": answered, "score_share": share}
    world.add("survey", survey_id=f"{account} {answered} {share}", **told, **more)


def seen(world: World, **where: list[str]) -> Around:
    facts, scope = world.facts(), Scope.of(where)
    return around(facts, CSAT, scope, incidents(facts, scope, MARCH))


def counts(found: Around) -> dict[tuple[bool, str], int]:
    return {(touched, str(phase)): each.n for (touched, phase), each in found.cells.items()}


def test_who_wrote_of_the_product_while_it_ran_is_touched(world: World) -> None:
    happen(world)
    for account, created, product in (
        ("first", BEGAN, "Atlas"), ("last", OVER, "Atlas"), ("early", BEGAN - timedelta(seconds=1), "Atlas"),
        ("late", OVER + timedelta(seconds=1), "Atlas"), ("elsewhere", BEGAN, "Gate"), ("nowhere", BEGAN, None),
    ):  # fmt: skip
        wrote(world, account, created, product)
    wrote(world, "spam", BEGAN, excluded_because="spam")
    assert seen(world).touched == {"first", "last"}


def test_an_incident_of_no_product_touches_whoever_wrote_and_one_that_runs_still(world: World) -> None:
    happen(world, product=None, over=None)
    wrote(world, "gate", OVER, "Gate")
    wrote(world, "later", OVER + timedelta(days=9), None)
    assert seen(world).touched == {"gate", "later"}


def test_the_edges_of_before_during_and_after(world: World) -> None:
    """28 days, then until 7 days after the end, then 28 days; each edge belongs to what begins with it."""
    happen(world)
    wrote(world, "acme", BEGAN)
    second = timedelta(seconds=1)
    edges = [BEGAN - AROUND, BEGAN, OVER + LATE, OVER + LATE + AROUND]
    for edge in edges:
        rated(world, "acme", edge - second)
        rated(world, "acme", edge)
    rated(world, "other", BEGAN, 0.5)
    rated(world, None, BEGAN)
    rated(world, None, BEGAN - AROUND - second)
    found = seen(world)
    # One second before the first edge and at the last lie outside; of the six between, two in each stretch.
    assert counts(found) == {(True, "before"): 2, (True, "during"): 2, (True, "after"): 2, (False, "during"): 1}
    assert (found.cell(False, Phase.DURING).value, found.nameless) == (0.0, 1)


def test_between_two_incidents_the_one_that_touched_counts_and_during_before_after(world: World) -> None:
    """The second begins ten days after the first is over: an answer between is after the first, before the second."""
    happen(world, "I1")
    again = OVER + timedelta(days=10)
    happen(world, "I2", again, again + timedelta(days=1))
    wrote(world, "one", BEGAN)
    wrote(world, "two", again)
    wrote(world, "both", BEGAN)
    wrote(world, "both", again)
    between = again - timedelta(days=1)
    for account in ("one", "two", "both", "none"):
        rated(world, account, between)
    rated(world, "one", again)  # during the second, which did not touch it: still after the first
    assert counts(seen(world)) == {(True, "after"): 3, (True, "before"): 1, (False, "after"): 1}


def test_severe_ones_of_the_year_of_the_products_asked_for(world: World) -> None:
    end = datetime(2025, 4, 1)
    happen(world, "severe two", severity="sev2")
    happen(world, "unsaid", severity=None)
    happen(world, "minor", severity="sev3")
    happen(world, "old", end - timedelta(days=365, seconds=1), end)
    happen(world, "oldest", end - timedelta(days=365), end)
    happen(world, "next", end, end)
    happen(world, "gate", product="Gate", began=BEGAN + timedelta(days=1))
    happen(world, "any", product=None, began=BEGAN + timedelta(days=2))
    wrote(world, "acme", BEGAN)
    facts = world.facts()
    named = [each.title for each in incidents(facts, Scope(), MARCH)]
    assert named == ["any", "gate", "severe two", "unsaid", "oldest"]
    gate = Scope.of({"product": ["Gate"]})
    assert [each.title for each in incidents(facts, gate, MARCH)] == ["any", "gate"]


def test_without_incidents_there_is_nothing_to_compare(world: World) -> None:
    wrote(world, "acme", BEGAN)
    assert (seen(world).cells, seen(world).touched) == ({}, frozenset())


def test_filters_hold_for_the_answers(world: World) -> None:
    happen(world)
    wrote(world, "acme", BEGAN)
    for team in ("A", "B"):
        wrote(world, team, BEGAN + timedelta(days=5), team=team)
        rated(world, "acme", BEGAN + timedelta(hours=ord(team)), ticket_id=f"{team} {BEGAN + timedelta(days=5)}")
    assert counts(seen(world, team=["A"])) == {(True, "during"): 1}


@pytest.mark.parametrize("kind", ENGINES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ran=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20), st.sampled_from(["Atlas", "Gate", None])), max_size=4),
    tickets=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 80), st.sampled_from(["Atlas", "Gate"])), max_size=8),
    answers=st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.integers(-40, 120), st.booleans()), max_size=20),
)  # fmt: skip
def test_each_answer_counts_once_as_plain_python_counts_it(
    kind: str, ran: list[Any], tickets: list[Any], answers: list[Any], tmp_path: Path
) -> None:
    first = datetime(2025, 1, 5)
    world = World(kind, tmp_path)
    told = []
    for place, (day, days, product) in enumerate(ran):
        began = first + timedelta(days=day)
        told.append((began, began + timedelta(days=days), product))
        happen(world, f"I{place}", *told[-1][:2], product=product)
    for place, (account, day, product) in enumerate(tickets):
        world.add("ticket", ticket_id=f"t{place}", account=account, product=product,
                  created_at=first + timedelta(days=day, hours=1))  # fmt: skip
    for place, (account, day, good) in enumerate(answers):
        world.add("survey", survey_id=f"s{place}", kind="csat", account=account, score_share=1.0 if good else 0.0,
                  answered_at=first + timedelta(days=day, hours=2))  # fmt: skip
    wanted: Counter[tuple[bool, str]] = Counter()
    for account, day, _ in answers:
        moment, near = first + timedelta(days=day, hours=2), []
        for began, over, product in told:
            lies = {
                "during": began <= moment < over + timedelta(days=7),
                "after": over + timedelta(days=7) <= moment < over + timedelta(days=35),
                "before": began - timedelta(days=28) <= moment < began,
            }
            touched = any(
                who == account and product in (None, about) and began <= first + timedelta(days=at, hours=1) <= over
                for who, at, about in tickets
            )
            near += [(touched, name) for name, holds in lies.items() if holds]
        mine = [name for touched, name in near if touched] or [name for _, name in near]
        if account is not None and mine:
            side = any(touched for touched, _ in near)
            wanted[side, next(name for name in ("during", "after", "before") if name in mine)] += 1
    facts = world.facts()
    shown = around(facts, CSAT, Scope(), incidents(facts, Scope(), period("2025-04")))
    world.close()
    assert counts(shown) == dict(wanted)


# the difference of differences


def share(k: int, n: int) -> Estimate:
    return Proportion(of=CSAT.among).finish({"n": n, "events": k})


def four(before: Estimate, during: Estimate, others_before: Estimate, others_during: Estimate) -> Around:
    cells = {
        (True, Phase.BEFORE): before, (True, Phase.DURING): during,
        (False, Phase.BEFORE): others_before, (False, Phase.DURING): others_during,
    }  # fmt: skip
    return Around(CSAT, cells, frozenset({"acme"}), 0)


def test_a_fall_that_everybody_had_is_none_of_the_incident() -> None:
    """90 to 80 % on both sides: the difference of the differences is nothing."""
    found = four(share(360, 400), share(320, 400), share(360, 400), share(320, 400))
    fall, apart = found.fall(touched=True), found.apart
    assert fall is not None
    assert apart is not None
    assert (round(fall.value, 9), fall.is_real) == (-0.1, True)
    assert (round(apart.value, 9), apart.is_real) == (0, False)
    # Half an interval of 90 % of 400 is 2.9 points, of 80 % 3.9: √(2 (2.9² + 3.9²)) / 1.96 × 2.8 = 9.9 points.
    assert apart.detectable == pytest.approx(0.099, abs=0.002)


def test_a_fall_of_the_touched_alone_is_more_than_chance() -> None:
    apart = four(share(380, 400), share(300, 400), share(380, 400), share(380, 400)).apart
    assert apart is not None
    assert (round(apart.value, 9), apart.is_real) == (-0.2, True)
    assert apart.low < -0.2 < apart.high < 0


@pytest.mark.parametrize("short", range(4))
def test_too_few_answers_anywhere_and_the_sides_are_not_compared(short: int) -> None:
    cells = [share(30, 30)] * 4
    assert four(*cells).apart is not None
    cells[short] = share(29, 29)
    found = four(*cells)
    assert found.apart is None
    assert (found.fall(touched=True) is None) == (short < 2)
    assert (found.fall(touched=False) is None) == (short >= 2)


def test_nothing_is_said_without_an_interval() -> None:
    assert difference([(1, Estimate(40, 0.5)), (-1, share(20, 40))]) is None


def test_the_interval_holds_the_truth_and_what_is_detectable_is_seen_four_times_in_five() -> None:
    """Truth known: NPS of 60 % promoters and 20 % detractors, a planted fall as large as is said to be detectable."""
    dice, score = np.random.default_rng(5), NetScore(promoters=CSAT.among, detractors=CSAT.among)

    def answered(n: int, fall: float) -> Estimate:
        promoters, _, detractors = dice.multinomial(n, [0.6 - fall / 200, 0.2, 0.2 + fall / 200])
        return score.finish({"n": n, "promoters": promoters, "detractors": detractors})

    held = false = noticed = 0
    rounds = 400
    size = 28.5
    for _ in range(rounds):
        calm = difference(
            [(1, answered(200, 0)), (-1, answered(200, 0)), (-1, answered(200, 0)), (1, answered(200, 0))]
        )
        assert calm is not None
        held += calm.low <= 0 <= calm.high
        false += calm.is_real
        fell = difference(
            [(1, answered(250, size)), (-1, answered(250, 0)), (-1, answered(250, 0)), (1, answered(250, 0))]
        )
        assert fell is not None
        noticed += fell.is_real
        assert 26 < fell.detectable < 32
    assert 0.92 <= held / rounds <= 0.985
    assert false / rounds <= 0.08
    assert 0.7 <= noticed / rounds <= 0.9


# the words


def test_three_sentences_say_both_sides_and_whether_they_differ() -> None:
    found = four(share(380, 400), share(300, 400), share(380, 400), share(380, 400))
    touched, others, apart = around_words.sentences(found)
    assert touched.startswith(
        "Touched accounts: 95 % before (n = 400), 75 % during (n = 400), −20.0 points (95 %: −24."
    )
    assert touched.endswith(", more than chance.")
    assert others.startswith("All other accounts: 95 % before (n = 400), 95 % during (n = 400), ±0.0 points")
    assert others.endswith(", within chance.")
    assert apart.startswith("The touched accounts changed by −20.0 points beside the others (95 %: −2")
    assert ", more than chance. With this many answers a difference of " in apart
    assert apart.endswith(" points or more would be seen four times in five.")


def test_too_few_answers_are_said_with_their_number() -> None:
    found = four(share(28, 29), share(1, 1), share(380, 400), share(380, 400))
    touched, _, apart = around_words.sentences(found)
    assert touched == (
        "Touched accounts: not enough data: 29 answers before and 1 answer during, at least 30 are needed."
    )
    assert apart == "The two cannot be compared."
    lonely = replace(found, cells={key: share(30, 30) for key in found.cells if key[0]})
    assert around_words.sentences(lonely)[2].startswith("The two cannot be compared. With this many answers")
    assert math.isclose(len(around_words.table(found)), 6)


def test_an_incident_knows_its_stretches() -> None:
    one = Happening("I1", "I1", None, BEGAN, OVER)
    assert [one.phase(edge) for edge in one.edges] == [Phase.BEFORE, Phase.DURING, Phase.AFTER, None]
