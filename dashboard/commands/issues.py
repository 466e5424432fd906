"""``issues``: what keeps coming back, what people said of it, facts that follow it, and how right the flags are."""

from __future__ import annotations

import getpass
from pathlib import Path
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
    issues.command()(worksheet)
    issues.command()(audit)
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
    from dashboard import chronic, engine, stages
    from dashboard.analysis.tax import signals
    from dashboard.analysis.tax.basis import Basis
    from dashboard.question import Question
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
            "stage": stages.stage(each.deepest),
            "occurrences": each.occurrences,
            "tickets": each.tickets,
            "accounts": each.accounts,
            "first": each.first_at,
            "last": each.last_at,
            "fixed": each.fix.fixed_at if each.fix else None,
            "days_to_return": each.fix.days_to_return if each.fix else None,
        }
        for each in found.rows
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


def worksheet(
    context: typer.Context,
    period: Annotated[str, typer.Option(metavar="PERIOD", help="2016-03, 2016-W10 or 2016-Q1.")],
    out: Annotated[Path, typer.Option(metavar="FILE.csv", help="The worksheet to write.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who draws.")],
    seed: Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="Draw the same again.")] = None,
    where: Where = None,
) -> None:
    """Draw 200 pairs of tickets to audit the repeat flags; write the draw to the journal, and a worksheet."""
    from dashboard import engine, journal, readings, repeat_auditing, repeat_sheet
    from dashboard.exports import board, report
    from dashboard.question import Question

    home = asked.home_of(context)
    chosen = load_settings(home).reporting
    facts = engine.Facts.open(home)
    until = readings.horizon(facts, chosen.timezone).until
    when = board.named_period(period, chosen.timezone, chosen.week_start, until)
    question = Question(facts, asked.scope_of(facts, where), when)
    with report.writing(out) as file:
        entry = repeat_auditing.draw(question, journal.open(home), by, seed)
        file.write(repeat_sheet.sheet(entry, repeat_auditing.subjects(question, entry)))
    typer.echo(
        f"{out}: {len(entry.body.pairs)} pairs of {entry.body.tickets:,} tickets, draw "
        f"{repeat_auditing.code_of(entry)}, seed {entry.body.seed}, by {entry.who}.\n"
        f"Write yes or no into the column 'same issue', then: supportkpi issues audit {out} --by NAME"
    )


def audit(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A worksheet with answers filled in.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who read the pairs.")],
) -> None:
    """Check a worksheet and store its answers; the corrected share of repeats, where every pair has one."""
    from dashboard import journal, repeat_auditing, repeat_sheet
    from dashboard.repeat_auditing import RepeatAudit

    book = journal.open(asked.home_of(context))
    found = repeat_sheet.read(asked.worksheet(file), book.written(RepeatAudit))
    kept = repeat_auditing.answer(book, found.entry, found.same, who=by)
    done = f"{len(kept.body.answers)} of {len(kept.body.pairs)} pairs"
    typer.echo(f"{file}: {len(found.same)} answers stored, {done} done.\n{repeat_auditing.said(kept.body)}")
