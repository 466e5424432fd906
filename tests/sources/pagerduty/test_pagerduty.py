"""PagerDuty's files complete each other: the incident, its log and its analytics are one incident, in any order."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import duckdb
import pytest

from etl.load import load
from etl.settings import Home

HERE = Path(__file__).parent


@pytest.mark.parametrize("order", list(permutations(["incidents.json", "log_entries.json"])))
def test_an_incident_and_its_log(tmp_path: Path, order: tuple[str, ...]) -> None:
    home = Home(tmp_path / "home")
    bare = tmp_path / "incidents.json"
    record = (
        '{"incidents": [{"id": "PA7", "incident_number": 7, "title": "Full", "status": "resolved", "urgency": "high", '
        '"html_url": "x", "service": {"summary": "Gate"}, "priority": {"summary": "P2"}, '
        '"created_at": "2026-03-06T10:00:00Z", "last_status_change_at": "2026-03-06T10:40:00Z", '
        '"acknowledgements": []}]}'
    )
    bare.write_text(record, encoding="utf-8")
    for name in order:
        load(home, [bare if name == bare.name else HERE / name], timezone="UTC")
    snapshot = home.current_snapshot()
    assert snapshot is not None
    question = "select title, severity, engaged_at::text, resolved_at::text from incident where incident_id like '%PA7'"
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        told = connection.execute(question).fetchall()
    assert told == [("Full", "sev2", "2026-03-06 10:05:00", "2026-03-06 10:40:00")]


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    report = load(Home(tmp_path / "home"), [HERE / "incidents.json", HERE / "log_entries.json"], timezone="UTC")
    notes = [note for file in report.files for note in file.notes]
    assert "1 row left out: incidents merged into another." in notes
    assert "1 row left out: log entries of other kinds." in notes
    assert "3 rows left out: further log entries of an incident, read into its one record." in notes
