"""Worlds of known truth (methods, C): p-values mean what they say, few discoveries are false, real rises are found.

Thresholds of the specification; twenty worlds of fixed seeds, about 12,000 tests. With that many the share of p ≤ .05
among tests without effect has a standard error of .003, the share of false discoveries one of about .02.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from changing_world import World, world

from dashboard.analysis.changes import power
from dashboard.analysis.changes.judged import POSSIBLE, STRONG, Judged, judged
from dashboard.analysis.changes.linking import Linked, link

WORLDS = 20


class Told:
    """What was said of a world, beside its truth."""

    def __init__(self, truth: World) -> None:
        self.truth = truth
        self.linked: Linked = link(truth.clock, truth.series, truth.changes)
        self.judged = judged(self.linked.tests)

    def strong(self) -> list[Judged]:
        return [each for each in self.judged if each.stopped is None and each.q <= STRONG]

    def is_true(self, each: Judged) -> bool:
        return self.truth.is_true(each.test.change.change_id, each.test.key)


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return [Told(world(seed, ratio=5)) for seed in range(WORLDS)]


@pytest.mark.parametrize("is_cluster", [False, True])
def test_one_in_twenty_tests_without_effect_has_a_p_of_a_twentieth(told: list[Told], is_cluster: bool) -> None:
    p = [
        each.test.p
        for one in told
        for each in one.judged
        if each.test.change.change_id not in one.truth.real and (each.test.key.cluster is not None) is is_cluster
    ]
    assert len(p) > 1_900
    assert 0.04 <= np.mean(np.asarray(p) <= 0.05) <= 0.06


def test_few_strong_associations_are_false(told: list[Told]) -> None:
    strong = [(one.is_true(each)) for one in told for each in one.strong()]
    assert len(strong) > 100
    assert 1 - np.mean(strong) <= 0.15


def test_a_fivefold_rise_is_found_often_enough(told: list[Told]) -> None:
    found = sum(len({each.test.change.change_id for each in one.strong() if one.is_true(each)}) for one in told)
    assert found / sum(len(one.truth.real) for one in told) >= 0.25


def test_the_onset_guard_holds_false_discoveries_down(told: list[Told]) -> None:
    """Of what is told without any guard more is false."""

    def false(kept: Callable[[Judged], bool]) -> float:
        return float(np.mean([not one.is_true(each) for one in told for each in one.judged if kept(each)]))

    assert false(lambda each: each.q <= POSSIBLE) > false(lambda each: each.is_rise)


def test_a_year_without_effects_nor_outages_is_told_of_nothing() -> None:
    """In ten quiet worlds at most one raises any alarm: at q ≤ .05 half of one is expected."""
    alarmed = [bool(Told(world(1000 + seed, share=0.0, outages=0)).strong()) for seed in range(10)]
    assert sum(alarmed) <= 1


def test_a_rise_of_the_size_told_to_be_seen_is_seen() -> None:
    """Where it is said that a rise of less than ×8 would be seen, planted ones of ×8 mostly are."""
    seen = []
    for seed in range(6):
        one = Told(world(2000 + seed, ratio=8, outages=0))
        threshold = power.threshold(one.judged)
        strong = {id(each) for each in one.strong()}
        for each in one.judged:
            if one.truth.real.get(each.test.change.change_id) != each.test.key:
                continue
            told = power.detectable(one.linked, each.test, threshold)
            if told is not None and told <= 8:
                seen.append(id(each) in strong)
    assert len(seen) > 40
    assert np.mean(seen) >= 0.7
