"""Do our numbers tie to the help desk's own? Its figures per ticket beside ours, and why they differ where they do."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache, reduce
from operator import add
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, cast, func, literal, null, or_, select
from sqlalchemy.types import Double

from dashboard.difference_reasons import Case, Reason, reason_of
from dashboard.engine import Facts
from dashboard.queries import Calendar, Cut
from dashboard.scope import Period, Scope
from dashboard.vendor_definitions import DEFINITIONS, Definition, vendor_of
from etl.errors import UsageError
from etl.tables import ticket, ticket_event, vendor_figure
from etl.vocabulary import Event, Role, VendorFigure

#: Differing tickets that are listed and classed, the largest differences first.
MOST = 20_000


@dataclass(frozen=True)
class Summary:
    """Values in one breath: how many, total, mean, median; None where there is none."""

    n: int
    total: float | None
    mean: float | None
    median: float | None

    @classmethod
    def of(cls, values: Sequence[float]) -> Summary:
        if not values:
            return cls(0, None, None, None)
        total = float(sum(values))
        return cls(len(values), total, total / len(values), float(statistics.median(values)))

    def by(self, statistic: str) -> float | None:
        """One of ``total``, ``mean`` and ``median``."""
        found: float | None = {"total": self.total, "mean": self.mean, "median": self.median}[statistic]
        return found


@dataclass(frozen=True)
class Comparison:
    """One definition on the tickets both have measured (``theirs`` and ``ours`` are of those), and on the others.

    ``tickets``: a row for each that differs or that they alone have measured: ticket_id, reason, theirs, ours,
    difference and what tells it apart; ``is_cut`` where there are more than MOST. ``reasons`` counts them.
    """

    definition: Definition
    compared: int
    agree: int
    only_theirs: int
    only_ours: int
    theirs: Summary
    ours: Summary
    tickets: pd.DataFrame = field(default_factory=pd.DataFrame)
    is_cut: bool = False
    reasons: dict[Reason, int] = field(default_factory=dict)

    @property
    def differ(self) -> int:
        return self.compared - self.agree

    @property
    def share(self) -> float | None:
        """The share of compared tickets that agree; None where none was compared."""
        return self.agree / self.compared if self.compared else None

    def difference(self, statistic: str) -> float | None:
        """Ours less theirs, of the totals, means or medians."""
        ours, theirs = self.ours.by(statistic), self.theirs.by(statistic)
        return None if ours is None or theirs is None else ours - theirs


@lru_cache(maxsize=4)
def given(facts: Facts) -> tuple[tuple[str, str, int], ...]:
    """What the loaded exports bring: (source, figure, tickets). Facts never change, so they are asked once."""
    statement = (
        select(ticket.c.source, vendor_figure.c.figure, func.count().label("tickets"))
        .join(vendor_figure, vendor_figure.c.ticket_id == ticket.c.ticket_id)
        .group_by(ticket.c.source, vendor_figure.c.figure)
    )
    rows = facts.rows(statement.order_by(ticket.c.source, vendor_figure.c.figure))
    return tuple((str(row["source"]), str(row["figure"]), int(row["tickets"])) for row in rows)


def there(facts: Facts, among: Sequence[Definition] = DEFINITIONS) -> list[Definition]:
    """The definitions for which the loaded exports bring the vendor's figure."""
    known = given(facts)
    return [each for each in among if any(_follows(source, figure, each) for source, figure, _ in known)]


def compare(facts: Facts, definition: Definition, scope: Scope, period: Period, tickets: bool = True) -> Comparison:
    """Compare one definition on the tickets of a scope and period; without ``tickets`` only the counts and sums.

    Tickets that no KPI counts (merged, spam …) are compared too: the help desk has measured them.
    """
    ours, theirs = _ours(definition), vendor_figure.c.value
    base = _base(facts, definition, scope, period)
    pairs = facts.frame(base.with_only_columns(theirs.label("theirs"), ours.label("ours")))
    both = pairs.dropna()
    is_equal = (both["ours"] - both["theirs"]).abs() <= definition.tolerance + 1e-9
    found = Comparison(
        definition,
        compared=len(both),
        agree=int(is_equal.sum()),
        only_theirs=int((pairs["theirs"].notna() & pairs["ours"].isna()).sum()),
        only_ours=int((pairs["theirs"].isna() & pairs["ours"].notna()).sum()),
        theirs=Summary.of(both["theirs"].astype(float).tolist()),
        ours=Summary.of(both["ours"].astype(float).tolist()),
    )
    return _with_tickets(facts, found, base) if tickets else found


