"""The audit of repeats: what is drawn, and that the corrected rate holds the truth."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.analysis.repeat_audit import SIZES, Corrected, Draw, Pair, Stratum, draw, estimate

#: Share of pairs of each stratum that truly repeat, and its pairs; of 10,000 tickets.
TICKETS = 10_000
TRUE = {Stratum.FLAGGED: (0.92, 700), Stratum.NEAR: (0.25, 900), Stratum.LOW: (0.02, 1_400)}
SCORE = {Stratum.FLAGGED: 0.6, Stratum.NEAR: 0.2, Stratum.LOW: 0.05}


def _world(seed: int) -> tuple[list[Pair], dict[str, bool]]:
    dice = np.random.default_rng(seed)
    pairs, truth = [], {}
    for stratum, (share, size) in TRUE.items():
        for place in range(size):
            name = f"{stratum}{place}"
            pairs.append(Pair(name, "earlier", SCORE[stratum], stratum is Stratum.FLAGGED))
            truth[name] = bool(dice.random() < share)
    return pairs, truth


def test_strata_and_their_edges() -> None:
    assert Pair("a", "b", 0.05, is_flagged=True).stratum is Stratum.FLAGGED
    assert Pair("a", "b", 0.12, is_flagged=False).stratum is Stratum.LOW
    assert Pair("a", "b", 0.1201, is_flagged=False).stratum is Stratum.NEAR


def test_two_hundred_pairs_are_drawn_by_the_seed_whatever_the_order() -> None:
    pairs, _ = _world(1)
    drawn = draw(pairs, 7)
    assert {stratum: sum(pair.stratum is stratum for pair in drawn.pairs) for stratum in Stratum} == SIZES
    assert draw(pairs[::-1], 7) == drawn
    assert draw(pairs, 8).pairs != drawn.pairs
    assert drawn.sizes == {stratum: size for stratum, (_, size) in TRUE.items()}
    few = draw(pairs[:3], 7)
    assert len(few.pairs) == 3


def test_the_corrected_rate_is_right_on_average_and_its_interval_holds_the_truth() -> None:
    """Bias at most half a percentage point, coverage at least 93 of 100; the flags alone are 2 points below or more."""
    errors, naive, held, widths = [], [], [], []
    for seed in range(300):
        pairs, truth = _world(seed)
        drawn = draw(pairs, seed)
        found = estimate(drawn, {pair.ticket_id: truth[pair.ticket_id] for pair in drawn.pairs}, TICKETS)
        true = sum(truth.values()) / TICKETS
        assert found.value is not None
        assert found.low is not None
        assert found.high is not None
        assert found.naive is not None
        errors.append(found.value - true)
        naive.append(found.naive - true)
        held.append(found.low <= true <= found.high)
        widths.append(found.high - found.low)
    assert abs(np.mean(errors)) <= 0.002
    assert np.mean(naive) < -0.015
    assert np.mean(held) >= 0.93
    assert np.mean(widths) < 0.025


def test_by_hand() -> None:
    """Flagged: 3 of 4 judged right, of 4. Near: 1 of 2 of 2. All judged, so the rate is exact: 4 of 100 tickets."""
    answers = {"f0": True, "f1": True, "f2": True, "f3": False, "n0": True, "n1": False}
    pairs = [Pair(name, "x", 0.5 if name[0] == "f" else 0.3, name[0] == "f") for name in answers]
    assert estimate(draw(pairs, 1), answers, 100) == Corrected(100, 6, 0.04, 0.04, 0.04, 0.04)


def test_a_stratum_weighs_by_its_size() -> None:
    """20 of 40 flagged were judged, 10 right: 20 repeats of 1,000 tickets, and none of the rest."""
    pairs = tuple(Pair(str(number), "x", 0.9, is_flagged=True) for number in range(20))
    drawn = Draw(1, pairs, {Stratum.FLAGGED: 40, Stratum.NEAR: 0, Stratum.LOW: 0})
    found = estimate(drawn, {pair.ticket_id: int(pair.ticket_id) < 10 for pair in pairs}, 1_000)
    assert (found.value, found.naive) == (0.02, 0.04)
    assert found.low == pytest.approx((20 - 2.093 * (40**2 * 0.5 * 0.25 / 20) ** 0.5) / 1_000, abs=1e-5)


def test_no_estimate_without_answers_tickets_or_enough_of_each_stratum() -> None:
    pairs, truth = _world(1)
    drawn = draw(pairs, 1)
    answers = {pair.ticket_id: truth[pair.ticket_id] for pair in drawn.pairs}
    assert estimate(drawn, answers, 0).reason == "there are no tickets"
    answers.pop(drawn.pairs[0].ticket_id)
    assert "1 of the 200 pairs drawn are not judged" in (estimate(drawn, answers, TICKETS).reason or "")
    few = Draw(1, drawn.pairs[:0], drawn.sizes)
    assert "too few" in (estimate(few, {}, TICKETS).reason or "")
