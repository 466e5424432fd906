"""The words that name a period of the board."""

from datetime import date

import pytest

from dashboard.exports.board import named_period
from etl.errors import UsageError


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2016-03", date(2016, 3, 1), date(2016, 4, 1)),
        ("2015-12", date(2015, 12, 1), date(2016, 1, 1)),
        ("2016-W10", date(2016, 3, 7), date(2016, 3, 14)),
        ("2016-w1", date(2016, 1, 4), date(2016, 1, 11)),
        ("2015-W53", date(2015, 12, 28), date(2016, 1, 4)),  # 2015 is one of the years that have 53
        ("2016-Q1", date(2016, 1, 1), date(2016, 4, 1)),
        ("2016-Q4", date(2016, 10, 1), date(2017, 1, 1)),
    ],
)
def test_a_month_an_iso_week_and_a_quarter(text: str, start: date, end: date) -> None:
    period = named_period(text)
    assert (period.start, period.end) == (start, end)


@pytest.mark.parametrize(
    "text", ["2016", "2016-13", "2016-W54", "2016-W0", "2016-Q5", "2016-Q0", "march", "", "2016-3"]
)
def test_anything_else_is_refused_with_the_three_ways_to_write_one(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        named_period(text)
    assert "2016-W10" in refused.value.next_step


def test_weeks_that_start_on_sunday_keep_the_number_of_their_thursday() -> None:
    period = named_period("2016-W10", week_start="sunday")
    assert (period.start, period.end) == (date(2016, 3, 6), date(2016, 3, 13))  # Thursday is 10 March


def test_a_period_past_the_end_of_the_data_is_not_whole() -> None:
    assert named_period("2016-03", until=date(2016, 4, 1)).whole
    assert not named_period("2016-03", until=date(2016, 3, 31)).whole
