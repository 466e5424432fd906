"""A load report in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dashboard.exports import to_table

if TYPE_CHECKING:
    from rich.table import Table

    from etl.report import FileReport, LoadReport

#: How many words or reasons of one file are listed before "and … more".
SHOWN = 8


def files(report: LoadReport) -> Table:
    """One row a file: what became of it and of its rows."""
    rows = [
        {
            "file": file.name,
            "source": file.source or "",
            "read": f"{file.rows_read:,}",
            "accepted": f"{file.rows_accepted:,}",
            "quarantined": f"{file.rows_quarantined:,}",
            "status": file.status,
        }
        for file in report.files
    ]
    return to_table.plain(("file", "source", "read", "accepted", "quarantined", "status"), rows)


def sentences(report: LoadReport) -> Iterator[str]:
    """What a person should know or do, file by file; then the whole in one line."""
    for file in report.files:
        yield from about(file)
    taken = sum(file.rows_accepted for file in report.files if file.status == "loaded")
    kept = sum(file.rows_quarantined for file in report.files if file.status == "loaded")
    count = sum(file.status == "loaded" for file in report.files)
    yield f"{count} of {len(report.files)} files loaded: {taken:,} rows accepted, {kept:,} quarantined."


def explanation(files_seen: Sequence[FileReport]) -> Iterator[str]:
    """Whose each file is, the columns that proved it, and who came near."""
    for file in files_seen:
        if file.error is not None:
            yield f"{file.name}: {file.error.sentence}"
        for table in file.recognised_by:
            called = f"{file.name} ('{table.table}')" if table.table else file.name
            if table.source is not None:
                yield f"{called}: {table.source}, by {_listed(table.proved_by)}"
            for miss in table.near:
                lacked = [
                    f"'{name}'" + (f" ('{miss.spelt[name]}' is there)" if name in miss.spelt else "")
                    for name in miss.lacks
                ]
                why = f"lacks {_listed(lacked)}" if lacked else "recognises fewer"
                yield f"{called}: near is {miss.source}: finds {_listed(miss.found)}; {why}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def about(file: FileReport) -> Iterator[str]:
    """Refusal, quarantine, unmapped words and notes of one file."""
    if file.error is not None:
        yield f"{file.name}: {file.error.sentence}"
    reasons = sorted(file.by_reason.items(), key=lambda pair: -pair[1])
    for reason, rows in reasons[:SHOWN]:
        yield f"{file.name}: {rows:,} quarantined: {reason}"
    if len(reasons) > SHOWN:
        yield f"{file.name}: and {len(reasons) - SHOWN} more reasons; --json lists them."
    for word in file.unmapped[:SHOWN]:
        became = f"treated as {word.treated_as}" if word.treated_as else "left empty"
        yield f"{file.name}: {word.column} '{word.word}' is not mapped ({word.rows:,} rows, {became})"
    if len(file.unmapped) > SHOWN:
        yield f"{file.name}: and {len(file.unmapped) - SHOWN} more unmapped words; --json lists them."
    yield from _drifted(file)
    for note in file.notes:
        yield f"{file.name}: {note}"


def _drifted(file: FileReport) -> Iterator[str]:
    """What changed in its columns, and the KPIs that lost a feed by it."""
    from dashboard import feeds

    for change in file.drift[:SHOWN]:
        labels = feeds.touched(change.ours) if change.is_lost else []
        touches = f" It touches {_listed(labels)}." if labels else ""
        yield f"{file.name}: {change.sentence}{touches}"
    if len(file.drift) > SHOWN:
        yield f"{file.name}: and {len(file.drift) - SHOWN} more changed columns; --json lists them."
