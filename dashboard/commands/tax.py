"""``tax worksheet`` and ``tax audit``: tickets drawn for an audit of the investigation tax, and what came of it."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import asked
from dashboard.commands.asked import Choices, Where
from etl.errors import UsageError
from etl.settings import load_settings

if TYPE_CHECKING:
    from dashboard.auditing import Audit

tax = typer.Typer(help="Audit the investigation tax.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    tax.command()(worksheet)
    tax.command()(audit)
    app.add_typer(tax, name="tax")


@tax.callback()
def _tax() -> None:
    """Audit the investigation tax."""


def worksheet(
    context: typer.Context,
    period: Annotated[str, typer.Option(metavar="PERIOD", help="2016-03, 2016-W10 or 2016-Q1.")],
    out: Annotated[Path, typer.Option(metavar="FILE.csv", help="The worksheet to write.")],
    tickets: Annotated[int, typer.Option(metavar="N", help="How many to draw; 80 where money is told of it.")] = 60,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who draws; your login by default.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="Draw the same again.")] = None,
    dashboard: Annotated[str, typer.Option(metavar="URL", help="For a link to each ticket.")] = "",
    where: Where = None,
    option: Choices = None,
) -> None:
    """Draw tickets by their predicted minutes, write the draw to the journal, and a worksheet to fill in."""
    from dashboard import audit_sheet, auditing, engine, journal, readings
    from dashboard.exports import board as boards
    from dashboard.exports import report
    from dashboard.investigation import Question

    home = asked.home_of(context)
    settings = load_settings(home).reporting
    facts = engine.Facts.open(home)
    until = readings.horizon(facts, settings.timezone).until
    chosen = boards.named_period(period, settings.timezone, settings.week_start, until)
    question = Question(facts, asked.scope_of(facts, where), chosen, asked.options_of(option))
    with report.writing(out) as file:
        drawn = auditing.draw(question, tickets, journal.open(home), by or getpass.getuser(), seed)
        file.write(audit_sheet.sheet(drawn.entry, dashboard))
    entry = drawn.entry
    typer.echo(
        f"{out}: {len(entry.drawn)} of {entry.tickets:,} tickets, draw {audit_sheet.code_of(entry)}, "
        f"seed {entry.seed}, by {entry.who}.\nFill in the column minutes, then: supportkpi tax audit {out} --by NAME"
    )


def audit(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A worksheet with minutes filled in.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who wrote the minutes down.")],
) -> None:
    """Check a worksheet and store its answers; what the tickets took in all, where every ticket has one."""
    from dashboard import audit_sheet, auditing, journal

    book = journal.open(asked.home_of(context))
    if not by.strip():
        raise UsageError("Say who wrote the minutes down.", "", "Add --by NAME.")
    found = audit_sheet.read(asked.worksheet(file), book.tax_audits())
    kept = auditing.Audit(book.answer_tax_audit(found.audit.draw, found.minutes, who=by))
    typer.echo(f"{file}: {len(found.minutes)} answers stored, {kept.answered} of {len(kept.entry.drawn)} tickets done.")
    typer.echo(_said(kept))


def _said(kept: Audit) -> str:
    found = kept.minutes()
    if found.value is None:
        return f"No total yet: {found.reason}."
    low, high = (f"{(edge or 0) / 60:,.1f}" for edge in (found.low, found.high))
    return (
        f"Audited: {found.value / 60:,.1f} hours on {found.n:,} tickets (95 % interval {low} to {high}), "
        f"{kept.ratio:.2f} times what was predicted."
    )
