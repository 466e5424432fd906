"""GitHub's pull requests, releases, deployments and issues as rows of ours; see ``etl.sources.github`` for the forms.

Every function takes a flat raw table (text columns under GitHub's own names) and puts facts into the stage.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select

from etl import expressions
from etl.mapping import Clock, Mapping, Words
from etl.rearranged import Cell, first_of, gathered, only, rearranged
from etl.staging import RawTable, Stage
from etl.translate import stage_mapping
from etl.vocabulary import ChangeOutcome, Status

SOURCE = "github"
#: The API writes every clock in UTC.
CLOCK = Clock(timezone="UTC")

_CHANGE = ("original_id", "title", "product", "kind", "outcome", "url", "started_at", "deployed_at", "rolled_back_at")


def _change_mapping(columns: tuple[str, ...]) -> Mapping:
    return Mapping(
        name="github-changes",
        shape="change",
        source=SOURCE,
        clock=CLOCK,
        columns={name: (name,) for name in columns if name in _CHANGE},
        optional=("rolled_back_at",) if "rolled_back_at" in columns else (),
    )


def repository(rows: RawTable) -> Cell:
    """``owner/name`` from the first address that tells it; NULL where none does."""
    of_api = func.regexp_extract(first_of(rows, "repository_url", "url"), "/repos/([^/]+/[^/]+)", 1)
    page = first_of(rows, "html_url", "url")
    of_page = func.regexp_extract(page, "^https?://[^/]+/([^/]+/[^/]+)/(pull|issues|releases|deployments)/", 1)
    return func.coalesce(func.nullif(of_api, ""), func.nullif(of_page, ""))


def _numbered(repo: Cell, mark: str, number: Cell) -> Cell:
    """``owner/name#12``; ``#12`` where the export does not name the repository."""
    return func.concat(func.coalesce(repo, ""), mark, number)


def _short(repo: Cell) -> Cell:
    return func.nullif(func.regexp_extract(repo, "/(.+)$", 1), "")


# Pull requests


def stage_pulls(flat: RawTable, into: Stage) -> None:
    """Merged pull requests are changes; one that a merged ``Revert …`` names was rolled back."""
    is_open = func.coalesce(func.lower(first_of(flat, "state")) == "open", False)
    closed = only(flat, into, ~is_open, "pull requests still open")
    merged_only = only(closed, into, _merged_at(closed).is_not(None), "pull requests closed without being merged")
    changes = _pulls(merged_only, into)
    undone = _undone(changes)
    rolled_back = select(func.min(undone.c.undone_at)).where(undone.c.target == changes.table.c.original_id)
    told: dict[str, Cell] = {name: changes.table.c[name] for name in changes.columns}
    told["rolled_back_at"] = rolled_back.scalar_subquery()
    told["outcome"] = case((told["rolled_back_at"].is_not(None), str(ChangeOutcome.ROLLED_BACK)))
    whole = rearranged(changes, into, told)
    stage_mapping(_change_mapping(whole.columns), whole, into)
    _put_elsewhere(changes, into)


def _merged_at(flat: RawTable) -> Cell:
    """When it was merged; the short CSV form tells that by its status, and the close is the merge."""
    told = first_of(flat, "merged_at", "mergedAt", "pull_request.merged_at")
    is_merged = func.coalesce(func.lower(first_of(flat, "status")) == "merged", False)
    return func.coalesce(told, case((is_merged, first_of(flat, "closed_at"))))


def _pulls(flat: RawTable, into: Stage) -> RawTable:
    """One row a merged pull request, with what it says it takes back: a number, or a title."""
    repo = repository(flat)
    title = first_of(flat, "title")
    quoted = func.nullif(func.regexp_extract(title, '^Revert "(.+)"$', 1), "")
    number_in_title = func.nullif(func.regexp_extract(quoted, r" \(#(\d+)\)$", 1), "")
    in_body = func.regexp_extract(first_of(flat, "body"), r"Reverts? (?:[\w.-]+/[\w.-]+)?#(\d+)", 1)
    is_revert = func.starts_with(title, "Revert")
    undoes = case((is_revert, func.coalesce(number_in_title, func.nullif(in_body, ""))))
    cells: dict[str, Cell] = {
        "original_id": _numbered(repo, "#", first_of(flat, "number")),
        "title": title,
        "product": _short(repo),
        "kind": literal("pull request"),
        "url": first_of(flat, "html_url", "url"),
        "started_at": first_of(flat, "created_at", "createdAt"),
        "deployed_at": _merged_at(flat),
        "repository": func.coalesce(repo, ""),
        "undoes": case((undoes.is_not(None), _numbered(repo, "#", undoes))),
        "undoes title": case((undoes.is_(None), func.regexp_replace(quoted, r" \(#\d+\)$", ""))),
        "is revert": is_revert,
    }
    return rearranged(flat, into, cells)


