"""``send`` and ``sent``: reports by mail, none twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands import asked
from dashboard.commands import report as reports
from dashboard.commands.asked import Choices, ListFormat, Where
from dashboard.commands.report import For, Formats, Template, Which
from etl.errors import UsageError
from etl.settings import Home, Settings, explain, load_settings

if TYPE_CHECKING:
    from dashboard.delivery.sent import Sending
    from dashboard.exports.report import Report


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command()(send)
    app.command()(sent)


def send(
    context: typer.Context,
    rhythm: Which,
    period: For = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="ADDRESS", help="Instead of [mail] to. Repeat it for more.")
    ] = None,
    formats: Formats = "pdf,xlsx",
    template: Template = None,
    only_if_signal: Annotated[
        bool, typer.Option("--only-if-signal", help="Only where a figure moved beyond its normal variation.")
    ] = False,
    floor: Annotated[
        int, typer.Option(min=0, metavar="N", help="The smallest n that raises a signal, over each KPI's own.")
    ] = 0,
    again: Annotated[bool, typer.Option("--again", help="Send it although the log has it.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the mail and send nothing.")] = False,
    where: Where = None,
    option: Choices = None,
) -> None:
    """Send the report of a week, month or quarter by mail, with its files; nothing is sent twice."""
    from dashboard.delivery import message, smtp
    from dashboard.exports.report import writer_for

    home = asked.home_of(context)
    settings = with_recipients(home, to)
    suffixes = reports.suffixes(formats)
    for each in suffixes:
        writer_for(Path(f"report.{each}"), template)
    if not dry_run:
        smtp.check(settings.mail, settings.mail.to)
    ask = reports.ask_of(home, rhythm, period, where, option)
    found = reports.contents(ask, rhythm, home)
    moved = message.signals(found, floor)
    if only_if_signal and not moved:
        typer.echo(f"{found.title}: nothing moved beyond normal variation on enough rows; nothing was sent.")
    elif dry_run:
        typer.echo(message.body(found), nl=False)
    else:
        stem = reports.stem(ask, rhythm)
        deliver(home, settings, found, stem, suffixes, template, again)


def with_recipients(home: Home, to: list[str] | None) -> Settings:
    """The settings, with the recipients of ``--to`` in place of their own; raises UsageError for no address."""
    from pydantic import ValidationError

    from etl.settings import Mail

    settings = load_settings(home)
    try:
        mail = Mail.model_validate(settings.mail.model_dump() | {"to": tuple(dict.fromkeys(to or settings.mail.to))})
    except ValidationError as error:
        raise UsageError("--to was not understood.", explain(error, Mail), "") from error
    return settings.model_copy(update={"mail": mail})


def deliver(
    home: Home, settings: Settings, found: Report, stem: str, suffixes: list[str], template: Path | None, again: bool
) -> None:
    """Claim it in the log, send it, write down how it ended."""
    from dashboard.delivery import message, smtp
    from dashboard.delivery.sent import Sending, SentLog, State
    from dashboard.exports.report import writer_for

    rhythm, _, period = stem.partition("-")
    to = settings.mail.to
    log, wanted = SentLog(home.sent), Sending(rhythm, period, to, message.fingerprint(found, suffixes))
    known = log.find(wanted)
    if known is not None and known.state is not State.FAILED and not again:
        refuse_second(known)
        return
    files = {f"{stem}.{each}": writer_for(Path(f"{stem}.{each}"), template)(found) for each in suffixes}
    is_correction = log.earlier(wanted)
    mail = message.compose(found, settings.mail.sender or "", to, files, wanted.key, is_correction)
    entry = log.begin(wanted, again)
    if entry is None:
        raise UsageError("Another process is sending this report.", "", "`supportkpi sent` says how it ended.")
    try:
        outcome = smtp.send(settings.mail, to, mail)
    except smtp.NotSentError as error:
        log.end(entry, State.FAILED, str(error))
        raise
    except smtp.UnknownError as error:
        log.end(entry, State.BEGUN, str(error))
        raise
    log.end(entry, State.SENT, refused=outcome.refused)
    taken = [address for address in to if address not in outcome.refused]
    typer.echo(f"{found.title}: sent to {', '.join(taken)}, with {', '.join(files)}.")
    if outcome.refused:
        typer.echo(f"The mail server did not take: {', '.join(outcome.refused)}. Send it to them with --to.", err=True)
        raise typer.Exit(1)


def refuse_second(known: Sending) -> None:
    """Say that it is in the log: done is done, begun and not ended is for a person to look into."""
    from dashboard.delivery.sent import State

    if known.state is State.SENT:
        typer.echo(f"{known.report} {known.period} was sent on {known.ended_at}; nothing was sent now.")
        return
    raise UsageError(
        f"Sending {known.report} {known.period} was begun on {known.begun_at or 'an unknown day'} and never ended.",
        "The mail may have left or not, and nothing is sent twice.",
        "Ask a recipient; where it did not come, send it with --again.",
    )


def sent(
    context: typer.Context,
    shape: Annotated[ListFormat, typer.Option("--format", help="How to print it.")] = ListFormat.TABLE,
) -> None:
    """List what was sent by mail, to whom, and how it ended; oldest first."""
    from dataclasses import asdict

    from dashboard.delivery.sent import SentLog
    from dashboard.exports import to_json, to_table

    rows = [asdict(entry) for entry in SentLog(asked.home_of(context).sent).entries()]
    if shape is ListFormat.JSON:
        typer.echo(to_json.text(rows))
    else:
        columns = ("report", "period", "state", "begun_at", "ended_at", "recipients", "refused", "detail")
        told = [row | {name: ", ".join(row[name]) for name in ("recipients", "refused")} for row in rows]
        to_table.show(to_table.plain(columns, told))
