"""The reference for loading: the files as DuckDB reads them, nothing understood."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

if __name__ == "__main__":
    folder, database = Path(sys.argv[1]), Path(sys.argv[2])
    with duckdb.connect(str(database), config={"threads": 2, "memory_limit": "1200MB"}) as connection:
        for name in ("tickets", "events", "csat"):
            connection.execute(f"create table {name} as from read_csv('{folder / name}.csv', all_varchar = true)")
        connection.execute("checkpoint")
