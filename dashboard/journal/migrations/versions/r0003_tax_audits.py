"""Audits of the investigation tax: the tickets drawn, and what was written down of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "tax_audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("written_at", sa.DateTime, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False),
        sa.Column("replaces", sa.Integer, sa.ForeignKey("tax_audit.id")),
        sa.Column("scope", sa.JSON, nullable=False),
        sa.Column("first_day", sa.Date),
        sa.Column("day_after", sa.Date),
        sa.Column("timezone", sa.String(100), nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("tickets", sa.Integer, nullable=False),
        sa.Column("predicted", sa.Float, nullable=False),
        sa.Column("drawn", sa.JSON, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
    )
