"""Are the facts what ``etl.tables`` promises? Asked of the published snapshot, as any reader sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Double, Integer, Select, Table, func, or_, select

from etl import tables
from etl.vocabulary import (
    Came,
    Channel,
    Ending,
    Event,
    Excluded,
    Path,
    Priority,
    Role,
    Status,
    SurveyKind,
    TicketType,
)

#: What may not occur twice.
KEYS: dict[Table, tuple[str, ...]] = {
    tables.ticket: ("ticket_id",),
    tables.ticket_event: ("ticket_id", "sequence"),
    tables.escalation: ("ticket_id",),
    tables.tier_stay: ("ticket_id", "entered_at"),
    tables.occurrence: ("occurrence_id",),
    tables.survey: ("survey_id",),
    tables.change: ("change_id",),
    tables.incident: ("incident_id",),
    tables.account: ("account",),
    tables.load: ("load_id",),
}

#: Whose rows belong to a ticket that must be there.
OF_A_TICKET = (tables.ticket_event, tables.open_spell, tables.sla_clock, tables.escalation, tables.tier_stay)


class YesNo(StrEnum):
    """The words of ``ticket.escalated``."""

    YES = "yes"
    NO = "no"


#: Which words a column may hold; empty is always allowed and means "not known".
WORDS: tuple[tuple[Table, str, type[StrEnum]], ...] = (
    (tables.ticket, "status", Status),
    (tables.ticket, "priority", Priority),
    (tables.ticket, "channel", Channel),
    (tables.ticket, "ticket_type", TicketType),
    (tables.ticket, "escalated", YesNo),
    (tables.ticket, "excluded_because", Excluded),
    (tables.ticket_event, "kind", Event),
    (tables.ticket_event, "actor_role", Role),
    (tables.tier_stay, "came", Came),
    (tables.escalation, "path", Path),
    (tables.escalation, "ended", Ending),
    (tables.survey, "kind", SurveyKind),
)

#: Numbers that may fall below zero: a score runs on whatever scale was declared.
SIGNED = {"score", "scale_low", "scale_high", "annual_revenue"}


@dataclass(frozen=True)
class Question:
    """One promise: its name, how to find what breaks it, and what to say when nothing does."""

    name: str
    broken: Callable[[Connection], Iterable[str]]
    holds: str

    def faults(self, connection: Connection) -> list[str]:
        """A sentence for each place where the promise is broken."""
        return list(self.broken(connection))


def _count(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(query).scalar_one())


def twice(connection: Connection) -> Iterator[str]:
    """Keys that occur more than once."""
    for table, key in KEYS.items():
        columns = [table.c[name] for name in key]
        repeated = select(*columns).group_by(*columns).having(func.count() > 1).subquery()
        if found := _count(connection, select(func.count()).select_from(repeated)):
            yield f"{table.name}: {found:,} keys occur more than once"


def orphans(connection: Connection) -> Iterator[str]:
    """Rows of a ticket that is not there, and facts of a load that is not there."""
    parents = [(table, "ticket_id", tables.ticket) for table in OF_A_TICKET]
    loaded = [table for table in tables.facts.sorted_tables if "load_id" in table.c and table is not tables.load]
    for table, key, parent in [*parents, *((table, "load_id", tables.load) for table in loaded)]:
        known = select(parent.c[key])
        lost = select(func.count()).select_from(table).where(table.c[key].not_in(known))
        if found := _count(connection, lost):
            yield f"{table.name}: {found:,} rows whose {parent.name} is missing"


def unknown_words(connection: Connection) -> Iterator[str]:
    """Words outside the vocabulary."""
    for table, name, words in WORDS:
        column = table.c[name]
        strange = select(column).where(column.not_in([word.value for word in words])).distinct().limit(3)
        if found := connection.scalars(strange).all():
            yield f"{table.name}.{name}: unknown {', '.join(repr(word) for word in found)}"


def _measures(table: Table) -> list[Column[object]]:
    return [
        column
        for column in table.columns
        if isinstance(column.type, Double | Integer) and column.name not in SIGNED | {"load_id", "sequence"}
    ]


def negatives(connection: Connection) -> Iterator[str]:
    """Durations and counts below zero."""
    for table in tables.facts.sorted_tables:
        columns = _measures(table)
        if columns:
            below = select(func.count()).select_from(table).where(or_(*(column < 0 for column in columns)))
            if found := _count(connection, below):
                yield f"{table.name}: {found:,} rows hold a duration or count below zero"


QUESTIONS = (
    Question("unique keys", twice, "no key occurs twice"),
    Question("complete links", orphans, "every event has its ticket, every fact its load"),
    Question("known words", unknown_words, "every word is one of the vocabulary"),
    Question("nothing negative", negatives, "no duration or count is below zero"),
)
