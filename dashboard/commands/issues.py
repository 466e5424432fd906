"""``issues list``, ``words``, ``apply``: what keeps coming back, what people said of it, and facts that follow it."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer

from dashboard.commands import asked
from dashboard.commands.asked import ListFormat, Where
from etl.errors import NoFactsError
from etl.settings import Home, load_settings

issues = typer.Typer(help="Issues that come back.", no_args_is_help=True, rich_markup_mode=None)

Shape = Annotated[ListFormat, typer.Option("--format", help="How to print it.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    issues.command("list")(listed)
    issues.command()(words)
    issues.command()(apply)
    app.add_typer(issues, name="issues")


@issues.callback()
def _issues() -> None:
    """Issues that come back."""


def listed(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=500, metavar="N", help="How many.")] = 20,
    where: Where = None,
    shape: Shape = ListFormat.TABLE,
) -> None:
    """List issues with two occurrences or more: those first that an account has met most often."""
    from dashboard import chronic, engine
    from dashboard.analysis.tax import signals
    from dashboard.analysis.tax.basis import Basis
    from dashboard.escalation_loop import Question
    from dashboard.scope import Grain, Period

    home = asked.home_of(context)
    facts = engine.Facts.open(home)
    timezone = load_settings(home).reporting.timezone
    question = Question(facts, asked.scope_of(facts, where), Period(None, None, Grain.ALL, timezone))
    found = chronic.ledger(question, Basis(signals.priors(facts.minutes)), limit)
    rows = [
        {
            "issue": each.label,
            "key": each.issue_key,
            "known_by": each.evidence,
            "confirmed_by": each.confirmed_by,
            "stage": chronic.stage(each.deepest),
            "occurrences": each.occurrences,
            "tickets": each.tickets,
            "accounts": each.accounts,
            "first": each.first_at,
            "last": each.last_at,
            "fixed": each.fix.fixed_at if each.fix else None,
            "days_to_return": each.fix.days_to_return if each.fix else None,
        }
        for each in found
    ]
    columns = ("issue", "key", "known_by", "stage", "occurrences", "tickets", "accounts", "first", "last", "fixed")
    _print(shape, columns, rows)


def words(context: typer.Context, shape: Shape = ListFormat.TABLE) -> None:
    """List what people said of issues, and whether the facts follow it yet."""
    from dashboard import issue_words, journal

    book = journal.open(asked.home_of(context))
    applied = issue_words.restatements(book)
    rows = [
        {
            "said_at": each.said_at,
            "who": each.who,
            "issue": each.body.issue_keys[0],
            "word": issue_words.in_words(each.body),
            "applied": each.entry in applied,
        }
        for each in issue_words.said(book)
    ]
    _print(shape, ("said_at", "who", "issue", "word", "applied"), rows)


def apply(
    context: typer.Context,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who asks; your login by default.")] = None,
    shape: Shape = ListFormat.TABLE,
) -> None:
    """Derive the facts anew from all that people said of issues, and tell which figures that moved."""
    from dashboard import issue_words, journal
    from etl import issue_words as kept

    home = asked.home_of(context)
    book = journal.open(home)
    told = issue_words.said(book)
    before = _measured(home)
    given = [
        kept.IssueWord(
            kind=each.body.word, issue_keys=each.body.issue_keys, ticket_ids=each.body.ticket_ids, name=each.body.name,
            problem_key=each.body.problem_key, said_by=each.who, said_at=each.said_at,
        )
        for each in told
    ]  # fmt: skip
    if kept.keep(home, given) is None:
        raise NoFactsError("Nothing is loaded yet.", "There is no issue to speak of.", "Load an export first.")
    found = issue_words.moved(before, _measured(home))
    if issue_words.is_pending(book):
        issue_words.restated(book, told, found, by or getpass.getuser())
    if shape is ListFormat.JSON:
        from dashboard.exports import to_json

        typer.echo(to_json.text([{"words": len(told), "moved": [each.model_dump() for each in found]}]))
        return
    typer.echo(f"The facts follow {len(told):,} words on issues. " + ("" if found else "No figure moved."))
    _print(shape, ("kpi", "before", "before_n", "after", "after_n"), [each.model_dump() for each in found])


def _measured(home: Home) -> dict[str, tuple[float | None, int]]:
    from dashboard import engine, issue_words

    return issue_words.measured(engine.Facts.open(home), load_settings(home).reporting.timezone)


def _print(shape: ListFormat, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    from dashboard.exports import to_json, to_table

    if shape is ListFormat.JSON:
        typer.echo(to_json.text(rows))
    elif rows:
        to_table.show(to_table.plain(columns, rows))
