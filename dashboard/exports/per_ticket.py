"""A zip of two files: one row a ticket with everything measured on it, and what each of its columns means."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from dashboard.exports.cells import cell
from dashboard.kpis.kpi import Unit

if TYPE_CHECKING:
    from pandas import DataFrame

    from dashboard.kpis.kpi import Kpi
    from dashboard.per_ticket import PerTicket

TICKETS, DEFINITIONS = "tickets.csv", "definitions.csv"
#: Files of a zip carry a time; always the same, so that the same facts give the same bytes.
_WHEN = (1980, 1, 1, 0, 0, 0)
_HEADINGS = ("column", "label", "rule", "unit", "date_anchor", "clock", "options", "smallest_n", "caution", "grade")

#: What each column of a ticket is, where its name does not say all of it.
COLUMNS = {
    "ticket_id": "Source and number: unique over all that is loaded",
    "original_id": "Its number in the help desk",
    "tags": "Its tags, as exported",
    "problem_key": "The linked problem or engineering record",
    "change_key": "The change raised to solve it",
    "caused_by": "The change said to have caused it",
    "merged_into": "The ticket it was merged into",
    "first_reply_at": "First public reply by a person, UTC",
    "first_resolved_at": "First resolve, UTC",
    "resolved_at": "Last resolve; it stands until there is a newer one, also while the ticket is open again, UTC",
    "escalated_at": "First functional escalation, UTC",
    "observed_until": "Newest moment its source tells of, UTC",
    "days_to_reopen": "Days from the first resolve to the first reopen that counts",
    "days_to_next_contact": "Days from the first resolve to the requester's next contact on the same topic",
    "days_observed": "Days from the first resolve to observed_until: how long it could have been watched",
    "open_days": "Age at observed_until while it is open",
    "reopens": "Reopens, slips of under ten minutes left out",
    "status_reopens": "Every change from done to open, slips included",
    "handoffs": "Another owner or team after the first",
    "owners": "People it was assigned to",
    "teams": "Teams it was assigned to",
    "owner_stations": "Assignments to a person, the first included",
    "team_stations": "Assignments to a team, the first included",
    "escalated": "Whether it was escalated; empty where that cannot be judged",
    "excluded_because": "Why it is kept out of every KPI; empty for tickets that count",
    "is_outbound": "Started by an agent",
    "is_bot_only": "Resolved without one public message by a person",
    "is_closed_without_resolve": "Closed without a resolve; the close counts as the resolve",
    "is_auto_closed": "First resolved by a rule, for want of an answer",
    "words_reread": "Words read again after a pick-up, a reopen or a resume",
    "tax_feed": "What the history lacks for the signals of context rebuilding",
    "occurrence_id": "The occurrence of an issue it belongs to",
}


def write(table: PerTicket, out: BinaryIO) -> int:
    """Write the zip; the number of tickets in it."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        with archive.open(_entry(TICKETS), "w", force_zip64=True) as file:
            rows = _rows(table, io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
        archive.writestr(_entry(DEFINITIONS), definitions(table).encode("utf-8-sig"))
    return rows


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _rows(table: PerTicket, file: io.TextIOWrapper) -> int:
    """Header and rows, piece by piece."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(table.columns)
    count = 0
    for piece in table.pieces:
        columns = [_cells(piece, name) for name in table.columns]
        writer.writerows(zip(*columns, strict=True))
        count += len(piece)
    file.flush()
    file.detach()
    return count


def _cells(piece: DataFrame, name: str) -> list[str]:
    values = piece[name].astype(object).where(piece[name].notna(), None)
    return [cell(value) for value in values.tolist()]


def definitions(table: PerTicket) -> str:
    """One row a column: what it is, by which rule, clock and options."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_HEADINGS)
    for row in (*_of_tickets(table), *_of_kpis(table)):
        writer.writerow([cell(value) for value in row])
    return buffer.getvalue()


def _of_tickets(table: PerTicket) -> Iterator[tuple[object, ...]]:
    kpis = {name for kpi in table.kpis for name in table.columns if name.startswith(f"{kpi.name}_")}
    for name in table.columns:
        if name not in kpis or name in COLUMNS:
            words = name.replace("_", " ")
            yield (
                name,
                words[:1].upper() + words[1:],
                COLUMNS.get(name, ""),
                _unit(name),
                None,
                _clock(name),
                None,
                None,
                None,
                None,
            )


def _unit(name: str) -> str:
    if name.endswith("_at") or name == "observed_until":
        return "UTC"
    if "days" in name.split("_"):
        return "days"
    return "minutes" if name.endswith("_minutes") else ""


def _clock(name: str) -> str:
    """Calendar, business, or active: business minutes in which it was not the customer's turn."""
    if not name.endswith("_minutes"):
        return ""
    return "business" if "business" in name else "active" if "active" in name else "calendar"


def _of_kpis(table: PerTicket) -> Iterator[tuple[object, ...]]:
    for kpi in table.kpis:
        for name in table.columns:
            part = name.removeprefix(f"{kpi.name}_")
            if part in ("counted", "counts_towards", "value", "per") and name == f"{kpi.name}_{part}":
                unit = _of_kpi(kpi) if part == "value" else "yes, no or too young" if part == "counted" else "yes or no"
                options = "; ".join(f"{each}={getattr(kpi.chosen, each)}" for each in kpi.options)
                label = f"{kpi.label}: {part.replace('_', ' ')}"
                yield name, label, kpi.counts, unit, kpi.anchor, kpi.clock, options, kpi.enough, kpi.beware, kpi.grade


def _of_kpi(kpi: Kpi) -> str:
    return "fraction" if kpi.unit is Unit.PERCENT else str(kpi.unit.value)
