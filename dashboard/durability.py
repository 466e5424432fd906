"""How long fixes hold, and what customers answer when an issue comes back: a sibling of ``readings``.

A curve of fixes that have not been broken yet is no Reading, nor is a score by the how-many-eth occurrence an account
has met: no dimension of a ticket cuts either. The sums are those of the KPIs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from dashboard.answer_parts import MET, OCCURRENCES, THIRDS, AnswerPart, capped, met_before, of_year, rated
from dashboard.chronic import apart
from dashboard.incident_window import Difference
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.population import counted_fixes
from dashboard.kpis.statistic import Estimate, wilson
from dashboard.kpis.survival import Curve
from dashboard.queries import Cut
from dashboard.question import Question
from etl.tables import fix, survey
from etl.vocabulary import FixEvidence, FixKind

#: Days a fix is to hold.
MARKS = (7, 30, 90)
#: Days up to which a curve knows tenths of a day.
_FINE = 30


@dataclass(frozen=True)
class Held:
    """Fixes of one kind: their curve, and the share of those old enough that held each of ``MARKS``."""

    place: int  # among GROUPS
    name: str
    n: int
    returned: int
    curve: Curve | None  # None: not one has been broken
    watched: float  # the longest any has been watched, days
    held: Mapping[int, Estimate]
    back: Mapping[int, int]  # how many had come back by each of MARKS, however long the others were watched


#: Told fixes by how deep they go, then what nobody told and only the last resolve stands for.
GROUPS: tuple[tuple[str, ColumnElement[bool]], ...] = (
    ("Root cause", fix.c.kind == FixKind.ROOT_CAUSE.value),
    ("Hotfix", fix.c.kind == FixKind.HOTFIX.value),
    ("Workaround", fix.c.kind == FixKind.WORKAROUND.value),
    ("Fix, kind not told", and_(fix.c.kind == FixKind.NOT_TOLD.value, fix.c.evidence != FixEvidence.RESOLVE.value)),
    ("No fix told, last resolve", fix.c.evidence == FixEvidence.RESOLVE.value),
)


def counted(question: Question) -> list[ColumnElement[bool]]:
    """Fixes of any kind until the end of the period, under the filters."""
    end = question.period.instants()[1]
    dated = [fix.c.fixed_at.is_not(None)] if end is None else [fix.c.fixed_at < end]
    return [counted_fixes, *dated, *Cut(question.scope).conditions_of(fix), fix.c.days_observed >= 0]


def durability(question: Question) -> list[Held]:
    """Every fix until the end of the period, as is known of it now; kinds that have none left out."""
    f = fix.c
    group = case(*((condition, place) for place, (_, condition) in enumerate(GROUPS))).label("place")
    has_returned = case((f.days_to_return.is_not(None), 1), else_=0).label("ended")
    lasted = func.coalesce(f.days_to_return, f.days_observed)
    # Tenths of a day while they can be seen, else whole days: a line of thousands of steps shows no more.
    lasting = case((lasted < _FINE, func.round(lasted * 10) / 10), else_=func.round(lasted))
    keyed = (group, has_returned, lasting.label("lasting"))
    marks = [
        column.label(f"{name}_{days}")
        for days in MARKS
        for name, column in (
            ("n", func.count().filter(f.days_observed >= days)),
            ("broken", func.count().filter(f.days_observed >= days, f.days_to_return <= days)),
            ("back", func.count().filter(f.days_to_return <= days)),
        )
    ]
    statement = select(*keyed, func.count().label("rows"), *marks).where(*counted(question)).group_by(*keyed)
    by_group: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in question.facts.rows(statement):
        by_group[row["place"]].append(row)
    return [_held(place, name, by_group[place]) for place, (name, _) in enumerate(GROUPS) if place in by_group]


def _held(place: int, name: str, rows: Sequence[Mapping[str, Any]]) -> Held:
    counts = [(float(row["lasting"]), int(row["ended"]), int(row["rows"])) for row in rows]
    returned = sum(n for _, ended, n in counts if ended)
    held = {}
    for days in MARKS:
        n, broken = (sum(int(row[f"{what}_{days}"]) for row in rows) for what in ("n", "broken"))
        held[days] = Estimate(0) if not n else Estimate(n, (n - broken) / n, *wilson(n - broken, n), events=n - broken)
    return Held(
        place, name, sum(n for *_, n in counts), returned, Curve.of(counts) if returned else None,
        max(lasting for lasting, *_ in counts), held,
        {days: sum(int(row[f"back_{days}"]) for row in rows) for days in MARKS},
    )  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """What one group of customers answered; ``group`` says which, ``part`` finds the answers."""

    group: str
    found: Estimate
    part: AnswerPart


@dataclass(frozen=True)
class Compared:
    """A score by occurrence and by the time a solution took, each with the difference of its two ends."""

    kpi: Kpi
    by_occurrence: tuple[Answered, ...]
    by_time: tuple[Answered, ...]
    occurrence_gap: Difference | None
    time_gap: Difference | None


def ratings(question: Question) -> Compared:
    """CSAT on tickets of issues, by the how-many-eth occurrence for the account and by the third of time to solve."""
    kpi = question.kpi("csat")
    thirds = rated(kpi, question.period.instants()[1])
    tables = Cut(question.scope).source(kpi).join(thirds, thirds.c.ticket_id == survey.c.ticket_id)
    rows = _sums(question, kpi, tables, {"occurrence": capped(thirds.c.number), "third": thirds.c.third})
    by_occurrence = _answered(question, kpi, rows, "occurrence", OCCURRENCES)
    by_time = _answered(question, kpi, rows, "third", THIRDS)
    return Compared(kpi, by_occurrence, by_time, _ends(by_occurrence), _ends(by_time))


def recommending(question: Question) -> tuple[Kpi, tuple[Answered, ...], Difference | None]:
    """NPS by the deepest occurrence of any issue the account had met by the day it answered."""
    kpi = question.kpi("nps")
    met = met_before()
    tables = Cut(question.scope).source(kpi).outerjoin(met, met.c.survey_id == survey.c.survey_id)
    exposed = capped(func.coalesce(met.c.deepest, 0))
    rows = _sums(question, kpi, tables, {"met": exposed}, survey.c.account.is_not(None))
    found = _answered(question, kpi, rows, "met", MET)
    return kpi, found, _ends(found)


def _sums(
    question: Question, kpi: Kpi, tables: Any, groups: Mapping[str, ColumnElement[Any]], *more: ColumnElement[bool]
) -> list[dict[str, Any]]:
    """The sums of a KPI by all of the groups at once."""
    columns = [column.label(name) for name, column in kpi.statistic.columns(kpi.among).items()]
    asked = (kpi.population, *of_year(kpi, question.period.instants()[1]), *Cut(question.scope).conditions(kpi), *more)
    keyed = [group.label(name) for name, group in groups.items()]
    return question.facts.rows(select(*keyed, *columns).select_from(tables).where(*asked).group_by(*keyed))


def _answered(
    question: Question, kpi: Kpi, rows: Sequence[Mapping[str, Any]], of: str, names: Mapping[int, str]
) -> tuple[Answered, ...]:
    """What each group answered: sums add up over whatever else they are grouped by."""
    end = question.period.instants()[1]
    found: dict[int, dict[str, Any]] = {place: dict.fromkeys(kpi.statistic.columns(kpi.among), 0) for place in names}
    for row in rows:
        own = found[row[of]]
        own.update({name: own[name] + (row[name] or 0) for name in own})
    return tuple(
        Answered(name, kpi.statistic.finish(found[place]), AnswerPart(of, place, end)) for place, name in names.items()
    )


def _ends(found: Sequence[Answered]) -> Difference | None:
    """The last group minus the first."""
    return apart(found[-1].found, found[0].found)
