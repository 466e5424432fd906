"""What reviews cost: a year of weekly ones as they are shown, and the files of one month.

    python -m benchmarks.reviews FOLDER

FOLDER is a home with data (``supportkpi --home FOLDER demo --no-serve`` makes one). Each review is worked out anew,
with nothing remembered from the one before; beside it, in the same run, one board of the same week, which is one
statement a fact and no trend.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

from etl.settings import Home

WEEKS = 52


def main() -> None:
    from dashboard import journal
    from dashboard.ask import code
    from dashboard.commands.report import ask_of
    from dashboard.exports.board import board
    from dashboard.exports.report import WRITERS
    from dashboard.reviews import contents
    from dashboard.rhythm import Rhythm
    from dashboard.scope import latest_whole

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    home = Home(parser.parse_args().folder)
    book, today = journal.open(home), datetime.now(UTC).date()
    newest = ask_of(home, Rhythm.WEEKLY, None)
    assert newest.horizon is not None
    weeks = latest_whole(newest.horizon.until, Rhythm.WEEKLY.grain, WEEKS, newest.period.timezone)
    reviews = boards = 0.0
    for week in weeks:
        ask = ask_of(home, Rhythm.WEEKLY, code(week))
        started = time.perf_counter()
        contents.review(ask, Rhythm.WEEKLY, book, today)
        between = time.perf_counter()
        board(ask.loaded, ask.period, newest.horizon, ask.targets, ask.scope, ask.options)
        reviews += between - started
        boards += time.perf_counter() - between
    print(f"{WEEKS} weekly reviews: {reviews:.1f} s; {WEEKS} boards: {boards:.1f} s, ratio {reviews / boards:.1f}")
    ask = ask_of(home, Rhythm.MONTHLY, None)
    for suffix, write in WRITERS.items():
        started = time.perf_counter()
        found = contents.for_files(contents.review(ask, Rhythm.MONTHLY, book, today))
        between = time.perf_counter()
        write(found)
        print(f"monthly{suffix}: review {between - started:.1f} s, file {time.perf_counter() - between:.1f} s")


if __name__ == "__main__":
    main()
