"""One table for everything people write that is a text with a few fields."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "written",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("written_at", sa.DateTime, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False),
        sa.Column("replaces", sa.Integer, sa.ForeignKey("written.id")),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("about", sa.String(400), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
