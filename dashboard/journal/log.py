"""Reading and adding entries. Every call is one transaction; what is returned is never changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import URL, select
from sqlalchemy.orm import Session

from dashboard.journal.database import reading, url_of, writing
from dashboard.journal.records import Entry, Marker, SavedView, TargetChange, TaxAudit
from dashboard.journal.tables import MarkerRow, SavedViewRow, TargetChangeRow, TaxAuditRow, Versioned, WrittenRow
from dashboard.journal.written import Kind, Written
from etl.errors import UsageError
from etl.settings import Home

Record = TypeVar("Record", bound=Entry)
_LONGEST_NAME = 200


def open_journal(home: Home) -> Journal:
    """The journal of a home. Nothing is written before the first entry."""
    return Journal(url_of(home), home)


class Journal:
    """What people wrote, by kind: all versions, or those that count now."""

    def __init__(self, url: URL, home: Home) -> None:
        self._url = url
        self._home = home

    def target_changes(self) -> list[TargetChange]:
        """The targets that were set, in the order they were written; the newest version of each."""
        return newest(self.every_target_change())

    def every_target_change(self) -> list[TargetChange]:
        """All versions, in the order they were written."""
        return [_target_change(row) for row in self._rows(TargetChangeRow)]

    def add_target(
        self,
        kpi: str,
        kind: str,
        values: Mapping[str, Any],
        *,
        because: str,
        who: str,
        since: date | None = None,
        segment: Iterable[tuple[str, str]] = (),
        replaces: int | None = None,
    ) -> TargetChange:
        """Set a target from a day on. Raises UsageError without a reason or a name."""
        row = TargetChangeRow(
            kpi=kpi,
            segment=dict(sorted(segment)),
            kind=kind,
            values=dict(values),
            since=since,
            because=_said(because, "Say why the target is what it is.", None),
        )
        return _target_change(self._add(row, who, replaces))

    def take_back_target(self, entry: int, *, who: str, because: str) -> TargetChange:
        """Take a target back as if it had not been set; it stays in the history."""
        with writing(self._url) as connection, Session(connection) as session:
            old = _existing(session, TargetChangeRow, entry)
            row = TargetChangeRow(
                kpi=old.kpi, segment=old.segment, kind=old.kind, values=old.values, since=old.since, because=because
            )
            return _target_change(_added(session, row, who, entry, removed=True))

    def markers(self, kpi: str | None = None) -> list[Marker]:
        """The notes that count now, by day: all, or those of one KPI and those of every KPI."""
        found = newest([_marker(row) for row in self._rows(MarkerRow)])
        kept = (each for each in found if kpi is None or each.kpi in (None, kpi))
        return sorted(kept, key=lambda each: (each.day, each.id))

    def add_marker(
        self,
        day: date,
        text: str,
        *,
        who: str,
        kpi: str | None = None,
        begins_anew: bool = False,
        replaces: int | None = None,
    ) -> Marker:
        """Note something on a day. Raises UsageError without a text or a name."""
        said = _said(text, "A marker needs a text.", None)
        row = MarkerRow(day=day, text=said, kpi=kpi, begins_anew=begins_anew)
        return _marker(self._add(row, who, replaces))

    def remove_marker(self, entry: int, *, who: str) -> Marker:
        """Take a note off the charts; its versions stay."""
        with writing(self._url) as connection, Session(connection) as session:
            old = _existing(session, MarkerRow, entry)
            row = MarkerRow(day=old.day, text=old.text, kpi=old.kpi, begins_anew=old.begins_anew)
            return _marker(_added(session, row, who, entry, removed=True))

    def views(self) -> list[SavedView]:
        """The saved views that count now, by name; of two saved under one name at once, the later."""
        found = newest([_view(row) for row in self._rows(SavedViewRow)])
        return sorted({each.name: each for each in found}.values(), key=lambda each: each.name.casefold())

    def save_view(self, name: str, page: str, query: str, *, who: str) -> SavedView:
        """Keep a page under a name; the same name again is a new version."""
        called = _said(name, "A view needs a name.")
        with writing(self._url) as connection, Session(connection) as session:
            same = select(SavedViewRow.id).where(SavedViewRow.name == called).order_by(SavedViewRow.id.desc()).limit(1)
            row = SavedViewRow(name=called, page=page, query=query)
            return _view(_added(session, row, who, session.scalar(same)))

    def remove_view(self, entry: int, *, who: str) -> SavedView:
        """Take a saved view off the list; its versions stay."""
        with writing(self._url) as connection, Session(connection) as session:
            old = _existing(session, SavedViewRow, entry)
            row = SavedViewRow(name=old.name, page=old.page, query=old.query)
            return _view(_added(session, row, who, entry, removed=True))

    def tax_audits(self) -> list[TaxAudit]:
        """The audits of the investigation tax, each with all its answers, in the order they were drawn."""
        return newest([_tax_audit(row) for row in self._rows(TaxAuditRow)])

    def draw_tax_audit(
        self,
        drawn: Sequence[tuple[str, float, int]],
        *,
        who: str,
        scope: Sequence[str],
        days: tuple[date | None, date | None],
        timezone: str,
        seed: int,
        tickets: int,
        predicted: float,
    ) -> TaxAudit:
        """Write down which tickets were drawn, before anybody sees them."""
        start, end = days
        row = TaxAuditRow(
            scope=list(scope), start=start, end=end, timezone=timezone, seed=seed, tickets=tickets,
            predicted=predicted, drawn=[tuple(each) for each in drawn], answers={},
        )  # fmt: skip
        return _tax_audit(self._add(row, who, None))

    def answer_tax_audit(self, draw: int, answers: Mapping[str, float], *, who: str) -> TaxAudit:
        """Add answers to a draw as a new version; where a ticket was answered before, the newer answer counts."""
        with writing(self._url) as connection, Session(connection) as session:
            _existing(session, TaxAuditRow, draw)
            of_draw = (TaxAuditRow.id == draw) | (TaxAuditRow.replaces == draw)
            last = session.scalars(select(TaxAuditRow).where(of_draw).order_by(TaxAuditRow.id.desc()).limit(1)).one()
            kept = ("scope", "start", "end", "timezone", "seed", "tickets", "predicted", "drawn")
            row = TaxAuditRow(**{name: getattr(last, name) for name in kept}, answers={**last.answers, **answers})
            return _tax_audit(_added(session, row, who, draw))

    def written(self, kind: type[Kind], about: str | None = None) -> list[Written[Kind]]:
        """Entries of a kind that count now, in the order they were begun; ``about`` keeps those that speak of it."""
        return [each for each in newest(self.every_written(kind)) if about is None or each.about == about]

    def every_written(self, kind: type[Kind]) -> list[Written[Kind]]:
        """All versions of all entries of a kind, those taken back included, in the order they were written."""
        begun: dict[int, int] = {}
        found = []
        for row in self._rows(WrittenRow, WrittenRow.kind == kind.kind):
            begun[row.id] = row.id if row.replaces is None else begun[row.replaces]
            found.append(_written(row, kind, begun[row.id]))
        return found

    def write(self, body: Kind, *, who: str, about: str = "", replaces: int | None = None) -> Written[Kind]:
        """Add an entry, or a new version of one (``replaces``: any of its versions). Raises UsageError without a name.

        Two people who change one entry at once both have their version kept; the later one counts.
        """
        row = WrittenRow(kind=body.kind, about=about, body=body.model_dump(mode="json"))
        with writing(self._url) as connection, Session(connection) as session:
            begun = None if replaces is None else _beginning(session, replaces, body.kind)
            added = _added(session, row, who, begun)
            return _written(added, type(body), added.id if begun is None else begun)

    def take_back(self, entry: int, kind: type[Kind], *, who: str) -> Written[Kind]:
        """Take an entry back as if it had not been written; its versions stay in the history."""
        with writing(self._url) as connection, Session(connection) as session:
            begun = _beginning(session, entry, kind.kind)
            of_entry = (WrittenRow.id == begun) | (WrittenRow.replaces == begun)
            last = session.scalars(select(WrittenRow).where(of_entry).order_by(WrittenRow.id.desc()).limit(1)).one()
            row = WrittenRow(kind=last.kind, about=last.about, body=last.body)
            return _written(_added(session, row, who, begun, removed=True), kind, begun)

    def _add(self, row: Versioned, who: str, replaces: int | None) -> Any:
        with writing(self._url) as connection, Session(connection) as session:
            if replaces is not None:
                _existing(session, type(row), replaces)
            return _added(session, row, who, replaces)

    def _rows(self, table: type[Any], *conditions: Any) -> list[Any]:
        if self._url.get_backend_name() == "sqlite" and not self._is_there():
            return []
        with reading(self._url) as connection, Session(connection, expire_on_commit=False) as session:
            return list(session.scalars(select(table).where(*conditions).order_by(table.id)))

    def _is_there(self) -> bool:
        """Looking must not make a file."""
        from pathlib import Path

        return bool(self._url.database) and Path(str(self._url.database)).exists()


def newest(found: Iterable[Record]) -> list[Record]:
    """Of each entry its latest version, in the order the entries began; those taken back left out."""
    root: dict[int, int] = {}
    last: dict[int, Record] = {}
    for each in sorted(found, key=lambda entry: entry.id):
        first = each.id if each.replaces is None else root.get(each.replaces, each.replaces)
        root[each.id] = first
        last[first] = each
    return [each for each in last.values() if not each.removed]


def _existing(session: Session, table: type[Any], entry: int) -> Any:
    found = session.get(table, entry)
    if found is None:
        raise UsageError(f"There is no entry {entry} in the journal.", "", "")
    return found


def _beginning(session: Session, entry: int, kind: str) -> int:
    """The first version of the entry a version belongs to."""
    row = _existing(session, WrittenRow, entry)
    if row.kind != kind:
        raise UsageError(f"Entry {entry} of the journal is of another kind.", "", "")
    return int(row.id if row.replaces is None else row.replaces)


def _added(session: Session, row: Any, who: str, replaces: int | None, removed: bool = False) -> Any:
    row.who = _said(who, "Say who writes this.")
    row.written_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    row.replaces, row.removed = replaces, removed
    session.expire_on_commit = False
    session.add(row)
    session.flush()
    return row


def _said(text: str, otherwise: str, longest: int | None = _LONGEST_NAME) -> str:
    found = text.strip()
    if not found:
        raise UsageError(otherwise, "", "")
    return found if longest is None else found[:longest]


def _common(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "who", "written_at", "replaces", "removed")}


def _target_change(row: Any) -> TargetChange:
    return TargetChange(
        **_common(row),
        kpi=row.kpi,
        segment=tuple(sorted(row.segment.items())),
        kind=row.kind,
        values=row.values,
        since=row.since,
        because=row.because,
    )


def _marker(row: Any) -> Marker:
    return Marker(**_common(row), day=row.day, text=row.text, kpi=row.kpi, begins_anew=bool(row.begins_anew))


def _view(row: Any) -> SavedView:
    return SavedView(**_common(row), name=row.name, page=row.page, query=row.query)


def _tax_audit(row: Any) -> TaxAudit:
    return TaxAudit(
        **_common(row),
        scope=tuple(row.scope), start=row.start, end=row.end, timezone=row.timezone, seed=row.seed,
        tickets=row.tickets, predicted=row.predicted,
        drawn=tuple((name, float(minutes), int(times)) for name, minutes, times in row.drawn),
        answers={name: float(minutes) for name, minutes in row.answers.items()},
    )  # fmt: skip


def _written(row: Any, kind: type[Kind], begun: int) -> Written[Kind]:
    return Written(**_common(row), about=row.about, body=kind.model_validate(row.body), begun=begun)
