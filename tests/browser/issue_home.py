"""A home as the loader makes it, small enough to be derived anew while a test waits: two problems of one account."""

from __future__ import annotations

import csv
from pathlib import Path

from etl.load import load
from etl.settings import Home

_HEADER = (
    *("number", "opened_at", "short_description", "caller_id", "priority", "state", "category", "company"),
    *("assignment_group", "assigned_to", "resolved_at", "closed_at", "problem_id", "sys_updated_on", "sys_updated_by"),
)
#: Number, day it was opened, subject, account, problem: each is solved the day after.
_TICKETS = (
    ("INC1", 5, "Cannot log in <b>again</b>", "Acme", "PRB1"),
    ("INC2", 12, "Login fails", "Acme", "PRB1"),
    ("INC3", 20, "Log-in page stays white", "Acme", "PRB1"),
    ("INC4", 8, "Report never ends", "Birch", "PRB2"),
    ("INC5", 22, "Report still never ends", "Birch", "PRB2"),
    ("INC6", 25, "How do I change my address?", "Cedar", ""),
)


def build(folder: Path) -> Home:
    """Of five occurrences of PRB1 and PRB2 three are repeats of one solved for the same account."""
    home = Home(folder)
    folder.mkdir(parents=True)
    path = folder.parent / "incidents.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for number, day, subject, account, problem in _TICKETS:
            opened, solved = f"2025-01-{day:02} 09:00:00", f"2025-01-{day + 1:02} 09:00:00"
            told = (number, opened, subject, f"caller of {account}", "3 - Moderate", "Closed", "Software", account)
            writer.writerow([*told, "Service Desk", "Beth Anglin", solved, solved, problem, solved, "beth"])
    report = load(home, [path], timezone="UTC")
    assert report.exit_code == 0, report
    return home
