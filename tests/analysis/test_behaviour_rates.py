"""How often a stable KPI is called a signal: measured here, told on the pages."""

import numpy as np
import pytest

from dashboard.analysis import behaviour as module
from dashboard.analysis.behaviour import (
    FALSE_ALIKE,
    FALSE_ONE,
    FALSE_THREE,
    Behaviour,
    Method,
    Rule,
    behaviour,
    expected_false,
    false_rate,
)

AHEAD = 26


def measured(found: list[Behaviour], baseline: int) -> float:
    """The part of all later periods that are signals."""
    return sum(signal.place >= baseline for each in found for signal in each.signals) / (AHEAD * len(found))


@pytest.fixture(params=[8, 12, 20])
def baseline(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """A baseline of just so many periods, with 26 to come."""
    monkeypatch.setattr(module, "BASELINE", request.param)
    monkeypatch.setattr(module, "FIRM", request.param)
    return int(request.param)


@pytest.mark.parametrize(("rules", "told"), [(tuple(Rule), FALSE_THREE), ((Rule.BEYOND,), FALSE_ONE)])
def test_means_cry_wolf_as_often_as_told(baseline: int, rules: tuple[Rule, ...], told: dict[int, float]) -> None:
    dice = np.random.default_rng(5)
    trends = [list(dice.normal(100, 10, baseline + AHEAD)) for _ in range(500)]
    found = [behaviour(values, [100] * len(values), rules=rules) for values in trends]
    plain = [each for each in found if each.method is Method.XMR]
    assert measured(plain, baseline) == pytest.approx(told[baseline], rel=0.25)


@pytest.mark.parametrize(("rules", "told"), [(tuple(Rule), FALSE_THREE), ((Rule.BEYOND,), FALSE_ONE)])
def test_shares_cry_wolf_as_often_as_told(baseline: int, rules: tuple[Rule, ...], told: dict[int, float]) -> None:
    dice = np.random.default_rng(6)
    found = []
    for _ in range(500):
        counts = dice.integers(60, 300, baseline + AHEAD)
        shares = dice.binomial(counts, 0.8) / counts
        found.append(behaviour(shares.tolist(), counts.tolist(), is_share=True, rules=rules, bounds=(0, 1)))
    plain = [each for each in found if each.method is Method.LANEY]
    assert measured(plain, baseline) == pytest.approx(told[baseline], rel=0.3)


def test_neighbours_that_resemble_each_other_cry_wolf_as_often_as_told(baseline: int) -> None:
    dice = np.random.default_rng(7)
    found = []
    for correlation in (0.3, 0.6):
        for _ in range(400):
            values = [0.0]
            for shock in dice.normal(0, 1, baseline + AHEAD + 20):
                values.append(correlation * values[-1] + shock)
            found.append(behaviour(values[-(baseline + AHEAD) :], [100] * (baseline + AHEAD)))
    alike = [each for each in found if each.method is Method.DEVIATION]
    assert measured(alike, baseline) == pytest.approx(FALSE_ALIKE[baseline], rel=0.35)


def test_a_share_of_few_events_is_not_news_because_there_are_two() -> None:
    """Of 30 tickets at 1 % two are there every 28th week; three are the exact limit (P(X ≤ 3) = 0.9998)."""
    shares = [0.0, 1 / 30, 0.0, 0.0, 0.0, 1 / 30, 0.0, 0.0, 0.0, 0.0, 1 / 30, 0.0] + [0.0] * 8
    for events, is_signal in ((2, False), (3, True)):
        found = behaviour([*shares, events / 30], [30] * 21, is_share=True, bounds=(0, 1))
        assert (found.at(20) is not None) == is_signal, events
    assert found.rules == (Rule.BEYOND,)  # a run of weeks without any is the rule here, no signal


def test_rare_events_cry_wolf_no_more_often_than_told() -> None:
    dice = np.random.default_rng(8)
    found = []
    for _ in range(500):
        counts = dice.integers(30, 60, 20 + AHEAD)
        found.append(behaviour((dice.binomial(counts, 0.03) / counts).tolist(), counts.tolist(), is_share=True))
    known = [each for each in found if each.method is not None]
    assert measured(known, 20) <= 0.02


def test_the_number_expected_on_a_page_is_the_sum_of_its_charts() -> None:
    values = [9.0, 11.0] * 6
    three, one = behaviour(values, [100] * 12), behaviour(values, [100] * 12, rules=(Rule.BEYOND,))
    short = behaviour(values[:4], [100] * 4)
    assert expected_false([three, one, short]) == pytest.approx(0.041 + 0.016 + 0)
    assert false_rate(short) == 0
    alike = behaviour([9.0, 9.0, 9.0, 11.0, 11.0, 11.0] * 2, [100] * 12)
    assert (alike.method, false_rate(alike)) == (Method.DEVIATION, 0.020)
