"""The parts of change linkage, with the arithmetic visible: windows, forecasts, ranks, guards, words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from changing_world import START, arrivals, world
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analysis.changes import deploy_days, expected, power
from dashboard.analysis.changes.arrivals import LONG, SHORT, Arrivals
from dashboard.analysis.changes.clock import Clock, busyness
from dashboard.analysis.changes.judged import Rung, grouped, judged, sets, stopped, surged
from dashboard.analysis.changes.linking import Comparison, Key, Linked, Made, Window, link, spacing
from dashboard.analysis.changes.placebo import Calibration, around, times

MONDAY = datetime(2024, 1, 1)


def clock(days: int, zone: str = "UTC") -> Clock:
    return Clock.of(MONDAY, MONDAY + timedelta(days=days), zone)


def test_a_change_is_followed_by_whole_hours_only() -> None:
    one = clock(2)
    assert one.hours == 48
    assert one.place(MONDAY + timedelta(hours=10)) == 10
    assert one.place(MONDAY + timedelta(hours=10, minutes=1)) == 11


def test_the_week_is_the_one_on_the_wall() -> None:
    """In New York it is still Sunday evening when Monday begins in UTC: hour 19 of day 6."""
    assert clock(1, "America/New_York").of_week[0] == 6 * 24 + 19


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 3)), max_size=25),
    st.sampled_from([1, 12, SHORT]),
)
def test_accounts_in_windows_are_those_of_a_count_by_hand(rows: list[tuple[int, int]], length: int) -> None:
    hours, accounts = (np.asarray([row[i] for row in rows], dtype=np.int64) for i in (0, 1))
    found = arrivals(hours, accounts).accounts(60, length)
    by_hand = [len({who for hour, who in rows if begin <= hour < begin + length}) for begin in range(60)]
    assert found.tolist() == by_hand


def test_busy_hours_are_busy_and_the_mean_is_one() -> None:
    """All tickets on Mondays at ten: that hour stands out, no other is impossible."""
    one = clock(70)
    at = np.arange(10, 70 * 24, 168)
    busy = busyness(one, at, np.full(len(at), 100))
    assert busy.mean() == pytest.approx(1)
    assert busy[10] > 100 * busy[11] > 0


def level(seen_at: list[int], days: int = 40, hidden: list[int] | None = None) -> expected.Level:
    one = clock(days)
    at = np.asarray(seen_at, dtype=np.int64)
    flags = np.zeros(one.hours, dtype=bool)
    flags[hidden or []] = True
    return expected.Level.of(arrivals(at, np.arange(len(at))), SHORT, np.ones(one.hours), flags)


def test_what_is_expected_is_the_level_of_four_weeks_before() -> None:
    """One account a day over 28 days, no ticket otherwise: (28 + ½) / 672 h × 24 h = 1.018 in a day."""
    daily = level([day * 24 + 5 for day in range(40)])
    at = np.asarray([29 * 24], dtype=np.int64)
    found = daily.forecast(at, 0.2)
    assert found.before.tolist() == [28]
    assert found.mean[0] == pytest.approx(28.5 / 672 * 24)
    assert found.variance[0] == pytest.approx(found.mean[0] + found.mean[0] ** 2 * (1 / 28.5 + 0.2))


def test_the_day_before_a_change_is_no_baseline() -> None:
    """Ten accounts on the very day before: the four weeks end a day earlier and know nothing of them."""
    assert level([28 * 24 + hour for hour in range(10)]).forecast(np.asarray([29 * 24]), 0.0).before.tolist() == [0]


def test_the_days_after_other_changes_are_no_baseline() -> None:
    """Half of the baseline hidden, with all that came in it: what is left has the level."""
    hidden = list(range(14 * 24))
    found = level([3 * 24] * 1 + [20 * 24], hidden=hidden).forecast(np.asarray([29 * 24]), 0.0)
    assert found.before.tolist() == [1]
    assert found.mean[0] == pytest.approx(1.5 / (14 * 24) * 24)
    assert found.is_told.all()


def test_without_a_baseline_nothing_is_told() -> None:
    """Ten days of data, or all of the four weeks within days of other changes."""
    assert not level([1]).forecast(np.asarray([10 * 24]), 0.0).is_told.any()
    assert not level([1], hidden=list(range(27 * 24))).forecast(np.asarray([29 * 24]), 0.0).is_told.any()


def test_so_many_or_more_is_a_negative_binomial_tail() -> None:
    """Mean 2, variance 6: size 1 and p = 1/3, P(X ≥ 3) = (2/3)³."""
    found = expected.at_least(np.asarray([3]), np.asarray([2.0]), np.asarray([6.0]))
    assert found[0] == pytest.approx((2 / 3) ** 3)


def test_variation_of_few_windows_leans_on_all() -> None:
    """Median 0.2: a series of 60 windows lies half way, one of none lies there."""
    assert expected.spreads([(0.0, 60), (0.2, 600), (0.5, 600), (9.0, 0)])[0] == pytest.approx(0.1)
    assert expected.spreads([(0.1, 60), (9.0, 0)])[1] == pytest.approx(0.1)


def test_placebo_times_lie_at_work_and_far_from_changes() -> None:
    one = clock(28)
    changed = np.asarray([7 * 24 + 10])
    found = times(one, changed, 0, 10_000)
    assert len(found)
    assert one.at_work[found].all()
    assert (abs(found - changed[0]) >= 72).all()
    assert found.max() < 25 * 24
    assert len(times(one, changed, 0, 10)) == 10


def test_hours_around_a_change() -> None:
    assert np.flatnonzero(around(100, np.asarray([50]), 2, 3)).tolist() == [48, 49, 50, 51, 52]


def test_a_p_is_a_rank_among_placebo_times() -> None:
    """Of 999 even p's: one of .5 has 500 at most as large, (500 + 1) / 1,000; the tail goes on in a straight line."""
    even = Calibration.of(np.arange(1, 1000) / 1000)
    assert even.p(np.asarray([0.5]))[0] == pytest.approx(0.501)
    assert even.p(np.asarray([0.0001]))[0] < 0.001
    assert even.p(np.asarray([1.0]))[0] == 1


