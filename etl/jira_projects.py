"""Is a Jira project the help desk, or engineering's tracker? What the export says, unless ``supportkpi.toml`` does.

``[loading.jira_projects]`` names projects by their keys: ``ENG = "engineering"``, ``HELP = "tickets"``. Else a service
project (``service_desk``), or one whose issues carry a request type, a target or a satisfaction rating, holds
tickets, and any other records of engineering. What was decided is said in the report.
"""

from __future__ import annotations

from sqlalchemy import func, select

from etl.rearranged import Cell
from etl.staging import RawTable, Stage


def project_of(key: Cell) -> Cell:
    """The project's key out of an issue's: ``SUP`` of ``SUP-12``."""
    return func.upper(func.regexp_extract(key, r"^\s*([A-Za-z][A-Za-z0-9_]*)-\d+\s*$", 1))


def engineering_projects(raw: RawTable, into: Stage, key: Cell, kind: Cell, is_request: Cell) -> list[str]:
    """The keys of the projects of a table whose issues are records of engineering.

    ``kind`` is the project's type as Jira calls it (NULL where the export has no such column); ``is_request`` says
    of an issue that only a service project has such a one.
    """
    project = project_of(key)
    query = select(
        project.label("project"),
        func.max(func.lower(kind)).label("kind"),
        func.count().label("issues"),
        func.count().filter(is_request).label("requests"),
    ).select_from(raw.table)
    found = into.connection.execute(query.where(project != "").group_by(project).order_by(project)).all()
    declared = {name.upper(): what for name, what in into.settings.loading.jira_projects.items()}
    engineering = []
    for row in found:
        said, why = _judged(row.kind, row.requests, declared.get(row.project))
        if said == "engineering":
            engineering.append(row.project)
        _tell(into, row.project, row.issues, said, why)
    return engineering


def _judged(kind: str | None, requests: int, declared: str | None) -> tuple[str, str]:
    if declared is not None:
        return declared, "as supportkpi.toml says"
    if kind is not None and kind.replace(" ", "_") == "service_desk":
        return "tickets", "a service project"
    if requests:
        return "tickets", "its issues carry request types, targets or ratings"
    return "engineering", f"a {kind} project" if kind else "none of its issues is a service request"


def _tell(into: Stage, project: str, issues: int, said: str, why: str) -> None:
    shown = "tickets" if said == "tickets" else "engineering's records"
    other = "engineering" if said == "tickets" else "tickets"
    number = f"{issues:,} issue{'s' * (issues != 1)}"
    change = f" Otherwise write under [loading.jira_projects]: {project} = '{other}'."
    into.warnings.append(f"Project {project}: {number} read as {shown} ({why}).{change}")
