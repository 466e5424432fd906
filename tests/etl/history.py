"""Hand-made histories for the derivation: partial facts in, published facts out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from specimens import make_tables
from sqlalchemy import Connection, MetaData, create_engine, insert

from etl import derive
from etl.settings import Settings
from etl.staging import BY_NAME, loaded
from etl.tables import facts

#: A Monday morning; ``at(90)`` is an hour and a half later.
START = datetime(2026, 3, 2, 9)


def at(minutes: float = 0, *, days: float = 0) -> datetime:
    return START + timedelta(minutes=minutes, days=days)


class Desk:
    """Partial facts being gathered."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.rows = 0

    def put(self, fact: str, **values: Any) -> None:
        """One row of ``loaded_<fact>``; load 1 and source 'desk' unless said otherwise."""
        self.rows += 1
        row = {"load_id": 1, "source": "desk", "row": self.rows, **values}
        target = BY_NAME[fact] if fact in BY_NAME else loaded.tables[f"loaded_{fact}"]
        known = {c.name for c in target.columns}
        self.connection.execute(insert(target), [{k: v for k, v in row.items() if k in known}])

    def ticket(self, number: str = "1", **values: Any) -> None:
        self.put("ticket", **{"part": "ticket", "original_id": number, "created_at": START, **values})

    def event(self, minutes: float, kind: str, new: str | None = None, *, number: str = "1", **values: Any) -> None:
        """``minutes`` after START; events of one minute keep the order they are told in."""
        told = {"occurred_at": at(minutes), "kind": kind, "new_value": new, "sequence": self.rows}
        self.put("event", **{**told, "original_id": number, **values})

    def build(self, **settings: Any) -> Published:
        self.connection.commit()
        derive.build(self.connection, Settings.model_validate(settings), "facts")
        return Published(self.connection)


class Published:
    """The tables that came out."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def all(self, name: str) -> list[Mapping[str, Any]]:
        there = facts.tables[name].to_metadata(MetaData(), schema="facts")
        return [dict(row) for row in self.connection.execute(there.select()).mappings()]

    def tickets(self) -> dict[str, Mapping[str, Any]]:
        return {row["original_id"]: row for row in self.all("ticket")}

    def ticket(self, number: str = "1") -> Mapping[str, Any]:
        return self.tickets()[number]


@contextmanager
def desk() -> Iterator[Desk]:
    """An empty desk on an in-memory work file, with an empty database to publish into."""
    # One thread: what one test holds is never shared out among several, which would only wait for each other.
    engine = create_engine("duckdb:///:memory:", connect_args={"config": {"threads": 1}})
    with engine.connect() as connection:
        make_tables(connection)
        connection.exec_driver_sql("attach ':memory:' as facts")
        connection.commit()
        yield Desk(connection)
    engine.dispose()
