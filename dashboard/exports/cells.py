"""What may stand in one cell of a file that a spreadsheet opens."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

#: A cell of text that starts with one of these is run as a formula by Excel, LibreOffice or Google Sheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """Text that a spreadsheet shows and never runs: an apostrophe is put before what looks like a formula.

    Subjects, team names and survey comments come from customers, so any of them may be a formula.

    >>> neutral("=cmd|' /C calc'!A0")
    "'=cmd|' /C calc'!A0"
    >>> neutral("Billing")
    'Billing'
    """
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def plain(text: str) -> str:
    """Text without control characters, which XML does not take, and without marks that turn the reading direction.

    >>> plain("Billing\\x07 and\\nrefunds")
    'Billing  and refunds'
    """
    return "".join(letter if letter.isprintable() else " " for letter in text)


def number(value: float) -> str:
    """A number without exponent or thousands mark, to ten significant digits.

    >>> number(0.00001234), number(237.49100000000001), number(-8.0), number(9202)
    ('0.00001234', '237.491', '-8', '9202')
    """
    text = format(Decimal(f"{value:.10g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(value: datetime) -> str:
    """A UTC instant as ISO 8601 with its Z, to the second.

    >>> moment(datetime(2016, 3, 1, 12, 30))
    '2016-03-01T12:30:00Z'
    """
    return value.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def cell(value: object) -> str:
    """Any value of a record as the text of a cell; nothing stays an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return neutral(str(value))
