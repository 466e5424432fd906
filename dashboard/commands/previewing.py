"""``preview``: what a load would make of a file, before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import asked

if TYPE_CHECKING:
    from etl.preview_report import Preview, TablePreview

#: Columns of a table that a terminal shows of each record.
_WIDTH = 8


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(preview)


def preview(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A file, a folder or a zip archive.")],
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="Read it as this source, whatever its columns.")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(metavar="FILE", help="Read it by this mapping (see `map`).")] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Time zone of clocks that carry none, such as Europe/Dublin.")
    ] = None,
    date_order: Annotated[
        str | None, typer.Option(metavar="ORDER", help="day-first or month-first, where no date in the file tells.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, max=1000, metavar="N", help="Records shown of each table.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
) -> None:
    """Show what a load would make of a file: who claims it, rows understood, rows refused. Nothing is loaded."""
    from etl import dates
    from etl import preview as previews

    order = None if date_order is None else dates.checked(date_order)
    found = previews.preview(asked.home_of(context), path, source, mapping, timezone, order, limit)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        show(found)
    is_sound = all(file.error is None and all(table.error is None for table in file.tables) for file in found.files)
    if not is_sound:
        raise typer.Exit(1)


def show(found: Preview) -> None:
    """Print a preview in words and small tables."""
    from dashboard.exports import to_table

    for file in found.files:
        if file.error is not None:
            typer.echo(f"{file.name}: {file.error.sentence}")
        for table in file.tables:
            for sentence in sentences(table):
                typer.echo(to_table.printable(sentence))
            columns = _columns(table)
            records = [{"row": seen.row, **seen.ours, "refused": seen.refused} for seen in table.seen]
            if records:
                to_table.show(to_table.plain(("row", *columns, "refused"), records))


def _columns(table: TablePreview) -> list[str]:
    names = dict.fromkeys(name for seen in table.seen for name in seen.ours)
    return list(names)[:_WIDTH]


def sentences(table: TablePreview) -> Iterator[str]:
    """What was understood of a table, and what was not."""
    part = "the first " if table.is_part else ""
    yield f"{table.name}: {part}{table.rows:,} rows, {_claimed(table)}."
    if table.error is not None:
        yield table.error.sentence
    for claim in table.claims[:4]:
        also = f"; it also needs {', '.join(claim.missing[:6])}" if claim.missing else ""
        yield f"  {claim.source} knows {len(claim.matched)} columns{also}"
    if table.zone == "needed":
        yield "Times carry no zone: say which with --timezone, such as --timezone Europe/Dublin."
    taken = ", ".join(f"{count:,} {name.replace('_', ' ')}{'s' * (count != 1)}" for name, count in table.facts.items())
    if taken:
        yield f"Would become: {taken}."
    for reason, rows in table.by_reason.items():
        yield f"{rows:,} rows would be quarantined: {reason}"
    for word in table.unmapped[:8]:
        yield f"{word.column} '{word.word}' is not mapped ({word.rows:,} rows)"
    yield from table.notes


def _claimed(table: TablePreview) -> str:
    if table.chosen:
        return f"read by the mapping {table.chosen}" if table.is_mapping else f"recognised as {table.chosen}"
    return "recognised by nobody; read by a drafted mapping" if table.draft else "recognised by nobody"
