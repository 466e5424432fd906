"""What could be won back, and how tickets of low and high tax compare: by hand."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.analysis.tax.link import compare, thirds
from dashboard.analysis.tax.recoverable import HANDOFFS, REPEATS, ROUNDS, TOGETHER, Lever, Spent, levers


def by_name(found: list[Lever]) -> dict[str, Lever]:
    return {each.name: each for each in found}


def test_levers_by_hand() -> None:
    """Halved: 40 pick-up minutes and, centrally, 20 of a later owner's note; repeats: 0.75 of 40; rounds: half of 10."""
    spent = [
        Spent("pickup", 40, is_rework=True),
        Spent("note", 20, is_rework=True),
        Spent("note", 100, is_rework=False),
        Spent("history", 40, is_rework=False, is_repeat=True),
        Spent("engineering_question", 10, is_rework=False),
    ]
    found = by_name(levers(spent))
    assert (found[HANDOFFS].floor, found[HANDOFFS].central) == (20, 30)
    assert (found[REPEATS].floor, found[REPEATS].central) == (30, 30)
    assert (found[ROUNDS].floor, found[ROUNDS].central) == (5, 5)
    assert (found[TOGETHER].floor, found[TOGETHER].central) == (55, 65)  # nothing overlaps here


def test_a_minute_is_won_back_once() -> None:
    """A pick-up on a repeat: one half and three quarters leave ½ · ¼, so 7/8 are won back and not 5/4."""
    found = by_name(levers([Spent("pickup", 80, is_rework=True, is_repeat=True)]))
    assert (found[HANDOFFS].floor, found[REPEATS].floor) == (40, 60)
    assert found[TOGETHER].floor == pytest.approx(70)
    assert found[TOGETHER].floor <= 80


def test_without_knowing_who_it_was_there_is_a_floor_only() -> None:
    found = by_name(levers([Spent("pickup", 40), Spent("note", 20)]))
    assert (found[HANDOFFS].floor, found[HANDOFFS].central) == (20, None)
    assert found[TOGETHER].central is None


def test_thirds_are_made_inside_each_stratum() -> None:
    """A dear topic and a cheap one: each gives the same number to every third."""
    tax = np.concatenate([np.arange(15.0), 1000 + np.arange(30.0), [5.0] * 3])
    strata = ["cheap"] * 15 + ["dear"] * 30 + ["rare"] * 3
    third, _ = thirds(tax, strata)
    assert [int((third[:15] == place).sum()) for place in range(3)] == [5, 5, 5]
    assert [int((third[15:45] == place).sum()) for place in range(3)] == [10, 10, 10]
    assert set(third[45:]) == {-1}  # too few to compare
    assert third[0] == 0
    assert third[14] == 2


def test_a_difference_of_topics_is_no_difference_of_tax() -> None:
    """Dear topics take long whatever their tax: within a topic all thirds are alike."""
    dice = np.random.default_rng(1)
    tax = np.concatenate([dice.random(300), 10 + dice.random(300)])
    strata = ["easy"] * 300 + ["hard"] * 300
    outcome = np.concatenate([np.zeros(300), np.full(300, 100.0)]) + dice.normal(0, 5, 600)
    found = compare(outcome, *thirds(tax, strata), 0, np.inf)
    assert found.is_apart is False
    assert found.difference == pytest.approx(0, abs=1.5)
    assert [each.n for each in found.thirds] == [200, 200, 200]


def test_a_planted_difference_is_found_with_its_interval() -> None:
    tax = np.arange(300.0)
    dice = np.random.default_rng(2)
    outcome = (tax >= 200) * 10.0 + dice.normal(0, 3, 300)
    found = compare(outcome, *thirds(tax, ["one"] * 300), -np.inf, np.inf)
    assert found.is_apart
    assert found.difference == pytest.approx(10, abs=1)
    assert found.low is not None
    assert found.low < 10 < (found.high or 0)


def test_what_is_not_known_is_left_out_and_too_little_is_no_value() -> None:
    tax = np.arange(60.0)
    outcome = np.where(np.arange(60) % 2 == 0, 1.0, np.nan)
    found = compare(outcome, *thirds(tax, ["one"] * 60), 0, 1)
    assert [each.n for each in found.thirds] == [10, 10, 10]
    few = compare(np.full(60, np.nan), *thirds(tax, ["one"] * 60), 0, 1)
    assert few.difference is None
    assert few.is_apart is None
    assert all(each.value is None for each in few.thirds)


def test_nothing_is_compared_on_few() -> None:
    third, stratum = thirds(np.arange(60.0), ["one"] * 60)
    assert compare(np.arange(60.0), third, stratum, 0, np.inf, enough=20).is_apart
    assert compare(np.arange(60.0), third, stratum, 0, np.inf, enough=21).difference is None


def test_two_alike_do_not_make_a_stratum_certain() -> None:
    """Pooled scatter by hand: stratum a has values 0 and 2 in each third (variance 2, of 2), b has 5 and 5 (0, of 2).

    Weights ½: √(2 · 1/(2 + 2 − 2)) · √(¼/2 + ¼/2) = 0.5.
    """
    tax = np.arange(30.0)
    third, stratum = thirds(np.concatenate([tax, tax]), ["a"] * 30 + ["b"] * 30)
    outcome = np.full(60, np.nan)
    for place in (0, 1, 10, 11, 20, 21):
        outcome[place], outcome[30 + place] = 2.0 * (place % 2), 5.0
    low = compare(outcome, third, stratum, -np.inf, np.inf, enough=4).thirds[0]
    assert low.value == 3.0
    assert low.high == pytest.approx(3 + 1.959964 * 0.5)


def test_strata_weigh_alike_in_every_third() -> None:
    """Weights ⅔ and ⅓ by hand: 2/3 · 0 + 1/3 · 9 in each third, though answers are missing unevenly."""
    tax = np.concatenate([np.arange(60.0), np.arange(30.0)])
    strata = ["a"] * 60 + ["b"] * 30
    outcome = np.concatenate([np.zeros(60), np.full(30, 9.0)])
    found = compare(outcome, *thirds(tax, strata), 0, np.inf)
    assert [each.value for each in found.thirds] == [3, 3, 3]


def test_a_share_that_is_all_or_nothing_in_every_topic_keeps_an_interval() -> None:
    """Nothing scatters inside topics; as if two of 20 had gone otherwise: 1.96 · √(2 / (20 − 2) · (¼/10 + ¼/10))."""
    tax = np.arange(30.0)
    third, stratum = thirds(np.concatenate([tax, tax]), ["a"] * 30 + ["b"] * 30)
    outcome = np.concatenate([np.zeros(30), np.ones(30)])
    middle = compare(outcome, third, stratum, 0, 1).thirds[1]
    assert middle.value == 0.5
    assert middle.high == pytest.approx(0.5 + 1.959964 * (2 / 18 * 0.05) ** 0.5)
