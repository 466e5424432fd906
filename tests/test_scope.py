"""Periods and filters: edges in local time, whole or not, comparable or not."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.queries import Calendar, carries, layers
from dashboard.scope import DIMENSIONS, Grain, Period, Scope, latest_whole, next_start, periods, start_of
from etl.errors import UsageError
from etl.fact_columns import OF_TICKET
from etl.tables import facts


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


@pytest.mark.parametrize(
    ("week_start", "first"),
    [("monday", date(2025, 1, 6)), ("sunday", date(2025, 1, 5)), ("saturday", date(2025, 1, 4)), ("wednesday", date(2025, 1, 8))],
)  # fmt: skip
def test_a_week_begins_on_the_day_it_is_told_to(week_start: str, first: date) -> None:
    wednesday = date(2025, 1, 8)
    assert start_of(wednesday, Grain.WEEK, week_start) == first
    assert start_of(first, Grain.WEEK, week_start) == first
    assert start_of(first - timedelta(days=1), Grain.WEEK, week_start) == first - timedelta(days=7)
    found = periods(first, first + timedelta(days=14), Grain.WEEK, week_start=week_start)
    assert [each.whole for each in found] == [True, True]
    assert found[1].previous() == found[0]
    assert latest_whole(wednesday, Grain.WEEK, 1, week_start=week_start)[0].end == first


@pytest.mark.parametrize(
    ("grain", "following"),
    [
        (Grain.DAY, date(2025, 10, 2)),
        (Grain.WEEK, date(2025, 10, 8)),
        (Grain.MONTH, date(2025, 11, 1)),
        (Grain.QUARTER, date(2026, 1, 1)),
    ],
)
def test_the_next_period_begins_where_this_one_ends(grain: Grain, following: date) -> None:
    assert next_start(date(2025, 10, 1), grain) == following


def test_quarters_begin_in_january_april_july_and_october() -> None:
    starts = [start_of(date(2025, month, 15), Grain.QUARTER).month for month in range(1, 13)]
    assert starts == [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10]


def test_a_period_is_whole_when_the_data_reach_its_very_end() -> None:
    january = (date(2025, 1, 1), date(2025, 2, 1))
    for grain in (Grain.MONTH, Grain.ALL):
        told = [periods(*january, grain, until=day)[0].whole for day in (None, date(2025, 2, 1), date(2025, 1, 31))]
        assert told == [True, True, False]
    (cut,) = periods(date(2025, 1, 2), date(2025, 2, 1), Grain.MONTH)
    assert (cut.start, cut.whole) == (date(2025, 1, 2), False)
    assert periods(*january, Grain.MONTH, "Asia/Kathmandu")[0].timezone == "Asia/Kathmandu"


def test_half_of_all_time_has_none_before_it() -> None:
    assert Period(date(2025, 1, 1), None).previous() is None
    assert Period(None, date(2025, 1, 1)).previous() is None
    assert Period(None, None).instants() == (None, None)


def test_a_filter_without_values_is_none() -> None:
    assert Scope.of({"team": [], "priority": ["high"]}) == Scope.of({"priority": ["high"]})
    assert Scope().words() == ""


def test_facts_that_carry_what_is_filtered_by_carry_all_of_it() -> None:
    assert set(OF_TICKET) == set(DIMENSIONS)
    carrying = [name for name, fact in sorted(facts.tables.items()) if carries(fact)]
    assert carrying == ["escalation", "fix", "handoff", "issue_ticket", "occurrence", "survey", "ticket"]
