"""XES, the XML form of event logs (IEEE 1849), written as plain CSV: one row an event.

Attributes of a trace come first, as ``case:`` and their key, so that an event log is the same table whether a tool
wrote it as XES or as CSV (the convention of process-mining tools). Two passes over the file: the keys, then the rows.
Nothing but the row at hand is kept in memory, and a document type is refused, since only tricks need one here.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4
from xml.parsers import expat

from etl.errors import FileRefusedError

_ATTRIBUTES = frozenset({"string", "date", "int", "float", "boolean", "id"})
_GROUPS = frozenset({"list", "container", "values"})
#: Elements whose attributes describe the log and no event of it.
_ABOUT = frozenset({"global", "extension", "classifier"})
_CASE = "case:"

Row = dict[str, str]


def is_xes(head: str) -> bool:
    """Whether the beginning of an XML file is that of a log.

    >>> is_xes('<?xml version="1.0"?><log xes.version="1.0" xmlns="http://www.xes-standard.org/"><trace>')
    True
    >>> is_xes('<html><body>catalog</body></html>')
    False
    """
    return head.startswith("<") and "<log" in head and ("xes" in head.lower() or "<trace" in head)


def to_csv(path: Path, name: str, temporary: Path) -> tuple[Path, tuple[str, ...]]:
    """Write the events as UTF-8 CSV; return its path and sentences for the report.

    Raises FileRefusedError, with line and column, where the file is not whole, valid XML.
    """
    keys: dict[str, None] = {}
    first = _Reader(lambda row: keys.update(dict.fromkeys(row)))
    _parse(path, name, first)
    if not first.events:
        raise FileRefusedError(f"{name} holds no events.", f"It has {first.traces:,} traces.", "Export it again.")
    columns = sorted(keys, key=lambda key: not key.startswith(_CASE))
    target = temporary / f"{uuid4().hex}.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        _parse(path, name, _Reader(writer.writerow))
    notes = [f"{first.empty_traces:,} traces hold no event; they are no tickets."] if first.empty_traces else []
    return target, tuple(notes)


class _Reader:
    """The parser's callbacks: what is open, and the attributes of the trace and the event at hand."""

    def __init__(self, take: Callable[[Row], object]) -> None:
        self.take = take
        self.traces = self.events = self.empty_traces = 0
        self._open: list[str] = []
        self._trace: Row = {}
        self._event: Row | None = None
        self._events_before = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]  # a prefix of the namespace, if any
        if tag == "trace":
            self._trace, self._events_before = {}, self.events
        elif tag == "event":
            self._event = {}
        elif tag in _ATTRIBUTES:
            self._keep(attributes.get("key", ""), attributes.get("value", ""))
        self._open.append(tag)

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        self._open.pop()
        if tag == "event" and self._event is not None:
            self.events += 1
            self.take({**self._trace, **self._event})
            self._event = None
        elif tag == "trace":
            self.traces += 1
            self.empty_traces += self.events == self._events_before

    def _keep(self, key: str, value: str) -> None:
        """Attributes of an attribute are left out; the entries of a list are told together."""
        inside = [tag for tag in self._open if tag not in _GROUPS]
        if not key or not inside or not _ABOUT.isdisjoint(inside) or inside[-1] not in ("trace", "event"):
            return
        row, shown = (self._trace, _CASE + key) if inside[-1] == "trace" else (self._event, key)
        if row is not None:
            row[shown] = f"{row[shown]}, {value}" if shown in row else value


def _parse(path: Path, name: str, reader: _Reader) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = lambda *_: _refuse_doctype(name)
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except expat.ExpatError as error:
        raise FileRefusedError(
            f"{name} is not whole: line {error.lineno}, column {error.offset + 1}: {expat.ErrorString(error.code)}.",
            "Nothing was taken from it.",
            "Export it again.",
        ) from error


def _refuse_doctype(name: str) -> None:
    raise FileRefusedError(f"{name} declares a document type, which no event log needs.", "", "Export it as plain XES.")
