"""Rows of a file with every mapped column typed, and the first fault of each row beside it.

This is where a row is judged on its own: an unreadable date, a date in 1900, a resolve before the creation. What
concerns several rows (duplicates, superseded rows) is marked in the same place by ``mark``, so that every row has
at most one reason and is either kept or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    MetaData,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from etl import clocks, expressions
from etl.expressions import EARLIEST, Expression
from etl.mapping import Mapping
from etl.staging import BY_NAME, RawTable, Stage, loaded_event, loaded_ticket
from etl.vocabulary import Channel, Priority, Role, Status, TicketType

#: Our word columns, and where the vendor's own word is kept.
ORIGINALS = {
    "status": "original_status",
    "priority": "original_priority",
    "channel": "original_channel",
    "ticket_type": "original_type",
}
_OWN_WORDS: dict[str, Iterable[str]] = {
    "status": Status,
    "priority": Priority,
    "channel": Channel,
    "ticket_type": TicketType,
    "role": Role,
}
#: Clocks that may well lie in the future.
_PROMISES = ("due_at", "renewal_at", "left_at", "started_at", "period_start", "period_end")
#: Numbers that may well be below zero.
_SIGNED = ("sequence", "value", "score", "scale_low", "scale_high")
#: The first may not lie before the second.
_ORDER = (
    ("resolved_at", "created_at"),
    ("first_resolved_at", "created_at"),
    ("closed_at", "created_at"),
    ("first_reply_at", "created_at"),
    ("answered_at", "sent_at"),
    ("deployed_at", "started_at"),
    ("rolled_back_at", "deployed_at"),
    ("resolved_at", "started_at"),
)
_ABSENT = {
    "original_id": "no number",
    "occurred_at": "no date",
    "created_at": "no date of creation",
    "ticket_original_id": "no ticket number",
    "minutes": "no minutes",
    "score": "no score",
    "article": "no article",
    "is_helpful": "no vote",
    "metric": "no metric",
    "value": "no value",
    "period_start": "no month",
    "clock": "no clock",
}
_NEEDED = {
    "ticket": ("original_id", "created_at"),
    "event": ("original_id", "occurred_at"),
    "survey": (),
    "review": ("original_id", "score"),
    "article_vote": ("original_id", "article", "is_helpful"),
    "self_service": ("original_id",),
    "figure": ("metric", "value", "period_start"),
    "sla": ("original_id", "clock"),
}
_NEEDED_ELSE = ("original_id", "ticket_original_id", "minutes")


class Fault(NamedTuple):
    """When a row is refused: the condition, the column of ours it concerns, the value shown and the reason."""

    condition: Expression
    name: str
    value: Expression
    reason: Expression


@dataclass(frozen=True)
class Typed:
    """The typed rows: a temporary table with ``row``, our columns, ``same`` (a hash of the whole row), ``text …``
    (the cell as it stood, where it is still needed) and the fault of the row in ``fault_column``, ``fault_value``
    and ``fault_reason`` (NULL for a good row).
    """

    table: Table
    mapping: Mapping
    raw: RawTable
    into: Stage
    names: tuple[str, ...]

    def __getitem__(self, name: str) -> Expression:
        return self.table.c[name]

    @property
    def is_good(self) -> Expression:
        return self.table.c.fault_reason.is_(None)

    def mark(self, rows: Select[Any], name: str, reason: str) -> None:
        """Refuse good rows: a SELECT of row numbers; the value shown is that of ``name``."""
        marked = update(self.table).where(self.table.c.row.in_(rows), self.is_good)
        shown = cast(self.table.c[name], Text) if name in self.names else null()
        values = {"fault_column": self.heading(name), "fault_value": shown, "fault_reason": reason}
        self.into.connection.execute(marked.values(values))

    def heading(self, name: str) -> str:
        return heading(self.mapping, self.raw, name)

    def refuse(self) -> None:
        """Put the faulty rows into quarantine."""
        c = self.table.c
        self.into.refuse(
            select(
                c.row,
                c.fault_column.label("column"),
                c.fault_value.label("value"),
                c.fault_reason.label("reason"),
            ).where(c.fault_reason.is_not(None))
        )

    def drop(self) -> None:
        self.table.drop(self.into.connection)


def kind_of(mapping: Mapping, name: str) -> str:
    """What the cells of a mapped column hold: clock, number, flag, word or text."""
    if name in ORIGINALS or name in ("role", "actor_role"):
        return "word"
    tables = [loaded_ticket, loaded_event] if mapping.shape == "event" else [BY_NAME[mapping.shape]]
    kinds: dict[type, str] = {DateTime: "clock", Double: "number", Boolean: "flag"}
    for table in tables:
        if name in table.columns:
            return kinds.get(type(table.columns[name].type), "text")
    return "text"


def headings(mapping: Mapping, raw: RawTable, name: str) -> list[str]:
    """The columns of the file that hold a column of ours, as far as the file has them."""
    return [column for column in mapping.columns.get(name, ()) if column in raw.table.columns]


def heading(mapping: Mapping, raw: RawTable, name: str) -> str:
    """The column of the file to show for a column of ours."""
    return next(iter((*headings(mapping, raw, name), *mapping.columns.get(name, ()))), name)


def meanings(mapping: Mapping, name: str, into: Stage) -> dict[str, str]:
    """Vendor word → our word. The settings stand over the mapping, and our own words mean themselves."""
    kind = name if name in _OWN_WORDS else "role"
    found = {str(entry): str(entry) for entry in _OWN_WORDS[kind]}
    found |= {expressions.plain(key): str(value) for key, value in getattr(mapping.words, kind).items()}
    if kind == "status":
        found |= {expressions.plain(key): str(value) for key, value in into.settings.loading.status.items()}
    return found


def build(
    mapping: Mapping, raw: RawTable, into: Stage, more_faults: Callable[[Subquery], list[Fault]] | None = None
) -> Typed:
    """Type the rows of a raw table into a temporary table; the caller drops it."""
    plan = _Plan(mapping, raw, into)
    rows = plan.values(plan.cells())

    def judge(layer: Subquery) -> list[Fault]:
        return [*plan.faults(layer), *(more_faults(layer) if more_faults else [])]

    columns: list[Column[Any]] = [Column("row", BigInteger), Column("same", BigInteger)]
    chosen: list[Any] = [rows.c.row, rows.c.same]
    for name in plan.names:
        kind = kind_of(mapping, name)
        columns.append(Column(name, _TYPES[kind]()))
        chosen.append(rows.c[name])
        if kind in ("word", "flag") or name in mapping.optional or name == "score":
            columns.append(Column(f"text {name}", Text))
            chosen.append(rows.c[f"text {name}"])
    for name in plan.local:
        columns.append(Column(f"local {name}", DateTime))
        chosen.append(rows.c[f"local {name}"])
    columns += [Column(name, Text) for name in ("fault_column", "fault_value", "fault_reason")]
    table = Table(f"typed_{uuid4().hex}", MetaData(), *columns, prefixes=["TEMPORARY"])
    table.create(into.connection)
    judged = _judged(rows, judge, mapping, raw)
    kept = [judged.c[column.name] for column in (*chosen, *table.columns[-3:])]
    into.connection.execute(insert(table).from_select([column.name for column in columns], select(*kept)))
    typed = Typed(table, mapping, raw, into, tuple(plan.names))
    told = {typed.heading(name): table.c[f"local {name}"] for name in plan.local}
    clocks.count_adjusted(plan.clocks, told, typed.is_good, into)
    return typed


_TYPES: dict[str, Any] = {"clock": DateTime, "number": Double, "flag": Boolean, "word": Text, "text": Text}


def _judged(rows: Subquery, judge: Callable[[Subquery], list[Fault]], mapping: Mapping, raw: RawTable) -> Subquery:
    """The rows with their first fault; what is said of it is looked up for the faulty rows only."""
    conditions = [(fault.condition, position) for position, fault in enumerate(judge(rows))]
    numbered = select(rows, (case(*conditions) if conditions else cast(null(), BigInteger)).label("fault")).subquery()
    faults = judge(numbered)
    names: list[Any] = [literal(heading(mapping, raw, fault.name)) for fault in faults]
    told = {
        "fault_column": names,
        "fault_value": [fault.value for fault in faults],
        "fault_reason": [fault.reason for fault in faults],
    }
    return select(numbered, *(_nth(numbered.c.fault, each).label(label) for label, each in told.items())).subquery()


def _nth(position: Expression, choices: list[Any]) -> Expression:
    if not choices:
        return cast(null(), Text)
    return case(*((position == number, choice) for number, choice in enumerate(choices)))


@dataclass
class _Plan:
    """The layers of one SELECT: the cells as text, then what they mean."""

    mapping: Mapping
    raw: RawTable
    into: Stage
    names: list[str] = field(default_factory=list)
    clocks: clocks.Clocks = field(init=False)

    def __post_init__(self) -> None:
        there = {name: headings(self.mapping, self.raw, name) for name in self.mapping.columns}
        is_clock = {name: kind_of(self.mapping, name) == "clock" for name in there}
        self.clocks = clocks.settle(
            self.mapping, self.raw, self.into, {name: each for name, each in there.items() if is_clock[name]}
        )
        self.into.forms.add(self.mapping.name)
        self.into.feeds.update((self.mapping.shape, name, each) for name, cells in there.items() for each in cells)

    @property
    def local(self) -> list[str]:
        """The clocks whose local time is kept for a while: those a change of the clocks may have touched."""
        has_changes = self.clocks.changes
        return [name for name in self.names if has_changes and name in self.clocks.formats]

    def cells(self) -> Subquery:
        """The cell of each mapped column as text, NULL where it is empty."""
        bare = self._trimmed()
        chosen: list[Any] = [bare.c.row, bare.c.same]
        for name in dict.fromkeys((*self.mapping.columns, *self.mapping.constants)):
            text = self._text(name, bare)
            if text is not None:
                chosen.append(text.label(f"text {name}"))
                self.names.append(name)
        return select(*chosen).subquery()

    def _trimmed(self) -> Subquery:
        """The columns of the file that are mapped, without blanks around, and a hash of all of them."""
        columns = [column for column in self.raw.table.columns if column.name != "_row"]
        # DuckDB's hash is unsigned; one bit less fits a BIGINT.
        same = cast(func.hash(*columns).op(">>")(1), BigInteger)
        bare = [expressions.trimmed(self.raw.table.c[each]).label(label) for each, label in self._labels().items()]
        return select(self.raw.table.c["_row"].label("row"), same.label("same"), *bare).subquery()

    def _labels(self) -> dict[str, str]:
        """The mapped columns of the file, each under a plain label: what a file calls its columns may be anything."""
        used = dict.fromkeys(each for name in self.mapping.columns for each in headings(self.mapping, self.raw, name))
        return {each: f"cell {position}" for position, each in enumerate(used)}

    def _text(self, name: str, bare: Subquery) -> Expression | None:
        labels = self._labels()
        columns = [bare.c[labels[each]] for each in headings(self.mapping, self.raw, name)]
        constant = self.mapping.constants.get(name)
        if not columns:
            return None if constant is None else literal(constant, Text)
        # The words for "sent, not answered" may be null words elsewhere in the file: a score is judged as it stands.
        found = expressions.cell(columns, () if name == "score" else self.mapping.nulls)
        return found if constant is None else func.coalesce(found, constant)

    def values(self, cells: Subquery) -> Subquery:
        """What the cells mean. Words are tidied in a layer below: a CASE computes what it compares once a branch."""
        words = [name for name in self.names if kind_of(self.mapping, name) in ("word", "flag")]
        said = [expressions.tidy(cells.c[f"text {name}"]).label(f"said {name}") for name in words]
        local = [self.clocks.bare(name, cells.c[f"text {name}"]).label(f"local {name}") for name in self.local]
        rows = select(cells, *said, *local).subquery()
        chosen = [self._value(name, rows).label(name) for name in self.names]
        return select(rows, *chosen).subquery()

    def _value(self, name: str, rows: Subquery) -> Expression:
        kind = kind_of(self.mapping, name)
        text = rows.c[f"text {name}"]
        if kind == "clock":
            return self.clocks.instant(name, text, rows.c[f"local {name}"] if name in self.local else None)
        if kind == "number":
            return expressions.number(text)
        if kind == "flag":
            return expressions.truth(rows.c[f"said {name}"], self.mapping.words.yes, self.mapping.words.no)
        if kind == "word":
            return expressions.word(rows.c[f"said {name}"], meanings(self.mapping, name, self.into))
        return text

    def faults(self, rows: Subquery) -> list[Fault]:
        """Everything that refuses a row by itself, the first that holds counts."""
        found = [
            Fault(rows.c[f"text {name}"].is_(None), name, cast(null(), Text), literal(_ABSENT[name]))
            for name in _NEEDED.get(self.mapping.shape, _NEEDED_ELSE)
            if name in self.names and name not in self.mapping.optional
        ]
        if self.mapping.part != "ticket":
            found = [fault for fault in found if fault.name == "original_id"]
        for name in self.names:
            if self.mapping.shape != "survey" or name != "score":
                kind = kind_of(self.mapping, name)
                found.extend(_unfit(kind, name, rows, name in self.mapping.optional))
        for later, earlier in _ORDER:
            if later in self.names and earlier in self.names:
                reason = literal(f"{_said(later)} before {_said(earlier)}")
                found.append(Fault(rows.c[later] < rows.c[earlier], later, rows.c[f"text {later}"], reason))
        return found


def _said(clock: str) -> str:
    return clock.removesuffix("_at").replace("_", " ")


def _unfit(kind: str, name: str, rows: Subquery, is_optional: bool) -> list[Fault]:
    """When a cell is no clock or number, or one that cannot be. An optional one is left out where unreadable."""
    if kind not in ("clock", "number"):
        return []
    text, value = rows.c[f"text {name}"], rows.c[name]
    faults = []
    if not is_optional:
        reason = "not a date this mapping can read" if kind == "clock" else "not a number"
        faults.append((and_(text.is_not(None), value.is_(None)), reason))
    if kind == "clock":
        ahead = timedelta(days=36525) if name in _PROMISES else timedelta(days=1)
        latest = datetime.now(UTC).replace(tzinfo=None) + ahead
        faults += [(value < EARLIEST, "a date before 1990"), (value > latest, "a date in the future")]
    elif name not in _SIGNED:
        faults.append((value < 0, "a negative number"))
    return [Fault(condition, name, text, literal(reason)) for condition, reason in faults]


def unread_optional(typed: Typed) -> None:
    """Warn of optional cells that could not be read: their rows are kept without them."""
    for name in typed.names:
        if name not in typed.mapping.optional or kind_of(typed.mapping, name) not in ("clock", "number"):
            continue
        text = typed[f"text {name}"]
        query = select(func.count(), func.min(text)).where(typed.is_good, text.is_not(None), typed[name].is_(None))
        count, example = typed.into.connection.execute(query).one()
        if count:
            typed.into.warnings.append(
                f"{count:,} values of '{typed.heading(name)}' could not be read, such as '{example}'; "
                "their rows were kept without it."
            )
