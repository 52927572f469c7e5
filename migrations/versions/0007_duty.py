"""The supervisor: test presses and the board's limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _source("'terminal', 'hotline', 'safe_mode', 'drill', 'probe', 'outbound'")
    op.create_table(
        "probe",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("instance", TEXT, nullable=False, comment="whose watchdog pressed"),
        sa.Column("stage", TEXT, comment="where it broke; null: it did not"),
        sa.Column("detail", TEXT, server_default="", nullable=False),
        sa.Column("console_ms", sa.Float()),
        sa.Column("sip_ms", sa.Float()),
        sa.Column("pop_ms", sa.Float()),
        sa.Column("answer_ms", sa.Float()),
        sa.PrimaryKeyConstraint("id", name="pk_probe"),
    )
    op.create_index("ix_probe_at", "probe", ["at"])
    op.create_table(
        "threshold",
        sa.Column("measure", TEXT, nullable=False, comment="domain/thresholds.py"),
        sa.Column("limit_value", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False, comment="for so long it must be crossed"),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("crossed_since", TIME),
        sa.Column("alarmed_at", TIME),
        sa.PrimaryKeyConstraint("measure", name="pk_threshold"),
    )


def downgrade() -> None:
    """Drop the tables; test presses go with them."""
    op.drop_table("threshold")
    op.drop_table("probe")
    for table in ("journal", "timer", "call_leg"):
        op.execute(f"DELETE FROM {table} WHERE case_id IN (SELECT id FROM help_case WHERE source = 'probe')")  # noqa: S608
    op.execute("DELETE FROM help_case WHERE source = 'probe'")
    _source("'terminal', 'hotline', 'safe_mode', 'drill', 'outbound'")


def _source(values: str) -> None:
    name = op.f("ck_help_case_source")
    op.drop_constraint(name, "help_case")
    op.create_check_constraint(name, "help_case", f"source IN ({values})")
