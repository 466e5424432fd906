"""What was typed, understood: days, filters, options, formats. Everything wrong here is a UsageError."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from etl.errors import FileRefusedError, NoFactsError, UsageError, nearest
from etl.settings import Home

if TYPE_CHECKING:
    from dashboard.engine import Facts
    from dashboard.kpis.options import Options
    from dashboard.readings import Horizon
    from dashboard.scope import Period, Scope


class ListFormat(StrEnum):
    """How a list is printed."""

    TABLE = "table"
    JSON = "json"


class Format(StrEnum):
    """How readings and tickets are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


Kpis = Annotated[list[str], typer.Argument(metavar="KPI…", help="Names as `supportkpi kpis` lists them.")]
From = Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day, in the reporting time zone.")]
To = Annotated[str | None, typer.Option("--to", metavar="DATE", help="The day after the last one.")]
Where = Annotated[
    list[str] | None, typer.Option("--where", metavar="DIM=VALUE", help="Only these. Repeat it for more values.")
]
Choices = Annotated[
    list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="Count by another rule; see docs/kpis.md.")
]


def home_of(context: typer.Context) -> Home:
    """The home folder that ``--home`` or SUPPORTKPI_HOME named."""
    home = context.obj
    return home if isinstance(home, Home) else Home()


def worksheet(file: Path) -> bytes:
    """What stands in a worksheet somebody filled in; raises FileRefusedError where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileRefusedError(f"{file} cannot be read.", f"{error.strerror}.", "Give the path of a file.") from error


def day(text: str, flag: str) -> date:
    """A day such as 2016-03-01."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{flag} '{text}' is no date.", "", "Write it as year-month-day: 2016-03-01.") from error


def pairs(given: Iterable[str] | None, flag: str) -> dict[str, list[str]]:
    """``NAME=VALUE`` words as a mapping; a name given twice has both values."""
    found: dict[str, list[str]] = {}
    for word in given or ():
        name, equals, value = word.partition("=")
        if not (name and equals and value):
            raise UsageError(f"{flag} '{word}' was not understood.", "", f"Write it as {flag} NAME=VALUE.")
        found.setdefault(name, []).append(value)
    return found


def options_of(given: Sequence[str] | None) -> Options:
    """The options of ``--option``; raises UsageError naming what an option takes."""
    from dashboard.kpis.options import Options

    pairs(given, "--option")
    return Options.parse(given or ())


def dimensions(text: str | None) -> tuple[str, ...]:
    """The dimensions of ``--by team,priority``, each known and none twice."""
    from dashboard.scope import dimension

    names = [word.strip() for word in (text or "").split(",") if word.strip()]
    return tuple(dict.fromkeys(dimension(name) for name in names))


def scope_of(facts: Facts, where: Sequence[str] | None, by: Sequence[str] = ()) -> Scope:
    """The filters of ``--where``.

    A dimension that no ticket carries is refused with the feed that would bring it, and a value that no ticket
    has with the nearest one: a filter that silently matches nothing would read as a quiet month.
    """
    from dashboard.scope import DIMENSIONS, Scope, dimension

    filters = pairs(where, "--where")
    for name in (*filters, *by):
        values = values_of(facts, dimension(name))
        if not values:
            plural = name.replace("_", " ")
            raise NoFactsError(f"No ticket here has a value for '{plural}'.", f"It comes with {DIMENSIONS[name]}.", "")
        for value in filters.get(name, ()):
            if value not in values:
                raise UsageError(f"No ticket has {name} '{value}'.", nearest(value, values), "")
    return Scope.of(filters)


def values_of(facts: Facts, name: str) -> list[str]:
    """The values a dimension has in the facts, and the fixed words it could have."""
    from dashboard import readings
    from etl.vocabulary import Channel, Priority

    fixed = {"priority": Priority, "channel": Channel}
    found = readings.values_of(facts, name)
    words = [word.value for word in fixed.get(name, ())]
    return list(dict.fromkeys([*found, *words])) if found else []


def span(start: str | None, end: str | None, horizon: Horizon, timezone: str) -> tuple[date, date]:
    """First day and day after the last, from ``--from`` and ``--to`` or, where left out, from the data."""
    as_of = horizon.as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).date()
    first_day = day(start, "--from") if start else horizon.data_from
    last_day = day(end, "--to") if end else max(as_of, first_day) + timedelta(days=1)
    if last_day <= first_day:
        raise UsageError(
            f"--to {last_day} is not after --from {first_day}.", "", "--to is the day after the last one that counts."
        )
    return first_day, last_day


def periods_of(
    start: str | None, end: str | None, grain: str, horizon: Callable[[], Horizon], timezone: str, week_start: str
) -> tuple[Period, ...]:
    """The periods asked for. Neither end given and no grain: all of time, as one period, undated facts included."""
    from dashboard.scope import Grain, Period, periods

    if start is None and end is None and grain == Grain.ALL:
        return (Period(None, None, Grain.ALL, timezone),)
    known = horizon()
    first, last = span(start, end, known, timezone)
    return periods(first, last, Grain(grain), timezone, week_start, known.until)
