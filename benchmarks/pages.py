"""What a page costs the server: drawn cold and after a filter change, beside one SQL by hand and beside plain pandas.

    python -m benchmarks.pages FOLDER [--tickets 1000000] [--runs 3]

Each run is a new process whose clock starts when the libraries are imported and stops when the server has sent the last
element. The page is drawn whole by Streamlit's own test runner: every figure, interval, chart and table, 33 months
where it shows a trend. By hand: one statement with the page's aggregates by month and, for the chosen month, by team.
Plain pandas: the columns read into a frame and grouped, as a first version of such a dashboard does on every run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.page_sql import BY_HAND, COLUMNS
from benchmarks.wide_home import write

PERIOD, TEAM, MONTHS, FIRST = "2025-10", "Team 3", 33, "2023-02-01"
_SCRIPT = """
import time
from importlib import import_module
import streamlit as st
from etl.settings import Home
import dashboard.app as app
view = import_module("dashboard.views.{view}")
started = time.perf_counter()
app.show(view, app.asked(Home()))
st.session_state["seconds"] = time.perf_counter() - started
"""


def ours(home: str, view: str) -> list[float]:
    """Seconds to draw the page the first time, and then with a filter."""
    os.environ["SUPPORTKPI_HOME"] = home
    return drawn(view, [{"period": [PERIOD], **filters} for filters in ({}, {"team": [TEAM]})])


def drawn(view: str, addresses: Sequence[dict[str, list[str]]]) -> list[float]:
    """Seconds of the server for each drawing of a page; where its home is, is said in the environment."""
    import plotly.graph_objects  # noqa: F401
    from streamlit.testing.v1 import AppTest

    import dashboard.app  # noqa: F401

    found = []
    for address in addresses:
        page = AppTest.from_string(_SCRIPT.format(view=view), default_timeout=600)
        for name, values in address.items():
            page.query_params[name] = values
        page.run()
        assert not page.exception
        # Of the server alone: the runner reads every element again afterwards, which a browser does and no server.
        found.append(page.session_state["seconds"])
    return found


def by_hand(home: str, view: str) -> list[float]:
    """Seconds to open the snapshot and run the page's one statement, without and with the filter."""
    import duckdb

    from etl.settings import Home

    duckdb.execute("select $day", {"day": FIRST}).fetchall()
    found = []
    for condition in ("true", f"team = '{TEAM}'"):
        started = time.perf_counter()
        with duckdb.connect(str(Home(home).current_snapshot()), read_only=True, config={"threads": 2}) as connection:
            rows = connection.execute(BY_HAND[view].replace("$where", condition), {"first": FIRST}).fetchall()
        found.append(time.perf_counter() - started)
        assert len(rows) >= MONTHS
    return found


def with_pandas(home: str, view: str) -> list[float]:
    """Seconds to read the page's columns of every ticket and group them by month and by team, each time anew."""
    import duckdb

    from etl.settings import Home

    duckdb.execute("select 1 as one").df()
    found = []
    for team in (None, TEAM):
        started = time.perf_counter()
        with duckdb.connect(str(Home(home).current_snapshot()), read_only=True, config={"threads": 2}) as connection:
            frame = connection.execute(f"select {COLUMNS[view]} from ticket where excluded_because is null").df()
        frame = frame if team is None else frame[frame["team"] == team]
        for clock in ("created_at", "resolved_at"):
            month = frame[clock].dt.to_period("M")
            numbers = frame.select_dtypes("number")
            numbers.groupby(month).agg(["count", "mean", "std", "median"])
            now = month == PERIOD
            numbers[now].groupby(frame["team"][now]).agg(["count", "mean", "std", "median"])
        found.append(time.perf_counter() - started)
    return found


WAYS = {"ours": ours, "by_hand": by_hand, "pandas": with_pandas}


def measured(home: Path, view: str, runs: int) -> dict[str, list[float]]:
    """Medians of each way, cold and after a filter change; the ways in turns."""
    seconds: dict[str, list[list[float]]] = {way: [] for way in WAYS}
    for _ in range(runs):
        for way, found in seconds.items():
            command = [sys.executable, "-m", "benchmarks.pages", str(home), "--one", way, view]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            found.append([float(each) for each in told])
    return {way: [statistics.median(pair) for pair in zip(*found, strict=True)] for way, found in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", nargs=2, metavar=("WAY", "PAGE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        way, view = chosen.one
        print(*WAYS[way](str(chosen.folder), view))
        return
    write(chosen.folder, chosen.tickets)
    for view in BY_HAND:
        found = measured(chosen.folder, view, chosen.runs)
        for place, when in enumerate(("cold", "after a filter change")):
            mine, hand, plain = (found[way][place] for way in WAYS)
            print(
                f"{view}, {chosen.tickets:,} tickets, {when}: ours {mine:.2f} s; one SQL {hand:.2f} s, ratio "
                f"{mine / hand:.1f}; pandas {plain:.2f} s, ratio {mine / plain:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
