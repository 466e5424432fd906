"""Targets, markers and saved views."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _versioned(table: str) -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("written_at", sa.DateTime, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False),
        sa.Column("replaces", sa.Integer, sa.ForeignKey(f"{table}.id")),
    ]


def upgrade() -> None:
    op.create_table(
        "target_change",
        *_versioned("target_change"),
        sa.Column("kpi", sa.String(200), nullable=False),
        sa.Column("segment", sa.JSON, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("kind_values", sa.JSON, nullable=False),
        sa.Column("from_date", sa.Date),
        sa.Column("because", sa.Text, nullable=False),
    )
    op.create_table(
        "marker",
        *_versioned("marker"),
        sa.Column("marked_day", sa.Date, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("kpi", sa.String(200)),
    )
    op.create_table(
        "saved_view",
        *_versioned("saved_view"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("page", sa.String(200), nullable=False),
        sa.Column("query_string", sa.Text, nullable=False),
    )
