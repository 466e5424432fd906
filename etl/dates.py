"""How the dates of a file are written, found by trying: a format fits where it reads every value.

Whether the day or the month comes first is decided for all date columns of a file together: by what was declared
(``declare``), else by evidence (a 25 is no month), else it is asked for. It is never assumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Connection, Subquery, case, func, select

from etl import expressions
from etl.errors import DateOrderNeededError, FileRefusedError, UsageError
from etl.expressions import Expression
from etl.staging import RawTable

Order = Literal["day-first", "month-first"]

_DAYS = {
    "day first": ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d.%m.%y"),
    "month first": ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y"),
    "year first": ("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    "month named": ("%d/%b/%y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%a %b %d %Y"),
}
_CLOCKS = tuple(f"{between}{time}" for between in " T" for time in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f"))
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
#: ISO 8601 spelt out, for a file where other columns are written another way.
ISO = tuple(f"%Y-%m-%d{time}" for time in ("", *(f"{t}{z}" for t in _CLOCKS for z in ("", "%z", "Z", " %z"))))
#: Formats tried, in this order, after ISO 8601 and epochs.
FORMATS = tuple(f"{day}{time}" for days in _DAYS.values() for day in days for time in _TIMES)


_DIRECTIVE = re.compile("%[A-Za-z]")
#: Directives that read letters.
_NAMED = ("%a", "%b", "%B", "%p")
#: Cells looked at before formats are tried on all.
_SAMPLE = 1_000
#: A format of two years' length reads "26" as the year 26: what it gives must be a year of our time.
_EARLIEST = 1900
#: Formats of one column at most: "03/04/2026 09:05" beside "03/04/2026".
_MOST = 4
#: Of the dates that tell the order, this share may tell the other one: slips of whoever typed them.
_SLIPS = 0.05


def is_day_first(style: str) -> bool:
    return style.startswith(_DAYS["day first"])


def is_month_first(style: str) -> bool:
    return style.startswith(_DAYS["month first"])


def checked(order: str) -> Order:
    """The order a word stands for. Raises UsageError for any other word."""
    found: dict[str, Order] = {name: name for name in get_args(Order)}
    if order not in found:
        raise UsageError(f"'{order}' is no order of dates.", next_step="Write day-first or month-first.")
    return found[order]


def declare(connection: Connection, order: Order | None) -> None:
    """Say how the dates of the files read through this connection are written; None: nobody said."""
    connection.info["date_order"] = order


def declared(connection: Connection) -> Order | None:
    """What was declared for this connection."""
    found: Order | None = connection.info.get("date_order")
    return found


def order_of(style: str) -> Order | None:
    """The order a format stands for; None for one that leaves no doubt, such as ``%Y-%m-%d``."""
    return "day-first" if is_day_first(style) else "month-first" if is_month_first(style) else None


def formats_of(connection: Connection, text: Expression, share: float = 1.0) -> list[str] | None:
    """The formats that read every filled cell, or that ``share`` of them; ``[]`` where ISO 8601 and epochs do.

    None where nothing does. Several formats come back where days and months could be either, because no day in the
    file is after the 12th.
    """
    filled = func.count(text)
    iso = func.count(_iso(text))
    total, read = connection.execute(select(filled, iso)).one()
    if not total:
        return None
    if read >= share * total:
        return []
    sample = select(text.label("text")).where(text.is_not(None)).limit(50).subquery()
    likely = _likely(connection, sample.c.text, FORMATS)
    most = connection.execute(select(func.count()).select_from(sample)).scalar_one()
    fitting = [style for style, count in likely.items() if count >= share * most]
    found = [style for style, count in _counted(connection, text, fitting).items() if count >= share * total]
    return found or None


def _counted(connection: Connection, text: Expression, styles: Sequence[str]) -> dict[str, int]:
    """How many cells each format reads as a date of our time."""
    if not styles:
        return {}
    counts = [func.count(_read(text, style)) for style in styles]
    return dict(zip(styles, connection.execute(select(*counts)).one(), strict=True))


def _likely(connection: Connection, text: Expression, styles: Sequence[str]) -> dict[str, int]:
    """How many cells of a sample each format reads, of those whose marks the sample bears.

    Trying hundreds of formats takes the planner longer than reading the cells does.
    """
    borne = {_marks(cell) for cell in connection.execute(select(text)).scalars() if cell is not None}
    return _counted(connection, text, [style for style in styles if any(_could_be(style, seen) for seen in borne)])


def _marks(text: str) -> tuple[frozenset[str], bool]:
    """What is neither letter, number nor blank, and whether there are letters."""
    others = frozenset(sign for sign in text if not (sign.isalnum() or sign.isspace()))
    return others, any(sign.isalpha() for sign in text)


def _could_be(style: str, seen: tuple[frozenset[str], bool]) -> bool:
    """Whether a text with such marks can be of this format: a zone brings marks and letters of its own."""
    own, _ = _marks(_DIRECTIVE.sub("", style))
    is_named, has_zone = any(name in style for name in _NAMED), "%z" in style
    marks, has_letters = seen
    return own <= marks and (has_zone or marks == own) and (has_letters or not is_named)


def _read(text: Expression, *styles: str) -> Expression:
    return _of_our_time(func.try_strptime(text, func.list_value(*styles)))


def _iso(text: Expression) -> Expression:
    return _of_our_time(expressions.instant(text, "UTC"))


def _of_our_time(moment: Expression) -> Expression:
    """True, or NULL where there is no date or one of the first centuries."""
    return func.nullif(func.year(moment) >= _EARLIEST, False)


def fitting_formats(
    raw: RawTable, columns: Sequence[str], connection: Connection, nulls: Sequence[str] = ()
) -> tuple[str, ...]:
    """The one way the dates of these columns are written, as formats for a mapping; ``()`` for ISO 8601.

    Raises DateOrderNeededError where days and months could be either and it matters, and FileRefusedError where
    columns contradict each other or what was declared. What no format reads, the caller refuses row by row.
    """
    found = formats_by_column(raw, columns, connection, nulls)
    orders = {order for formats in found.values() for style in formats if (order := order_of(style))}
    if len(orders) > 1:
        raise FileRefusedError(
            f"{raw.file_name} holds dates written day first and dates written month first.",
            f"Its columns are {', '.join(repr(name) for name in found)}.",
            f"Draft a mapping (supportkpi map {raw.file_name}) and declare clock.formats in it.",
        )
    if not any(found.values()):
        return ()
    spelt = [formats or _iso_formats(raw, name, connection, nulls) for name, formats in found.items()]
    return tuple(dict.fromkeys(style for formats in spelt for style in formats))


def _iso_formats(raw: RawTable, name: str, connection: Connection, nulls: Sequence[str]) -> tuple[str, ...]:
    sample = _Column(raw, name, nulls).sample()
    return tuple(style for style, count in _counted(connection, sample, ISO).items() if count)


def formats_by_column(
    raw: RawTable, columns: Iterable[str], connection: Connection, nulls: Sequence[str] = ()
) -> dict[str, tuple[str, ...]]:
    """For each of these columns that the file has and fills, how its dates are written; ``()`` for ISO 8601.

    Raises as ``fitting_formats``, save that columns may be written differently where each leaves no doubt.
    """
    seen = [_Column(raw, name, nulls) for name in dict.fromkeys(columns) if name in raw.table.columns]
    written = [found for each in seen if (found := each.look(connection)) is not None]
    orders = {each.name: each.order(connection) for each in written}
    for each in written:
        _agree(each, orders[each.name], connection)
    return {each.name: each.formats(connection, _settled(each, orders, connection)) for each in written}


def _settled(written: _Written, orders: Mapping[str, Order | None], connection: Connection) -> Order | None:
    """The order to read a column by: its own evidence, the declaration, that of the other columns."""
    own, said = orders[written.name], declared(connection)
    if own is not None or not written.is_open:
        return own
    if said is not None:
        return said
    decided = {order for order in orders.values() if order is not None}
    if len(decided) == 1:
        return next(iter(decided))
    example = written.example(connection)
    if example is None:  # 05/05 is one day, whichever way it is read
        return "day-first"
    raise DateOrderNeededError(
        f"{written.raw.file_name} holds dates such as '{example}' that can be read day first or month first.",
        f"No date in '{written.name}' tells which.",
        "Say --date-order day-first or --date-order month-first.",
    )


def _agree(written: _Written, own: Order | None, connection: Connection) -> None:
    """Refuse a declaration that the dates themselves contradict."""
    said = declared(connection)
    if said is None or own is None or own == said:
        return
    raise FileRefusedError(
        f"The dates in '{written.name}' of {written.raw.file_name} are written {own.replace('-', ' ')}.",
        f"'{written.proof(connection, own)}' cannot be read {said.replace('-', ' ')}, as --date-order says.",
        f"Say --date-order {own}, or leave it out.",
    )


@dataclass(frozen=True)
class _Column:
    """A column of text as it came."""

    raw: RawTable
    name: str
    nulls: Sequence[str]

    @property
    def text(self) -> Expression:
        return expressions.cell([expressions.trimmed(self.raw.table.c[self.name])], self.nulls)

    def sample(self, most: int = _SAMPLE) -> Expression:
        """Its first filled cells."""
        rows: Subquery = select(self.text.label("text")).where(self.text.is_not(None)).limit(most).subquery()
        return rows.c.text

    def look(self, connection: Connection) -> _Written | None:
        """What formats read of it; None for a column without a filled cell."""
        first = self.sample(50)
        filled, iso = connection.execute(select(func.count(first), func.count(_iso(first)))).one()
        if not filled:
            return None
        if iso == filled:
            return _Written(self.raw, self.name, self.text, {}, filled)
        likely = [style for style, count in _likely(connection, self.sample(), FORMATS).items() if count]
        counts = _counted(connection, self.text, likely)
        query = select(func.count(self.text), func.count(_iso(self.text)))
        total, iso = connection.execute(query).one()
        is_iso = iso >= max(counts.values(), default=0)
        return _Written(self.raw, self.name, self.text, {} if is_iso else counts, total)


@dataclass(frozen=True)
class _Written:
    """How many cells of a column each likely format reads; no format at all: ISO 8601 and epochs."""

    raw: RawTable
    name: str
    text: Expression
    counts: dict[str, int]
    total: int

    def _styles(self, order: Order) -> list[str]:
        return [style for style in self.counts if order_of(style) == order]

    @property
    def is_open(self) -> bool:
        """Whether it is written with both numbers, so that an order must be known."""
        best = max(self.counts.values(), default=0)
        return any(order_of(style) for style, count in self.counts.items() if count == best)

    def order(self, connection: Connection) -> Order | None:
        """The order its own dates prove; None where none does.

        Raises FileRefusedError where some prove the one and some the other.
        """
        day, month = self._styles("day-first"), self._styles("month-first")
        if not self.is_open:
            return None
        if not day or not month:
            return "day-first" if day else "month-first"
        only_day, only_month = (self._alone(connection, *pair) for pair in ((day, month), (month, day)))
        if min(only_day, only_month) > _SLIPS * max(only_day, only_month):
            raise FileRefusedError(
                f"'{self.name}' of {self.raw.file_name} holds dates written day first and dates written month first.",
                f"{only_day:,} can only be read day first, {only_month:,} only month first.",
                "Export it again with one way of writing dates.",
            )
        return None if only_day == only_month else "day-first" if only_day > only_month else "month-first"

    def _alone(self, connection: Connection, styles: Sequence[str], others: Sequence[str]) -> int:
        """How many cells only the first of two lists of formats reads."""
        alone = func.count().filter(_read(self.text, *styles).is_not(None), _read(self.text, *others).is_(None))
        return int(connection.execute(select(alone)).scalar_one())

    def example(self, connection: Connection) -> str | None:
        """A date that is another day when read the other way; None where it does not matter."""
        day, month = (func.list_value(*self._styles(order)) for order in get_args(Order))
        differs = func.try_strptime(self.text, day) != func.try_strptime(self.text, month)
        found = connection.execute(select(func.min(self.text)).where(differs)).scalar()
        return None if found is None else str(found)

    def proof(self, connection: Connection, order: Order) -> str | None:
        """A date that can be read in this order alone."""
        styles = self._styles(order)
        others = [style for style in self.counts if order_of(style) not in (order, None)]
        fits = [_read(self.text, *styles).is_not(None), *([_read(self.text, *others).is_(None)] if others else [])]
        found = connection.execute(select(func.min(self.text)).where(*fits)).scalar()
        return None if found is None else str(found)

    def formats(self, connection: Connection, order: Order | None) -> tuple[str, ...]:
        """The formats that together read most of it in that order, the most frequent first."""
        styles = [style for style in self.counts if order_of(style) in (order, None)]
        chosen: list[str] = []
        while styles and len(chosen) < _MOST:
            unread = self.text if not chosen else func.nullif(self.text, self._read_by(chosen))
            counts = _counted(connection, unread, styles)
            best = max(styles, key=lambda style: counts[style])
            if not counts[best]:
                break
            chosen.append(best)
            styles.remove(best)
        return tuple(chosen)

    def _read_by(self, styles: Sequence[str]) -> Expression:
        """The cell where one of these formats reads it, NULL elsewhere."""
        read = _read(self.text, *styles)
        return case((read.is_not(None), self.text))