def _with_tickets(facts: Facts, found: Comparison, base: Select[Any]) -> Comparison:
    frame = facts.frame(_differing(found.definition, base).limit(MOST + 1))
    is_cut = len(frame) > MOST
    frame = frame.head(MOST)
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    reasons = [reason_of(_case(row, found.definition)) for row in rows]
    shown = frame.assign(reason=[str(each) for each in reasons], difference=frame["ours"] - frame["theirs"])
    names = ["ticket_id", "reason", "theirs", "ours", "difference", *_SHOWN]
    counts = {reason: reasons.count(reason) for reason in Reason}
    return Comparison(
        found.definition, found.compared, found.agree, found.only_theirs, found.only_ours, found.theirs, found.ours,
        shown[names], is_cut, {reason: count for reason, count in counts.items() if count},
    )  # fmt: skip


#: Figures a bot's messages can change.
_ABOUT_REPLIES = (VendorFigure.REPLIES, VendorFigure.FIRST_REPLY, VendorFigure.FIRST_REPLY_BUSINESS)
_SHOWN = ("subject", "status", "team", "created_at", "resolved_at", "excluded_because")


def _case(row: dict[Any, Any], definition: Definition) -> Case:
    return Case(
        theirs=row["theirs"],
        ours=row["ours"],
        tolerance=definition.tolerance,
        rounding=definition.rounding,
        other_clock=row["other_clock"],
        other_schedules=row["other_schedules"],
        other_rule=row["other_rule"],
        is_count=definition.is_count,
        is_merged=bool(row["is_merged"]),
        has_history=bool(row["has_history"]),
        is_left_out=row["excluded_because"] is not None,
        is_about_replies=definition.figure in _ABOUT_REPLIES,
        bot_messages=row["bot_messages"],
        reopens=row["status_reopens"] or row["reopens"] or 0,
    )


