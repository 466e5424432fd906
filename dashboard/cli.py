"""``supportkpi``: the one place where loading and reading meet. Each command is a thin face on a core function."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands import (
    checking,
    initiatives,
    issues,
    journal,
    loading,
    previewing,
    reading,
    reconciling,
    report,
    running,
    sending,
    targets,
    tax,
    templates,
    watching,
)
from etl.errors import SupportKpiError
from etl.settings import Home

app = typer.Typer(
    name="supportkpi",
    help="Support KPIs that can be defended, from the exports of your help desk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for family in (
    loading,
    watching,
    previewing,
    reading,
    report,
    sending,
    reconciling,
    checking,
    targets,
    initiatives,
    journal,
    tax,
    issues,
    running,
    templates,
):
    family.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"supportkpi {version('supportkpi')}")
        raise typer.Exit


@app.callback()
def everything(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            envvar="SUPPORTKPI_HOME",
            help="Folder of the data and the settings; ./supportkpi-home by default.",
        ),
    ] = None,
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Support KPIs that can be defended, from the exports of your help desk."""
    context.obj = Home(home)


def exit_code(error: BaseException) -> int:
    """What the shell is told: 2 for a wrong question, 1 for anything that failed."""
    return error.exit_code if isinstance(error, SupportKpiError) else 1


def explain(error: Exception) -> str:
    """An error as its title, where it happened, and what to do next, one a line."""
    if isinstance(error, SupportKpiError):
        return "\n".join(part for part in (f"Error: {error.title}", error.detail, error.next_step) if part)
    if isinstance(error, OSError) and error.strerror:
        return f"Error: {error.filename or 'the system'}: {error.strerror}."
    first = next(iter(str(error).splitlines()), "")
    return (
        f"Error: something went wrong that should not have ({type(error).__name__}: {first}).\n"
        "Run the same command with SUPPORTKPI_DEBUG=1 to see where, and report it."
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code; errors are printed on stderr, without a traceback."""
    try:
        app(args=home_first(sys.argv[1:] if arguments is None else arguments), prog_name="supportkpi")
    except Exception as error:
        if os.environ.get("SUPPORTKPI_DEBUG"):
            raise
        print(explain(error), file=sys.stderr)
        sys.exit(exit_code(error))


def home_first(arguments: Sequence[str]) -> list[str]:
    """Let ``--home DIR`` stand anywhere on the line: it belongs to every command alike.

    >>> home_first(["loads", "--home", "here"])
    ['--home', 'here', 'loads']
    """
    words = list(arguments)
    found: list[str] = []
    end = words.index("--") if "--" in words else len(words)
    for index in range(end - 1, -1, -1):
        if words[index].startswith("--home="):
            found = [words.pop(index), *found]
        elif words[index] == "--home" and index + 1 < len(words):
            found = [words[index], words[index + 1], *found]
            del words[index : index + 2]
    return found + words
