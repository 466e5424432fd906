"""Jira and Jira Service Management: the CSV export of the issue navigator, issues of the search API as JSON (with
change log and comments), and a change history as a table.

Built from a real change history, the header of a real CSV export, and the documented fields of the API.

A project may be the help desk itself or engineering's tracker. The export says which: issues of a service project are
tickets, those of a software or business project are records of engineering, to which tickets point by their keys
(``etl/jira_projects.py``). A change history does not say; its issues are tickets.
"""

from __future__ import annotations

from etl import jira_history
from etl.staging import Claim, RawTable, Stage

NAME = "jira"


def claim(raw: RawTable) -> Claim:
    """Claim a change history or an export by its columns, issues of the API by their keys."""
    return jira_history.claim(raw, NAME) if raw.kind == "csv" else Claim(NAME, ())


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    jira_history.stage(raw, into, NAME)
