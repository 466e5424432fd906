"""``kpis``, ``read``, ``tickets``, ``export``: questions to the facts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import asked
from dashboard.commands.asked import Choices, Format, From, Kpis, ListFormat, To, Where
from dashboard.scope import Grain, Period, Scope
from etl.errors import UsageError
from etl.settings import Home, load_settings

if TYPE_CHECKING:
    from dashboard.engine import Facts
    from dashboard.kpis.kpi import Kpi
    from dashboard.kpis.options import Options

export = typer.Typer(help="Write a report to a file.", no_args_is_help=True, rich_markup_mode=None)

By = Annotated[
    str | None, typer.Option("--by", metavar="DIM,…", help="One reading for each value of these dimensions.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(kpis)
    app.command()(read)
    app.command()(tickets)
    export.command()(board)
    export.command(name="tickets")(every_metric)
    app.add_typer(export, name="export")


def kpis(
    context: typer.Context,
    shape: Annotated[ListFormat, typer.Option("--format", help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List the KPIs: what each asks, counts, aims at and needs."""
    from dashboard import settings
    from dashboard.exports import listing, to_json, to_table

    targets = settings.in_force(settings.targets(asked.home_of(context)))
    if shape is ListFormat.JSON:
        typer.echo(to_json.text(listing.kpis(targets)))
    else:
        to_table.show(to_table.catalogue(targets))


@dataclass(frozen=True)
class Question:
    """What ``read`` and ``tickets`` were asked, understood against the facts there are."""

    facts: Facts
    kpis: list[Kpi]
    scope: Scope
    periods: tuple[Period, ...]
    by: tuple[str, ...]
    options: Options


def understood(
    home: Home,
    names: list[str],
    where: list[str] | None,
    option: list[str] | None,
    start: str | None,
    end: str | None,
    grain: Grain = Grain.ALL,
    by: str | None = None,
) -> Question:
    """Turn words into a question; raises UsageError for each that means nothing here."""
    from dashboard import engine, readings
    from dashboard.kpis import named

    chosen = named(names)
    cut = asked.dimensions(by)
    settings = load_settings(home)
    options = asked.options_of(option)
    facts = engine.Facts.open(home)
    zone = settings.reporting.timezone
    horizon = partial(readings.horizon, facts, zone)
    periods = asked.periods_of(start, end, grain, horizon, zone, settings.reporting.week_start)
    return Question(facts, chosen, asked.scope_of(facts, where, cut), periods, cut, options)


def read(
    context: typer.Context,
    names: Kpis,
    start: From = None,
    end: To = None,
    grain: Annotated[Grain, typer.Option(help="How long one period is.")] = Grain.ALL,
    by: By = None,
    where: Where = None,
    option: Choices = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Read KPIs: value, n, interval and verdict, for each period and group."""
    from dashboard import readings, settings
    from dashboard.exports import records, to_csv, to_json, to_table

    home = asked.home_of(context)
    question = understood(home, names, where, option, start, end, grain, by)
    found = readings.read(
        question.facts,
        question.kpis,
        question.scope,
        question.periods,
        by=question.by,
        options=question.options,
        targets=settings.targets(home),
    )
    if shape is Format.JSON:
        typer.echo(to_json.text(records.record(reading) for reading in found))
    elif shape is Format.CSV:
        typer.echo(to_csv.text(records.flat_columns(question.by), map(records.flat, found)), nl=False)
    else:
        to_table.show(to_table.readings(found, question.by))


def tickets(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="KPI", help="A name as `supportkpi kpis` lists it.")],
    start: From = None,
    end: To = None,
    where: Where = None,
    option: Choices = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="No more than this many.")] = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """List the tickets behind a reading, counted or not, and how each entered it."""
    from dashboard import readings
    from dashboard.exports import to_csv, to_json, to_table

    question = understood(asked.home_of(context), [name], where, option, start, end)
    frame = readings.tickets(
        question.facts, question.kpis[0], question.scope, question.periods[0], options=question.options, limit=limit
    )
    columns, rows = to_csv.of_frame(frame)
    if shape is Format.JSON:
        typer.echo(to_json.text(rows))
    elif shape is Format.CSV:
        typer.echo(to_csv.text(columns, rows), nl=False)
    else:
        to_table.show(to_table.plain(columns, rows))


@export.callback()
def _export() -> None:
    """Write a report to a file."""


def board(
    context: typer.Context,
    period: Annotated[str, typer.Option(metavar="PERIOD", help="2016-03, 2016-W10 or 2016-Q1.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to write; its suffix says the format.")],
    where: Where = None,
    option: Choices = None,
) -> None:
    """Write every KPI for one period, each beside the period before, as a table, workbook, slides or paper."""
    from dashboard import engine, readings, settings
    from dashboard.exports import board as boards
    from dashboard.exports import report

    home = asked.home_of(context)
    report.writer_for(out)
    reporting = load_settings(home).reporting
    boards.named_period(period)
    facts = engine.Facts.open(home)
    horizon = readings.horizon(facts, reporting.timezone)
    asked_for = boards.named_period(period, reporting.timezone, reporting.week_start, horizon.until)
    options = asked.options_of(option)
    found = boards.board(facts, asked_for, horizon, settings.targets(home), asked.scope_of(facts, where), options)
    report.write(found, out)
    typer.echo(f"{out}: {sum(1 for _ in found.lines())} KPIs, {asked_for.start} to {asked_for.end} (exclusive).")


def every_metric(
    context: typer.Context,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The zip to write.")],
    name: Annotated[str | None, typer.Option("--kpi", metavar="KPI", help="Only the tickets behind this KPI.")] = None,
    start: From = None,
    end: To = None,
    where: Where = None,
    option: Choices = None,
) -> None:
    """Write everything measured on each ticket, one row each, with the definition of every column, as a zip."""
    from dashboard import per_ticket
    from dashboard.exports import per_ticket as written
    from dashboard.exports import report

    if name is None and (start or end):
        raise UsageError(
            "--from and --to need a KPI: its clock is what dates a ticket.", "", "Add --kpi tickets_created."
        )
    question = understood(asked.home_of(context), [name] if name else [], where, option, start, end)
    if name and question.kpis[0].drill is None:
        raise UsageError(f"No tickets stand behind '{name}'.", "", "`supportkpi tickets` lists its rows.")
    table = per_ticket.per_ticket(
        question.facts,
        question.scope,
        question.options,
        question.kpis[0] if name else None,
        question.periods[0] if name else None,
    )
    with report.writing(out) as file:
        rows = written.write(table, file)
    typer.echo(f"{out}: {rows:,} tickets, {len(table.columns)} columns.")
