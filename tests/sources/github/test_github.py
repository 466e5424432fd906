"""GitHub, beyond its expected files: what is left out and told, and how a deployment meets its statuses."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from etl.load import load
from etl.settings import Home

HERE = Path(__file__).parent


def notes_of(tmp_path: Path, *names: str) -> list[str]:
    report = load(Home(tmp_path / "home"), [HERE / name for name in names], timezone="UTC")
    return [note for file in report.files for note in file.notes]


def changes(home: Home) -> list[tuple[str, ...]]:
    snapshot = home.current_snapshot()
    assert snapshot is not None
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        return connection.execute("select change_id, title, outcome, deployed_at::text from change").fetchall()


def test_what_is_no_change_is_told(tmp_path: Path) -> None:
    notes = notes_of(tmp_path, "pulls.csv")
    assert "1 row left out: pull requests still open." in notes
    assert "1 row left out: pull requests closed without being merged." in notes
    assert any(
        note.startswith("1 merged pull request whose title begins with Revert names no change") for note in notes
    )
    assert any("names no repository" in note for note in notes)


def test_issues_without_the_telling_key_are_taken_for_issues_and_it_is_told(tmp_path: Path) -> None:
    notes = notes_of(tmp_path, "issues.csv")
    assert any("every row was taken for an issue. 1 are closed without a reason" in note for note in notes)


@pytest.mark.parametrize("order", [("deployments", "statuses"), ("statuses", "deployments")])
def test_a_deployment_and_its_statuses_complete_each_other_in_any_order(tmp_path: Path, order: tuple[str, ...]) -> None:
    home = Home(tmp_path / "home")
    for name in order:
        load(home, [HERE / f"{name}.json"], timezone="UTC")
    assert changes(home) == [
        ("github:larkspur/ledger deployment 601", "main to production", "successful", "2026-03-01 09:10:00"),
        ("github:larkspur/ledger deployment 602", "Try it", "failed", None),
    ]


def test_a_change_known_only_by_its_revert_is_no_change_until_its_own_file_comes(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    load(home, [HERE / "pulls.csv"], timezone="UTC")
    assert "github:#12" not in [row[0] for row in changes(home)]
    older = tmp_path / "older.csv"
    header = (HERE / "pulls.csv").read_text(encoding="utf-8").splitlines()[0]
    row = "1,12,Older than this file,merged,closed,2026-01-02T08:00:00Z,,2026-01-03T08:00:00Z,otter,0"
    older.write_text(f"{header}\n{row}\n", encoding="utf-8")
    load(home, [older], timezone="UTC")
    assert ("github:#12", "Older than this file", "rolled back", "2026-01-03 08:00:00") in changes(home)


def test_a_project_of_another_forge_is_not_taken_for_github(tmp_path: Path) -> None:
    path = tmp_path / "issues.json"
    path.write_text(
        json.dumps([{"iid": 1, "title": "x", "state": "opened", "created_at": "2026-03-01"}]), encoding="utf-8"
    )
    report = load(Home(tmp_path / "home"), [path], timezone="UTC")
    assert [file.status for file in report.files] == ["refused"]
