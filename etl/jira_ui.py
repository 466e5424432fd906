"""The CSV export of Jira's issue navigator ("all fields" or the current ones), of service and software projects.

Built from a real export's header and from cells shown in public code, not from a real file of service requests.

- A field of several values is a column for each, under one name: ``Labels``, ``Comment``, ``Watchers`` …
- Clocks are in the zone of whoever exported, in the site's format (``25/Feb/26 10:17 PM``, ``6/21/2025 16:14``).
- A comment is ``date;author's account;text``. Whether it is internal is **not** said: all count as public messages.
- ``Time to resolution`` and ``Time to first response`` are what remains of the target: ``-01:23`` is breached.
- There is no history: no changes of status or owner, no reopens. The search API's JSON has them.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Double, Text, and_, case, func, literal, not_, null, or_, select, try_cast
from sqlalchemy import cast as as_type

from etl import expressions
from etl.dates import fitting_formats
from etl.jira_comments import ISO_READ, first_by_others, stage_comments, unfolded
from etl.jira_projects import engineering_projects, project_of
from etl.jira_states import words_with_categories
from etl.mapping import Clock, Mapping, Survey, Words
from etl.rearranged import Cell, count, rearranged
from etl.staging import Claim, RawTable, Stage
from etl.threads import pseudonym
from etl.translate import stage_mapping
from etl.vocabulary import SurveyKind

NEEDED = ("Issue key", "Status", "Created")
#: Columns of Jira; two of them beside the needed ones prove the file.
MARKS = (
    "Issue id",
    "Issue Type",
    "Project key",
    "Project type",
    "Status Category",
    "Reporter Id",
    "Creator",
    "Assignee Id",
    "Reporter",
    "Work Ratio",
    "Resolution",
)
#: Ours ← theirs, the first that the file has and that is filled.
_TICKET = {
    "original_id": ("Issue key",),
    "subject": ("Summary",),
    "status": ("Status",),
    "priority": ("Priority",),
    "ticket_type": ("Issue Type", "Work type"),
    "team": ("Custom field (Team)", "Team", "Custom field (Support team)"),
    "account": ("Custom field (Organizations)", "Custom field (Organization)", "Organizations"),
    "region": ("Custom field (Region)",),
    "product": ("Components", "Component/s", "Custom field (Affected services)", "Custom field (Product)"),
    "category": ("Custom field (Request Type)", "Custom field (Customer Request Type)", "Custom field (Category)"),
    "channel": ("Custom field (Request channel)", "Custom field (Channel)", "Custom field (Source)"),
    "created_at": ("Created",),
    "updated_at": ("Updated",),
    "resolved_at": ("Resolved",),
    "due_at": ("Due date",),
}
_ISSUE = {
    "original_id": ("Issue key",),
    "title": ("Summary",),
    "kind": ("Issue Type", "Work type"),
    "status": ("Status",),
    "priority": ("Priority",),
    "product": ("Components", "Component/s", "Project name"),
    "team": ("Custom field (Team)", "Team"),
    "outcome": ("Resolution",),
    "created_at": ("Created",),
    "updated_at": ("Updated",),
    "resolved_at": ("Resolved",),
}
_FIRST_TARGET = ("Custom field (Time to first response)",)
_LAST_TARGET = ("Custom field (Time to resolution)",)
_RATING = ("Satisfaction rating", "Custom field (Satisfaction rating)")
_REQUEST = (
    *_FIRST_TARGET,
    *_LAST_TARGET,
    *_RATING,
    "Custom field (Request Type)",
    "Custom field (Customer Request Type)",
)
_CHART = "Custom field ([CHART] Date of First Response)"
_CLOCKS = (
    "Created",
    "Updated",
    "Resolved",
    "Due date",
    "Custom field (Satisfaction date)",
    "Satisfaction date",
    _CHART,
)
_LINK = re.compile(r"^(Inward|Outward) issue link \((?!Clone)[^)]*\)( \(\d+\))?$")


def claim(raw: RawTable, source: str) -> Claim:
    """Claim an export by the columns only Jira's has."""
    there = set(raw.columns)
    marks = tuple(name for name in MARKS if name in there)
    custom = tuple(name for name in raw.columns if name.startswith("Custom field ("))[:3]
    if "Issue key" not in there or len(marks) + bool(custom) < 2:
        return Claim(source, ())
    found = tuple(name for name in NEEDED if name in there)
    return Claim(source, (*found, *marks, *custom), tuple(name for name in NEEDED if name not in there))


