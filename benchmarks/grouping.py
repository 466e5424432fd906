"""What it costs to find issues by the words of their tickets: all at once, and a week more.

    python -m benchmarks.grouping FOLDER [--tickets 1000000] [--week 20000]

The tests' made-up desks (typos in one word of ten, no codes, three in ten tickets only alike) are laid together: twenty
products over three years, nearly every subject another. All but the newest are derived and published in a process of
its own, then the newest are added and all is derived again in another; the clock stands round the grouping alone.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from etl.settings import Home, Settings

PRODUCTS = 20
DAYS = 1_095
START = datetime(2023, 1, 2)  # noqa: DTZ001 (facts are naive UTC)


def write(home: Home, tickets: int) -> None:
    """Fill ``told`` in a file beside the home with made-up tickets, oldest first."""
    import duckdb
    import pandas as pd

    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the simulator is the tests' own
    from grouping.issue_simulator import HARD, simulate

    rows: list[tuple[Any, ...]] = []
    seed = 0
    while len(rows) < tickets:
        seed += 1
        rows += [
            (t.day, t.solved, f"p{seed % PRODUCTS}", f"a{seed}-{t.account}", t.subject)
            for t in simulate(HARD, seed, products=1, issues=150, days=DAYS)
        ]
    frame = pd.DataFrame(rows[:tickets], columns=["day", "solved", "product", "account", "subject"])
    frame = frame.sort_values("day", kind="stable").reset_index(drop=True)
    frame["created_at"] = START + pd.to_timedelta(frame.pop("day"), unit="D")
    frame["resolved_at"] = START + pd.to_timedelta(frame.pop("solved"), unit="D")
    home.folder.mkdir(parents=True)
    with duckdb.connect(str(home.folder / "told.duckdb")) as beside:
        beside.register("frame", frame)
        beside.execute("create table told as select row_number() over () as number, * from frame")


def take(home: Home, first: int, last: int, load_id: int) -> None:
    """Take tickets from ``told`` into the work file, as a load would leave them."""
    from etl.work import opened

    with opened(home) as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute(f"attach '{home.folder / 'told.duckdb'}' as beside (read_only)")
        raw.execute(
            "insert into loaded_ticket by name select number::text as original_id, * exclude (number), "
            f"'resolved' as status, {load_id} as load_id, 'desk' as source, 'ticket' as part, number as row "
            f"from beside.told where number between {first} and {last}"
        )
        connection.commit()


def group(home: Home) -> None:
    """Derive and publish, and print what the grouping took of it."""
    from etl import derive
    from etl.derive import alike, issues
    from etl.snapshot import publish
    from etl.work import opened

    spent: dict[str, float] = {}

    def clocked(module: Any, name: str, title: str) -> None:
        inner = getattr(module, name)

        def timed(*given: Any, **named: Any) -> Any:
            started, busy = time.perf_counter(), processors()
            found = inner(*given, **named)
            spent[title] = spent.get(title, 0) + time.perf_counter() - started
            spent[f"{title}, busy"] = spent.get(f"{title}, busy", 0) + processors() - busy
            return found

        setattr(module, name, timed)

    for module, name, title in (
        (issues, "find", "all"), (alike, "find", "groups"), (issues, "_name", "names"), (issues, "_bound", "pairs"),
        (issues, "remember", "remembered"),
    ):  # fmt: skip
        clocked(module, name, title)
    started = time.perf_counter()
    with opened(home) as connection:
        publish(home, connection, Settings(), derive.build)
    whole = time.perf_counter() - started
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items())
    print(f"  issues: {told}", flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    beside = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  derived and published in {whole:.1f} s, busy {processors():.1f} s of one processor", flush=True)
    print(f"  peak memory {memory:,.0f} MB, and of a process beside it {beside:,.0f} MB", flush=True)


def processors() -> float:
    """Seconds of processors that this process and those it started (and that ended) have used."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--week", type=int, default=20_000)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    home = Home(chosen.folder)
    if chosen.one:
        group(home)
        return
    write(home, chosen.tickets)
    before = chosen.tickets - chosen.week
    for title, first, last, load_id in (
        (f"{before:,} tickets", 1, before, 1),
        (f"{chosen.week:,} more", before + 1, chosen.tickets, 2),
        ("nothing new", 1, 0, 3),
    ):
        take(home, first, last, load_id)
        print(title, flush=True)
        subprocess.run([sys.executable, "-m", "benchmarks.grouping", str(chosen.folder), "--one"], check=True)


if __name__ == "__main__":
    main()
