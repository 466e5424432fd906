"""A frozen review: the same for ever, told to be whole by its hash; what today's data says stands beside it, with why."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from dashboard.exports.records import Value
from dashboard.journal import open as open_journal
from dashboard.reviews.frozen import Figure, Frozen, Grid, Shown, differences, digest
from etl.settings import Home

RECORD: dict[str, Value] = {
    "label": "CSAT", "value": 0.9, "n": 100, "definition": "positive ÷ all", "clock": "calendar", "filters": "",
    "target": 0.95, "status": "misses",
}  # fmt: skip


def shown(**values: Value) -> list[Shown]:
    record = {**RECORD, **values}
    words = {"Value": f"{record['value']}", "n": f"{record['n']}"}
    figure = Figure(kpi="csat", words=words, evidence={}, standing="", standing_kind="", record=record)
    grid = Grid(title="Actions", columns=["Action"], rows=[["call <b>them</b>"], [None]], note="")
    return [Shown(key="week", heading="Week", minutes=5, sentences=["It fell."], figures=[figure], grids=[grid])]


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ({}, None),
        ({"value": 0.9 + 1e-12}, None),
        ({"n": 101, "value": 0.91}, "restated: more rows"),
        ({"n": 99}, "restated: fewer rows"),
        ({"value": 0.91}, "restated: the same rows"),
        ({"definition": "top box", "n": 101}, "the definition changed"),
        ({"clock": "business", "value": 1}, "the definition changed"),
        ({"filters": "team: A", "n": 10}, "other filters"),
        ({"target": 0.9, "status": "meets"}, "another target"),
    ],
)
def test_what_reads_otherwise_today_and_why(now: dict[str, Value], why: str | None) -> None:
    found = differences(shown(), shown(**now))
    assert [each.why.startswith(why or "-") for each in found] == ([] if why is None else [True])


def test_a_figure_that_is_not_there_any_more_is_no_difference() -> None:
    assert differences(shown(), []) == []


def _write(home: Home) -> None:
    sections = shown()
    body = Frozen(
        title="Week", scope="all", options="", snapshot="facts-000001", as_of="", product_version="1",
        sections=sections, sha256=digest(sections),
    )  # fmt: skip
    open_journal(home).write(body, who="Ana", about="weekly-2026-W10")


def test_it_comes_back_as_it_was_written(tmp_path: Path) -> None:
    home = Home(tmp_path)
    _write(home)
    (kept,) = open_journal(home).written(Frozen)
    assert (kept.body.sections, kept.body.is_whole) == (shown(), True)


def test_one_changed_digit_in_the_database_is_seen(tmp_path: Path) -> None:
    home = Home(tmp_path)
    _write(home)
    with sqlite3.connect(home.journal_file) as connection:
        (text,) = connection.execute("select body from written").fetchone()
        body = json.loads(text)
        body["sections"][0]["figures"][0]["record"]["n"] = 1000
        connection.execute("update written set body = ?", [json.dumps(body)])
    (kept,) = open_journal(home).written(Frozen)
    assert not kept.body.is_whole