def stage(raw: RawTable, into: Stage, source: str) -> None:
    """Put tickets with their comments, verdicts and ratings; or records of engineering."""
    form = _Form(raw, into, source)
    key = form.first("Issue key")
    is_request = or_(*(form.first(name).is_not(None) for name in _REQUEST))
    engineering = engineering_projects(raw, into, key, form.first("Project type"), is_request)
    comments = unfolded(raw, into, form.columns("Comment"), key, form.clock)
    is_engineering = func.coalesce(project_of(key).in_(engineering), False)
    issues = form.only(is_engineering)
    if issues.raw.rows:
        _stage_issues(issues, comments)
    tickets = form.only(not_(is_engineering))
    if tickets.raw.rows:
        _stage_tickets(tickets)
        _stage_targets(tickets)
        _stage_ratings(tickets)
        _stage_people(tickets)
        reporters = (tickets.first("Reporter Id"), tickets.first("Reporter"))
        stage_comments(comments, tickets.raw, into, source, reporters, tells_internal=False)


class _Form:
    """One export: its columns by name, and how its clocks are written."""

    def __init__(self, raw: RawTable, into: Stage, source: str, clock: Clock | None = None) -> None:
        self.raw, self.into, self.source = raw, into, source
        self.clock = clock or Clock(formats=self._formats())

    def columns(self, name: str) -> list[str]:
        """A column and its repetitions."""
        again = re.compile(rf"{re.escape(name)}( \(\d+\))?")
        return [column for column in self.raw.columns if again.fullmatch(column)]

    def first(self, *names: str) -> Cell:
        """The first filled of some columns, the repeated ones included."""
        there = [column for name in names for column in self.columns(name)]
        return expressions.cell([*(expressions.trimmed(self.raw.table.c[each]) for each in there), null()])

    def only(self, where: Cell) -> _Form:
        """The rows for which ``where`` holds."""
        cells: dict[str, Cell] = {name: self.raw.table.c[name] for name in self.raw.columns}
        return _Form(rearranged(self.raw, self.into, cells, where), self.into, self.source, self.clock)

    def _formats(self) -> tuple[str, ...]:
        """How the clocks are written, by all of them: the 13th of a month in one tells it for the others."""
        return fitting_formats(self.raw, [name for name in _CLOCKS if name in self.raw.columns], self.into.connection)

    def mapped(self, wanted: dict[str, tuple[str, ...]]) -> tuple[dict[str, Cell], dict[str, tuple[str, ...]]]:
        """Cells and columns for the names the file has."""
        columns = {
            ours: tuple(column for name in theirs for column in self.columns(name)) for ours, theirs in wanted.items()
        }
        columns = {ours: theirs for ours, theirs in columns.items() if theirs}
        return {name: self.raw.table.c[name] for theirs in columns.values() for name in theirs}, columns

    def words(self) -> Words:
        return words_with_categories(self.raw, self.into, self.first("Status"), self.first("Status Category"))


def _stage_tickets(form: _Form) -> None:
    cells, columns = form.mapped(_TICKET)
    key = form.first("Issue key")
    cells |= {
        "owner": form.first("Assignee Id", "Assignee"),
        "requester": func.coalesce(form.first("Reporter Id"), pseudonym(form.first("Reporter"))),
        "tags": _joined(form, "Labels"),
        "linked": _linked(form, key),
        "first response": _first_response(form),
        "target": _verdict(form.first(*_LAST_TARGET)),
    }
    columns |= {
        "owner": ("owner",),
        "requester": ("requester",),
        "tags": ("tags",),
        "problem_key": ("linked",),
        "vendor_first_reply_minutes": ("first response",),
        "vendor_sla_met": ("target",),
    }
    mapping = Mapping(
        name="jira-export",
        shape="ticket",
        source=form.source,
        clock=form.clock,
        columns=columns,
        words=form.words(),
        optional=tuple(name for name in ("due_at", "vendor_first_reply_minutes") if name in columns),
    )
    stage_mapping(mapping, rearranged(form.raw, form.into, cells), form.into)


def _stage_issues(form: _Form, comments: RawTable) -> None:
    cells, columns = form.mapped(_ISSUE)
    creators = (form.first("Creator Id"), form.first("Creator"), form.first("Reporter Id"), form.first("Reporter"))
    cells["first action"] = first_by_others(comments, form.raw.table.c["_row"], creators)
    columns["first_action_at"] = ("first action",)
    mapping = Mapping(
        name="jira-issues",
        shape="engineering_issue",
        source=form.source,
        clock=Clock(formats=(*form.clock.formats, ISO_READ) if form.clock.formats else ()),
        columns=columns,
        words=form.words(),
    )
    stage_mapping(mapping, rearranged(form.raw, form.into, cells), form.into)


def _joined(form: _Form, name: str) -> Cell:
    columns = [func.nullif(func.trim(form.raw.table.c[each]), "") for each in form.columns(name)]
    return func.nullif(func.concat_ws(",", *columns), "") if columns else as_type(null(), Text)