def _sum(columns: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Columns added up; nothing where the first is not known. The others may be: no owners told, no time unowned."""
    if not columns:
        return cast(null(), Double)
    return cast(reduce(add, (columns[0], *(func.coalesce(each, 0) for each in columns[1:]))), Double)


def _ours(definition: Definition) -> ColumnElement[Any]:
    return _sum(definition.columns)


def _base(facts: Facts, definition: Definition, scope: Scope, period: Period) -> Select[Any]:
    """Tickets of the sources that give this figure, each with its figure where it has one."""
    joined = ticket.outerjoin(
        vendor_figure,
        and_(vendor_figure.c.ticket_id == ticket.c.ticket_id, vendor_figure.c.figure == str(definition.figure)),
    )
    sources = _sources(facts, definition)
    dated = ticket.c[definition.anchor]
    when = Calendar.of([period]).within(dated) if period.start or period.end else []
    return select(ticket.c.ticket_id).select_from(joined).where(
        ticket.c.source.in_(sources), *when, *Cut(scope).conditions()
    )  # fmt: skip


def _sources(facts: Facts, definition: Definition) -> list[str]:
    return [source for source, figure, _ in given(facts) if _follows(source, figure, definition)]


def _follows(source: str, figure: str, definition: Definition) -> bool:
    """Whether a source's figure is measured by this definition: its vendor's own, else that of any help desk."""
    vendor = vendor_of(source)
    is_defined = any(each.vendor == vendor and each.figure == figure for each in DEFINITIONS)
    return figure == definition.figure and definition.vendor == (vendor if is_defined else "any")


def _differing(definition: Definition, base: Select[Any]) -> Select[Any]:
    """What is needed to list and class each ticket that differs."""
    ours, theirs = _ours(definition), vendor_figure.c.value
    gap = func.abs(ours - theirs)
    child = ticket.alias("merged_child")
    absorbing = select(child.c.merged_into).where(child.c.merged_into.is_not(None))
    told = select(ticket_event.c.ticket_id).where(ticket_event.c.kind != str(Event.CREATED))
    is_merged = or_(ticket.c.merged_into.is_not(None), ticket.c.ticket_id.in_(absorbing))
    columns = [
        ticket.c.ticket_id,
        theirs.label("theirs"),
        ours.label("ours"),
        _sum(definition.other_clock).label("other_clock"),
        _sum(definition.other_schedules).label("other_schedules"),
        _sum(definition.other_rule).label("other_rule"),
        _flag(is_merged).label("is_merged"),
        _flag(ticket.c.ticket_id.in_(told)).label("has_history"),
        _bot_messages().label("bot_messages"),
        ticket.c.reopens,
        ticket.c.status_reopens,
        *(ticket.c[name] for name in _SHOWN),
    ]
    differs = or_(gap > definition.tolerance + 1e-9, ours.is_(None))
    order = (case((gap.is_(None), 1), else_=0), gap.desc(), ticket.c.ticket_id)
    return base.with_only_columns(*columns).where(differs, theirs.is_not(None)).order_by(*order)


def _bot_messages() -> ColumnElement[int]:
    written = select(func.count()).where(
        ticket_event.c.ticket_id == ticket.c.ticket_id,
        ticket_event.c.kind == str(Event.PUBLIC_MESSAGE),
        ticket_event.c.actor_role == str(Role.BOT),
    )
    return written.correlate(ticket).scalar_subquery()


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, literal(1)), else_=literal(0))


@dataclass(frozen=True)
class Against:
    """A figure somebody read off the vendor's own report, beside what the tickets give.

    ``lines``: in words, the value and how many tickets it stands on; ``tickets``: those behind our value by their
    definition, the largest first.
    """

    definition: Definition
    statistic: str
    theirs: float
    lines: tuple[tuple[str, float | None, int], ...]
    tickets: pd.DataFrame

    @property
    def ours(self) -> float | None:
        """Ours by their definition."""
        return self.lines[0][1]


STATISTICS = ("median", "mean", "total")


def against(
    facts: Facts, definition: Definition, theirs: float, statistic: str, scope: Scope, period: Period
) -> Against:
    """Compare one figure of the vendor's report with ours: by their definition, and by our own default."""
    if statistic not in STATISTICS:
        raise UsageError(f"There is no statistic '{statistic}'.", f"Known: {', '.join(STATISTICS)}.")
    dated = ticket.c[definition.anchor]
    when = Calendar.of([period]).within(dated) if period.start or period.end else []
    ours = _ours(definition)
    names = [each for each in _known_sources(facts) if vendor_of(each) == definition.vendor]
    joined = ticket.outerjoin(
        vendor_figure,
        and_(vendor_figure.c.ticket_id == ticket.c.ticket_id, vendor_figure.c.figure == str(definition.figure)),
    )
    default = _default(definition)
    rows = (
        select(
            ticket.c.ticket_id, vendor_figure.c.value.label("theirs"), ours.label("ours"),
            default.label("by_default"), *(ticket.c[name] for name in _SHOWN),
        )
        .select_from(joined)
        .where(*when, *Cut(scope).conditions(), *([ticket.c.source.in_(names)] if names else []))
        .order_by(ours.desc().nulls_last(), ticket.c.ticket_id)
    )  # fmt: skip
    frame = facts.frame(rows)
    counted = frame[frame["excluded_because"].isna()]
    parts = (
        ("Ours, by their definition", frame["ours"]),
        ("Ours, by our own: around the clock, tickets that count", counted["by_default"]),
        ("Theirs, worked out from the export's column", frame["theirs"]),
    )
    lines = [(words, Summary.of(values.dropna().astype(float).tolist())) for words, values in parts]
    return Against(
        definition,
        statistic,
        theirs,
        tuple((words, each.by(statistic), each.n) for words, each in lines),
        frame[frame["ours"].notna()].drop(columns=["by_default"]).head(MOST),
    )


def _default(definition: Definition) -> ColumnElement[Any]:
    """The same thing as our own figures measure it: around the clock."""
    if definition.is_count or "business" not in definition.figure:
        return _ours(definition)
    return _sum(definition.other_clock)


def _known_sources(facts: Facts) -> list[str]:
    return [str(row["source"]) for row in facts.rows(select(ticket.c.source).distinct().order_by(ticket.c.source))]


_AMOUNT = re.compile(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*(d|h|m|min|s)?\s*", re.IGNORECASE)
_IN_MINUTES = {"d": 1440.0, "h": 60.0, "m": 1.0, "min": 1.0, "s": 1 / 60}


def amount(text: str) -> float:
    """Minutes (or a count) as people type them.

    >>> amount("191.5"), amount("3.2h"), amount("1h 30m"), amount("02:30:00")
    (191.5, 192.0, 90.0, 150.0)
    """
    if clock := re.fullmatch(r"(\d+):([0-5]\d)(?::([0-5]\d))?", text.strip()):
        return timedelta(hours=int(clock[1]), minutes=int(clock[2]), seconds=int(clock[3] or 0)).total_seconds() / 60
    parts = list(_AMOUNT.finditer(text))
    if not parts or "".join(each[0] for each in parts) != text:
        raise UsageError(f"'{text}' is no figure.", "", "Write minutes (191.5), or 3.2h, 1h 30m, 02:30:00.")
    return sum(float(each[1].replace(",", ".")) * _IN_MINUTES[(each[2] or "m").lower()] for each in parts)
