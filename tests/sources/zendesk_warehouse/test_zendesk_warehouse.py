"""What a warehouse copy asks for beyond the contract of every source."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from etl.sources import zendesk_warehouse
from tests.specimens import Staged, memory, stage

HERE = Path(__file__).parent
FACTS = {"ticket.csv": "ticket", "history.csv": "event", "schedules.csv": "schedule", "holidays.csv": "holiday"}


def staged(path: Path, temporary: Path) -> Staged:
    return stage(path, zendesk_warehouse, memory(), 1, temporary, "UTC")


@pytest.mark.parametrize(("name", "fact"), FACTS.items())
def test_a_table_is_the_same_as_parquet_and_as_csv(name: str, fact: str, tmp_path: Path) -> None:
    """DuckDB guesses types for the copy: numbers, flags and clocks come back as the text we read them by."""
    copy = tmp_path / "anything.parquet"
    with duckdb.connect() as connection:
        connection.read_csv(str(HERE / name)).write_parquet(str(copy))
    assert staged(copy, tmp_path / "one").facts(fact) == staged(HERE / name, tmp_path / "two").facts(fact)
