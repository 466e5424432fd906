"""What the investigation tax costs: deriving signals, segments and ledger, and drawing its page.

    python -m benchmarks.tax FOLDER [--tickets 1000000]

Ten thousand made-up lives of the tests' simulator are written again and again under other numbers (sixteen events a
ticket, over three years) into a work file, derived and published, each part under a clock of its own. Beside it, in the
same run and a process of its own, the plainest statement over the same events: counts by kind and time by status of
each ticket, one window and one grouping. Then the pages that stand on it, cold and after a filter change.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from etl.settings import Home, Settings

LIVES = 10_000
#: Over how long the lives are laid, as a desk's own export would be: a month is a thirty-sixth of them.
YEARS = 3
#: The pages that stand on these facts, drawn of one month.
VIEWS = ("investigation_tax", "escalations", "thread")
#: What belongs to which part: steps of the derivation, and the facts published from each.
PARTS = {
    "signals": "signals", "segment": "segments", "tax_entry": "ledger",
    "facts.segment": "segments", "facts.ticket_tax": "segments", "facts.tax_entry": "ledger",
}  # fmt: skip
PLAIN = """
    create table plain as
    with timed as (
        select original_id, kind, new_value, words,
            epoch(lead(occurred_at) over ticket - occurred_at) as lasts
        from loaded_event
        window ticket as (partition by original_id order by occurred_at, sequence)
    )
    select original_id, count(*) filter (kind = 'private_note') as notes, count(*) filter (kind = 'link') as links,
        count(*) filter (kind = 'owner') as owners, sum(words) as words,
        sum(lasts) filter (kind = 'status' and new_value = 'waiting_customer') as waiting,
        sum(lasts) filter (kind = 'status' and new_value = 'open') as open
    from timed group by original_id
"""


def write(home: Home, tickets: int) -> int:
    """Fill the work file; the number of events."""
    import pandas as pd

    from etl.work import opened

    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the simulator is the tests' own
    from tax.simulator import PRIORS_RIGHT, simulate

    lives = min(LIVES, tickets)
    copies = tickets // lives
    apart = YEARS * 365 / copies
    frame = pd.DataFrame(simulate(PRIORS_RIGHT, 1, lives).events())
    frame["original_id"] = frame["original_id"].astype(int)
    home.folder.mkdir(parents=True)
    with opened(home) as connection:
        raw: Any = connection.connection.driver_connection
        raw.register("told", frame)
        raw.execute(
            f"""
            insert into loaded_event by name
            select
                told.* replace (
                    (original_id + copy * {lives})::text as original_id,
                    occurred_at - to_days((copy * {apart})::integer) as occurred_at
                ),
                1 as load_id, 'desk' as source, row_number() over () as row
            from told, (select range as copy from range({copies}))
            """
        )
        raw.execute(
            f"""
            insert into loaded_ticket by name
            select
                range::text as original_id, 'customer' as requester, 'Team ' || range % 8 as team,
                'topic ' || range % 12 as category, 1 as load_id, 'desk' as source, 'ticket' as part, range as row
            from range(1, {copies * lives + 1})
            """
        )
        connection.commit()
        return int(raw.execute("select count(*) from loaded_event").fetchone()[0])


@contextmanager
def clocks(found: dict[str, float]) -> Iterator[None]:
    """A clock round every step and publication of the derivation."""
    from etl import derive

    run, publish = derive._run, derive._publish

    def timed(name: str, do: Any, *given: Any) -> None:
        started = time.perf_counter()
        do(*given)
        seconds = time.perf_counter() - started
        found[PARTS.get(name, "all else")] += seconds
        if seconds > 1:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"    {name}: {seconds:.1f} s (peak so far {peak:,.0f} MB)", flush=True)

    derive._run = lambda connection, step: timed(step, run, connection, step)
    derive._publish = lambda connection, fact, schema: timed(f"facts.{fact.name}", publish, connection, fact, schema)
    yield
    derive._run, derive._publish = run, publish


def ours(home: Home) -> dict[str, float]:
    """Seconds of each part, derivation and publication together."""
    from etl import derive
    from etl.snapshot import publish
    from etl.work import opened

    found: dict[str, float] = defaultdict(float)
    with opened(home) as connection, clocks(found):
        publish(home, connection, Settings(), derive.build)
    return found


def plain(home: Home) -> dict[str, float]:
    """Seconds of the reference, with the work file's own settings."""
    from etl.work import opened

    with opened(home) as connection:
        connection.exec_driver_sql("drop table if exists plain")
        started = time.perf_counter()
        connection.exec_driver_sql(PLAIN)
        connection.commit()
        seconds = time.perf_counter() - started
        connection.exec_driver_sql("drop table plain")
        connection.commit()
    return {"reference": seconds}


def page(home: Home, view: str) -> dict[str, float]:
    """Seconds to draw a page the first time, and then with a filter."""
    from benchmarks import pages

    cold, filtered = pages.ours(str(home.folder), view)
    return {f"{view}, cold": cold, f"{view}, after a filter": filtered}


WAYS = {"ours": ours, "plain": plain} | {view: partial(page, view=view) for view in VIEWS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    home = Home(chosen.folder)
    if chosen.one:
        for name, seconds in WAYS[chosen.one](home).items():
            print(f"{name}: {seconds:.1f} s")
        print(f"peak memory of {chosen.one}: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
        return
    print(f"{chosen.tickets:,} tickets, {write(home, chosen.tickets):,} events", flush=True)
    for way in WAYS:
        command = [sys.executable, "-m", "benchmarks.tax", str(chosen.folder), "--one", way]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
