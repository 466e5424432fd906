"""Periods and filters: edges in local time, whole or not, comparable or not."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.queries import Calendar, layers
from dashboard.scope import Grain, Period, Scope, latest_whole, next_start, periods, start_of
from etl.errors import UsageError


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Dublin", date(2025, 3, 30), 23),
        ("Europe/Dublin", date(2025, 10, 26), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # midnight itself does not exist
        ("America/Havana", date(2018, 11, 4), 25),  # midnight comes twice
        ("Asia/Kathmandu", date(2025, 1, 1), 24),
    ],
)
def test_a_day_is_as_long_as_its_clocks_say(zone: str, day: date, hours: int) -> None:
    start, end = Period(day, day + timedelta(days=1), Grain.DAY, zone).instants()
    assert start is not None
    assert end is not None
    assert end - start == timedelta(hours=hours)


def test_weeks_are_cut_and_only_complete_ones_are_whole() -> None:
    found = periods(date(2025, 11, 5), date(2025, 12, 1), Grain.WEEK, until=date(2025, 11, 20))
    assert [(period.start.day, period.end.day, period.whole) for period in found] == [  # type: ignore[union-attr]
        (5, 10, False),  # cut by the question
        (10, 17, True),
        (17, 24, False),  # the data end within
        (24, 1, False),
    ]


def test_the_previous_period_is_of_the_same_kind() -> None:
    march = Period(date(2016, 3, 1), date(2016, 4, 1), Grain.MONTH)
    assert march.previous() == Period(date(2016, 2, 1), date(2016, 3, 1), Grain.MONTH)
    ten_days = Period(date(2016, 3, 11), date(2016, 3, 21), Grain.ALL)
    assert ten_days.previous() == Period(date(2016, 3, 1), date(2016, 3, 11), Grain.ALL)
    assert Period(None, None).previous() is None


def test_the_latest_whole_weeks_end_before_the_day_that_is_not_complete() -> None:
    found = latest_whole(date(2025, 11, 12), Grain.WEEK, 2)
    assert [period.start for period in found] == [date(2025, 10, 27), date(2025, 11, 3)]


@given(
    st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.sampled_from([Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER])
)
def test_every_day_lies_in_exactly_one_period(day: date, grain: Grain) -> None:
    start = start_of(day, grain)
    assert start <= day < next_start(start, grain)
    assert start_of(next_start(start, grain) - timedelta(days=1), grain) == start


def test_a_scope_goes_through_a_link_and_back() -> None:
    scope = Scope.of({"priority": ["high", "urgent"], "team": ["Billing"]})
    assert Scope.of(scope.as_query()) == scope
    assert scope.words() == "team: Billing; priority: high or urgent"
    with pytest.raises(UsageError, match="Did you mean 'priority'"):
        Scope.of({"priorty": ["high"]})


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=12))
def test_layers_hold_every_period_once_and_none_overlap(spans: list[tuple[int, int]]) -> None:
    first = date(2025, 1, 1)
    asked = [Period(first + timedelta(days=at), first + timedelta(days=at + long)) for at, long in spans]
    found = layers(asked)
    assert sorted(period for layer in found for period in layer) == sorted(set(asked))
    for layer in found:
        for one, next_one in itertools.pairwise(layer):
            assert one.end <= next_one.start  # type: ignore[operator]


def test_places_of_periods_that_do_not_touch() -> None:
    january = Period(date(2025, 1, 1), date(2025, 2, 1), Grain.MONTH)
    march = Period(date(2025, 3, 1), date(2025, 4, 1), Grain.MONTH)
    calendar = Calendar.of([january, march])
    assert calendar.places == {1: january, 3: march}
    assert calendar.edges[0] == datetime(2025, 1, 1)