def test_where_placebos_are_often_surprising_a_surprise_is_none() -> None:
    """P's that are squares of even ones: .0025 is as small as one in twenty is."""
    heavy = Calibration.of((np.arange(1, 5000) / 5000) ** 2)
    assert heavy.p(np.asarray([0.0025]))[0] == pytest.approx(0.05, abs=0.001)
    assert heavy.p(np.asarray([1e-8]))[0] == pytest.approx(1e-4, rel=1)
    assert heavy.raw(heavy.p(np.asarray([1e-9]))[0]) == pytest.approx(1e-9, rel=0.01)


def test_few_placebo_times_calibrate_nothing() -> None:
    assert not Calibration.of(np.full(399, 0.5)).is_enough
    assert Calibration.of(np.full(400, 0.5)).is_enough


WINDOW = Window(SHORT, SHORT, seen=12, expected=2.0, before=56, spread=0.1, p=1e-6)
MADE = Made("D1", "Atlas", MONDAY + timedelta(days=40, hours=10))


def compared(change: Made = MADE, p: float = 1e-5, was_high: bool = False, **window: float) -> Comparison:
    best = replace(WINDOW, **window)  # type: ignore[arg-type]
    return Comparison(change, Key("Atlas"), (best, replace(best, p=1.0)), p, p, was_high)


def linked(*tests: Comparison) -> Linked:
    return Linked(tests, {False: Calibration.of(np.arange(1, 4800) / 4800)}, frozenset(), ())


