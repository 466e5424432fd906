"""GitHub: releases, deployments and their statuses, pull requests and issues, as the REST API's JSON, as ``gh --json``
writes them, and as short CSV files made of the API.

Built from: two real CSV files (pull requests and issues of one repository); the REST API's documented fields for the
rest, not from real files. What it makes of them:

- A merged pull request, a published release and a deployment are changes. One that was closed unmerged is none, a
  draft is none; both are counted as left out. A merge says that the code went in, not that it went out.
- A merged pull request titled ``Revert "…"`` tells that the change it names was rolled back: by the number in the
  quoted title (``(#12)``) or in the body (``Reverts owner/name#12``), else by the title itself. The revert is a
  change of its own.
- Issues become engineering's records, under ``owner/name#12``, or ``#12`` where the file does not name the
  repository. The API lists pull requests among issues; the key ``pull_request`` tells them apart, and only that.
- Persons are not read. Bodies are looked at for the number a revert names, and not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from etl.files import flatten
from etl.github_rows import (
    SOURCE,
    stage_deployments,
    stage_issues,
    stage_pulls,
    stage_releases,
    stage_statuses,
    warn_of_repository,
)
from etl.staging import Claim, RawTable, Stage

NAME = SOURCE


class _Records(NamedTuple):
    """One kind of record: the columns or keys it must have, how it is written, and who takes it."""

    needed: tuple[str, ...]
    is_json: bool
    stage: Callable[[RawTable, Stage], None]
    paths: tuple[str, ...] = ()


_PLACE = ("url", "html_url", "repository_url")
_ISSUE_PATHS = (
    "number", "title", "state", "state_reason", "labels", "created_at", "closed_at", "updated_at", "body", *_PLACE,
    "pull_request.url", "pull_request.merged_at",
)  # fmt: skip
_KINDS = (
    _Records(
        ("number", "title", "status", "state", "created_at", "updated_at", "closed_at", "user", "comments"),
        is_json=False,
        stage=stage_pulls,
    ),
    _Records(
        ("number", "title", "state", "created_at", "closed_at", "author_association", "state_reason"),
        is_json=False,
        stage=stage_issues,
    ),
    _Records(
        ("number", "title", "state", "created_at", "merged_at", "merge_commit_sha", "head", "base"),
        is_json=True,
        stage=stage_pulls,
        paths=("number", "title", "state", "body", "created_at", "merged_at", "url", "html_url"),
    ),
    _Records(
        ("number", "title", "state", "created_at", "closed_at", "repository_url", "labels_url", "events_url"),
        is_json=True,
        stage=stage_issues,
        paths=_ISSUE_PATHS,
    ),
    _Records(
        ("number", "title", "state", "createdAt", "mergedAt", "url"),
        is_json=True,
        stage=stage_pulls,
        paths=("number", "title", "state", "body", "createdAt", "mergedAt", "url"),
    ),
    _Records(
        ("number", "title", "state", "stateReason", "createdAt", "closedAt", "url"),
        is_json=True,
        stage=stage_issues,
        paths=("number", "title", "state", "stateReason", "labels", "createdAt", "closedAt", "updatedAt", "url"),
    ),
    _Records(
        ("tag_name", "target_commitish", "draft", "prerelease", "published_at"),
        is_json=True,
        stage=stage_releases,
        paths=("tag_name", "name", "draft", "prerelease", "published_at", "url", "html_url"),
    ),
    _Records(
        ("id", "sha", "ref", "task", "environment", "statuses_url", "created_at"),
        is_json=True,
        stage=stage_deployments,
        paths=(
            "id", "ref", "description", "environment", "production_environment", "created_at", "url", "repository_url",
        ),
    ),
    _Records(
        ("id", "state", "created_at", "deployment_url"),
        is_json=True,
        stage=stage_statuses,
        paths=("state", "created_at", "deployment_url", "repository_url"),
    ),
)  # fmt: skip


def claim(raw: RawTable) -> Claim:
    """Claim one of the kinds by its columns or keys."""
    there = _keys(raw.columns)
    near = Claim(NAME, ())
    for kind in _fitting(raw):
        found = tuple(name for name in kind.needed if name in there)
        claimed = Claim(NAME, found, tuple(name for name in kind.needed if name not in there))
        if claimed.accepted:
            return claimed
        if len(found) * max(1, len(near.matched) + len(near.missing)) > len(near.matched) * len(kind.needed):
            near = claimed
    return near


def stage(raw: RawTable, into: Stage) -> None:
    """Put the facts of a table that was claimed."""
    there = _keys(raw.columns)
    kind = next(each for each in _fitting(raw) if there.issuperset(each.needed))
    flat = flatten(raw, kind.paths, into.connection) if kind.is_json else raw
    if kind.stage in (stage_pulls, stage_issues):
        warn_of_repository(flat, into)
    kind.stage(flat, into)


def _fitting(raw: RawTable) -> list[_Records]:
    return [kind for kind in _KINDS if kind.is_json == (raw.kind == "json")]


def _keys(paths: Iterable[str]) -> set[str]:
    """Every dotted path, and the key each begins with: ``head`` is there when ``head.ref`` is."""
    return {key for path in paths for key in (path, path.split(".")[0])}
