"""Issues of Jira's search API (JSON), with their change log and comments as far as they were asked for.

Built from the documented fields of the API, not from a recorded answer. Fields of Jira Service Management have a
number for a name (``customfield_10020``) that differs from site to site: targets, ratings and request types are known
by their shape. Of comments and descriptions only the number of words, whether they ask something and a hash are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Double, and_, func, literal, not_, or_, select, try_cast

from etl.files import flatten
from etl.jira_comments import first_by_others, stage_comments
from etl.jira_log import acts_of, changes_of, comments_of, stage_changes, stage_people
from etl.jira_projects import engineering_projects, project_of
from etl.jira_states import words_with_categories
from etl.jira_targets import stage_targets, verdict
from etl.jira_ui import rating_mapping
from etl.mapping import Clock, Mapping, Words
from etl.rearranged import Cell, count, rearranged
from etl.staging import Claim, RawTable, Stage
from etl.threads import pseudonym, unnested
from etl.translate import stage_mapping

NEEDED = ("key", "fields.status", "fields.created")
MARKS = (
    "fields.issuetype",
    "fields.project",
    "fields.reporter",
    "fields.creator",
    "fields.priority",
    "fields.resolutiondate",
    "changelog",
)
_CLOCK = Clock(timezone="UTC")
_TICKET = {
    "original_id": "key",
    "subject": "fields.summary",
    "status": "fields.status.name",
    "priority": "fields.priority.name",
    "ticket_type": "fields.issuetype.name",
    "created_at": "fields.created",
    "updated_at": "fields.updated",
    "resolved_at": "fields.resolutiondate",
    "due_at": "fields.duedate",
}
_ISSUE = {
    "original_id": "key",
    "title": "fields.summary",
    "kind": "fields.issuetype.name",
    "status": "fields.status.name",
    "priority": "fields.priority.name",
    "outcome": "fields.resolution.name",
    "url": "self",
    "created_at": "fields.created",
    "updated_at": "fields.updated",
    "resolved_at": "fields.resolutiondate",
}
_INSIDE = (
    "fields.status.statusCategory.key",
    "fields.status.statusCategory.name",
    "fields.project.projectTypeKey",
    "fields.project.name",
    "fields.labels",
    "fields.components",
    "fields.parent.key",
    *(
        f"fields.{who}.{name}"
        for who in ("assignee", "reporter", "creator")
        for name in ("accountId", "name", "displayName")
    ),
)
_CUSTOM = re.compile(r"^fields\.(customfield_\d+)\.(completedCycles|ongoingCycle|rating|requestType)(\.|$)")


def claim(raw: RawTable, source: str) -> Claim:
    """Claim issues by the keys only Jira's have."""
    there = {path[: len(path)] for path in raw.columns}
    there |= {".".join(path.split(".")[:end]) for path in raw.columns for end in (1, 2)}
    marks = tuple(name for name in MARKS if name in there)
    found = tuple(name for name in NEEDED if name in there)
    if len(marks) < 2 or "key" not in there:
        return Claim(source, ())
    return Claim(source, (*found, *marks), tuple(name for name in NEEDED if name not in there))


@dataclass(frozen=True)
class Issues:
    """Issues of one file: the JSON records, their fields as text, and the fields known by their shape."""

    raw: RawTable
    flat: RawTable
    into: Stage
    source: str
    shapes: dict[str, list[str]]

    def who(self, role: str) -> Cell:
        """The account of an assignee, a reporter or a creator (its name on a server of one's own)."""
        c = self.flat.table.c
        return func.coalesce(c[f"fields.{role}.accountId"], c[f"fields.{role}.name"])

    def of(self, flat: RawTable) -> Issues:
        return Issues(self.raw, flat, self.into, self.source, self.shapes)


def stage(raw: RawTable, into: Stage, source: str) -> None:
    """Put tickets with history, messages, targets and ratings; or records of engineering."""
    shapes = _shapes(raw)
    paths = [*_TICKET.values(), *_ISSUE.values(), *_INSIDE, *_shape_paths(shapes)]
    whole = Issues(raw, flatten(raw, list(dict.fromkeys(paths)), into.connection), into, source, shapes)
    c = whole.flat.table.c
    asked = [c[path].is_not(None) for path in _shape_paths(shapes)]
    is_request = or_(*asked) if asked else literal(False)
    engineering = engineering_projects(whole.flat, into, c.key, c["fields.project.projectTypeKey"], is_request)
    is_engineering = func.coalesce(project_of(c.key).in_(engineering), False)
    category = func.coalesce(c["fields.status.statusCategory.key"], c["fields.status.statusCategory.name"])
    words = words_with_categories(whole.flat, into, c["fields.status.name"], category)
    comments, changes = comments_of(raw, into), changes_of(raw, into)
    issues = whole.of(_only(whole, is_engineering))
    if issues.flat.rows:
        _stage_issues(issues, words, acts_of(comments, changes, into))
    tickets = whole.of(_only(whole, not_(is_engineering)))
    if not tickets.flat.rows:
        return
    _stage_tickets(tickets, words)
    reporters = (tickets.who("reporter"),)
    tells_internal = bool(count(comments.table, into, comments.table.c.public.is_not(None)))
    stage_comments(comments, tickets.flat, into, source, reporters, tells_internal)
    stage_changes(changes, tickets.flat, tickets.who("reporter"), into, source, words)
    stage_people(tickets.flat, tickets.who("assignee"), changes, into, source)
    stage_targets(raw, tickets.flat, shapes["target"], into, source)
    _stage_ratings(tickets)


