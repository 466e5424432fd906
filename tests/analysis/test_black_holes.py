"""Queues that swallow tickets: planted ones are named and no other, over made-up desks whose truth is known."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from dashboard.analysis.black_holes import LONG, Queue, Stays, lasting, queues

DAY = 1440.0


def made_up(rng: np.random.Generator, is_hole: bool, size: int) -> Stays:
    """Stays of hours; in a black hole one in three waits for days. What began late is watched for less."""
    hours = rng.lognormal(mean=np.log(5), sigma=1.1, size=size) * 60
    if is_hole:
        forgotten = rng.random(size) < 0.35
        hours = np.where(forgotten, rng.lognormal(np.log(5 * DAY), 0.6, size), hours)
    watched = rng.uniform(0.1 * DAY, 90 * DAY, size)
    lasted = np.round(np.minimum(hours, watched))
    counted = Counter(zip(lasted.tolist(), (hours <= watched).astype(int).tolist(), strict=True))
    return [(minutes, left, rows) for (minutes, left), rows in counted.items()]


@pytest.mark.parametrize("seed", range(8))
def test_three_of_thirty_are_named_and_no_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    planted = {f"team {number}" for number in rng.choice(30, 3, replace=False)}
    desk = {f"team {n}": made_up(rng, f"team {n}" in planted, int(rng.integers(60, 400))) for n in range(30)}
    assert {queue.name for queue in queues(desk) if queue.is_black_hole} == planted


@pytest.mark.parametrize("seed", range(8))
def test_where_none_was_planted_none_is_named(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    desk = {f"team {n}": made_up(rng, False, int(rng.integers(20, 400))) for n in range(30)}
    assert not [queue for queue in queues(desk) if queue.is_black_hole]


def named(hole: Stays, others: Stays) -> Queue:
    return next(queue for queue in queues({"hole": hole, "others": others}) if queue.name == "hole")


def quick(n: int) -> Stays:
    return [(60, 1, n)]


def test_long_stays_that_have_not_ended_count() -> None:
    # 20 of 40 left within the hour, 20 lie there for a week: S = 1/2 although not one long stay has ended.
    found = named([(60, 1, 20), (7 * DAY, 0, 20)], quick(400))
    assert (found.share, found.still_there, found.is_black_hole) == (0.5, 20, True)


@pytest.mark.parametrize(("n", "is_named"), [(29, False), (30, True)])
def test_under_thirty_stays_nothing_is_said(n: int, is_named: bool) -> None:
    assert named([(60, 1, 14), (7 * DAY, 1, n - 14)], quick(4000)).is_black_hole is is_named


@pytest.mark.parametrize(("long", "is_named"), [(99, False), (100, True)])
def test_one_in_ten_at_least(long: int, is_named: bool) -> None:
    assert named([(60, 1, 1000 - long), (3 * DAY, 1, long)], quick(9000)).is_black_hole is is_named


@pytest.mark.parametrize(("others", "is_named"), [(0.09, True), (0.13, False)])
def test_half_as_much_again_as_all_together(others: float, is_named: bool) -> None:
    # Of the queue 20 % are long, 17.7 to 22.4 with the interval; of all together ``others``, mostly the others'.
    slow: Stays = [(60, 1, round(100_000 * (1 - others))), (3 * DAY, 1, round(100_000 * others))]
    assert named([(60, 1, 800), (3 * DAY, 1, 200)], slow).is_black_hole is is_named


def test_two_days_exactly_are_not_over_two_days() -> None:
    assert lasting([(LONG, 1, 5), (LONG + 1, 1, 5)])[0] == 0.5


def test_what_was_not_watched_for_two_days_tells_nothing() -> None:
    assert lasting([(60, 0, 50)]) == (None, None, None)
    assert lasting([(60, 1, 10), (600, 0, 50)]) == (None, None, None)
    assert lasting([(60, 1, 50)])[:2] == (0.0, 0.0)
    # Watched for two days to the minute is not watched for over two days.
    assert lasting([(LONG, 0, 50), (LONG + 1, 0, 9)])[1] == pytest.approx(0.025 ** (1 / 9))
    share, low, _ = lasting([(LONG + 1, 0, 50)])
    assert share == 1
    assert low == pytest.approx(0.025 ** (1 / 50))
