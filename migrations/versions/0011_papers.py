"""Paperwork: channels that come to a desk, papers of a case, the centre's own limits of rules, delegates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
ID = UUID(as_uuid=True)
CALLS = "'terminal', 'hotline', 'safe_mode', 'drill', 'probe', 'outbound'"
DESK = "'web', 'letter', 'walk_in', 'assignment'"


def upgrade() -> None:
    """Make the tables."""
    _source(f"{CALLS}, {DESK}")
    op.add_column("help_case", sa.Column("relapse_of", ID, comment="R-20"))
    op.create_foreign_key("fk_help_case_relapse_of", "help_case", "help_case", ["relapse_of"], ["id"])
    op.create_index("ix_help_case_relapse_of", "help_case", ["relapse_of"])
    op.add_column("timer", sa.Column("lane", TEXT, server_default="call", nullable=False, comment="who looks for it"))
    op.create_check_constraint(op.f("ck_timer_lane"), "timer", "lane IN ('call', 'desk')")
    op.create_table(
        "paper",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("noun", TEXT, nullable=False, comment="domain/papers/nouns.py"),
        sa.Column("state", TEXT, nullable=False, comment="a state of the noun's own table"),
        sa.Column("unfinished", sa.Boolean(), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("opened_by", ID),
        sa.Column("owner_id", ID),
        sa.Column("due_at", TIME),
        sa.Column("done_at", TIME),
        sa.Column("done_by", ID),
        sa.Column("overdue", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("data", JSONB(), nullable=False, comment="the noun's own fields"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name="fk_paper_case_id"),
        sa.ForeignKeyConstraint(["opened_by"], ["agent.id"], name="fk_paper_opened_by"),
        sa.ForeignKeyConstraint(["owner_id"], ["agent.id"], name="fk_paper_owner_id"),
        sa.ForeignKeyConstraint(["done_by"], ["agent.id"], name="fk_paper_done_by"),
    )
    op.create_index("ix_paper_case_id", "paper", ["case_id"])
    op.create_index("ix_paper_owner_id", "paper", ["owner_id"])
    op.create_index("ix_paper_noun", "paper", ["noun", "opened_at"])
    op.create_index("ix_paper_unfinished", "paper", ["noun", "due_at"], postgresql_where=sa.text("unfinished"))
    op.create_table(
        "rule_limit",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False, comment="domain/regulations/limits.py"),
        sa.Column("limit_value", sa.Float(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("set_by", ID, nullable=False),
        sa.Column("set_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_limit"),
        sa.ForeignKeyConstraint(["set_by"], ["agent.id"], name="fk_rule_limit_set_by"),
    )
    op.create_table(
        "delegate",
        sa.Column("id", ID, nullable=False),
        sa.Column("agent_id", ID, nullable=False, comment="who may sign"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("named_by", ID, nullable=False),
        sa.Column("named_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delegate"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_delegate_agent_id"),
        sa.ForeignKeyConstraint(["named_by"], ["agent.id"], name="fk_delegate_named_by"),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_delegate_days")),
    )


def downgrade() -> None:
    """Drop the tables; cases that came to a desk become life-help calls of the hotline, for the older service knows no other."""
    for table in ("delegate", "rule_limit", "paper"):
        op.drop_table(table)
    op.execute("DELETE FROM timer WHERE lane = 'desk'")
    op.drop_constraint(op.f("ck_timer_lane"), "timer")
    op.drop_column("timer", "lane")
    op.drop_index("ix_help_case_relapse_of", "help_case")
    op.drop_constraint("fk_help_case_relapse_of", "help_case")
    op.drop_column("help_case", "relapse_of")
    op.execute(f"UPDATE help_case SET source = 'hotline' WHERE source IN ({DESK})")  # noqa: S608
    _source(CALLS)


def _source(values: str) -> None:
    name = op.f("ck_help_case_source")
    op.drop_constraint(name, "help_case")
    op.create_check_constraint(name, "help_case", f"source IN ({values})")
