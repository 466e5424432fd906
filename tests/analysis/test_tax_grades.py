"""Assumed, calibrated and audited minutes against made-up desks whose truth is known (methods A: thresholds)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from tax.simulator import SIGNALS, WORLDS, Simulated, World, simulate

from dashboard.analysis.tax import assumed, audited, calibrated, signals
from dashboard.analysis.tax.estimate import Floats, Grade, Minutes
from dashboard.kpis.scenario import drawn_minutes

SEEDS = range(10)
NAMES = signals.NAMES
PRIORS = signals.priors()
MEANS = np.array(list(assumed.means(PRIORS).values()))


def live(world: World, seed: int, tickets: int = 1500) -> Simulated:
    """One made-up desk, its signals in the order of ``NAMES``."""
    assert tuple(map(str, SIGNALS)) == NAMES
    return simulate(world, seed, tickets)


def counts_of(lived: Simulated) -> dict[str, float]:
    """Everything seen, by signal."""
    return dict(zip(NAMES, lived.counts.sum(axis=0), strict=True))


class Score(NamedTuple):
    """Of one grade over the worlds of one kind: the mean miss, and how often the interval held the truth."""

    miss: float
    coverage: float


def scored(found: Sequence[tuple[Minutes, float]]) -> Score:
    told = [(each.value, each.low, each.high, truth) for each, truth in found]
    assert all(value is not None and low is not None and high is not None for value, low, high, _ in told)
    return Score(
        float(np.mean([abs(value / truth - 1) for value, _, _, truth in told])),
        float(np.mean([low <= truth <= high for _, low, high, truth in told])),
    )


@cache
def calibrations(world: World) -> Score:
    found = []
    for seed in SEEDS:
        lived = live(world, seed)
        rows, minutes = lived.tracked(150)
        tracked = calibrated.Tracked(lived.counts[rows], lived.answers[rows], lived.answer_words[rows], minutes)
        fit = calibrated.fit(tracked, PRIORS)
        assert isinstance(fit, calibrated.Fit)
        found.append((fit.total(counts_of(lived), len(lived.counts)), lived.true_minutes.sum()))
    return scored(found)


@cache
def audits(world: World) -> Score:
    found = []
    for seed in range(20):
        lived = live(world, seed)
        names = [f"ticket:{row}" for row in range(len(lived.counts))]
        sample = audited.draw(names, lived.counts @ MEANS, audited.DRAWN, seed)
        answers = {each.ticket_id: lived.true_minutes[int(each.ticket_id[7:])] for each in sample.drawn}
        found.append((audited.estimate(sample, answers), lived.true_minutes.sum()))
    return scored(found)


@pytest.mark.parametrize("world", WORLDS, ids=[world.name for world in WORLDS])
def test_calibrated_minutes_come_near_the_truth_however_wrong_the_assumptions(world: World) -> None:
    score = calibrations(world)
    assert score.miss <= 0.10
    assert score.coverage >= 0.80


@pytest.mark.parametrize("world", WORLDS, ids=[world.name for world in WORLDS])
def test_an_audit_of_sixty_comes_near_the_truth_however_wrong_the_assumptions(world: World) -> None:
    score = audits(world)
    assert score.miss <= 0.10
    assert score.coverage >= 0.80


def test_assumed_minutes_are_unbiased_where_the_assumptions_are_right_and_not_otherwise() -> None:
    """Totals over 400 draws of the true minutes, on the counts of one world: half as much where the truth is twice."""
    counts = live(WORLDS[0], 1).counts.sum(axis=0)
    truth = drawn_minutes(tuple(PRIORS.values()))[:400] @ counts
    told = assumed.total(dict(zip(NAMES, counts, strict=True)), PRIORS, 1500)
    assert told.value is not None
    assert abs(told.value / truth.mean() - 1) <= 0.08
    assert told.value / (2 * truth).mean() - 1 == pytest.approx(-0.5, abs=0.05)
    inside = np.mean([(told.low or 0) <= each <= (told.high or 0) for each in truth])
    assert inside == pytest.approx(0.8, abs=0.05)  # from the tenth to the ninetieth of a hundred


# What is counted by hand


def test_the_parts_add_up_to_the_total() -> None:
    counts = counts_of(live(WORLDS[0], 2))
    told = assumed.total(counts, PRIORS, 1500)
    parts = assumed.by_signal(counts, PRIORS)
    assert told.value == pytest.approx(sum(parts.values()), rel=1e-9)
    assert told.value == pytest.approx(sum(signals.by_activity(parts).values()), rel=1e-9)
    assert told.value == pytest.approx(assumed.what_if(counts, assumed.means(PRIORS)), rel=1e-9)
    assert (told.grade, told.range_is) == (Grade.ASSUMED, "scenario range (assumed minutes)")


def test_each_signal_is_of_one_activity() -> None:
    assert sorted(name for each in signals.Activity for name in signals.of_activity(each)) == sorted(NAMES)


def test_a_swing_is_count_times_high_minus_low() -> None:
    found = assumed.swings({"note": 10, "pickup": 100}, PRIORS)
    assert [(each.signal, each.width) for each in found] == [("pickup", 100 * (6 - 1.5)), ("note", 10 * (12 - 3))]
    rest = 10 * assumed.means(PRIORS)["note"]
    assert found[0].low == pytest.approx(rest + 100 * 1.5)
    assert all(one.width >= other.width for one, other in pairwise(found))


def test_saved_is_fewer_minutes_a_ticket_times_the_tickets_of_now() -> None:
    """Before: 2 notes a ticket; now 1.5 on 100 tickets: 50 notes fewer. The other way it is negative."""
    note = assumed.means(PRIORS)["note"]
    before, now = {"note": 400.0}, {"note": 150.0}
    found = assumed.saved(before, 200, now, 100, PRIORS)
    assert found.value == pytest.approx(50 * note)
    assert found.low is not None
    assert 0 < found.low < 50 * note < (found.high or 0)
    more = assumed.saved(now, 100, before, 200, PRIORS)
    assert more.value == pytest.approx(-100 * note)
    assert assumed.saved({}, 0, now, 100, PRIORS).reason


def test_a_perfect_audit_has_no_range() -> None:
    """Four tickets of 10, 20, 30, 40 predicted minutes, each taking thrice that: 300 however they are drawn."""
    predicted = np.array([10.0, 20.0, 30.0, 40.0])
    sample = audited.draw(list("abcd"), predicted, 40, seed=1)
    # One hit every 100 / 40 = 2.5 minutes, from wherever the first falls.
    assert {each.ticket_id: each.times for each in sample.drawn} == {"a": 4, "b": 8, "c": 12, "d": 16}
    found = audited.estimate(sample, {"a": 30, "b": 60, "c": 90, "d": 120})
    assert (found.value, found.low, found.high) == pytest.approx((300, 300, 300))
    # Only the first took any time: its ratio of 3 weighs 4 hits of 40, so 100 · 3 · 4/40.
    assert audited.estimate(sample, {"a": 30, "b": 0, "c": 0, "d": 0}).value == pytest.approx(30)


def test_the_same_seed_draws_the_same_tickets_and_none_without_minutes() -> None:
    predicted = np.array([0.0, *range(1, 200)])
    names = [f"t{place:03}" for place in range(200)]
    first, again, other = (audited.draw(names, predicted, 60, seed) for seed in (5, 5, 6))
    assert first == again != other
    assert first.size == 60
    assert "t000" not in {each.ticket_id for each in first.drawn}
    assert first.total == predicted.sum()
    assert audited.draw(names, 0 * predicted, 60, 5).drawn == ()


def test_an_audit_refuses_what_it_cannot_rest_on() -> None:
    names = [f"t{place:03}" for place in range(400)]
    sample = audited.draw(names, np.full(400, 5.0), 60, 5)
    answers = dict.fromkeys([each.ticket_id for each in sample.drawn], 4.0)
    gone = sample.drawn[0].ticket_id
    missing = audited.estimate(sample, {name: each for name, each in answers.items() if name != gone})
    assert missing.value is None
    assert gone in (missing.reason or "")
    assert audited.estimate(sample, answers).value == pytest.approx(400 * 4.0)
    assert "80 tickets" in (audited.estimate(sample, answers, for_money=True).reason or "")
    few = audited.draw(names, np.full(400, 5.0), 12, 5)
    assert "30" in (audited.estimate(few, dict.fromkeys([each.ticket_id for each in few.drawn], 4.0)).reason or "")


def exact(n: int, scale: float) -> calibrated.Tracked:
    """Tickets on which every timer is right, and everything takes ``scale`` times what is assumed."""
    lived = live(WORLDS[0], 4, n)
    answering = [calibrated.lognormal_mean(*prior) for prior in calibrated.ANSWERING.values()]
    minutes = lived.counts @ MEANS + lived.answers * answering[0] + lived.answer_words / 40 * answering[1]
    return calibrated.Tracked(lived.counts, lived.answers, lived.answer_words, scale * minutes)


def test_where_timers_are_exact_the_minutes_are_found() -> None:
    fit = calibrated.fit(exact(150, 1.7), PRIORS)
    assert isinstance(fit, calibrated.Fit)
    assert fit.scale == pytest.approx(1.7, rel=1e-6)
    assert np.allclose(fit.minutes, 1.7 * MEANS, rtol=1e-4)
    assert fit.error == pytest.approx(0, abs=1e-4)
    assert fit.total({"note": 10.0}, 5).value == pytest.approx(17 * MEANS[NAMES.index("note")], rel=1e-4)


def test_no_calibration_on_fewer_than_a_hundred_tickets() -> None:
    assert calibrated.fit(exact(99, 1.0), PRIORS) == "needs time tracking on 100 tickets; there are 99"
    assert isinstance(calibrated.fit(exact(100, 1.0), PRIORS), calibrated.Fit)


def test_no_signal_takes_less_than_no_time() -> None:
    """Notes that make tickets shorter: their minutes are zero, not below."""
    lived = live(WORLDS[0], 5, 400)
    minutes: Floats = 60.0 - 5 * lived.counts[:, NAMES.index("note")]
    tracked = calibrated.Tracked(lived.counts, lived.answers, lived.answer_words, np.maximum(minutes, 1.0))
    fit = calibrated.fit(tracked, PRIORS)
    assert isinstance(fit, calibrated.Fit)
    assert (fit.minutes >= 0).all()
    assert (fit.bootstraps >= 0).all()


def test_a_timer_left_open_counts_four_hours() -> None:
    found = calibrated.tracked_minutes([("a", 30), ("a", 900), ("b", 10), ("b", -5), ("c", 0)])
    assert found == {"a": 270, "b": 10}
