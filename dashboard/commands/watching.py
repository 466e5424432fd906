"""``watch``: load what appears in a folder."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import asked

if TYPE_CHECKING:
    from etl.watch import Drop


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(watch)


def watch(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder exports are dropped into.")],
    source: Annotated[str | None, typer.Option(metavar="NAME", help="Read every file as this source.")] = None,
    mapping: Annotated[Path | None, typer.Option(metavar="FILE", help="Read every file by this mapping.")] = None,
    timezone: Annotated[str | None, typer.Option(metavar="ZONE", help="Time zone of clocks that carry none.")] = None,
    settle: Annotated[float, typer.Option(min=0, help="Seconds without a change that make a file complete.")] = 10.0,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="Load what is there, then end; for a timer.")] = False,
) -> None:
    """Load what appears in a folder, and move it to done/ or refused/ with its report beside it."""
    from etl.watch import Watch

    watching = Watch(asked.home_of(context), folder, source, mapping, timezone, settle)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if once:
        drops = watching.once(stop)  # a first look: what changes until the second is not complete
        stop.wait(settle)
        drops += watching.once(stop)
        for drop in drops:
            tell(drop)
        if any(drop.is_refused for drop in drops):
            raise typer.Exit(1)
        return
    typer.echo(f"Watching {folder}. Stop with Ctrl+C; the file at hand is finished first.")
    watching.run(tell, stop, every)


def tell(drop: Drop) -> None:
    """One drop in words, as ``load`` tells its files."""
    from dashboard.commands import load_report

    typer.echo(f"{drop.name} → {drop.moved_to.parent.name}/{drop.moved_to.name}")
    for sentence in load_report.sentences(drop.report):
        typer.echo(f"  {sentence}")
