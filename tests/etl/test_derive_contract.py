"""What is published has the columns of the contract, whatever was loaded, in whatever order."""

from __future__ import annotations

import random
from typing import Any

import history
import pytest
from sqlalchemy import create_engine

from etl import derive
from etl.settings import Settings
from etl.staging import BY_NAME
from etl.tables import facts

DUCKDB_TYPE = {
    "TEXT": "VARCHAR",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
    "DATETIME": "TIMESTAMP",
    "DOUBLE": "DOUBLE",
    "DOUBLE PRECISION": "DOUBLE",
    "INTEGER": "INTEGER",
    "BIGINT": "BIGINT",
    "BOOLEAN": "BOOLEAN",
}


def test_every_table_of_the_contract_with_its_columns_in_order() -> None:
    with history.desk() as desk:
        connection = desk.build().connection
        for table in facts.sorted_tables:
            there = connection.exec_driver_sql(
                "select column_name, data_type from duckdb_columns() "
                f"where database_name = 'facts' and table_name = '{table.name}' order by column_index"
            ).fetchall()
            assert [tuple(c) for c in there] == [(c.name, DUCKDB_TYPE[str(c.type)]) for c in table.columns], table.name


def test_an_empty_file_without_any_table_is_published_empty() -> None:
    engine = create_engine("duckdb:///:memory:")
    with engine.connect() as connection:
        connection.exec_driver_sql("attach ':memory:' as facts")
        connection.commit()
        derive.build(connection, Settings(), "facts")
        published = history.Published(connection)
        assert {table.name: published.all(table.name) for table in facts.sorted_tables} == {
            table.name: [] for table in facts.sorted_tables
        }


def test_nothing_temporary_is_left_and_what_stood_there_stays() -> None:
    with history.desk() as desk:
        desk.connection.exec_driver_sql("create temp table raw_1 as select 1 as cell")
        connection = desk.build().connection
        left = connection.exec_driver_sql("select table_name from duckdb_tables() where database_name = 'temp'")
        assert list(left.scalars()) == ["raw_1"]


ROWS: list[tuple[str, dict[str, Any]]] = [
    ("ticket", {"original_id": "1", "part": "ticket", "created_at": history.at(), "status": "closed", "owner": "7"}),
    ("ticket", {"original_id": "1", "part": "metrics", "vendor_reopens": 1, "load_id": 2}),
    ("ticket", {"original_id": "2", "part": "ticket", "created_at": history.at(), "subject": "no sound at all"}),
    ("ticket", {"original_id": "2", "part": "ticket", "created_at": history.at(), "subject": "no sound", "load_id": 2}),
    ("ticket", {"original_id": "3", "part": "ticket", "created_at": history.at(60), "subject": "No sound at all!"}),
    ("event", {"original_id": "1", "occurred_at": history.at(5), "kind": "status", "new_value": "open", "sequence": 1}),
    ("event", {"original_id": "1", "occurred_at": history.at(5), "kind": "owner", "new_value": "7", "sequence": 2}),
    ("event", {"original_id": "1", "occurred_at": history.at(5), "kind": "owner", "new_value": "8", "sequence": 2}),
    ("event", {"original_id": "1", "occurred_at": history.at(9), "kind": "status", "new_value": "resolved"}),
    (
        "event",
        {"original_id": "1", "occurred_at": history.at(9), "kind": "status", "new_value": "resolved", "load_id": 2},
    ),
    ("person", {"original_id": "7", "name": "Ana", "role": "agent"}),
    ("survey", {"kind": "csat", "score": 4, "scale_low": 1, "scale_high": 5, "higher_is_better": True}),
    ("survey", {"kind": "csat", "score": 5, "scale_low": 1, "scale_high": 5, "higher_is_better": True}),
    ("worklog", {"ticket_original_id": "1", "agent": "7", "minutes": 5}),
]


def _published(order: list[int]) -> dict[str, Any]:
    with history.desk() as desk:
        for place in order:
            fact, values = ROWS[place]
            assert fact in BY_NAME
            desk.put(fact, **{**values, "row": place})
        published = desk.build()
        return {table.name: published.all(table.name) for table in facts.sorted_tables}


@pytest.mark.parametrize("seed", range(3))
def test_the_order_the_rows_were_loaded_in_does_not_matter(seed: int) -> None:
    order = list(range(len(ROWS)))
    random.Random(seed).shuffle(order)
    assert _published(order) == _published(list(range(len(ROWS))))


@pytest.mark.parametrize("tickets", [1, 2])
def test_tickets_that_are_published_some_at_a_time_are_the_same(tickets: int, monkeypatch: pytest.MonkeyPatch) -> None:
    order = list(range(len(ROWS)))
    at_once = _published(order)
    assert len(at_once["ticket"]) == 3
    monkeypatch.setattr(derive, "SLICE", tickets)
    assert _published(order) == at_once
