"""A note may say that the limits of normal variation begin anew from its day on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    column = sa.Column("begins_anew", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("marker", column)
