"""A table for a terminal: the same readings in words."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dashboard.exports.cells import cell
from dashboard.exports.records import edges

if TYPE_CHECKING:
    from dashboard.kpis.target import Target
    from dashboard.readings import Reading

#: How wide a table may be where nobody says how wide the screen is: a file or a pipe.
PIPE_WIDTH = 200


def show(table: Table) -> None:
    """Print a table on stdout; in a pipe it is plain text and is not folded."""
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    console = Console(file=sys.stdout, width=width, highlight=False)
    console.print(table)


def plain(columns: Sequence[str], rows: Iterable[Mapping[str, object]], right: Sequence[str] = ()) -> Table:
    """Any records as a table; nothing in a cell is read as markup or as a control sequence."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell(row.get(column)))) for column in columns))
    return table


def printable(text: str) -> str:
    """Text without control characters: a subject may hold escape sequences that would drive the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def readings(found: Sequence[Reading], by: Sequence[str] = ()) -> Table:
    """Readings in words: value with unit, interval, n, target and verdict, or the rule that stopped the value."""
    rows = [_row(reading) for reading in found]
    columns = ["kpi", "period", *by, "value", "interval", "n", "target", "verdict"]
    return plain(columns, rows, right=("value", "n"))


def _row(reading: Reading) -> dict[str, object]:
    from dashboard import wording

    return {
        "kpi": reading.kpi.name,
        "period": period(reading),
        **{name: value or "(none)" for name, value in reading.group},
        "value": wording.value(reading.value, reading.kpi.unit),
        "interval": reading.reason or wording.interval(reading),
        "n": f"{reading.n:,}",
        "target": wording.target(reading.target, reading.kpi.unit),
        "verdict": wording.status(reading) + (f" ({reading.kpi.grade})" if reading.kpi.grade else ""),
    }


def period(reading: Reading) -> str:
    """A period in words; all of time as the days the data cover."""
    from dashboard import wording

    start, end = edges(reading)
    return wording.period(replace(reading.period, start=start, end=end))


def catalogue(targets: Mapping[str, Target | None]) -> Table:
    """The KPIs as a table: name, question, target in force, who answers for it, the feed it needs."""
    from dashboard import kpis, wording

    rows = [
        {
            "kpi": kpi.name,
            "target": wording.target(targets.get(kpi.name), kpi.unit),
            "owner": kpi.owner,
            "asks": kpi.asks,
            "needs": kpi.needs,
        }
        for kpi in kpis.catalogue().values()
    ]
    return plain(("kpi", "target", "owner", "asks", "needs"), rows)
