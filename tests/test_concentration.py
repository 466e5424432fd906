"""The worst tenth: exact by rank on both engines, and an interval that holds the truth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from world import ENGINES, World, period

from dashboard.concentration import Concentration, _error, concentration
from dashboard.scope import Scope
from dashboard.widgets import concentrated


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = World(request.param, tmp_path)
    yield built
    built.close()


def ask(world: World, name: str = "mttr", when: str = "2025-03", **where: list[str]) -> Concentration:
    return concentration(world.facts(), name, Scope.of(where), period(when))


def tickets(world: World, minutes: list[float], team: str = "A") -> None:
    for each in minutes:
        world.add("ticket", team=team, created_at=datetime(2025, 3, 1), resolved_at=datetime(2025, 3, 9),
                  first_resolved_at=datetime(2025, 3, 9), resolution_minutes=each, first_reply_minutes=each)  # fmt: skip


def test_the_slowest_tenth_by_hand(world: World) -> None:
    """Of 100 tickets 90 took 10 minutes and 10 took 90: 900 of 1,800 minutes, half."""
    tickets(world, [10.0] * 90 + [90.0] * 10)
    found = ask(world)
    assert (found.n, found.worst, found.share) == (100, 10, 0.5)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.5 < found.high


def test_a_tenth_is_rounded_up_and_ties_do_not_matter(world: World) -> None:
    tickets(world, [10.0] * 101)
    found = ask(world)
    assert (found.worst, found.share) == (11, pytest.approx(11 / 101))


def test_the_rows_are_those_of_the_kpi(world: World) -> None:
    """Other months, other teams, what a bot answered, what is excluded: none of it is in."""
    tickets(world, [10.0] * 100)
    tickets(world, [9999.0], team="B")
    shared = {"created_at": datetime(2025, 3, 1), "resolution_minutes": 9999.0, "team": "A"}
    world.add("ticket", resolved_at=datetime(2025, 4, 9), **shared)
    world.add("ticket", resolved_at=datetime(2025, 3, 9), is_bot_only=True, **shared)
    world.add("ticket", resolved_at=datetime(2025, 3, 9), excluded_because="spam", **shared)
    found = ask(world, team=["A"])
    assert (found.n, found.share) == (100, pytest.approx(0.1))
    assert ask(world, "mttr_median", team=["A"]).share == pytest.approx(0.1)  # the same rows, another statistic


def test_too_few_rows_and_shares_have_none(world: World) -> None:
    tickets(world, [10.0] * 89)
    assert ask(world).reason == "Fewer than 100 tickets in this period."
    assert ask(world, "fcr").share is None
    assert concentrated.words(ask(world)) == ""


def test_the_sentence_has_n_and_interval(world: World) -> None:
    tickets(world, [10.0] * 90 + [90.0] * 10)
    text = concentrated.words(ask(world))
    assert text.startswith("The slowest tenth of tickets (10 of 100) took 50 % of all time to resolve (95 %: ")


def test_the_interval_holds_the_truth() -> None:
    """Long-tailed times: about nine in ten, which the documents say; 95 % is reached with light tails."""
    dice = np.random.default_rng(1)
    for spread, least in ((0.4, 0.91), (1.2, 0.84)):
        big = np.sort(dice.lognormal(6, spread, 400_000))[::-1]
        truth = big[:40_000].sum() / big.sum()
        held = 0
        for _ in range(300):
            x = np.sort(dice.lognormal(6, spread, 400))[::-1]
            worst = x[:40]
            row = {"n": 400, "worst": 40, "everything": x.sum(), "squares": (x * x).sum(), "line": worst.min(),
                   "most": worst.sum(), "most_squares": (worst * worst).sum()}  # fmt: skip
            share = worst.sum() / x.sum()
            held += abs(share - truth) <= 1.96 * _error(row, share)
        assert held / 300 >= least
