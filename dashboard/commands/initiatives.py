"""``initiatives list``: where each initiative stands, as the page says it."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands import asked
from dashboard.commands.asked import ListFormat
from etl.settings import load_settings

initiatives = typer.Typer(help="What was promised, and whether it works.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    initiatives.command(name="list")(list_)
    app.add_typer(initiatives, name="initiatives")


@initiatives.callback()
def _initiatives() -> None:
    """What was promised, and whether it works."""


def list_(
    context: typer.Context,
    shape: Annotated[ListFormat, typer.Option("--format", help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List the initiatives with their status, goal and effect."""
    from dashboard import engine, initiative_words, journal, readings
    from dashboard import initiatives as standing
    from dashboard.ask import Ask
    from dashboard.exports import to_json, to_table
    from dashboard.kpis.options import Options
    from dashboard.scope import Grain, Period, Scope

    home = asked.home_of(context)
    settings, facts = load_settings(home), engine.Facts.open(home)
    zone = settings.reporting.timezone
    horizon = readings.horizon(facts, zone)
    ask = Ask(facts, horizon, settings, Scope(), Period(None, None, Grain.ALL, zone), Options(), {})
    rows = [
        {
            "initiative": each.body.name,
            "kpi": each.body.kpi,
            "status": str(each.word),
            "goal": initiative_words.target(each),
            "effect": initiative_words.effect(each),
            "owner": each.body.owner or None,
        }
        for each in standing.standings(ask, journal.open(home))
    ]
    if shape is ListFormat.JSON:
        typer.echo(to_json.text(rows))
    else:
        to_table.show(to_table.plain(("initiative", "status", "goal", "effect", "owner"), rows))
