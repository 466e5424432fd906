"""What the pages of issues cost the server at a million tickets: drawn cold and after a filter change.

    python -m benchmarks.repeat_pages FOLDER [--runs 3]

FOLDER is what ``benchmarks.grouping`` left. Every seventh ticket is given a rating, every account a revenue and every
product a change a week and an incident a month; then the facts are derived anew and the pages drawn, each in a process
of its own. The clock runs as in ``benchmarks.pages``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.pages import drawn
from etl.settings import Home, Settings

PERIOD = "2025-10"
FILTERS: tuple[dict[str, list[str]], ...] = ({}, {"product": ["p3"]}, {"product": ["p4"]})
VIEWS = ("repeats", "foresight", "issue")

_OF = "9 as load_id, 'desk' as source, range as row"
TOLD = (
    f"""insert into loaded_survey by name select
        's' || original_id as survey_id, 'csat' as kind, original_id as ticket_original_id, account,
        resolved_at as sent_at, resolved_at + interval 3 hours as answered_at,
        1 + hash(original_id) % 5 as score, 1 as scale_low, 5 as scale_high, {_OF.replace("range", "row")}
    from loaded_ticket where hash(original_id) % 7 = 0 and resolved_at is not null""",
    f"""insert into loaded_account by name select account as original_id, account as name,
        1000 * (1 + hash(account) % 900) as annual_revenue, {_OF.replace("range", "row_number() over ()")}
    from (select distinct account from loaded_ticket)""",
    f"""insert into loaded_change by name select 'c' || range as original_id, 'Release ' || range as title,
        'p' || range % 20 as product, timestamp '2023-01-02' + to_hours(8 * range) as deployed_at, {_OF}
    from range(3200)""",
    f"""insert into loaded_incident by name select 'i' || range as original_id, 'Outage ' || range as title,
        'p' || range % 20 as product, 'sev1' as severity, timestamp '2023-01-02' + to_hours(36 * range) as started_at,
        timestamp '2023-01-02' + to_hours(36 * range + 2) as resolved_at, {_OF}
    from range(720)""",
)


def tell(home: Home) -> None:
    """Ratings, accounts, changes and incidents beside the tickets, once; then the facts anew."""
    from etl import derive
    from etl.snapshot import publish
    from etl.work import opened

    with opened(home) as connection:
        raw: Any = connection.connection.driver_connection
        if not raw.execute("select count(*) from loaded_survey").fetchone()[0]:
            for statement in TOLD:
                raw.execute(statement)
            connection.commit()
        publish(home, connection, Settings(), derive.build)


def draw(home: Home, view: str) -> None:
    """Print the seconds of each drawing of a page."""
    os.environ["SUPPORTKPI_HOME"] = str(home.folder)
    more: dict[str, list[str]] = {}
    if view == "issue":
        more = {"issue": [_deepest(home)]}
    for seconds in drawn(view, [{"period": [PERIOD], **filters, **more} for filters in FILTERS]):
        print(f"{seconds:.3f}")


def _deepest(home: Home) -> str:
    """The issue with most occurrences."""
    import duckdb

    current = home.current_snapshot()
    with duckdb.connect(str(current), read_only=True) as connection:
        found = connection.execute(
            "select issue_key from issue order by occurrences desc, issue_key limit 1"
        ).fetchone()
    return str(found[0]) if found else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", choices=VIEWS, help=argparse.SUPPRESS)
    parser.add_argument("--kept", action="store_true", help="the facts are there already")
    chosen = parser.parse_args()
    home = Home(chosen.folder)
    if chosen.one:
        draw(home, chosen.one)
        return
    if not chosen.kept:
        tell(home)
    for view in VIEWS:
        command = [sys.executable, "-m", "benchmarks.repeat_pages", str(chosen.folder), "--one", view]
        runs = [
            [float(line) for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]
            for _ in range(chosen.runs)
        ]
        cold, *filtered = (statistics.median(each) for each in zip(*runs, strict=True))
        told = " and ".join(f"{each:.2f} s" for each in filtered)
        print(f"{view}: cold {cold:.2f} s, after a filter {told} (medians of {chosen.runs})", flush=True)


if __name__ == "__main__":
    main()