def test_each_guard_stops_what_it_is_for() -> None:
    assert stopped(compared()) is None
    assert "12 hours before" in str(stopped(compared(was_high=True)))
    assert "3 accounts" in str(stopped(compared(seen=2, expected=0.1)))
    assert "1.5 times" in str(stopped(compared(seen=29, expected=20)))
    assert stopped(compared(seen=30, expected=20)) is None


def test_the_interval_of_a_ratio() -> None:
    """12 seen, 2 expected from 56: log 6.25 ± 1.96 × √(1/12.5 + 1/56.5 + 0.1)."""
    error = (1 / 12.5 + 1 / 56.5 + 0.1) ** 0.5
    low, high = WINDOW.interval()
    assert low == pytest.approx(6.25 * np.exp(-1.959964 * error))
    assert high == pytest.approx(6.25 * np.exp(1.959964 * error))


def rung(*tests: Comparison, changes: tuple[Made, ...] = (MADE,), **documented: int) -> Rung:
    return sets(linked(*tests), changes, documented)[0].rung


def test_the_ladder_of_words() -> None:
    near = replace(MADE, change_id="D2", moment=MADE.moment + timedelta(hours=71))
    assert rung(compared()) is Rung.STRONG
    assert rung(compared(p=0.07)) is Rung.POSSIBLE
    assert rung(compared(), changes=(MADE, near)) is Rung.POSSIBLE
    assert rung(compared(seen=6)) is Rung.POSSIBLE  # the interval of the ratio reaches below 2
    assert rung(compared(p=0.2)) is Rung.NONE
    assert rung(compared(was_high=True)) is Rung.NONE
    assert rung() is Rung.NOT_TOLD
    assert rung(compared(p=0.2), D1=1) is Rung.DOCUMENTED


def test_no_word_of_the_ladder_says_that_a_change_caused_anything() -> None:
    assert not [rung for rung in Rung if "cause" in rung.casefold()]


def test_one_small_p_among_many_is_no_discovery() -> None:
    """A p of .04 is q = .04 alone; among 19 of 1.0 it is .04 × 20 / 1 = .8."""
    alone = judged([compared(p=0.04)])
    many = judged([compared(p=0.04), *(compared(p=1.0) for _ in range(19))])
    assert [alone[0].q, many[0].q] == pytest.approx([0.04, 0.8])


def test_changes_of_a_product_within_72_hours_are_one_set() -> None:
    made = [
        replace(MADE, change_id=str(hour), moment=MADE.moment + timedelta(hours=hour)) for hour in (0, 71, 142, 215)
    ]
    other = replace(MADE, change_id="other", product="Relay")
    found = [[each.change_id for each in group] for group in grouped([*made, other])]
    assert sorted(found) == [["0", "71", "142"], ["215"], ["other"]]


def test_sets_followed_by_a_rise_are_counted_among_those_that_could_be_judged() -> None:
    far = [replace(MADE, change_id=f"D{n}", moment=MADE.moment + timedelta(days=7 * n)) for n in range(3)]
    found = sets(linked(compared(far[0]), compared(far[1], p=0.9)), far)
    assert surged(found) == (1, 2)


def test_changes_a_few_hours_apart_are_not_told_from_each_other() -> None:
    truth = world(1)
    often = [Made(f"D{n}", "P0", START + timedelta(hours=720 + 7 * n)) for n in range(300)]
    assert spacing(often) == 7
    found = link(truth.clock, truth.series, [*often, *(each for each in truth.changes if each.product != "P0")])
    assert found.too_close == {"P0"}
    assert not [test for test in found.tests if test.key.product == "P0"]


