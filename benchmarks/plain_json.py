"""The reference for loading JSON: the records as DuckDB reads them, nothing understood."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from benchmarks.zendesk_export import KINDS

if __name__ == "__main__":
    folder, database = Path(sys.argv[1]), Path(sys.argv[2])
    with duckdb.connect(str(database), config={"threads": 2, "memory_limit": "1200MB"}) as connection:
        for kind in KINDS:
            connection.execute(f"create table {kind} as from read_json('{folder / kind}.ndjson')")
        connection.execute("checkpoint")
