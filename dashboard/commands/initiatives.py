"""``initiatives list`` and ``initiatives begin``: where each initiative stands, and one begun and locked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import asked
from dashboard.commands.asked import Choices, ListFormat, Where
from etl.errors import UsageError
from etl.settings import Home, load_settings

if TYPE_CHECKING:
    from dashboard.ask import Ask
    from dashboard.kpis.kpi import Kpi
    from dashboard.kpis.options import Options

Change = Annotated[str | None, typer.Option(metavar="PERCENT", help="The goal as a change of the baseline: -30%.")]
Goal = Annotated[
    str | None, typer.Option(metavar="VALUE", help="The goal as a value: 8h, 30min, 60%, 4.2; of a count, a week's.")
]
Bad = Annotated[bool, typer.Option("--bad-numbers/--no-bad-numbers", help="Whether bad numbers are why it is begun.")]
Control = Annotated[
    list[str] | None,
    typer.Option("--control", metavar="DIM=VALUE", help="A segment it does not touch, to compare with."),
]
initiatives = typer.Typer(help="What was promised, and whether it works.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    initiatives.command(name="list")(list_)
    initiatives.command()(begin)
    app.add_typer(initiatives, name="initiatives")


@initiatives.callback()
def _initiatives() -> None:
    """What was promised, and whether it works."""


def list_(
    context: typer.Context,
    shape: Annotated[ListFormat, typer.Option("--format", help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List the initiatives with their status, goal and effect."""
    from dashboard import initiative_words, journal
    from dashboard import initiatives as standing
    from dashboard.exports import to_json, to_table
    from dashboard.kpis.options import Options

    home = asked.home_of(context)
    ask = _ask(home, Options())
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


def begin(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is called.")],
    kpi: Annotated[str, typer.Option("--kpi", metavar="KPI", help="As `supportkpi kpis` lists it.")],
    baseline_from: Annotated[str, typer.Option(metavar="DATE", help="First day of the baseline.")],
    baseline_to: Annotated[str, typer.Option(metavar="DATE", help="Last day of the baseline.")],
    start: Annotated[str, typer.Option(metavar="DATE", help="The day it starts.")],
    due: Annotated[str, typer.Option(metavar="DATE", help="The day it is due.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who writes this.")],
    change: Change = None,
    goal: Goal = None,
    bad_numbers: Bad = True,
    where: Where = None,
    option: Choices = None,
    control: Control = None,
    owner: Annotated[str, typer.Option(help="Who answers for it.")] = "",
    cost: Annotated[str, typer.Option(help="What it costs.")] = "",
    cost_for: Annotated[str, typer.Option(help="What the cost is for.")] = "",
    notes: Annotated[str, typer.Option(help="Anything else.")] = "",
    promised: Annotated[int, typer.Option(min=0, max=100, help="Capacity promised, in percent.")] = 0,
    sprints: Annotated[int, typer.Option(min=1, max=26, help="For so many sprints.")] = 2,
    roi: Annotated[str, typer.Option(help="Technology test: what it returns.")] = "",
    agent: Annotated[str, typer.Option(help="Technology test: what it does for agents.")] = "",
    customer: Annotated[str, typer.Option(help="Technology test: what it does for customers.")] = "",
    scale: Annotated[str, typer.Option(help="Technology test: how it scales.")] = "",
    integration: Annotated[str, typer.Option(help="Technology test: what it works with.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be locked, and lock nothing.")] = False,
) -> None:
    """Begin an initiative: its baseline is read now and locked with the goal."""
    from dashboard import initiative_start, journal, kpis

    home = asked.home_of(context)
    ask = _ask(home, asked.options_of(option), where)
    days = (asked.day(baseline_from, "--baseline-from"), asked.day(baseline_to, "--baseline-to"))
    said = {
        "name": name, "start": asked.day(start, "--start"), "due": asked.day(due, "--due"), "owner": owner,
        "cost": cost, "cost_for": cost_for, "notes": notes, "triggered_by_bad_numbers": bad_numbers, "roi": roi,
        "agent": agent, "customer": customer, "scale": scale, "integration": integration,
        "sprints": [{"name": str(n + 1), "promised": promised / 100} for n in range(sprints if promised else 0)],
        **_goal(kpis.named([kpi])[0], change, goal),
    }  # fmt: skip
    made = initiative_start.start(ask, kpi, *days, asked.scope_of(ask.loaded, control))
    body = initiative_start.body(made, said)
    typer.echo("\n".join(initiative_start.lines(made, body)))
    if dry_run:
        typer.echo("Nothing was locked.")
        return
    typer.echo(f"Locked as entry {initiative_start.begin(journal.open(home), body, who=by).begun} of the journal.")


def _ask(home: Home, options: Options, where: list[str] | None = None) -> Ask:
    """The question of all of time in the home, as the page would be handed it."""
    from dashboard import engine, readings
    from dashboard.ask import Ask
    from dashboard.scope import Grain, Period

    settings, facts = load_settings(home), engine.Facts.open(home)
    zone = settings.reporting.timezone
    scope = asked.scope_of(facts, where)
    return Ask(
        facts, readings.horizon(facts, zone), settings, scope, Period(None, None, Grain.ALL, zone), options, {}
    )  # fmt: skip


def _goal(kpi: Kpi, change: str | None, goal: str | None) -> dict[str, float]:
    """``--change -30%`` or ``--goal 8h`` in the reading's unit; raises UsageError for another unit than the KPI's."""
    from dashboard.kpis.kpi import Unit

    if (change is None) == (goal is None):
        raise UsageError("A goal is a change or a value.", "", "Give --change or --goal, exactly one of them.")
    if change is not None:
        return {"change": _number(change, "--change", {"%": 0.01, "": 0.01})}
    units = {Unit.PERCENT: {"%": 0.01}, Unit.MINUTES: {"h": 60.0, "min": 1.0}}
    return {"line": _number(str(goal), "--goal", units.get(kpi.unit, {"": 1.0}))}


def _number(text: str, flag: str, units: dict[str, float]) -> float:
    found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)\s*(%|h|min|)", text.strip().replace("−", "-"))
    if found is None or found[2] not in units:
        like = " or ".join(f"{flag} 8{unit}" for unit in units)
        raise UsageError(f"{flag} '{text}' was not understood.", "", f"Write it as {like}.")
    return round(float(found[1]) * units[found[2]], 9)
