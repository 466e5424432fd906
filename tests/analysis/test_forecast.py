"""Where a running period ends and whether a day is kept, by hand: what never moved is foretold without a range."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from told import month, reading

from dashboard.analysis import outlook
from dashboard.analysis.forecast import by_date, ending_of
from dashboard.analysis.outlook import Word
from dashboard.readings import Reading
from dashboard.scope import Grain, Period


def counts(*values: float) -> list[Reading]:
    return [reading("tickets_created", value, 1, month(place)) for place, value in enumerate(values)]


STEADY = counts(*[310.0] * 12)


@pytest.mark.parametrize(
    ("as_of", "ends"),
    [
        (datetime(2024, 1, 11), 100 + 310 * 21 / 31),  # ten of the 31 days of January are over
        (datetime(2024, 2, 5), 100),  # nothing is left
        (datetime(2023, 12, 30), 100 + 310),  # nothing is over
    ],
)
def test_a_count_ends_as_what_has_come_and_the_part_of_a_usual_month_that_is_left(as_of: datetime, ends: float) -> None:
    found = ending_of(reading("tickets_created", 100, 100, month(12, whole=False), as_of=as_of), STEADY)
    assert found is not None
    assert (found.ahead, found.low, found.value, found.high) == pytest.approx((1, ends, ends, ends))


def test_a_count_has_no_end_without_an_end_a_clock_or_a_history() -> None:
    running = reading("tickets_created", 100, 100, month(12, whole=False), as_of=datetime(2024, 1, 11))
    assert ending_of(replace(running, as_of=None), STEADY) is None
    assert ending_of(running, STEADY[:7]) is None
    for start, end in ((None, date(2024, 2, 1)), (date(2024, 1, 1), None)):
        assert ending_of(replace(running, period=Period(start, end, Grain.MONTH, "UTC", whole=False)), STEADY) is None


def test_the_range_of_a_count_holds_four_in_five_of_its_draws() -> None:
    running = reading("tickets_created", 100, 100, month(12, whole=False), as_of=datetime(2024, 1, 11))
    found = ending_of(running, counts(*[250.0, 370.0] * 6))
    assert found is not None
    assert (found.low, found.value, found.high) == pytest.approx(tuple(np.quantile(found.draws, (0.1, 0.5, 0.9))))


def test_a_usual_month_has_as_many_rows_as_the_last_eight() -> None:
    values = [0.6, 0.8] * 12
    past = [reading("fcr", value, 100 if place < 16 else 400, month(place)) for place, value in enumerate(values)]
    running = reading("fcr", 0.2, 80, month(24, whole=False))
    assert ending_of(running, past) == outlook.ending(0.2, 80, 400, values, (0.0, 1.0))


def level(value: float, last: Period | None = None) -> list[Reading]:
    """Two years of one value, the last reading of another kind of period where one is given."""
    past = [reading("fcr", value, 400, month(place)) for place in range(24)]
    return past if last is None else [*past[:-1], replace(past[-1], period=last)]


@pytest.mark.parametrize(
    ("above", "below", "word"),
    [
        (0.49, None, Word.LIKELY),
        (0.5, None, Word.UNLIKELY),  # on the line is not above it
        (None, 0.51, Word.LIKELY),
        (None, 0.5, Word.UNLIKELY),
        (0.4, 0.6, Word.LIKELY),
        (0.6, 0.7, Word.UNLIKELY),
        (0.3, 0.4, Word.UNLIKELY),
    ],
)
def test_what_stands_still_keeps_a_line_or_does_not(above: float | None, below: float | None, word: Word) -> None:
    found = by_date(level(0.5), date(2025, 3, 31), above, below)
    assert found is not None
    assert (found.word, found.due, found.outlook.value) == (word, date(2025, 3, 31), 0.5)


NEW_YEAR = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("grain", "days", "ahead"),
    [
        (Grain.MONTH, 0, 1),  # the first day after the last period lies in the next one
        (Grain.MONTH, 30, 1),
        (Grain.MONTH, 31, 2),
        (Grain.MONTH, 89, 3),
        (Grain.WEEK, 77, 11),
        (Grain.QUARTER, 364, 4),
        (Grain.DAY, 5, 5),
        (Grain.ALL, 77, 11),  # any other length is taken by weeks
    ],
)
def test_how_many_periods_ahead_a_day_lies(grain: Grain, days: int, ahead: int) -> None:
    past = level(0.5, Period(NEW_YEAR - timedelta(days=7), NEW_YEAR, grain, "UTC"))
    found = by_date(past, NEW_YEAR + timedelta(days=days), above=0.4)
    assert found is not None
    assert found.outlook.ahead == ahead


def test_no_day_is_foretold_without_a_line_a_history_or_an_end() -> None:
    assert by_date([], NEW_YEAR, above=0.5) is None
    assert by_date(level(0.5, Period(NEW_YEAR, None)), date(2026, 1, 1), above=0.5) is None
    assert by_date(level(0.5), NEW_YEAR - timedelta(days=1), above=0.4) is None
