"""The mail itself: the readings in words, the files attached. It is the same for the same facts, but for its date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from dashboard.exports import told
from dashboard.exports.cells import plain
from dashboard.exports.records import board_record

if TYPE_CHECKING:
    from dashboard.exports.report import Line, Report

TYPES = {
    ".pdf": ("application", "pdf"),
    ".csv": ("text", "csv"),
    ".json": ("application", "json"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".pptx": ("application", "vnd.openxmlformats-officedocument.presentationml.presentation"),
}
#: What a record says of the load and the program, and not of support: a newer one alone makes no other report.
_NOT_CONTENT = ("as_of", "product_version", "data_from")


def body(report: Report, is_correction: bool = False) -> str:
    """The mail as text: the answer, what moved or that nothing did, the headline figures, how fresh the data are."""
    first = report.sections[0] if report.sections else None
    lines = list(first.lines) if first else []
    parts = [report.title, told.scope(report), ""]
    if is_correction:
        parts += ["Figures of this period were sent before and have changed since. These take their place.", ""]
    said = list(first.sentences) if first else []
    if not any(line.has_changed for line in lines) and told.STABLE not in said:
        said.append(told.STABLE)
    parts += [*said, ""]
    for line in lines:
        evidence = " · ".join(f"{name}: {words}" for name, words in told.evidence(line).items())
        parts += [f"* {told.headline(line)}", f"  {evidence}"]
    for section in report.sections[1:]:
        parts += (
            ["", section.heading, *(f"* {sentence}" for sentence in section.sentences)] if section.sentences else []
        )
    parts += ["", told.freshness(report), "Each figure with its definition is in the files attached."]
    return "\n".join(plain(part) for part in parts) + "\n"


def signals(report: Report, floor: int = 0) -> list[Line]:
    """The figures that moved beyond their usual ups and downs, on enough rows: what an alert is sent for.

    ``floor`` is the smallest n that may raise one, where it is more than the KPI itself asks for.
    """
    seen = (line for line in report.lines() if line.story is not None and line.has_changed)
    return [line for line in seen if line.reading.n >= max(floor, line.reading.kpi.enough)]


def fingerprint(report: Report, suffixes: Sequence[str]) -> str:
    """What the report says, as a hash: numbers, verdicts, sentences and formats; not when the data were loaded."""
    records = [
        {name: value for name, value in board_record(line).items() if name not in _NOT_CONTENT}
        for line in report.lines()
    ]
    sentences = [sentence for section in report.sections for sentence in section.sentences]
    content = json.dumps([report.title, sentences, records, sorted(suffixes)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def compose(
    report: Report, sender: str, to: Sequence[str], files: Mapping[str, bytes], number: str, is_correction: bool = False
) -> EmailMessage:
    """The message. ``files`` are contents by name; ``number`` makes its identity, the same each time it is tried."""
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # not every server takes eight bits
    mail["Subject"] = plain(("Corrected: " if is_correction else "") + report.title)
    mail["From"], mail["To"] = sender, ", ".join(to)
    mail["Message-ID"] = f"<{number}@{sender.rpartition('@')[2]}>"
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body(report, is_correction))
    for name, content in files.items():
        kind, subtype = TYPES[name[name.rindex(".") :]]
        mail.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    return mail
