"""``journal``: what people wrote, as one file and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands import asked

app = typer.Typer(no_args_is_help=True, help="What people wrote on the pages: backup and restore.")


def register(parent: typer.Typer) -> None:
    """Add these commands to the application."""
    parent.add_typer(app, name="journal")


@app.command()
def backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="The file to write; replaced if it is there.")]
) -> None:
    """Write everything people wrote, with every version, to one file."""
    from dashboard import journal

    n = journal.backup(asked.home_of(context), file)
    typer.echo(f"{file}: {n} versions of entries.")


@app.command()
def restore(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="A file that 'journal backup' wrote.")]
) -> None:
    """Bring a backup into a journal that has no entries yet."""
    from dashboard import journal

    n = journal.restore(asked.home_of(context), file)
    typer.echo(f"{n} versions of entries restored.")
