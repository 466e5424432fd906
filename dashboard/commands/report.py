"""``report``: the files people bring to a meeting, for a week, a month or a quarter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import asked
from dashboard.commands.asked import Choices, Where
from dashboard.rhythm import Rhythm
from etl.errors import NoFactsError, UsageError
from etl.settings import Home, load_settings

if TYPE_CHECKING:
    from dashboard.ask import Ask
    from dashboard.exports.report import Report
    from dashboard.markers import Marker
    from dashboard.readings import Horizon
    from dashboard.scope import Period

Which = Annotated[Rhythm, typer.Argument(help="How long the period is.")]
For = Annotated[
    str | None,
    typer.Option(
        "--period", metavar="PERIOD", help="2016-W10, 2016-03 or 2016-Q1; the newest complete one by default."
    ),
]
Formats = Annotated[str, typer.Option("--format", metavar="FORMAT,…", help="csv, json, xlsx, pptx, pdf.")]
Template = Annotated[
    Path | None, typer.Option("--template", metavar="FILE", help="A .pptx or .potx whose look the slides take.")
]


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(report)


def report(
    context: typer.Context,
    rhythm: Which,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder the files are written to.")],
    period: For = None,
    formats: Formats = "pptx,pdf,xlsx,csv",
    template: Template = None,
    where: Where = None,
    option: Choices = None,
) -> None:
    """Write the report of a week, month or quarter as files for a meeting."""
    from dashboard.exports import report as files

    names = [out / f"{rhythm}.{suffix}" for suffix in suffixes(formats)]
    for name in names:
        files.writer_for(name, template)
    ask = ask_of(asked.home_of(context), rhythm, period, where, option)
    found = contents(ask, rhythm, asked.home_of(context))
    out.mkdir(parents=True, exist_ok=True)
    for name in names:
        written = files.write(found, name.with_stem(stem(ask, rhythm)), template)
        typer.echo(f"{written}: {sum(1 for _ in found.lines())} KPIs.")


def contents(ask: Ask, rhythm: Rhythm, home: Home) -> Report:
    """What stands in the report: the review of that rhythm, with what people wrote; for files and for mail."""
    from datetime import UTC, datetime

    from dashboard import journal
    from dashboard.reviews import contents as reviews

    found = reviews.review(ask, rhythm, journal.open(home), datetime.now(UTC).date())
    return reviews.for_files(found)


def stem(ask: Ask, rhythm: Rhythm) -> str:
    """The name of a file without its suffix: ``weekly-2016-W10``."""
    from dashboard.ask import code

    return f"{rhythm}-{code(ask.period)}"


def suffixes(formats: str) -> list[str]:
    """The formats of ``--format pdf,xlsx``, none twice; raises UsageError for one that nobody writes."""
    from dashboard.exports.report import WRITERS, writer_for

    found = list(dict.fromkeys(word.strip().lower().removeprefix(".") for word in formats.split(",") if word.strip()))
    if not found:
        raise UsageError("--format names no format.", "", f"Known: {', '.join(each[1:] for each in WRITERS)}.")
    for suffix in found:
        writer_for(Path(f"report.{suffix}"))
    return found


def ask_of(
    home: Home, rhythm: Rhythm, period: str | None, where: list[str] | None = None, option: list[str] | None = None
) -> Ask:
    """The question a page would be handed for this period, with everything set on the pages taken along."""
    from dashboard import engine, readings, settings
    from dashboard.ask import Ask
    from dashboard.exports.board import named_period

    chosen = load_settings(home)
    zone, week_start = chosen.reporting.timezone, chosen.reporting.week_start
    if period is not None and named_period(period).grain is not rhythm.grain:
        raise UsageError(f"A {rhythm} report is of a {rhythm.grain}, and '{period}' is none.", "", "")
    options = asked.options_of(option)
    facts = engine.Facts.open(home)
    horizon = readings.horizon(facts, zone)
    wanted = (
        named_period(period, zone, week_start, horizon.until) if period else newest(horizon, rhythm, zone, week_start)
    )
    scope = asked.scope_of(facts, where)
    return Ask(facts, horizon, chosen, scope, wanted, options, settings.targets(home), notes=notes_of(home))


def notes_of(home: Home) -> tuple[Marker, ...]:
    """What people marked on the charts: a note with which limits begin anew does so on paper too."""
    from dashboard import journal
    from dashboard.markers import Kind, Marker

    found = journal.open(home).markers()
    return tuple(Marker(note.day, Kind.NOTE, note.text, note.kpi, note.begins_anew) for note in found)


def newest(horizon: Horizon, rhythm: Rhythm, zone: str, week_start: str) -> Period:
    """The newest complete period of the data; raises NoFactsError where there is none."""
    from dashboard.scope import latest_whole

    (found,) = latest_whole(horizon.until, rhythm.grain, 1, zone, week_start)
    if found.start is None or found.start < horizon.data_from:
        raise NoFactsError(
            f"No complete {rhythm.grain} is loaded yet.", "", "Name a period with --period; it is shown so far."
        )
    return found
