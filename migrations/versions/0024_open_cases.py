"""Cases that are still open are found without reading those that are closed: the lists of who has no owner and no order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision: str | None = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index."""
    op.create_index("ix_help_case_open", "help_case", ["opened_at"], postgresql_where=sa.text("state IN ('callback', 'open')"))


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_help_case_open", "help_case")
