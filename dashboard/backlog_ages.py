"""What stood open at the end of a period, and how old it was: a sibling of ``readings`` with queries of its own.

The KPI ``backlog`` counts the same rows; ages, bands and owners are a distribution and no single number, so they are no
Reading. All is told as of the period's last moment: from stretches of being open, creation, and the history of
owners, so that a past day does not change when a ticket is solved or handed on later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import select

from dashboard import kpis
from dashboard.engine import Facts
from dashboard.parts import BANDS, EDGES
from dashboard.queries import Cut, falls_in
from dashboard.scope import Period, Scope
from etl.tables import open_spell, ticket, ticket_event
from etl.vocabulary import Event

NOT_KNOWN = "age not known"


@dataclass(frozen=True)
class OpenTicket:
    """One ticket as it stood at that moment; ``age`` in minutes since creation, None where that is not known."""

    ticket_id: str
    subject: str | None
    team: str | None
    priority: str | None
    account: str | None
    created_at: datetime | None
    age: float | None
    owner: str | None
    is_owner_told: bool  # its export names owners at all


@dataclass(frozen=True)
class OpenWork:
    """Everything open at the end of a period, oldest first."""

    tickets: tuple[OpenTicket, ...]

    @property
    def n(self) -> int:
        """How many are open: what the KPI ``backlog`` reads."""
        return len(self.tickets)

    @property
    def ages(self) -> list[float]:
        """The ages that are known, in minutes."""
        return [each.age for each in self.tickets if each.age is not None]

    @property
    def median_age(self) -> float | None:
        """Half of the open tickets are older; None for none."""
        return median(self.ages) if self.ages else None

    @property
    def oldest_age(self) -> float | None:
        """The largest age."""
        return max(self.ages, default=None)

    @property
    def told(self) -> int:
        """How many come from exports that name owners."""
        return sum(each.is_owner_told for each in self.tickets)

    @property
    def unowned(self) -> int | None:
        """How many of those had no owner; None where no export names owners."""
        return sum(each.is_owner_told and each.owner is None for each in self.tickets) if self.told else None

    def bands(self) -> list[tuple[str, int]]:
        """How many in each band of age, youngest first; those of unknown age last, where there are any."""
        counts = dict.fromkeys(BANDS, 0)
        for age in self.ages:
            counts[band(age)] += 1
        unknown = self.n - len(self.ages)
        return [*counts.items(), *([(NOT_KNOWN, unknown)] if unknown else [])]

    def by(self, name: str) -> dict[str | None, OpenWork]:
        """The same, by team or priority; most tickets first."""
        found: dict[str | None, list[OpenTicket]] = defaultdict(list)
        for each in self.tickets:
            found[each.team if name == "team" else each.priority].append(each)
        return {value: OpenWork(tuple(some)) for value, some in sorted(found.items(), key=lambda pair: -len(pair[1]))}


def band(age: float) -> str:
    """The band an age in minutes lies in."""
    return BANDS[sum(age >= edge * 1440 for edge in EDGES)]


def open_work(facts: Facts, scope: Scope, period: Period) -> OpenWork:
    """Rebuild what stood open at the end of a period, or, where the data end before it, when they end."""
    kpi, cut = kpis.catalogue()["backlog"], Cut(scope)
    conditions = [kpi.population, kpi.among, *falls_in(kpi, period), *cut.conditions(kpi)]
    names = ("subject", "team", "priority", "account", "source", "owner", "created_at", "observed_until")
    rows = facts.rows(
        select(open_spell.c.ticket_id, *(ticket.c[name] for name in names)).select_from(kpi.tables).where(*conditions)
    )
    ids = select(open_spell.c.ticket_id).select_from(kpi.tables).where(*conditions)
    history = defaultdict(list)
    columns = [ticket_event.c[name] for name in ("ticket_id", "occurred_at", "sequence", "old_value", "new_value")]
    changes = select(*columns).where(ticket_event.c.kind == Event.OWNER, ticket_event.c.ticket_id.in_(ids))
    for change in facts.rows(changes.order_by(*columns[:3])):
        history[change["ticket_id"]].append(change)
    told = {row["source"] for row in facts.rows(select(ticket.c.source).where(ticket.c.owner.is_not(None)).distinct())}
    end = period.instants()[1]
    found = [_open_ticket(row, history[row["ticket_id"]], row["source"] in told, end) for row in rows]
    return OpenWork(tuple(sorted(found, key=lambda each: (each.age is None, -(each.age or 0), each.ticket_id))))


def _open_ticket(
    row: Mapping[str, Any], changes: Sequence[Mapping[str, Any]], told: bool, end: datetime | None
) -> OpenTicket:
    created, known = row["created_at"], [each for each in (end, row["observed_until"]) if each is not None]
    age = None if created is None or not known else max(0.0, (min(known) - created).total_seconds() / 60)
    taken = {name: row[name] for name in ("ticket_id", "subject", "team", "priority", "account")}
    return OpenTicket(
        **taken, created_at=created, age=age, owner=_owner_at(row["owner"], changes, end), is_owner_told=told
    )


def _owner_at(latest: str | None, changes: Sequence[Mapping[str, Any]], end: datetime | None) -> str | None:
    """Who had it then: what the last change before that moment says, else what the first after it replaced."""
    if not changes or end is None:
        return latest or None
    dated = [change for change in changes if change["occurred_at"] is not None]
    before = [change for change in dated if change["occurred_at"] < end]
    if before:
        return before[-1]["new_value"] or None
    return (dated[0]["old_value"] if dated else latest) or None
