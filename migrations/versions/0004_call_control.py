"""Call control: what a seat and a supervisor do with a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None

TEXT = sa.Text()
JSON = JSONB()


def upgrade() -> None:
    """Make the columns; further parties and one more source."""
    held = sa.Column("held_since", sa.DateTime(timezone=True), comment="the caller hears music")
    op.add_column("help_case", held)
    op.add_column("help_case", sa.Column("calling", JSON, comment="domain/case.py Calling"))
    op.add_column("help_case", sa.Column("transfer", JSON, comment="domain/case.py Transfer"))
    op.add_column("help_case", sa.Column("listeners", JSON, server_default=sa.text("'[]'::jsonb"), nullable=False))
    name = sa.Column("name", TEXT, server_default="", nullable=False, comment="whom we phoned, or who listens")
    op.add_column("call_leg", name)
    op.add_column("call_leg", sa.Column("number", TEXT, server_default="", nullable=False))
    _check("help_case", "source", "source IN ('terminal', 'hotline', 'safe_mode', 'drill', 'outbound')")
    _check("call_leg", "party", "party IN ('caller', 'seat', 'contact', 'consult', 'supervisor')")


def _check(table: str, column: str, condition: str) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, condition)


def downgrade() -> None:
    """Drop the columns; outbound cases stay as hotline ones, for what was said in them must not be lost."""
    op.execute("DELETE FROM call_leg WHERE party IN ('consult', 'supervisor')")
    op.execute("UPDATE help_case SET source = 'hotline' WHERE source = 'outbound'")
    _check("call_leg", "party", "party IN ('caller', 'seat', 'contact')")
    _check("help_case", "source", "source IN ('terminal', 'hotline', 'safe_mode', 'drill')")
    for column in ("number", "name"):
        op.drop_column("call_leg", column)
    for column in ("listeners", "transfer", "calling", "held_since"):
        op.drop_column("help_case", column)
