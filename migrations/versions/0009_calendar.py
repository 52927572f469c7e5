"""When lines are served, and the centre's own work days and holidays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None

TEXT = sa.Text()


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "line_hours",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("line", TEXT, nullable=False),
        sa.Column("days", TEXT, nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False, comment="minutes since midnight at the centre"),
        sa.Column("closes", sa.Integer(), nullable=False, comment="minutes since midnight, excluded; 1440: midnight"),
        sa.PrimaryKeyConstraint("id", name="pk_line_hours"),
        sa.ForeignKeyConstraint(["line"], ["line.number"], name="fk_line_hours_line", ondelete="CASCADE"),
        sa.CheckConstraint("days IN ('every', 'work', 'off')", name=op.f("ck_line_hours_days")),
        sa.CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name=op.f("ck_line_hours_within_a_day")),
    )
    op.create_index("ix_line_hours_line", "line_hours", ["line"])
    op.create_table(
        "day_exception",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", TEXT, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_day_exception"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("day_exception")
    op.drop_table("line_hours")