def _undone(changes: RawTable) -> Any:
    """What was taken back, and when: ``target``, ``undone_at``, and the row of the revert."""
    revert, target = changes.table.alias(), changes.table.alias()
    by_title = (
        select(func.arg_max(target.c.original_id, target.c.deployed_at))
        .where(
            target.c.title == revert.c["undoes title"],
            target.c.repository == revert.c.repository,
            target.c.deployed_at < revert.c.deployed_at,
        )
        .scalar_subquery()
    )
    named = func.coalesce(revert.c.undoes, by_title).label("target")
    rows = select(revert.c["_row"], named, revert.c.deployed_at.label("undone_at"))
    return rows.where(revert.c["is revert"] == "true").subquery()


def _put_elsewhere(changes: RawTable, into: Stage) -> None:
    """A change taken back that another file tells of gets its outcome; one that nobody names is told."""
    undone = _undone(changes)
    here = select(changes.table.c.original_id)
    at_once: Select[Any] = select(
        func.min(undone.c["_row"]).label("row"),
        undone.c.target.label("original_id"),
        literal(str(ChangeOutcome.ROLLED_BACK)).label("outcome"),
        func.min(expressions.instant(undone.c.undone_at, "UTC")).label("rolled_back_at"),
    )
    into.put(
        "change", SOURCE, at_once.where(undone.c.target.is_not(None), undone.c.target.not_in(here)).group_by("target")
    )
    nameless = select(func.count()).select_from(undone).where(undone.c.target.is_(None))
    number = into.connection.execute(nameless).scalar_one()
    if number:
        into.warnings.append(
            f"{number:,} merged pull request{'s' * (number != 1)} whose title begins with Revert "
            f"name{'s' * (number == 1)} no change by number, nor by the title of one in this file: "
            "what was taken back is not known."
        )


# Releases and deployments


def stage_releases(flat: RawTable, into: Stage) -> None:
    """Published releases are changes; drafts are none."""
    is_draft = func.coalesce(func.lower(first_of(flat, "draft")) == "true", False)
    published = only(flat, into, ~is_draft, "releases that are drafts")
    repo = repository(published)
    cells: dict[str, Cell] = {
        "original_id": _numbered(repo, "@", first_of(published, "tag_name")),
        "title": func.coalesce(first_of(published, "name"), first_of(published, "tag_name")),
        "product": _short(repo),
        "kind": case((func.lower(first_of(published, "prerelease")) == "true", "pre-release"), else_="release"),
        "url": first_of(published, "html_url"),
        "deployed_at": first_of(published, "published_at"),
    }
    rows = rearranged(published, into, cells)
    stage_mapping(_change_mapping(rows.columns), rows, into)


def stage_deployments(flat: RawTable, into: Stage) -> None:
    """Deployments begin here; how they ended, their statuses tell."""
    repo = repository(flat)
    place = first_of(flat, "environment")
    is_live = or_(first_of(flat, "production_environment") == "true", func.lower(place).in_(_LIVE))
    cells: dict[str, Cell] = {
        "original_id": _numbered(repo, " deployment ", first_of(flat, "id")),
        "title": func.coalesce(first_of(flat, "description"), func.concat(first_of(flat, "ref"), " to ", place)),
        "product": _short(repo),
        "kind": case((func.coalesce(is_live, False), "deployment"), else_=func.concat("deployment to ", place)),
        "url": literal(None),
        "started_at": first_of(flat, "created_at"),
    }
    rows = rearranged(flat, into, cells)
    stage_mapping(_change_mapping(rows.columns), rows, into)
    into.warnings.append("Deployments do not tell how they ended: load their statuses as well, and they count.")


_LIVE = ("production", "prod", "live")
_FAILED = ("failure", "error")


