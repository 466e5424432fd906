"""How the dates of a file are written, found by trying: a format fits where it reads every value."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from etl import expressions
from etl.errors import FileRefusedError
from etl.expressions import Expression
from etl.staging import RawTable

_DAYS = {
    "day first": ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d.%m.%y"),
    "month first": ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y"),
    "year first": ("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    "month named": ("%d/%b/%y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%a %b %d %Y"),
}
_TIMES = (
    "",
    " %H:%M",
    " %H:%M:%S",
    " %H:%M:%S.%f",
    " %I:%M %p",
    " %I:%M:%S %p",
    " %H.%M",
    " %H.%M.%S",
    " %H:%M %z",
    " %H:%M:%S %z",
    ", %H:%M",
    ", %I:%M %p",
    " %H%M%S",
)
#: Formats tried, in this order, after ISO 8601 and epochs.
FORMATS = tuple(f"{day}{time}" for days in _DAYS.values() for day in days for time in _TIMES)


def is_day_first(style: str) -> bool:
    return style.startswith(_DAYS["day first"])


def is_month_first(style: str) -> bool:
    return style.startswith(_DAYS["month first"])


def formats_of(connection: Connection, text: Expression, share: float = 1.0) -> list[str] | None:
    """The formats that read every filled cell, or that ``share`` of them; ``[]`` where ISO 8601 and epochs do.

    None where nothing does. Several formats come back where days and months could be either, because no day in the
    file is after the 12th.
    """
    filled = func.count(text)
    iso = func.count(expressions.instant(text, "UTC"))
    total, read = connection.execute(select(filled, iso)).one()
    if not total:
        return None
    if read >= share * total:
        return []
    sample = select(text.label("text")).where(text.is_not(None)).limit(50).subquery()
    likely = _reading(connection, sample.c.text, FORMATS, share)
    found = _reading(connection, text, likely, share)
    return found or None


def _reading(connection: Connection, text: Expression, styles: Sequence[str], share: float) -> list[str]:
    if not styles:
        return []
    counts = [func.count(func.try_strptime(text, style)) for style in styles]
    total, *read = connection.execute(select(func.count(text), *counts)).one()
    return [style for style, count in zip(styles, read, strict=True) if count >= share * total]


def fitting_formats(
    raw: RawTable, columns: Sequence[str], connection: Connection, nulls: Sequence[str] = ()
) -> tuple[str, ...]:
    """The one way these dates are written, as formats for a mapping; ``()`` for ISO 8601.

    Raises FileRefusedError where days and months could be either: which one it is, only a person knows. Where
    nothing reads every value, the way most are written counts, and the caller refuses the others row by row.
    """
    text = expressions.cell([expressions.trimmed(raw.table.c[name]) for name in columns], nulls)
    found = formats_of(connection, text)
    if found is None:
        return _most(connection, text)
    if any(map(is_day_first, found)) and any(map(is_month_first, found)):
        example = connection.execute(select(func.min(text))).scalar()
        raise FileRefusedError(
            f"{raw.file_name} holds dates such as '{example}' that can be read day first or month first.",
            f"No date in '{columns[0]}' tells which.",
            f"Draft a mapping (supportkpi map {raw.file_name}) and declare clock.formats in it.",
        )
    return tuple(found[:1])


def _most(connection: Connection, text: Expression) -> tuple[str, ...]:
    """The format that reads most cells; ``()`` (ISO 8601) where none reads any."""
    counts = [func.count(func.try_strptime(text, style)) for style in FORMATS]
    iso = func.count(expressions.instant(text, "UTC"))
    read, *others = connection.execute(select(iso, *counts)).one()
    best = max(others)
    return () if best <= read else (FORMATS[others.index(best)],)
