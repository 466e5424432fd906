"""Load a million Zendesk tickets and their audits from JSON, beside DuckDB reading the same JSON into raw tables.

    python -m benchmarks.zendesk_load [--tickets 1000000] [--runs 1] [--folder benchmarks/work/zendesk]

Both in turns, each in a process of its own; wall seconds, their ratio and the highest resident memory of each.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from benchmarks.__main__ import Run, in_turns, report, timed
from benchmarks.zendesk_export import KINDS, write


def load_ours(folder: Path, home: Path) -> Run:
    """Everything ``supportkpi load`` does, from bytes to a published snapshot."""
    shutil.rmtree(home, ignore_errors=True)
    files = [str(folder / f"{kind}.ndjson") for kind in KINDS]
    return timed([str(Path(sys.executable).with_name("supportkpi")), "--home", str(home), "load", *files])


def load_plain(folder: Path, database: Path) -> Run:
    """DuckDB's own ``create table … as from read_json`` of the same files."""
    database.unlink(missing_ok=True)
    return timed([sys.executable, "-m", "benchmarks.plain_json", str(folder), str(database)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("benchmarks/work/zendesk"))
    chosen = parser.parse_args()
    folder = chosen.folder / str(chosen.tickets)
    write(folder, chosen.tickets)
    home, database = folder / "home", folder / "plain.duckdb"
    ours, plain = in_turns(chosen.runs, lambda: load_ours(folder, home), lambda: load_plain(folder, database))
    report(f"load {chosen.tickets:,} Zendesk tickets and their audits from JSON", ours, plain)


if __name__ == "__main__":
    main()
