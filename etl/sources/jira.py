"""Jira and Jira Service Management: the CSV export of the issue navigator, issues of the search API as JSON (with
change log and comments), and a change history as a table.

Built from a real change history, the header of a real CSV export, and the documented fields of the API.

A project may be the help desk itself or engineering's tracker. The export says which: issues of a service project are
tickets, those of a software or business project are records of engineering, to which tickets point by their keys
(``etl/jira_projects.py``). A change history does not say; its issues are tickets.
"""

from __future__ import annotations

from etl import jira_history, jira_issues, jira_ui
from etl.staging import Claim, RawTable, Stage

NAME = "jira"


def claim(raw: RawTable) -> Claim:
    """Claim a change history or an export by its columns, issues of the API by their keys."""
    if raw.kind != "csv":
        return jira_issues.claim(raw, NAME)
    found = jira_history.claim(raw, NAME)
    return found if found.accepted else jira_ui.claim(raw, NAME)


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    if raw.kind != "csv":
        jira_issues.stage(raw, into, NAME)
    elif jira_history.claim(raw, NAME).accepted:
        jira_history.stage(raw, into, NAME)
    else:
        jira_ui.stage(raw, into, NAME)
