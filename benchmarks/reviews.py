"""What reviews cost: a year of weekly ones as they are shown, and the files of one month.

    python -m benchmarks.reviews FOLDER

FOLDER is a home with data (``supportkpi --home FOLDER demo --no-serve`` makes one). Each review is worked out anew,
with nothing remembered from the one before; beside it, in the same run, one board of the same week, which is one
statement a fact and no trend.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
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
    reviews, boards = Clock(), Clock()
    for week in weeks:
        ask = ask_of(home, Rhythm.WEEKLY, code(week))
        with reviews:
            contents.review(ask, Rhythm.WEEKLY, book, today)
        with boards:
            board(ask.loaded, ask.period, newest.horizon, ask.targets, ask.scope, ask.options)
    print(f"{WEEKS} weekly reviews: {reviews}; {WEEKS} boards: {boards}, ratio {reviews.cpu / boards.cpu:.1f}")
    ask = ask_of(home, Rhythm.MONTHLY, None)
    for suffix, write in WRITERS.items():
        made, written = Clock(), Clock()
        with made:
            found = contents.for_files(contents.review(ask, Rhythm.MONTHLY, book, today))
        with written:
            write(found)
        print(f"monthly{suffix}: review {made}, file {written}")
    _command(home)


class Clock:
    """Wall time and processor time of this process, all its threads together, added up over several stretches."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> None:
        self.wall -= time.perf_counter()
        self.cpu -= time.process_time()

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter()
        self.cpu += time.process_time()

    def __str__(self) -> str:
        return f"{self.wall:.1f} s ({self.cpu:.1f} s of processor)"


def _command(home: Home) -> None:
    """The slides of a month by the command, the start of Python and all imports included."""
    with tempfile.TemporaryDirectory() as folder:
        words = [
            sys.executable,
            "-c",
            "from dashboard.cli import main; main()",
            "--home",
            str(home.folder),
            "report",
            "monthly",
        ]
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([*words, "--out", folder, "--format", "pptx"], check=True, stdout=subprocess.DEVNULL)
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"report monthly --format pptx, a process of its own: {wall:.1f} s ({used:.1f} s of processor)")


if __name__ == "__main__":
    main()
