"""Telephones that a lost node may have left ringing are found without reading every call ever made."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_attempt_rings_on ON attempt (check_at) WHERE state IN ('done', 'void') AND check_at IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_attempt_rings_on", "attempt")
