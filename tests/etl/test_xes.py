"""Event logs as XML: the same table a tool would write as CSV, through a mapping."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from etl import xes
from etl.draft import draft
from etl.errors import FileRefusedError
from etl.load import load
from etl.settings import Home

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- a log of two tickets -->
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <global scope="event"><string key="concept:name" value="__INVALID__"/></global>
  <string key="concept:name" value="the whole log"/>
"""
TRACES = """
  <trace>
    <string key="concept:name" value="T-1"/>
    <string key="customer" value="kim &amp; co"/>
    <event>
      <string key="concept:name" value="Take in charge"><string key="meta" value="of an attribute"/></string>
      <date key="time:timestamp" value="2026-03-02T09:00:00.000+01:00"/>
      <string key="org:resource" value="Ann"/>
    </event>
    <event>
      <string key="concept:name" value="Solve, finally"/>
      <date key="time:timestamp" value="2026-03-02T11:30:00.000+01:00"/>
      <list key="tags"><values><string key="tag" value="a"/><string key="tag" value="b"/></values></list>
    </event>
  </trace>
  <trace><string key="concept:name" value="T-2"/></trace>
"""
MAPPING = """
name = "log"
shape = "event"

[columns]
original_id = "case:concept:name"
occurred_at = "time:timestamp"
activity = "concept:name"
actor = "org:resource"

[activities."Take in charge"]
event = "status"
value = "open"

[activities."Solve, finally"]
event = "status"
value = "resolved"
"""


def write(folder: Path, text: str, name: str = "log.xes") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def test_one_row_an_event_with_its_traces_attributes_first(tmp_path: Path) -> None:
    copy, notes = xes.to_csv(write(tmp_path, HEAD + TRACES + "</log>"), "log.xes", tmp_path)
    assert copy.read_text(encoding="utf-8").splitlines() == [
        "case:concept:name,case:customer,concept:name,time:timestamp,org:resource,tag",
        "T-1,kim & co,Take in charge,2026-03-02T09:00:00.000+01:00,Ann,",
        'T-1,kim & co,"Solve, finally",2026-03-02T11:30:00.000+01:00,,"a, b"',
    ]
    assert notes == ("1 traces hold no event; they are no tickets.",)


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_a_log_loads_through_a_mapping(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / "home")
    mapping = tmp_path / "log.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    report = load(home, [write(tmp_path, HEAD + TRACES + "</log>", name)], mapping=mapping)
    (file,) = report.files
    assert (file.status, file.rows_read, file.rows_accepted) == ("loaded", 2, 2)
    with duckdb.connect(str(home.current_snapshot()), read_only=True) as facts:
        row = facts.execute("select ticket_id, status, resolution_minutes from ticket").fetchall()
    assert row == [("log:T-1", "resolved", 150.0)]


def test_a_mapping_is_drafted_from_a_log(tmp_path: Path) -> None:
    text = draft(write(tmp_path, HEAD + TRACES + "</log>"))
    assert 'shape = "event"' in text
    for line in ('original_id = "case:concept:name"', 'occurred_at = "time:timestamp"', 'activity = "concept:name"'):
        assert line in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + TRACES, "log.xes is not whole: line 23, column 1: no element found."),
        (HEAD + "<trace/></log>", "log.xes holds no events."),
        (
            '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "b">]><log xes.version="1.0"><trace/></log>',
            "log.xes declares a document type, which no event log needs.",
        ),
    ],
)
def test_what_is_no_whole_log_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        xes.to_csv(write(tmp_path, text), "log.xes", tmp_path)
    assert refused.value.title == says
