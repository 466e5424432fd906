"""Comparisons with the help desk's own figures as flat records: what every format and the page's CSV hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dashboard.exports import to_csv

if TYPE_CHECKING:
    from dashboard.reconciliation import Against, Comparison

#: The order of the columns is part of the contract.
COLUMNS = (
    "vendor", "definition", "label", "figure", "unit", "compared", "agree", "differ", "share", "only_theirs",
    "only_ours", "theirs_mean", "ours_mean", "theirs_median", "ours_median", "theirs_total", "ours_total",
    "difference_of_means", "tolerance", "reasons",
)  # fmt: skip
TICKET_COLUMNS = (
    "definition", "ticket_id", "reason", "theirs", "ours", "difference", "subject", "status", "team", "created_at",
    "resolved_at", "excluded_because",
)  # fmt: skip


def record(found: Comparison) -> dict[str, object]:
    """One comparison; its keys are COLUMNS. Durations in minutes, ``share`` a fraction."""
    definition = found.definition
    return {
        "vendor": definition.vendor,
        "definition": definition.name,
        "label": definition.full_label,
        "figure": str(definition.figure),
        "unit": "count" if definition.is_count else "minutes",
        "compared": found.compared,
        "agree": found.agree,
        "differ": found.differ,
        "share": found.share,
        "only_theirs": found.only_theirs,
        "only_ours": found.only_ours,
        "theirs_mean": found.theirs.mean,
        "ours_mean": found.ours.mean,
        "theirs_median": found.theirs.median,
        "ours_median": found.ours.median,
        "theirs_total": found.theirs.total,
        "ours_total": found.ours.total,
        "difference_of_means": found.difference("mean"),
        "tolerance": definition.tolerance,
        "reasons": "; ".join(f"{reason}: {count}" for reason, count in found.reasons.items()),
    }


def against_records(found: Against) -> list[dict[str, object]]:
    """A typed figure and each of ours beside it."""
    rows: list[dict[str, object]] = [
        {"figure": f"Theirs, {found.statistic}, as given", "value": found.theirs, "tickets": None, "difference": None}
    ]
    for words, value, n in found.lines:
        difference = None if value is None else value - found.theirs
        rows.append({"figure": words, "value": value, "tickets": n, "difference": difference})
    return rows


def ticket_records(comparisons: Iterable[Comparison]) -> Iterator[dict[str, object]]:
    """The tickets that differ, a row each and definition."""
    for each in comparisons:
        _, rows = to_csv.of_frame(each.tickets)
        for row in rows:
            yield {"definition": each.definition.name, **row}


def tickets_csv(comparisons: Iterable[Comparison]) -> bytes:
    """Those tickets as a CSV a spreadsheet opens; nothing in it runs as a formula."""
    return to_csv.spreadsheet(TICKET_COLUMNS, ticket_records(comparisons))