def _linked(form: _Form, key: Cell) -> Cell:
    """The first linked issue of another project, else the parent: a problem, or a record of engineering."""
    own = project_of(key)
    links = [expressions.trimmed(form.raw.table.c[each]) for each in form.raw.columns if _LINK.match(each)]
    others = [case((and_(project_of(link) != "", project_of(link) != own), link)) for link in links]
    return func.coalesce(*others, form.first("Parent key"), null())


def _first_response(form: _Form) -> Cell:
    """Jira's own date of the first response, as minutes since the creation: both are clocks of one zone."""
    chart = form.first(_CHART)
    formats = form.clock.formats
    created = expressions.instant(form.first("Created"), "UTC", formats)
    when = func.coalesce(expressions.instant(chart, "UTC", formats), expressions.instant(chart, "UTC"))
    minutes = func.round((func.epoch(when) - func.epoch(created)) / 60, 3)
    # Creation is told to the minute: a response in the same minute may seem to lie before it.
    return case((minutes >= -1, as_type(func.greatest(minutes, 0.0), Text)))


def _verdict(remaining: Cell) -> Cell:
    """Whether a target was kept, by what remains of it: ``-01:23`` no, ``12:34`` yes."""
    return case(
        (func.regexp_matches(remaining, r"^\s*-\s*\d"), "false"), (func.regexp_matches(remaining, r"^\s*\d"), "true")
    )


def _stage_targets(form: _Form) -> None:
    """The verdict on the first reply, dated by Jira's own date of the first response where the export has it."""
    met, key = _verdict(form.first(*_FIRST_TARGET)), form.first("Issue key")
    cells: dict[str, Cell] = {
        "key": key,
        "clock": literal("first_reply"),
        "met": met,
        "started": form.first("Created"),
        "responded": form.first(_CHART),
    }
    rows = rearranged(form.raw, form.into, cells, and_(met.is_not(None), key.is_not(None)))
    if not rows.rows:
        return
    mapping = Mapping(
        name="jira-first-reply",
        shape="sla",
        source=form.source,
        clock=form.clock,
        columns={
            "original_id": ("key",),
            "clock": ("clock",),
            "is_met": ("met",),
            "started_at": ("started",),
            "met_at": ("responded",),
        },
        optional=("started_at", "met_at"),
    )
    stage_mapping(mapping, rows, form.into)


def _stage_ratings(form: _Form) -> None:
    """Satisfaction, one to five; an empty cell was not answered, and what is no number was not rated."""
    score, key = form.first(*_RATING), form.first("Issue key")
    when = form.first("Custom field (Satisfaction date)", "Satisfaction date", "Resolved", "Updated")
    cells: dict[str, Cell] = {
        "survey": func.concat("ticket:", key),
        "ticket": key,
        "respondent": func.coalesce(form.first("Reporter Id"), pseudonym(form.first("Reporter"))),
        "when": when,
        "Satisfaction rating": score,
    }
    is_rated = and_(try_cast(score, Double).is_not(None), try_cast(score, Double).between(1, 5), key.is_not(None))
    rows = rearranged(form.raw, form.into, cells, func.coalesce(is_rated, False))
    filled = count(form.raw.table, form.into, score.is_not(None))
    if filled > rows.rows:
        form.into.warnings.append(
            f"Satisfaction ratings that are none of one to five, not read: {filled - rows.rows:,}."
        )
    if not rows.rows:
        return
    mapping = rating_mapping(form.source, form.clock)
    stage_mapping(mapping, rows, form.into)
    if not form.columns("Custom field (Satisfaction date)"):
        form.into.warnings.append("The export does not tell when a rating was given: ratings are dated at the resolve.")


def rating_mapping(source: str, clock: Clock) -> Mapping:
    """Satisfaction of Jira Service Management: one to five stars."""
    columns = {
        "survey_id": ("survey",),
        "ticket_original_id": ("ticket",),
        "respondent": ("respondent",),
        "answered_at": ("when",),
        "score": ("Satisfaction rating",),
    }
    survey = Survey(kind=SurveyKind.CSAT, lowest=1, highest=5, higher_is_better=True)
    return Mapping(name="jira-ratings", shape="survey", source=source, clock=clock, columns=columns, survey=survey)


def _stage_people(form: _Form) -> None:
    """Names of the agents, for the numbers by which tickets and comments name them."""
    number, name = form.first("Assignee Id"), form.first("Assignee")
    told: Any = select(form.raw.table.c["_row"].label("row"), number.label("number"), name.label("name")).subquery()
    form.into.put(
        "person",
        form.source,
        select(
            func.min(told.c.row).label("row"),
            told.c.number.label("original_id"),
            func.max(told.c.name).label("name"),
            literal("agent").label("role"),
        )
        .where(told.c.number.is_not(None))
        .group_by(told.c.number),
    )
