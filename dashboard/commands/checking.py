"""``check``: is what stands in the home folder sound? Every question is asked, whatever the others answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from dashboard.commands import asked
from dashboard.commands.asked import ListFormat
from etl.errors import SupportKpiError
from etl.settings import Home, load_settings


@dataclass(frozen=True)
class Finding:
    """One question to the home folder, whether it passed, and what was found in a sentence."""

    check: str
    passed: bool
    found: str


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command()(check)


def check(
    context: typer.Context,
    shape: Annotated[ListFormat, typer.Option("--format", help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """Check settings, targets, mappings and facts; exit 1 when something fails."""
    from dashboard.exports import to_json, to_table

    found = list(findings(asked.home_of(context)))
    if shape is ListFormat.JSON:
        typer.echo(to_json.text(asdict(finding) for finding in found))
    else:
        rows = [{"check": f.check, "": "✓ passed" if f.passed else "✕ failed", "found": f.found} for f in found]
        to_table.show(to_table.plain(("check", "", "found"), rows))
    if not all(finding.passed for finding in found):
        raise typer.Exit(1)


def findings(home: Home) -> Iterable[Finding]:
    """Ask everything, settings first."""
    yield asked_safely("settings", lambda: settings_found(home))
    yield asked_safely("targets", lambda: targets_found(home))
    yield asked_safely("mappings", lambda: mappings_found(home))
    yield from facts_findings(home)


def asked_safely(name: str, question: Callable[[], str]) -> Finding:
    """An error a person can act on is an answer, not an end."""
    try:
        return Finding(name, True, question())
    except SupportKpiError as error:
        return Finding(name, False, str(error))


def settings_found(home: Home) -> str:
    """Read ``supportkpi.toml``; raises UsageError for what is wrong in it."""
    reporting = load_settings(home).reporting
    there = home.settings_file if home.settings_file.exists() else "no file, the defaults hold"
    return f"{there}: zone {reporting.timezone}, weeks from {reporting.week_start.capitalize()}"


def targets_found(home: Home) -> str:
    """Read ``targets.toml``; raises UsageError for what is wrong in it."""
    from dashboard import settings

    targets = settings.in_force(settings.targets(home))
    there = home.targets_file if home.targets_file.exists() else "no file, the catalogue's hold"
    return f"{there}: {sum(target is not None for target in targets.values())} of {len(targets)} KPIs have a target"


def mappings_found(home: Home) -> str:
    """Read every mapping kept in the home folder; raises UsageError for the first that is not one."""
    from etl.mapping import Mapping
    from etl.settings import read_toml

    paths = sorted(home.mappings.glob("*.toml"))
    for path in paths:
        read_toml(path, Mapping)
    return f"{len(paths)} in {home.mappings}"


def facts_findings(home: Home) -> Iterable[Finding]:
    """Open the snapshot and ask it; without one there is a single finding."""
    from dashboard import engine
    from dashboard.commands import integrity

    try:
        facts = engine.Facts.open(home)
    except SupportKpiError as error:
        yield Finding("snapshot", False, str(error))
        return
    yield Finding("snapshot", True, f"{facts.name} opens")
    with facts.connect() as connection:
        for question in integrity.QUESTIONS:
            faults = question.faults(connection)
            yield Finding(question.name, not faults, "; ".join(faults) or question.holds)
