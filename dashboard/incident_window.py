"""What customers answered before, during and after incidents: of the accounts they touched, and of all others.

A sibling of ``readings`` with two queries of its own: an answer is of one side and one stretch by the incidents around
it, which no cut of a ticket tells. The sums are those of the KPI; only whose they are is decided here.

An account counts as touched when one of its tickets, of the incident's product where that is told, was created while
the incident ran. Whether both sides changed alike is what the difference of the two differences says (methods, E1).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, func, inspect, literal, or_, select

from dashboard import readings
from dashboard.engine import Facts
from dashboard.kpis.kpi import Kpi
from dashboard.kpis.options import DEFAULTS, Options
from dashboard.kpis.population import names_product
from dashboard.kpis.statistic import Estimate, Z
from dashboard.queries import Cut, place
from dashboard.scope import Period, Scope
from etl.tables import incident, survey, ticket
from etl.vocabulary import Severity

#: Days before an incident that tell what was usual, and days after it that tell what stayed.
AROUND = timedelta(days=28)
#: Answers come late: those of this long after the end still speak of the incident.
LATE = timedelta(days=7)
#: How far back incidents are looked at together.
YEAR = timedelta(days=365)
#: More incidents than this are not looked at together; the newest count.
MOST = 60
#: Two-sided 5 % and four chances in five to see it: how many standard errors a difference must have.
_POWER = Z + 0.8416212335729143
_SEVERE = (Severity.SEV1.value, Severity.SEV2.value)


class Phase(StrEnum):
    """Where an answer lies to an incident."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


#: Which one an answer is of that lies near more than one incident, first choice first.
_STRONGEST = (Phase.DURING, Phase.AFTER, Phase.BEFORE)


@dataclass(frozen=True)
class Happening:
    """One incident, from when it began until it was over (naive UTC)."""

    incident_id: str
    title: str
    product: str | None
    started_at: datetime
    over_at: datetime

    def phase(self, moment: datetime) -> Phase | None:
        """Where a moment lies to it; None where it is too far away."""
        if self.started_at - AROUND <= moment < self.started_at:
            return Phase.BEFORE
        if self.started_at <= moment < self.over_at + LATE:
            return Phase.DURING
        return Phase.AFTER if self.over_at + LATE <= moment < self.over_at + LATE + AROUND else None

    @property
    def edges(self) -> tuple[datetime, ...]:
        """The moments at which the phase changes."""
        late = self.over_at + LATE
        return self.started_at - AROUND, self.started_at, late, late + AROUND


