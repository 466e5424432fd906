"""``targets``: what is promised, by whom, and what was set when."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands import asked
from dashboard.commands.asked import ListFormat


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(targets)


def targets(
    context: typer.Context,
    history: Annotated[bool, typer.Option("--history", help="What was set on the page Targets, newest first.")] = False,
    shape: Annotated[ListFormat, typer.Option("--format", help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List the targets in force, their sources, and since when they hold."""
    from datetime import UTC, datetime

    from dashboard import journal, settings, target_register
    from dashboard.exports import to_json, to_table

    home = asked.home_of(context)
    found = settings.targets(home)
    columns: tuple[str, ...] = ("kpi", "segment", "target", "because", "set_in", "since")
    if history:
        rows = target_register.changes(journal.open(home).every_target_change(), found)
        columns = ("written_at", "who", "kpi", "segment", "old", "new", "since", "because")
    else:
        rows = [target_register.record(line) for line in target_register.lines(found, datetime.now(UTC).date())]
    if shape is ListFormat.JSON:
        typer.echo(to_json.text(rows))
    else:
        to_table.show(to_table.plain(columns, rows))
