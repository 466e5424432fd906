"""JSON: records as they are, numbers unrounded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from dashboard.exports.cells import moment
from dashboard.exports.records import board_record

if TYPE_CHECKING:
    from dashboard.exports.report import Report


def text(records: Iterable[Mapping[str, object]]) -> str:
    """A list of objects, one key a line, so that two answers can be compared with ``diff``."""
    return json.dumps(list(records), indent=2, ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: object) -> str:
    return moment(value) if isinstance(value, datetime) else str(value)


def report(given: Report) -> bytes:
    """A report as a list of the board's records."""
    return (text(board_record(line) for line in given.lines()) + "\n").encode()
