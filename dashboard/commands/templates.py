"""Tables of our own, printed to be filled in."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command(name="template")(print_template)


def print_template(
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="Which one; left out, all are listed.")] = None,
) -> None:
    """Print an empty table to fill in: headers and one example row. Without KIND: which there are."""
    from etl.template_kinds import TEMPLATES, empty_table

    if kind is not None:
        typer.echo(empty_table(kind), nl=False)
        return
    width = max(len(each.kind) for each in TEMPLATES)
    for each in TEMPLATES:
        typer.echo(f"{each.kind:<{width}}  {each.about}")
