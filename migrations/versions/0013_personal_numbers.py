"""A telephone that is somebody's own rings for one case at a time, also where it is a community's or a duty phone for another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None

OPEN = "state IN ('intent', 'claimed', 'ringing', 'answered')"
PERSONAL_CONTACT = "(relation ~ '邻' OR relation !~ '社区|社工|网格|楼长|物业|村|居委')"


def upgrade() -> None:
    op.create_index("ix_contact_personal", "contact", ["number"], postgresql_where=sa.text(PERSONAL_CONTACT))
    op.add_column(
        "attempt",
        sa.Column(
            "personal", sa.Boolean(), server_default=sa.false(), nullable=False, comment="rings once at a time, over all cases"
        ),
    )
    op.execute("UPDATE attempt SET personal = true WHERE kind IN ('family', 'neighbour')")
    op.drop_index("uq_attempt_personal", "attempt")
    op.create_index(
        "uq_attempt_personal", "attempt", ["way", "number"], unique=True, postgresql_where=sa.text(f"{OPEN} AND personal")
    )


def downgrade() -> None:
    op.drop_index("uq_attempt_personal", "attempt")
    op.create_index(
        "uq_attempt_personal", "attempt", ["way", "number"], unique=True,
        postgresql_where=sa.text(f"{OPEN} AND kind IN ('family', 'neighbour')"),
    )  # fmt: skip
    op.drop_column("attempt", "personal")
    op.drop_index("ix_contact_personal", "contact")
