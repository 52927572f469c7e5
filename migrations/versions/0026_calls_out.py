"""The daily proof knows calls out too, and calls that were up when their node died."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026"
down_revision: str | None = "0025"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """The nodes' notes of calls out, and what a day's proof says of them."""
    op.create_table(
        "call_placed",
        sa.Column("id", sa.Text, nullable=False, comment="under which the node dialled it, once"),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("placed_at", TIME, nullable=False),
        sa.Column("belongs_to", sa.Text, nullable=False, comment="the leg or attempt that it is"),
        sa.Column("taken_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("told_at", TIME, comment="it had no case when it should have had one, and the supervisor was told"),
        sa.PrimaryKeyConstraint("id", name="pk_call_placed"),
    )
    for column in ("placed_at", "belongs_to", "taken_at"):
        op.create_index(f"ix_call_placed_{column}", "call_placed", [column])
    none = sa.text("0")
    op.add_column(
        "reconciliation",
        sa.Column("placed", sa.Integer, server_default=none, nullable=False, comment="calls out that Asterisk noted"),
    )
    op.add_column(
        "reconciliation",
        sa.Column(
            "placed_known", sa.Integer, server_default=none, nullable=False, comment="of them with an attempt or a leg of a case"
        ),
    )
    op.add_column("reconciliation", sa.Column("lost", JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False))


def downgrade() -> None:
    """Calls that came in only."""
    for column in ("lost", "placed_known", "placed"):
        op.drop_column("reconciliation", column)
    op.drop_table("call_placed")
