"""Text cells become instants, numbers, words and truths, as SQL expressions; nothing is pasted into SQL.

Every function takes an expression of text and gives an expression that is NULL where the text cannot be read, so
that the caller can tell "empty" (the text is NULL) from "unreadable" (only the result is).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Double, Text, and_, case, cast, func, null, or_, try_cast

Expression = ColumnElement[Any]

#: Clocks before this, or after tomorrow, are refused by the caller: no help desk export holds them truly.
EARLIEST = datetime(1990, 1, 1)  # noqa: DTZ001 - clocks are naive UTC everywhere
_CONVERTIBLE = (datetime(1900, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001

_HAS_OFFSET = r"\d:\d\d(:\d\d([.,]\d+)?)?\s*(Z|z|UTC|GMT|[+-]\d\d(:?\d\d)?)$"
_SPACED_OFFSET = r"\s+([+-]\d\d(:?\d\d)?)$"
_EPOCH_SECONDS = r"\d{9,10}(\.\d+)?"
_EPOCH_MILLISECONDS = r"\d{12,13}"
_DECIMAL_COMMA = r"[+-]?\d+,(\d{1,2}|\d{4,})"
_ODD_BLANKS = ("  ", "\t", "\r", "\n", "\f")
_UTC = {"UTC", "Etc/UTC", "Z", "Etc/UCT", "GMT", "Etc/GMT"}


def trimmed(column: Expression) -> Expression:
    """The text without spaces around; only cells that have some are trimmed, which is much the cheaper way."""
    has_blanks = or_(func.starts_with(column, " "), func.suffix(column, " "))
    return case((has_blanks, func.trim(column)), else_=column)


def cell(texts: Sequence[Expression], nulls: Sequence[str] = ()) -> Expression:
    """The first filled one of some trimmed texts; the empty ones and the words in ``nulls`` count as not filled."""
    filled = [_filled(text, nulls) for text in texts]
    return filled[0] if len(filled) == 1 else func.coalesce(*filled)


def _filled(text: Expression, nulls: Sequence[str]) -> Expression:
    for empty in ("", *nulls):
        text = func.nullif(text, empty)
    return text


def tidy(text: Expression) -> Expression:
    """Lower case and single spaces: how words are compared. Only texts with odd blanks meet the costly pattern."""
    lower = func.lower(text)
    spaced = func.regexp_replace(lower, r"\s+", " ", "g")
    return case((or_(*(func.contains(text, blank) for blank in _ODD_BLANKS)), spaced), else_=lower)


def plain(word: str) -> str:
    """``tidy`` in Python, for the keys words are looked up by.

    >>> plain(" Awaiting   User Info ")
    'awaiting user info'
    """
    return " ".join(word.lower().split())


def word(said: Expression, meanings: Mapping[str, str]) -> Expression:
    """Our word for a vendor's ``tidy`` word; NULL for a word that stands nowhere."""
    if not meanings:
        return cast(null(), Text)
    return case({plain(key): str(value) for key, value in meanings.items()}, value=said, else_=null())


def truth(said: Expression, yes: Iterable[str], no: Iterable[str]) -> Expression:
    """True or False for the ``tidy`` words declared so; NULL for any other."""
    return case(
        (said.in_([plain(entry) for entry in yes]), True),
        (said.in_([plain(entry) for entry in no]), False),
        else_=null(),
    )


def number(text: Expression) -> Expression:
    """A finite number; ``12,5`` is read as 12.5, while ``1,234`` may mean two things and is not read."""
    is_decimal = and_(func.contains(text, ","), func.regexp_full_match(text, _DECIMAL_COMMA))
    dotted = case((is_decimal, func.replace(text, ",", ".")), else_=text)
    value = try_cast(dotted, Double)
    return case((func.isfinite(value), value), else_=null())


def instant(text: Expression, zone: str, formats: Sequence[str] = ()) -> Expression:
    """A naive timestamp in UTC.

    With ``formats`` (strptime's; ``%z`` reads an offset) only those count, the first that fits wins. Without, ISO
    8601 and epoch seconds or milliseconds are read. A clock without an offset is local to ``zone``; an hour that
    occurs twice or never there is resolved as ICU does, always the same way.
    """
    if not formats:
        return _iso(text, zone)
    local = [entry for entry in formats if "%z" not in entry]
    aware = [entry for entry in formats if "%z" in entry]
    readings: list[Expression] = []
    if aware:
        readings.append(func.timezone("UTC", func.try_strptime(text, func.list_value(*aware))))
    if local:
        readings.append(to_utc(func.try_strptime(text, func.list_value(*local)), zone))
    return readings[0] if len(readings) == 1 else func.coalesce(*readings)


def _iso(text: Expression, zone: str) -> Expression:
    text = func.replace(text, ",", ".")
    joined = func.regexp_replace(text, _SPACED_OFFSET, r"\1")
    aware = func.timezone("UTC", try_cast(joined, DateTime(timezone=True)))
    seconds = func.make_timestamp(cast(try_cast(text, Double) * 1_000_000, BigInteger))
    milliseconds = func.make_timestamp(cast(try_cast(text, Double) * 1_000, BigInteger))
    return case(
        (func.regexp_matches(text, _HAS_OFFSET), aware),
        (func.regexp_full_match(text, _EPOCH_SECONDS), seconds),
        (func.regexp_full_match(text, _EPOCH_MILLISECONDS), milliseconds),
        else_=to_utc(try_cast(text, DateTime), zone),
    )


def to_utc(local: Expression, zone: str) -> Expression:
    """A naive local timestamp of ``zone`` as a naive timestamp in UTC."""
    if zone in _UTC:
        return local
    converted = func.timezone("UTC", func.timezone(zone, local))
    # Outside these years ICU may raise; the range check of the caller refuses such a clock anyway.
    return case((and_(local >= _CONVERTIBLE[0], local < _CONVERTIBLE[1]), converted), else_=local)
