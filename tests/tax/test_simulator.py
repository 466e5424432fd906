"""The simulator against itself: the truth adds up, and the assumed estimate does on it what is claimed of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr
from tax.simulator import PRIORS_RIGHT, SIGNALS, TWICE, UNTRACED, WORLDS, World, simulate


def test_the_same_seed_is_the_same_world_and_another_is_not() -> None:
    one, same, other = simulate(PRIORS_RIGHT, 1, 60), simulate(PRIORS_RIGHT, 1, 60), simulate(PRIORS_RIGHT, 2, 60)
    assert one.told == same.told
    assert np.array_equal(one.true_minutes, same.true_minutes)
    assert one.told != other.told


def test_the_truth_is_the_sum_of_its_actions() -> None:
    world = simulate(UNTRACED, 3, 200)
    assert world.true_minutes.sum() == pytest.approx(world.action_minutes.sum(), abs=1e-9)
    assert world.counts.shape == (200, len(SIGNALS))
    assert (world.rework <= world.counts).all()
    assert set(np.unique(world.counts[:, 0])) == {0, 1}


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_tickets_keep_their_order_in_every_world(world: World) -> None:
    ranks = [
        float(spearmanr(tried.estimate(), tried.true_minutes).statistic)
        for tried in (simulate(world, seed, 800) for seed in range(8))
    ]
    assert np.mean(ranks) >= 0.85


def test_assumed_minutes_are_right_where_the_priors_are_and_half_where_they_are_half() -> None:
    def bias(world: World) -> float:
        exactly = [simulate(replace(world, drawn=False), seed, 1500) for seed in range(8)]
        return sum(t.estimate().sum() for t in exactly) / sum(t.true_minutes.sum() for t in exactly) - 1

    assert abs(bias(PRIORS_RIGHT)) <= 0.08
    assert bias(TWICE) == pytest.approx(-0.5, abs=0.05)
    assert bias(UNTRACED) == pytest.approx(1 / 1.3 - 1, abs=0.05)