def stage_statuses(flat: RawTable, into: Stage) -> None:
    """The statuses of a deployment: its first success is when it went out, its last failure how it ended.

    ``inactive`` says that a newer deployment took its place, which is no verdict on this one.
    """
    repo = repository(flat)
    deployment = func.regexp_extract(first_of(flat, "deployment_url"), r"/deployments/(\d+)", 1)
    state, said_at = func.lower(first_of(flat, "state")), first_of(flat, "created_at")
    is_failure = state.in_(_FAILED)
    verdict = func.arg_max(state, said_at).filter(or_(state == "success", is_failure))
    failed, successful = str(ChangeOutcome.FAILED), str(ChangeOutcome.SUCCESSFUL)
    cells: dict[str, Cell] = {
        "deployed_at": func.min(said_at).filter(state == "success"),
        "outcome": case((verdict.in_(_FAILED), failed), (verdict == "success", successful)),
    }
    key = _numbered(repo, " deployment ", deployment)
    rows = gathered(flat, into, key, cells, "further statuses of a deployment, read into its one record")
    stage_mapping(_change_mapping(rows.columns), rows, into)


# Issues

_WORDS = Words(status={"open": Status.OPEN, "closed": Status.CLOSED})
_KINDS = ((r"\b(bug|regression|defect)\b", "bug"), (r"\b(enhancement|feature)\b", "enhancement"))


def stage_issues(flat: RawTable, into: Stage) -> None:
    """Issues are engineering's records. Pull requests among them are changes, where they tell that they were merged."""
    is_pull = _is_pull(flat)
    pulls = rearranged(flat, into, {name: flat.table.c[name] for name in flat.columns}, is_pull)
    if pulls.rows:
        stage_pulls(pulls, into)
    issues = rearranged(flat, into, {name: flat.table.c[name] for name in flat.columns}, ~is_pull)
    repo = repository(issues)
    labels = func.lower(first_of(issues, "labels"))
    names = func.array_to_string(func.regexp_extract_all(labels, _LABEL, 1), " | ")
    cells: dict[str, Cell] = {
        "original_id": _numbered(repo, "#", first_of(issues, "number")),
        "title": first_of(issues, "title"),
        "kind": case(*((func.regexp_matches(names, pattern), kind) for pattern, kind in _KINDS), else_="issue"),
        "status": first_of(issues, "state"),
        "product": _short(repo),
        "outcome": func.replace(func.lower(first_of(issues, "state_reason", "stateReason")), "_", " "),
        "url": first_of(issues, "html_url", "url"),
        "created_at": first_of(issues, "created_at", "createdAt"),
        "resolved_at": first_of(issues, "closed_at", "closedAt"),
        "updated_at": first_of(issues, "updated_at", "updatedAt"),
    }
    rows = rearranged(issues, into, cells)
    columns = {name: (name,) for name in cells}
    mapping = Mapping(
        name="github-issues", shape="engineering_issue", source=SOURCE, clock=CLOCK, columns=columns, words=_WORDS
    )
    stage_mapping(mapping, rows, into)
    _warn_of_pulls(flat, rows, into)


#: The name of a label, in JSON and in Python's way of writing it.
_LABEL = r"""['"]name['"]: ?['"]([^'"]*)['"]"""


def _is_pull(flat: RawTable) -> Cell:
    there = [first_of(flat, name).is_not(None) for name in flat.columns if name.split(".")[0] == "pull_request"]
    return or_(*there) if there else literal(False)


def _warn_of_pulls(flat: RawTable, rows: RawTable, into: Stage) -> None:
    if any(name.split(".")[0] == "pull_request" for name in flat.columns):
        return
    c = rows.table.c
    query = select(func.count()).where(and_(func.lower(c.status) == "closed", c.outcome.is_(None)))
    silent = into.connection.execute(query).scalar_one()
    into.warnings.append(
        "No column tells pull requests from issues: every row was taken for an issue. "
        f"{silent:,} are closed without a reason, as pull requests are."
    )


def warn_of_repository(flat: RawTable, into: Stage) -> None:
    """Numbers repeat from one repository to the next; a file that names none may be taken for another's."""
    if into.connection.execute(select(func.count()).where(repository(flat).is_not(None))).scalar_one():
        return
    into.warnings.append("The file names no repository: its numbers stand alone (#12); load only one repository so.")
