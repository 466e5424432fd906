"""A process that freezes reviews and kills itself with SIGKILL where it is told to.

    python freezer.py HOME

It works out one review of HOME, which is slow, and then takes lines ``MOMENT FOLDER`` on its input: for each it forks
a process that freezes that review in the journal of FOLDER, and prints how that ended. At the moment ``any`` it freezes
over and over, prints a line a freeze, and waits to be killed.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from dashboard import journal
from dashboard.ask import Ask
from dashboard.commands.report import ask_of
from dashboard.exports.report import Report
from dashboard.journal import Journal
from dashboard.reviews import contents
from dashboard.reviews.frozen import freeze
from dashboard.rhythm import Rhythm
from etl.settings import Home

#: Moments before which nothing may be there, and those after which all of it must be. Between them stands the commit.
BEFORE = ("before the write", "lock taken", "row written")
AFTER = ("committed",)


def die(*_given: object, **_named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _when_inserting(_connection: object, _cursor: object, statement: str, *_rest: Any) -> None:
    if statement.lower().startswith("insert into written"):
        die()


def arm(moment: str) -> None:
    """Have this process die at the moment."""
    if moment == "before the write":
        Journal.write = die  # type: ignore[assignment, method-assign]
    elif moment == "lock taken":
        event.listen(Engine, "before_cursor_execute", _when_inserting)
    elif moment == "row written":
        event.listen(Engine, "after_cursor_execute", _when_inserting)
    elif moment == "at the commit":
        event.listen(Engine, "commit", die)


def one(moment: str, folder: str, ask: Ask, report: Report) -> None:
    arm(moment)
    book, name = journal.open(Home(Path(folder))), contents.name_of(Rhythm.WEEKLY, ask)
    while True:
        freeze(book, ask, name, report, who="Ana")
        if moment == "committed":
            die()
        print("frozen", flush=True)


def main() -> None:
    home = Home(Path(sys.argv[1]))
    ask = ask_of(home, Rhythm.WEEKLY, "2025-W08")
    report = contents.review(ask, Rhythm.WEEKLY, journal.open(home), date(2025, 3, 1))
    print("ready", flush=True)
    for line in sys.stdin:
        moment, _, folder = line.rstrip("\n").partition("\t")
        child = os.fork()
        if not child:
            one(moment, folder, ask, report)
        print(f"pid {child}", flush=True)
        print(f"ended {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}", flush=True)


if __name__ == "__main__":
    main()