def _shapes(raw: RawTable) -> dict[str, list[str]]:
    """The site's own fields, by what they look like."""
    found: dict[str, dict[str, None]] = {"target": {}, "rating": {}, "request": {}}
    kinds = {"completedCycles": "target", "ongoingCycle": "target", "rating": "rating", "requestType": "request"}
    for path in raw.columns:
        parts = _CUSTOM.match(path)
        if parts:
            found[kinds[parts[2]]][parts[1]] = None
    return {kind: list(names) for kind, names in found.items()}


def _shape_paths(shapes: dict[str, list[str]]) -> list[str]:
    paths = [f"fields.{name}.rating" for name in shapes["rating"]]
    paths += [f"fields.{name}.requestType.name" for name in shapes["request"]]
    return paths + [
        f"fields.{name}.{part}" for name in shapes["target"] for part in ("name", "completedCycles", "ongoingCycle")
    ]


def _only(issues: Issues, where: Cell) -> RawTable:
    cells: dict[str, Cell] = {name: issues.flat.table.c[name] for name in issues.flat.columns}
    return rearranged(issues.flat, issues.into, cells, where)


def _stage_tickets(issues: Issues, words: Words) -> None:
    c = issues.flat.table.c
    cells: dict[str, Cell] = {path: c[path] for path in _TICKET.values()}
    made: dict[str, Cell] = {
        "owner": issues.who("assignee"),
        "requester": func.coalesce(issues.who("reporter"), pseudonym(c["fields.reporter.displayName"])),
        "tags": func.nullif(func.array_to_string(func.from_json(c["fields.labels"], '["VARCHAR"]'), ","), ""),
        "product": func.json_extract_string(c["fields.components"], "$[0].name"),
        "category": func.coalesce(*(c[f"fields.{name}.requestType.name"] for name in issues.shapes["request"]), None),
        "problem_key": func.coalesce(_linked(issues), c["fields.parent.key"]),
        "account": _account(issues),
        "vendor_sla_met": verdict(issues.flat, issues.shapes["target"]),
    }
    columns = {ours: (path,) for ours, path in _TICKET.items()} | {name: (name,) for name in made}
    mapping = Mapping(
        name="jira-tickets",
        shape="ticket",
        source=issues.source,
        clock=_CLOCK,
        columns=columns,
        words=words,
        optional=("due_at",),
    )
    stage_mapping(mapping, rearranged(issues.flat, issues.into, {**cells, **made}), issues.into)


def _linked(issues: Issues) -> Cell:
    """The first linked issue of another project: a problem, or a record of engineering."""
    inner = ("type.name", "outwardIssue.key", "inwardIssue.key")
    links = unnested(issues.raw, issues.into, "fields.issuelinks", ("key",), inner)
    link = links.table.c
    other = func.coalesce(link["item.outwardIssue.key"], link["item.inwardIssue.key"])
    is_clone = func.coalesce(func.lower(link["item.type.name"]).like("clone%"), False)
    fits = and_(
        link["_row"] == issues.flat.table.c["_row"], ~is_clone, project_of(other).is_distinct_from(project_of(link.key))
    )
    return select(func.arg_min(other, try_cast(link.place, Double))).where(fits).scalar_subquery()


def _account(issues: Issues) -> Cell:
    """The organization of a service request: a list whose members point to the service desk's own API."""
    record = issues.raw.table.c.record
    pattern = r'"(customfield_\d+)":\s*\[\{[^\[\]]*servicedeskapi/organization'
    query = select(func.max(func.regexp_extract(record, pattern, 1)))
    name = issues.into.connection.execute(query).scalar_one()
    if not name:
        return literal(None)
    lists = flatten(issues.raw, (f"fields.{name}",), issues.into.connection).table.c
    first = func.json_extract_string(lists[f"fields.{name}"], "$[0].name")
    return select(first).where(lists["_row"] == issues.flat.table.c["_row"]).scalar_subquery()


def _stage_issues(issues: Issues, words: Words, acts: RawTable) -> None:
    c = issues.flat.table.c
    creators = (issues.who("creator"), issues.who("reporter"))
    cells: dict[str, Cell] = {path: c[path] for path in _ISSUE.values()}
    cells["product"] = func.coalesce(
        func.json_extract_string(c["fields.components"], "$[0].name"), c["fields.project.name"]
    )
    cells["first action"] = first_by_others(acts, c["_row"], creators)
    columns = {ours: (path,) for ours, path in _ISSUE.items()}
    columns |= {"product": ("product",), "first_action_at": ("first action",)}
    mapping = Mapping(
        name="jira-issues",
        shape="engineering_issue",
        source=issues.source,
        clock=_CLOCK,
        columns=columns,
        words=words,
    )
    stage_mapping(mapping, rearranged(issues.flat, issues.into, cells), issues.into)


def _stage_ratings(issues: Issues) -> None:
    """Satisfaction, one to five; the API tells no date beside it."""
    c = issues.flat.table.c
    scores = [c[f"fields.{name}.rating"] for name in issues.shapes["rating"]]
    if not scores:
        return
    score = func.coalesce(*scores, None)
    cells: dict[str, Cell] = {
        "survey": func.concat("ticket:", c.key),
        "ticket": c.key,
        "respondent": issues.who("reporter"),
        "when": func.coalesce(c["fields.resolutiondate"], c["fields.updated"]),
        "Satisfaction rating": score,
    }
    is_rated = and_(try_cast(score, Double).between(1, 5), c.key.is_not(None))
    rows = rearranged(issues.flat, issues.into, cells, func.coalesce(is_rated, False))
    if rows.rows:
        stage_mapping(rating_mapping(issues.source, _CLOCK), rows, issues.into)
        issues.into.warnings.append("Issues do not tell when they were rated: ratings are dated at the resolve.")
