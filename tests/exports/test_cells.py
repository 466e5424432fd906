"""What may stand in one cell."""

from datetime import UTC, date, datetime

import pytest

from dashboard.exports.cells import cell, neutral


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert neutral(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["Billing", "", "a=b", "'quoted'", "1-2", "ümlaut", " leading space"])
def test_other_text_is_left_alone(text: str) -> None:
    assert neutral(text) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (9202, "9202"),
        (-8.5, "-8.5"),  # a number is never text, so its minus is no formula
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (1_000_000.0, "1000000"),
        (0.0, "0"),
        (date(2016, 3, 1), "2016-03-01"),
        (datetime(2016, 3, 1, 23, 59, 59, 999, tzinfo=UTC), "2016-03-01T23:59:59Z"),
        ("=1+1", "'=1+1"),
    ],
)
def test_every_kind_of_value_as_a_cell(value: object, written: str) -> None:
    assert cell(value) == written