def test_the_average_effect_of_days_with_a_change_is_found() -> None:
    """Every other fortnight has a change a day, and twice the tickets: the interval holds 2 and not 1."""
    rng, one = np.random.default_rng(3), clock(420)
    is_on = (np.arange(one.hours) // 24 // 7) % 2 == 1
    hours = np.repeat(np.arange(one.hours), rng.poisson(np.where(is_on, 1.0, 0.5)))
    series = arrivals(hours, np.arange(len(hours)))
    changed = np.flatnonzero(is_on & (one.of_week % 24 == 9))
    found = deploy_days.effect(one, series, changed)
    assert found is not None
    assert 1.5 < found.low < found.ratio < found.high < 2.3
    assert deploy_days.effect(one, series, changed[:5]) is None


def test_days_after_the_last_ticket_are_no_quiet_days() -> None:
    """Tickets for 60 days, changes from day 55 to day 119: of the days that lived five had a change, too few."""
    one = clock(400)
    hours = np.arange(0, 60 * 24, 3)
    series = arrivals(hours, np.arange(len(hours)))
    changed = np.arange(55 * 24 + 9, 120 * 24, 24)
    assert deploy_days.effect(one, series, changed) is None
    assert deploy_days.effect(one, arrivals(hours[:0], hours[:0]), changed) is None


def test_where_one_kind_of_days_has_no_ticket_at_all_nothing_is_told() -> None:
    """A ratio to nothing: no ticket on any of 40 days with a change, one on each of the others."""
    one = clock(120)
    quiet = range(60, 100)
    hours = np.asarray([day * 24 + 9 for day in range(120) if day not in quiet])
    changed = np.asarray([day * 24 + 9 for day in quiet][:-1])
    assert deploy_days.effect(one, arrivals(hours, np.arange(len(hours))), changed) is None


def test_tickets_that_stop_when_a_change_is_taken_back_are_told() -> None:
    """Twelve accounts a day after the change; on the second day after it was taken back there are two, as always."""
    one = clock(60)
    usual = [(day * 24 + hour, day * 100 + hour) for day in range(60) for hour in (9, 15)]
    surge = [(40 * 24 + 11 + hour, 90_000 + hour) for hour in range(20)]
    still = [(43 * 24 + hour, 91_000 + hour) for hour in range(20)]
    filler = {Key(f"F{n}"): series_of(one, n) for n in range(4)}
    change = Made("D1", "Atlas", MONDAY + timedelta(days=40, hours=10), MONDAY + timedelta(days=41, hours=12))
    told = {}
    for name, extra in (("ends", []), ("goes on", still)):
        hours, accounts = (np.asarray(each) for each in zip(*usual, *surge, *extra, strict=True))
        found = link(one, {Key("Atlas"): arrivals(hours, accounts), **filler}, [change])
        told[name] = next(test for test in found.tests if test.key == Key("Atlas"))
    assert told["ends"].is_back is True
    assert told["goes on"].is_back is False
    assert stopped(told["ends"]) is None


def series_of(one: Clock, seed: int) -> Arrivals:
    rng = np.random.default_rng(seed)
    hours = np.repeat(np.arange(one.hours), rng.poisson(0.1, one.hours))
    return arrivals(hours, rng.integers(0, 200, len(hours)))


def test_a_rise_that_would_have_been_seen_has_four_chances_in_five() -> None:
    """Expected 2 with no other noise: the critical count at p = .01 is 7; mean 9.08 reaches it in 80 of 100."""
    window = replace(WINDOW, before=10**9, spread=0.0)
    found = power.of_window(window, 0.01)
    assert found == pytest.approx(9.08 / 2, rel=0.01)


def test_a_window_that_still_runs_is_compared_with_what_has_passed() -> None:
    """Thirty hours after the change: the long window expects 30 hours of tickets, not 72."""
    one, at = clock(60), 60 * 24 - 30
    made = Made("D1", "F0", one.moment(at))
    found = link(one, {Key(f"F{n}"): series_of(one, n) for n in range(4)}, [made]).tests[0]
    assert [window.watched for window in found.windows] == [SHORT, 30]
    assert found.windows[1].hours == LONG
    ratio = found.windows[1].expected / found.windows[0].expected
    assert 0.5 < ratio < 2
