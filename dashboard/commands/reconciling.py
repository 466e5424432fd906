"""``reconcile``: do our numbers tie to the help desk's own?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import asked
from dashboard.commands.asked import Format, Where
from etl.errors import NoFactsError, SupportKpiError, UsageError
from etl.settings import Home, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.engine import Facts
    from dashboard.reconciliation import Comparison
    from dashboard.scope import Period, Scope
    from dashboard.vendor_definitions import Definition

_SHOWN = ("definition", "compared", "agree", "differ", "only theirs", "only ours", "their median", "our median", "why")


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(reconcile)


def reconcile(
    context: typer.Context,
    vendor: Annotated[str | None, typer.Option(metavar="NAME", help="Definitions of this vendor: zendesk …")] = None,
    figure: Annotated[
        str | None, typer.Option(metavar="NAME", help="One figure, by the vendor's name for it or by ours.")
    ] = None,
    theirs: Annotated[
        str | None, typer.Option(metavar="VALUE", help="A figure of the vendor's own report: 191.5, 3.2h, 02:30:00.")
    ] = None,
    statistic: Annotated[str, typer.Option(metavar="NAME", help="What --theirs is: median, mean or total.")] = "median",
    schedules: Annotated[
        str | None,
        typer.Option(metavar="every|last", help="Which of a ticket's schedules count; as the vendor counts otherwise."),
    ] = None,
    period: Annotated[
        str | None, typer.Option(metavar="PERIOD", help="2016-03, 2016-W10 or 2016-Q1; all that is loaded otherwise.")
    ] = None,
    where: Where = None,
    tickets: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the tickets that differ, or stand behind ours, as CSV.")
    ] = None,
    shape: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TABLE,
) -> None:
    """Compare our measurements with the help desk's own, ticket by ticket, and say why they differ."""
    from dashboard import engine, reconciliation
    from dashboard.vendor_definitions import named, schedules_named

    home = asked.home_of(context)
    definitions = [each.under(schedules_named(schedules)) for each in named(vendor, figure)]
    facts = engine.Facts.open(home)
    scope, when = asked.scope_of(facts, where), period_of(home, facts, period)
    if theirs is not None:
        _against(facts, definitions, theirs, statistic, scope, when, tickets, shape)
        return
    there = reconciliation.there(facts, definitions)
    if not there:
        raise NoFactsError(
            "No export that is loaded holds the help desk's own figures for this.",
            "Zendesk's ticket metrics and CSV export hold them, as do the exports of Freshdesk, Intercom and HubSpot.",
            "Load one, or give a figure of the help desk's report with --figure and --theirs.",
        )
    found = [reconciliation.compare(facts, each, scope, when) for each in there]
    _show(found, shape)
    if tickets is not None:
        from dashboard.exports import reconciled

        _write(tickets, reconciled.tickets_csv(found))


def period_of(home: Home, facts: Facts, text: str | None) -> Period:
    """The period asked for; all of time without one."""
    from dashboard import readings
    from dashboard.exports.board import named_period
    from dashboard.scope import Grain, Period

    reporting = load_settings(home).reporting
    if text is None:
        return Period(None, None, Grain.ALL, reporting.timezone)
    until = readings.horizon(facts, reporting.timezone).until
    return named_period(text, reporting.timezone, reporting.week_start, until)


def _show(found: list[Comparison], shape: Format) -> None:
    from dashboard.exports import reconciled, to_csv, to_json, to_table

    records = [reconciled.record(each) for each in found]
    if shape is Format.JSON:
        typer.echo(to_json.text(records))
    elif shape is Format.CSV:
        typer.echo(to_csv.text(reconciled.COLUMNS, records), nl=False)
    else:
        rows = [_words(each, record) for each, record in zip(found, records, strict=True)]
        to_table.show(to_table.plain(_SHOWN, rows, right=_SHOWN[1:-1]))


def _words(found: Comparison, record: Mapping[str, object]) -> dict[str, object]:
    from dashboard import wording
    from dashboard.kpis.kpi import Unit

    unit = Unit.COUNT if found.definition.is_count else Unit.MINUTES
    share = "" if found.share is None else f" ({wording.value(found.share, Unit.PERCENT)})"
    return {
        "definition": f"{record['vendor']} {record['definition']}",
        "compared": f"{found.compared:,}",
        "agree": f"{found.agree:,}{share}",
        "differ": f"{found.differ:,}",
        "only theirs": f"{found.only_theirs:,}",
        "only ours": f"{found.only_ours:,}",
        "their median": wording.value(found.theirs.median, unit),
        "our median": wording.value(found.ours.median, unit),
        "why": record["reasons"],
    }


def _against(
    facts: Facts,
    definitions: list[Definition],
    theirs: str,
    statistic: str,
    scope: Scope,
    when: Period,
    tickets: Path | None,
    shape: Format,
) -> None:
    """One figure of the vendor's report beside ours."""
    from dashboard import reconciliation
    from dashboard.exports import reconciled, to_csv, to_json, to_table

    if len(definitions) != 1:
        names = ", ".join(f"--vendor {each.vendor} --figure {each.name}" for each in definitions[:4])
        raise UsageError("--theirs is compared with one definition.", f"Here there are {len(definitions)}: {names} …")
    found = reconciliation.against(facts, definitions[0], reconciliation.amount(theirs), statistic, scope, when)
    records = reconciled.against_records(found)
    columns = ("figure", "value", "tickets", "difference")
    if shape is Format.JSON:
        typer.echo(to_json.text(records))
    elif shape is Format.CSV:
        typer.echo(to_csv.text(columns, records), nl=False)
    else:
        to_table.show(to_table.plain(columns, records, right=columns[1:]))
    if tickets is not None:
        headers, rows = to_csv.of_frame(found.tickets)
        _write(tickets, to_csv.spreadsheet(headers, rows))


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise SupportKpiError(f"{path} was not written.", f"{error.strerror}.", "Choose another place.") from error
    typer.echo(f"{path} written.", err=True)
