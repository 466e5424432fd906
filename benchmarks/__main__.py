"""Load a million tickets, then read the Overview: each beside the plainest way to do the same work.

    python -m benchmarks [--tickets 1000000] [--runs 3] [--folder benchmarks/work]

Every pair is run in turns, each in a process of its own, and reported as medians and their ratio.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.exports import write

FILES = ("tickets", "events", "csat")


@dataclass(frozen=True)
class Run:
    """One process, or several one after the other: wall seconds and the highest peak memory in MB."""

    seconds: float
    megabytes: float


def timed(*commands: list[str]) -> Run:
    """Run commands one after the other; raises when one fails."""
    started, peak = time.perf_counter(), 0.0
    for command in commands:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"failed: {' '.join(command)}")
        peak = max(peak, usage.ru_maxrss / 1024)
    return Run(time.perf_counter() - started, peak)


def load_ours(folder: Path, home: Path) -> Run:
    """Everything ``supportkpi load`` does, from bytes to a published snapshot, in one process."""
    shutil.rmtree(home, ignore_errors=True)
    (home / "mappings").mkdir(parents=True)
    for name in FILES:
        shutil.copy(folder / f"{name}.toml", home / "mappings" / f"{name}.toml")
    files = [str(folder / f"{name}.csv") for name in FILES]
    return timed([str(Path(sys.executable).with_name("supportkpi")), "--home", str(home), "load", *files])


def load_plain(folder: Path, database: Path) -> Run:
    """DuckDB's own ``create table … as from read_csv`` of the same files."""
    database.unlink(missing_ok=True)
    return timed([sys.executable, "-m", "benchmarks.plain_load", str(folder), str(database)])


def in_turns(runs: int, *tasks: Callable[[], Run]) -> list[list[Run]]:
    """Run the tasks A B A B …, so that a slow moment of the machine falls on all of them."""
    results: list[list[Run]] = [[] for _ in tasks]
    for _ in range(runs):
        for result, task in zip(results, tasks, strict=True):
            result.append(task())
    return results


def middle(runs: list[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def report(title: str, ours: list[Run], plain: list[Run]) -> None:
    """Print both medians, their ratio, and the peak memory of ours."""
    memory, reference = (max(run.megabytes for run in runs) for runs in (ours, plain))
    print(
        f"{title}: ours {middle(ours):.2f} s, reference {middle(plain):.2f} s, ratio {middle(ours) / middle(plain):.2f}"
    )
    print(f"    peak memory: ours {memory:,.0f} MB, reference {reference:,.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("benchmarks/work"))
    chosen = parser.parse_args()
    folder = chosen.folder / str(chosen.tickets)
    write(folder, chosen.tickets)
    home, database = folder / "home", folder / "plain.duckdb"
    ours, plain = in_turns(chosen.runs, lambda: load_ours(folder, home), lambda: load_plain(folder, database))
    report(f"load {chosen.tickets:,} tickets and {6 * chosen.tickets:,} events", ours, plain)
    subprocess.run([sys.executable, "-m", "benchmarks.overview", str(home)], check=True)


if __name__ == "__main__":
    main()