@dataclass(frozen=True)
class Difference:
    """A difference with its 95 % interval, in the KPI's unit; ``detectable`` is what would probably have been seen."""

    value: float
    low: float
    high: float
    detectable: float

    @property
    def is_real(self) -> bool:
        """Whether it is more than chance."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Around:
    """The answers around incidents, by whether the account was touched and where they lie.

    ``nameless`` are answers near an incident of which nobody knows the account: they are on neither side.
    """

    kpi: Kpi
    cells: Mapping[tuple[bool, Phase], Estimate]
    touched: frozenset[str]
    nameless: int

    def cell(self, touched: bool, phase: Phase) -> Estimate:
        """One side and stretch; an estimate of nothing where nobody answered."""
        return self.cells.get((touched, phase), Estimate(0))

    def fall(self, touched: bool) -> Difference | None:
        """During minus before, of one side; None while either holds too few answers."""
        return self._difference([(1, (touched, Phase.DURING)), (-1, (touched, Phase.BEFORE))])

    @property
    def apart(self) -> Difference | None:
        """How much more the touched accounts changed than all others: the difference of the two differences."""
        return self._difference(
            [
                (1, (True, Phase.DURING)),
                (-1, (True, Phase.BEFORE)),
                (-1, (False, Phase.DURING)),
                (1, (False, Phase.BEFORE)),
            ]
        )

    def _difference(self, terms: Sequence[tuple[int, tuple[bool, Phase]]]) -> Difference | None:
        found = [(sign, self.cell(*where)) for sign, where in terms]
        if any(each.n < self.kpi.enough for _, each in found):
            return None
        return difference(found)


def difference(terms: Iterable[tuple[int, Estimate]]) -> Difference | None:
    """A sum and difference of independent estimates, with the MOVER interval (Zou and Donner 2008).

    None where one of them has no interval. What is detectable rests on the halves of the intervals as standard errors.
    """
    value = below = above = spread = 0.0
    for sign, each in terms:
        if each.value is None or each.low is None or each.high is None:
            return None
        down, up = each.value - each.low, each.high - each.value
        value += sign * each.value
        below += (down if sign > 0 else up) ** 2
        above += (up if sign > 0 else down) ** 2
        spread += ((each.high - each.low) / 2 / Z) ** 2
    return Difference(value, value - math.sqrt(below), value + math.sqrt(above), _POWER * math.sqrt(spread))


def incidents(facts: Facts, scope: Scope, period: Period) -> list[Happening]:
    """The severe incidents of the year up to the end of a period, newest first.

    Those of severity 1 and 2, and those of which nobody says; where the scope names products, of these or of none.
    """
    end = period.instants()[1] or facts.bounds.as_of
    with facts.connect() as connection:
        is_there = inspect(connection).has_table(incident.name)
    if end is None or not is_there:
        return []
    severity = or_(incident.c.severity.is_(None), incident.c.severity.in_(_SEVERE))
    products = dict(scope.filters).get("product")
    told = incident.c.product
    of_scope = [or_(told.is_(None), *(names_product(told, literal(each)) for each in products))] if products else []
    columns = [incident.c[name] for name in ("incident_id", "title", "product", "started_at", "resolved_at")]
    statement = (
        select(*columns)
        .where(severity, *of_scope, incident.c.started_at >= end - YEAR, incident.c.started_at < end)
        .order_by(incident.c.started_at.desc(), incident.c.incident_id)
        .limit(MOST)
    )
    latest = facts.bounds.as_of or end
    return [
        Happening(
            row["incident_id"], row["title"] or row["incident_id"], row["product"], row["started_at"],
            max(row["started_at"], row["resolved_at"] or latest),
        )
        for row in facts.rows(statement)
    ]  # fmt: skip


def around(facts: Facts, kpi: Kpi, scope: Scope, happened: Sequence[Happening], options: Options = DEFAULTS) -> Around:
    """The answers of a KPI around these incidents taken together; each answer counts once.

    Near several incidents an answer is of one that touched its account, if any did, and of the first of during, after
    and before that holds.
    """
    chosen = readings.as_chosen(kpi, options, facts)
    touched = _touched(facts, happened)
    edges = sorted({edge for each in happened for edge in each.edges})
    sums: dict[tuple[bool, Phase], dict[str, Any]] = {}
    nameless = 0
    for row in facts.rows(_by_account(chosen, Cut(scope), edges)) if edges else ():
        began = edges[int(row["place_in_time"]) - 1]
        phases = {each: phase for each in happened if (phase := each.phase(began))}
        mine = {phase for each, phase in phases.items() if row["account"] in touched[each.incident_id]}
        side = bool(mine)
        phase = next((each for each in _STRONGEST if each in (mine or set(phases.values()))), None)
        told = {name: value for name, value in row.items() if name not in ("place_in_time", "account")}
        if phase is None:
            continue
        if row["account"] is None:
            nameless += int(told["n"] or 0)
            continue
        into = sums.setdefault((side, phase), {})
        for name, value in told.items():
            into[name] = into.get(name, 0) + (value or 0)
    cells = {key: chosen.statistic.finish(row) for key, row in sums.items()}
    return Around(chosen, cells, frozenset().union(*touched.values()), nameless)


def _by_account(kpi: Kpi, cut: Cut, edges: Sequence[datetime]) -> Select[Any]:
    """The KPI's own sums, by account and by which of the edges an answer lies between."""
    answered = kpi.dated_by
    sums = [column.label(name) for name, column in kpi.statistic.columns(kpi.among).items()]
    return (
        select(place(answered, edges).label("place_in_time"), survey.c.account.label("account"), *sums)
        .select_from(cut.source(kpi))
        .where(kpi.population, kpi.among, answered >= edges[0], answered < edges[-1], *cut.conditions(kpi))
        .group_by("place_in_time", survey.c.account)
    )


def _touched(facts: Facts, happened: Sequence[Happening]) -> dict[str, frozenset[str]]:
    """The accounts each incident touched."""
    if not happened:
        return {}
    known = {each.incident_id: each for each in happened}
    wrote = and_(
        ticket.c.created_at >= incident.c.started_at,
        ticket.c.created_at <= func.coalesce(incident.c.resolved_at, facts.bounds.as_of),
        or_(incident.c.product.is_(None), names_product(incident.c.product, ticket.c.product)),
    )
    statement = (
        select(incident.c.incident_id, ticket.c.account)
        .select_from(incident.join(ticket, wrote))
        .where(
            incident.c.incident_id.in_(sorted(known)),
            ticket.c.account.is_not(None),
            ticket.c.excluded_because.is_(None),
        )
        .distinct()
    )
    found: dict[str, set[str]] = {name: set() for name in known}
    for row in facts.rows(statement):
        found[row["incident_id"]].add(row["account"])
    return {name: frozenset(accounts) for name, accounts in found.items()}
