"""The journal's tables. A change here is a migration in ``dashboard/journal/migrations/versions`` too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, Float, ForeignKey, Integer, String, Text, false
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column


class Base(DeclarativeBase):
    """The tables of the journal and no others."""


class Versioned:
    """Columns of every table: rows are only ever added, and a later version names the one it replaces."""

    __tablename__: str
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    who: Mapped[str] = mapped_column(String(200))
    written_at: Mapped[datetime] = mapped_column(DateTime)
    removed: Mapped[bool] = mapped_column(Boolean)

    @declared_attr
    def replaces(cls) -> Mapped[int | None]:  # noqa: N805  (how SQLAlchemy declares it)
        return mapped_column(Integer, ForeignKey(f"{cls.__tablename__}.id"))


class TargetChangeRow(Versioned, Base):
    __tablename__ = "target_change"
    kpi: Mapped[str] = mapped_column(String(200))
    segment: Mapped[dict[str, str]] = mapped_column(JSON)
    kind: Mapped[str] = mapped_column(String(40))
    # "values" is a reserved word of SQL.
    values: Mapped[dict[str, Any]] = mapped_column("kind_values", JSON)
    since: Mapped[date | None] = mapped_column("from_date", Date)
    because: Mapped[str] = mapped_column(Text)


class MarkerRow(Versioned, Base):
    __tablename__ = "marker"
    day: Mapped[date] = mapped_column("marked_day", Date)
    text: Mapped[str] = mapped_column("note", Text)
    kpi: Mapped[str | None] = mapped_column(String(200))
    begins_anew: Mapped[bool] = mapped_column(Boolean, server_default=false())


class SavedViewRow(Versioned, Base):
    __tablename__ = "saved_view"
    name: Mapped[str] = mapped_column(String(200))
    page: Mapped[str] = mapped_column(String(200))
    query: Mapped[str] = mapped_column("query_string", Text)


class WrittenRow(Versioned, Base):
    """Entries of every kind in ``dashboard.journal.written``."""

    __tablename__ = "written"
    kind: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(400))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class TaxAuditRow(Versioned, Base):
    """The first version is the draw; later ones hold the same draw with more answers, and replace the first."""

    __tablename__ = "tax_audit"
    scope: Mapped[list[str]] = mapped_column(JSON)
    start: Mapped[date | None] = mapped_column("first_day", Date)
    end: Mapped[date | None] = mapped_column("day_after", Date)
    timezone: Mapped[str] = mapped_column(String(100))
    seed: Mapped[int] = mapped_column(Integer)
    tickets: Mapped[int] = mapped_column(Integer)
    predicted: Mapped[float] = mapped_column(Float)
    drawn: Mapped[list[tuple[str, float, int]]] = mapped_column(JSON)
    answers: Mapped[dict[str, float]] = mapped_column(JSON)
