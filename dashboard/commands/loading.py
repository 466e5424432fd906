"""``load``, ``loads``, ``unload``, ``map``: what is in the home folder, and how it came there."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import asked
from dashboard.commands.asked import ListFormat
from etl.errors import AnswerNeededError, UsageError
from etl.settings import Home

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from etl.report import LoadReport, Step


class DateOrder(StrEnum):
    """Which number of a date comes first."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Progress(StrEnum):
    """How a running load shows where it is."""

    BAR = "bar"
    JSON = "json"
    NONE = "none"


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(load)
    app.command()(loads)
    app.command()(unload)
    app.command(name="map")(map_file)


def load(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files, folders, zip archives.")],
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="Read every file as this source, whatever its columns.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read every file by this mapping (see `map`).")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Time zone of clocks that carry none, such as Europe/Dublin.")
    ] = None,
    date_order: Annotated[
        DateOrder | None, typer.Option(help="How dates such as 03/04/2026 are written, where no date of a file tells.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Only say which source each file would go to and why; load nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    progress: Annotated[
        Progress, typer.Option(help="A bar on a terminal, a line of JSON for each step, or nothing.")
    ] = Progress.BAR,
) -> None:
    """Load exports: new rows come in, newer ones replace older ones, nothing is read twice."""
    home = asked.home_of(context)
    if explain:
        explain_files(home, paths, source, mapping, as_json)
        return
    is_watched = progress is Progress.BAR and not as_json
    report = load_all(home, paths, source, mapping, timezone, date_order, progress, is_watched)
    if progress is Progress.JSON:
        typer.echo(json.dumps({"event": "report", "report": report.model_dump(mode="json")}, separators=(",", ":")))
    elif as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        show_report(report)
    if report.exit_code:
        raise typer.Exit(report.exit_code)


def load_all(
    home: Home,
    paths: Sequence[Path],
    source: str | None = None,
    mapping: Path | None = None,
    timezone: str | None = None,
    date_order: str | None = None,
    progress: Progress = Progress.BAR,
    is_watched: bool = False,
) -> LoadReport:
    """Load, and show how far it is: a bar on stderr where somebody watches, or lines of JSON on stdout.

    Where somebody watches (``is_watched``) and sits at a terminal, what a file does not tell is asked.
    """
    from etl import dates, load

    asking = Asking(home) if is_watched and at_terminal() else None
    with _shown(progress, paths, asking) as say:
        return load.load(
            home,
            paths,
            source=source,
            mapping=mapping,
            timezone=timezone,
            date_order=dates.checked(date_order) if date_order else None,
            ask=asking,
            progress=say,
        )


def at_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


class Asking:
    """Asks at the terminal what a file does not tell; the answer of one file is the suggestion for the next."""

    def __init__(self, home: Home) -> None:
        from etl.settings import load_settings

        self.suggested = {"timezone": load_settings(home).reporting.timezone}
        self.bar: Bar | None = None

    def __call__(self, _name: str, error: AnswerNeededError) -> str | None:
        """One question, repeated until the answer is one; an empty line takes the suggestion."""
        from etl import dates, zones

        checked: Callable[[str], str] = zones.checked if error.needs == "timezone" else dates.checked
        question = {"timezone": "Whose clocks are they? Time zone", "date_order": "day-first or month-first"}
        if self.bar is not None:
            self.bar.stop()
        typer.echo(f"{error.title} {error.detail}", err=True)
        while True:
            answer = typer.prompt(question[error.needs], default=self.suggested.get(error.needs), err=True)
            try:
                self.suggested[error.needs] = checked(answer.strip())
                break
            except UsageError as wrong:
                typer.echo(str(wrong), err=True)
        if self.bar is not None:
            self.bar.start()
        return self.suggested[error.needs]


def explain_files(
    home: Home, paths: Sequence[Path], source: str | None, mapping: Path | None, as_json: bool = False
) -> None:
    """Print whose each file is and what decided, without loading it."""
    from dashboard.commands import load_report
    from etl import load

    found = load.explain(home, paths, source=source, mapping=mapping)
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in found], indent=2))
    else:
        for sentence in load_report.explanation(found):
            typer.echo(sentence)
    if any(each.error is not None for each in found):
        raise typer.Exit(1)


def _shown(
    progress: Progress, paths: Sequence[Path], asking: Asking | None
) -> AbstractContextManager[Callable[[Step], None]]:
    if progress is Progress.BAR:
        return progress_bar(paths, asking)
    return nullcontext(_line if progress is Progress.JSON else _nothing)


def _nothing(_step: Step) -> None:
    """Nobody watches."""


def _line(step: Step) -> None:
    """One JSON object a line, written at once: whoever started the load as a process reads along."""
    print(step.model_dump_json(exclude_none=True), flush=True)


@contextmanager
def progress_bar(paths: Sequence[Path], asking: Asking | None = None) -> Iterator[Callable[[Step], None]]:
    """A bar over the files, with what is being done to which; nothing where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from etl import files

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _nothing
        return
    columns = (BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())
    with Bar(*columns, TextColumn("{task.description}", markup=False), console=console, transient=True) as bar:
        task = bar.add_task("", total=files.count(paths))
        if asking is not None:
            asking.bar = bar
        yield partial(_tell, bar, task, [])


def _tell(bar: Bar, task: TaskID, seen: list[str], step: Step) -> None:
    if step.file and step.file not in seen:
        seen.append(step.file)
    done = len(seen) - (1 if step.file else 0)
    total = max(int(bar.tasks[0].total or 0), len(seen))
    bar.update(task, description=f"{step.step} {step.file}".strip(), completed=done, total=total)


def show_report(report: LoadReport) -> None:
    """Print what was read, mapped and refused."""
    from dashboard.commands import load_report
    from dashboard.exports import to_table

    to_table.show(load_report.files(report))
    for sentence in load_report.sentences(report):
        typer.echo(sentence)


def loads(
    context: typer.Context,
    shape: Annotated[ListFormat, typer.Option("--format", help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List the loads the facts stand on."""
    from dashboard.exports import to_json, to_table
    from etl import load

    records = [each.model_dump() for each in load.loads(asked.home_of(context))]
    if shape is ListFormat.JSON:
        typer.echo(to_json.text(records))
    elif records:
        columns = ("load_id", "loaded_at", "source", "file_name", "rows_read", "rows_accepted", "rows_quarantined")
        to_table.show(to_table.plain(columns, records))
    else:
        typer.echo("Nothing is loaded. Load an export with `supportkpi load FILE`.")


def unload(
    context: typer.Context,
    load_id: Annotated[int, typer.Argument(metavar="ID", help="The number `supportkpi loads` shows.")],
) -> None:
    """Take one load back: its rows leave, and what it had replaced counts again."""
    from etl import load

    load.unload(asked.home_of(context), load_id)
    typer.echo(f"Load {load_id} is taken back.")


def map_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An export that no source knows.")],
) -> None:
    """Draft a mapping from a file: print TOML to look through, complete and keep."""
    from etl import draft

    typer.echo(draft.draft(file), nl=False)
