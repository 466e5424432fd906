"""What Jira's own habits ask for, beyond the contract of every source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from specimens import memory
from sqlalchemy import Connection, select

from etl import files
from etl.errors import FileRefusedError
from etl.settings import Loading, Settings
from etl.sources import jira
from etl.staging import Stage, loaded_engineering_issue, loaded_event, loaded_ticket

HERE = Path(__file__).parent
HEADER = "Issue key,Issue id,Issue Type,Status,Project type,Created,Updated,Comment,Comment,Reporter Id\n"


@pytest.fixture
def connection() -> Connection:
    return memory()


def staged(path: Path, connection: Connection, folder: Path, settings: Settings | None = None) -> list[str]:
    """Stage a file; gives what the report would say."""
    warnings: list[str] = []
    for each in files.open_inputs([path], folder / "scratch"):
        for raw in files.read(each, connection):
            assert jira.claim(raw).accepted
            into = Stage(connection, 1, "America/New_York", settings or Settings())
            jira.stage(raw, into)
            warnings += into.warnings
    return warnings


def written(folder: Path, text: str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def keys(connection: Connection, table: Any) -> list[str]:
    return list(connection.execute(select(table.c.original_id).order_by(table.c.row)).scalars())


@pytest.mark.parametrize("name", ["service.csv", "search.json"])
def test_a_project_is_what_the_settings_say(name: str, connection: Connection, tmp_path: Path) -> None:
    settings = Settings(loading=Loading(jira_projects={"sup": "engineering", "ENG": "tickets"}))
    warnings = staged(HERE / name, connection, tmp_path, settings)
    assert "ENG-7" in keys(connection, loaded_ticket)
    assert {"SUP-1", "SUP-2"} <= set(keys(connection, loaded_engineering_issue))
    assert any("as supportkpi.toml says" in each for each in warnings)


def test_one_clock_tells_the_day_for_all(connection: Connection, tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}S-1,1,Bug,Open,service_desk,6/11/2025 16:14,6/21/2025 16:14,,,r\n")
    staged(path, connection, tmp_path)
    created = connection.execute(select(loaded_ticket.c.created_at)).scalar_one()
    assert f"{created}" == "2025-06-11 20:14:00"


def test_a_day_that_could_be_a_month_is_refused(connection: Connection, tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}S-1,1,Bug,Open,service_desk,6/11/2025 16:14,6/12/2025 16:14,,,r\n")
    with pytest.raises(FileRefusedError, match="day first or month first"):
        staged(path, connection, tmp_path)


def test_a_comment_keeps_its_semicolons_and_line_breaks(connection: Connection, tmp_path: Path) -> None:
    cell = '"25/Feb/26 4:38 PM;r;One; two\nthree?"'
    path = written(tmp_path, f"{HEADER}S-1,1,Bug,Open,service_desk,25/Feb/26 4:00 PM,,{cell},,r\n")
    staged(path, connection, tmp_path)
    c = loaded_event.c
    told = connection.execute(select(c.actor_role, c.words, c.is_question)).one()
    assert tuple(told) == ("customer", 3, True)


def test_no_text_of_a_message_is_kept(connection: Connection, tmp_path: Path) -> None:
    staged(HERE / "search.json", connection, tmp_path)
    tables = connection.exec_driver_sql("select table_name from duckdb_tables() where not temporary").scalars().all()
    everything = json.dumps(
        [[list(map(str, row)) for row in connection.exec_driver_sql(f'from "{name}"')] for name in tables]
    )
    assert "Pull the plug" not in everything
    assert "Ada" not in everything
