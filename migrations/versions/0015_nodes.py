"""Which Asterisk nodes are heard: a node is given up when no instance hears it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "node",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("heard_at", TIME, nullable=False, comment="last answer to any instance, by the database's clock"),
        sa.Column("refused_at", TIME, nullable=False, comment="last time that nothing listened there"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_node")),
    )


def downgrade() -> None:
    op.drop_table("node")
