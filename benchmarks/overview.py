"""All Overview readings on a loaded home, cold, beside one hand-written SQL of the same aggregates.

Cold: each run is a new process that opens the snapshot for the first time; the clock starts when the libraries are
imported and stops when the readings are finished. The hand-written SQL is one statement, period edges typed in.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from datetime import UTC, timedelta
from pathlib import Path

HAND_WRITTEN = """
with
week as (
    select unnest(range(14)) as number
),
answers as (
    select date_diff('second', $first::timestamp, answered_at) // 604800 as number,
        count(*) filter (kind = 'csat' and is_latest_on_ticket) as asked,
        count(*) filter (kind = 'csat' and is_latest_on_ticket and score_share >= 0.75) as satisfied,
        count(*) filter (kind = 'nps' and is_latest_in_quarter and score >= 9) as promoters,
        count(*) filter (kind = 'nps' and is_latest_in_quarter and score <= 6) as detractors,
        count(*) filter (kind = 'nps' and is_latest_in_quarter) as all_nps
    from survey where score is not null
        and answered_at >= $first::timestamp and answered_at < $last::timestamp group by 1
),
solved as (
    select date_diff('second', $first::timestamp, resolved_at) // 604800 as number,
        count(resolution_minutes) as n, sum(resolution_minutes) as total,
        sum(resolution_minutes * resolution_minutes) as squares,
        sum(signal_history) as a, sum(signal_note) as b, sum(signal_link) as c, sum(signal_escalation) as d,
        sum(signal_engineering_question) as e, sum(signal_customer_question) as f, sum(signal_pickup) as g,
        sum(signal_reopen) as h, sum(signal_resume) as i, sum(words_reread) as j, count(signal_history) as k
    from ticket where excluded_because is null and not is_bot_only
        and resolved_at >= $first::timestamp and resolved_at < $last::timestamp group by 1
),
first_solved as (
    select date_diff('second', $first::timestamp, first_resolved_at) // 604800 as number,
        count(*) filter (days_observed >= 7) as n,
        count(*) filter (days_observed >= 7 and public_replies = 1 and teams <= 1 and escalated is distinct from 'yes'
            and coalesce(reopens, 0) = 0 and (days_to_next_contact is null or days_to_next_contact > 7)) as one
    from ticket where excluded_because is null and not is_bot_only and not is_outbound and public_replies is not null
        and first_resolved_at >= $first::timestamp and first_resolved_at < $last::timestamp group by 1
),
created as (
    select date_diff('second', $first::timestamp, created_at) // 604800 as number,
        count(*) filter (escalated = 'yes') as escalated, count(*) as n
    from ticket where excluded_because is null and escalated is not null
        and (resolved_at is not null or open_days >= 7)
        and created_at >= $first::timestamp and created_at < $last::timestamp group by 1
),
issues as (
    select date_diff('second', $first::timestamp, started_at) // 604800 as number,
        count(*) as n, count(*) filter (days_since_previous <= 90) as repeats
    from occurrence where started_at >= $first::timestamp and started_at < $last::timestamp group by 1
)
select * from week left join answers using (number) left join solved using (number)
    left join first_solved using (number) left join created using (number) left join issues using (number)
order by number
"""

WEEKS = 14


def ours(home: str) -> float:
    """Seconds to open the facts and read seven KPIs over 14 weeks."""
    from dashboard import kpis, readings
    from dashboard.engine import Facts
    from dashboard.scope import Grain, Scope, latest_whole
    from etl.settings import Home

    headlines = kpis.headlines()
    started = time.perf_counter()
    facts = Facts.open(Home(home))
    until = readings.horizon(facts, "UTC").until
    found = readings.read(facts, headlines, Scope(), latest_whole(until, Grain.WEEK, WEEKS))
    seconds = time.perf_counter() - started
    assert len(found) == len(headlines) * WEEKS
    return seconds


def by_hand(home: str) -> float:
    """Seconds to open the same snapshot and run the one statement."""
    import duckdb

    from etl.settings import Home

    # The first bound value makes DuckDB import pandas; ours has done so too before its clock starts.
    duckdb.execute("select $day", {"day": "2025-01-06"}).fetchall()
    started = time.perf_counter()
    path = Home(home).current_snapshot()
    with duckdb.connect(str(path), read_only=True, config={"threads": 2}) as connection:
        newest = connection.execute("select max(observed_until) from ticket").fetchall()[0][0]
        day = newest.replace(tzinfo=UTC).date()
        last = day - timedelta(days=day.weekday())
        values = {"first": str(last - timedelta(weeks=WEEKS)), "last": str(last)}
        rows = connection.execute(HAND_WRITTEN, values).fetchall()
    assert len(rows) == WEEKS
    return time.perf_counter() - started


def main(home: str, runs: int = 7) -> None:
    """Run both ways in turns, each in a process of its own, and print medians and ratio."""
    seconds: dict[str, list[float]] = {"ours": [], "by_hand": []}
    for _ in range(runs):
        for way, found in seconds.items():
            command = [sys.executable, "-m", "benchmarks.overview", home, way]
            found.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    mine, hand = (statistics.median(found) for found in seconds.values())
    print(
        f"seven KPIs over {WEEKS} weeks, cold: ours {mine:.3f} s, one SQL by hand {hand:.3f} s, ratio {mine / hand:.2f}"
    )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print({"ours": ours, "by_hand": by_hand}[sys.argv[2]](sys.argv[1]))
    else:
        main(str(Path(sys.argv[1])))
