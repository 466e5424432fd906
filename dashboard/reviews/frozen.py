"""A review as it was shown: kept whole in the journal, opened again without asking the facts.

Live and frozen reviews are drawn from the same plain ``Shown``, so that what is opened a year later is what was on the
screen. What today's data would say is worked out beside it and never in its place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from dashboard.ask import Ask
from dashboard.exports import told
from dashboard.exports.records import Value, board_record
from dashboard.exports.report import Cell, Line, Report, Table
from dashboard.findings import standing
from dashboard.journal import Body, Journal, Written
from dashboard.kpis.options import Options
from dashboard.scope import Scope
from etl.errors import UsageError


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True)


class Figure(_Plain):
    """One reading in words and as its row of the board's file. ``standing_kind``: better, worse, changed or ''."""

    kpi: str
    words: dict[str, str]
    evidence: dict[str, str]
    standing: str
    standing_kind: str
    record: dict[str, Value]

    @property
    def has_changed(self) -> bool:
        """Whether it moved more than it usually does."""
        return bool(self.standing_kind)


class Grid(_Plain):
    """A table."""

    title: str
    columns: list[str]
    rows: list[list[Cell]]
    note: str


class Shown(_Plain):
    """One section."""

    key: str
    heading: str
    minutes: int | None
    sentences: list[str]
    figures: list[Figure]
    grids: list[Grid]


class Frozen(Body):
    """The whole review; ``about`` is its name, as weekly-2026-W10.

    ``filters`` and ``choices`` are what ``scope`` and ``options`` say in words; None where they were not kept yet.
    """

    kind: ClassVar[str] = "frozen review"
    title: str
    scope: str
    options: str
    snapshot: str
    as_of: str
    product_version: str
    sections: list[Shown]
    sha256: str
    filters: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    choices: tuple[str, ...] | None = None

    def asked(self, ask: Ask) -> Ask:
        """A question by the filters and options of this review, as far as they are known and exist still."""
        if self.filters is None:
            return ask
        try:
            options = replace(Options.parse(self.choices or ()), minutes=ask.options.minutes)
        except UsageError:  # an option of then that nobody knows any more
            options = ask.options
        return replace(ask, scope=Scope(self.filters), options=options)

    @property
    def is_whole(self) -> bool:
        """Whether the sections are those the hash was taken of."""
        return digest(self.sections) == self.sha256


def shown(report: Report) -> list[Shown]:
    """The sections of a report as plain values."""
    return [
        Shown(
            key=section.key,
            heading=section.heading,
            minutes=section.minutes,
            sentences=list(section.sentences),
            figures=[_figure(line) for line in section.lines],
            grids=[_grid(each) for each in section.tables],
        )
        for section in report.sections
    ]


def _figure(line: Line) -> Figure:
    found = None if line.story is None else standing(line.story)
    return Figure(
        kpi=line.reading.kpi.name,
        words=told.row(line),
        evidence=told.evidence(line),
        standing=told.standing(line),
        standing_kind="" if found is None or not line.reading.period.whole else found.kind,
        record=board_record(line),
    )


def _grid(found: Table) -> Grid:
    return Grid(title=found.title, columns=list(found.columns), rows=[list(row) for row in found.rows], note=found.note)


def digest(sections: Sequence[Shown]) -> str:
    """SHA-256 of the sections as they are stored."""
    text = json.dumps([each.model_dump(mode="json") for each in sections], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(book: Journal, ask: Ask, name: str, report: Report, *, who: str) -> Written[Frozen]:
    """Keep a review as it is shown now, in one transaction; freezing again is a new version, the old ones stay."""
    before = book.written(Frozen, name)
    sections = shown(report)
    body = Frozen(
        title=report.title,
        scope=ask.scope.words() or "all tickets",
        options=ask.options.in_words(),
        snapshot=ask.loaded.name,
        as_of="" if ask.horizon is None or ask.horizon.as_of is None else f"{ask.horizon.as_of:%Y-%m-%d %H:%M} UTC",
        product_version=version("supportkpi"),
        sections=sections,
        sha256=digest(sections),
        filters=ask.scope.filters,
        choices=tuple(ask.options.as_pairs()),
    )
    return book.write(body, who=who, about=name, replaces=before[-1].id if before else None)


@dataclass(frozen=True)
class Difference:
    """A figure that today's data tells otherwise, and why as far as that can be told."""

    label: str
    then: str
    now: str
    why: str


def differences(then: Sequence[Shown], now: Sequence[Shown]) -> list[Difference]:
    """The figures that read otherwise today; those of sections that are not there any more are left out."""
    today = {figure.kpi: figure for section in now for figure in section.figures}
    before = {figure.kpi: figure for section in then for figure in section.figures}
    found = []
    for name, figure in before.items():
        other = today.get(name)
        reason = "" if other is None else why(figure.record, other.record)
        if other is not None and reason:
            label = str(figure.record["label"])
            found.append(Difference(label, _said(figure), _said(other), reason))
    return found


def _said(figure: Figure) -> str:
    return f"{figure.words['Value']} (n = {figure.words['n']})"


def why(then: Mapping[str, Value], now: Mapping[str, Value]) -> str:
    """Why two rows of the board's file say otherwise, as far as that can be told; empty where they say the same."""
    if then["definition"] != now["definition"] or then["clock"] != now["clock"]:
        return "the definition changed"
    if then["filters"] != now["filters"]:
        return "other filters or options are chosen"
    if then["n"] != now["n"]:
        more = "more" if _number(now["n"]) > _number(then["n"]) else "fewer"
        return f"restated: {more} rows count in the period now (loaded, merged, reopened or taken back since)"
    if not _same(then["value"], now["value"]):
        return "restated: the same rows are told otherwise now (reopened, corrected or regrouped since)"
    if then["target"] != now["target"] or then["status"] != now["status"]:
        return "another target is in force"
    return ""


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, float) and isinstance(other, float | int):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one))
    return one == other
