"""Text cells become instants, numbers, words and truths, as SQL expressions; nothing is pasted into SQL.

Every function takes an expression of text and gives an expression that is NULL where the text cannot be read, so
that the caller can tell "empty" (the text is NULL) from "unreadable" (only the result is).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Double,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    try_cast,
)

from etl import zones

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
UTC = {"UTC", "Etc/UTC", "Z", "Etc/UCT", "GMT", "Etc/GMT"}
_TIME_SIGNS = ("%H", "%I", "%z", "%c", "%X")


def trimmed(column: Expression) -> Expression:
    """The text without spaces around; only cells that have some are trimmed, which is much the cheaper way."""
    has_blanks = or_(func.starts_with(column, " "), func.suffix(column, " "))
    return case((has_blanks, func.trim(column)), else_=column)


def cell(texts: Sequence[Expression], nulls: Sequence[str] = ()) -> Expression:
    """The first filled one of some trimmed texts; the empty ones and the words in ``nulls`` count as not filled."""
    filled = [_filled(text, nulls) for text in texts]
    return filled[0] if len(filled) == 1 else func.coalesce(*filled)


def _filled(text: Expression, nulls: Sequence[str]) -> Expression:
    # One list of words and no chain of "nullif": DuckDB writes the text of each out twice, the chain's 64 times.
    return case((text.in_(["", *dict.fromkeys(nulls)]), None), else_=text)


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
    8601 and epoch seconds or milliseconds are read. A clock without an offset is local to ``zone``; see ``to_utc``
    for an hour that occurs twice or never there.
    """
    if not formats:
        dotted = func.replace(text, ",", ".")
        return case(*_certain_iso(dotted), else_=to_utc(try_cast(dotted, DateTime), zone))
    known, local = certain(text, formats), to_utc(bare(text, formats), zone)
    return func.coalesce(known, local) if any("%z" in entry for entry in formats) else local


def certain(text: Expression, formats: Sequence[str] = ()) -> Expression:
    """The UTC timestamp of a cell that says its offset, or is an epoch; NULL for any other."""
    if not formats:
        return case(*_certain_iso(func.replace(text, ",", ".")), else_=null())
    aware = [entry for entry in formats if "%z" in entry]
    if not aware:
        return cast(null(), DateTime)
    return func.timezone("UTC", func.try_strptime(text, func.list_value(*aware)))


def _certain_iso(dotted: Expression) -> list[tuple[Expression, Expression]]:
    joined = func.regexp_replace(dotted, _SPACED_OFFSET, r"\1")
    seconds = func.make_timestamp(cast(try_cast(dotted, Double) * 1_000_000, BigInteger))
    milliseconds = func.make_timestamp(cast(try_cast(dotted, Double) * 1_000, BigInteger))
    return [
        (func.regexp_matches(dotted, _HAS_OFFSET), func.timezone("UTC", try_cast(joined, DateTime(timezone=True)))),
        (func.regexp_full_match(dotted, _EPOCH_SECONDS), seconds),
        (func.regexp_full_match(dotted, _EPOCH_MILLISECONDS), milliseconds),
    ]


def bare(text: Expression, formats: Sequence[str] = ()) -> Expression:
    """The local timestamp of a cell that says no offset, as written; NULL for any other."""
    if formats:
        local = [entry for entry in formats if "%z" not in entry]
        return func.try_strptime(text, func.list_value(*local)) if local else cast(null(), DateTime)
    dotted = func.replace(text, ",", ".")
    return case((or_(*(condition for condition, _ in _certain_iso(dotted))), null()), else_=try_cast(dotted, DateTime))


def has_time(text: Expression, formats: Sequence[str] = ()) -> Expression:
    """Whether a cell that is a clock says a time of day, and not a day alone."""
    days = [entry for entry in formats if not any(sign in entry for sign in _TIME_SIGNS)]
    if formats:
        return func.try_strptime(text, func.list_value(*days)).is_(None) if days else literal(True)
    return func.length(text) > len("2024-01-31")


def to_utc(local: Expression, zone: str) -> Expression:
    """A naive local timestamp of ``zone`` as a naive timestamp in UTC.

    The hour before a change of the clock decides: of a time that occurs twice the first is taken, and one that does
    not occur is moved on by what the clocks were put forward. DuckDB does the second by itself and takes the second
    of two, so in the months and hours where times repeat the offset of the day before is tried.
    """
    if zone in UTC:
        return local
    repeating = zones.repeating(zone)
    converted = _converted(local, zone)
    if repeating.hours:
        day = timedelta(days=1)
        first = _converted(local - day, zone) + day
        is_first = func.timezone(zone, func.timezone("UTC", first)) == local
        may_repeat = and_(
            func.month(local).in_(sorted(repeating.months)), func.hour(local).in_(sorted(repeating.hours))
        )
        converted = case((may_repeat, case((is_first, first), else_=converted)), else_=converted)
    # Outside these years ICU may raise; the range check of the caller refuses such a clock anyway.
    return case((and_(local >= _CONVERTIBLE[0], local < _CONVERTIBLE[1]), converted), else_=local)


def _converted(local: Expression, zone: str) -> Expression:
    return func.timezone("UTC", func.timezone(zone, local))
