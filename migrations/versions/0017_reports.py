"""What reports keep: calls as Asterisk saw them, their daily proof, the weekly meeting; and since when who offers what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0017"
down_revision: str | None = "0016"
branch_labels = None
depends_on = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
UUID_ = UUID(as_uuid=True)
EMPTY = sa.text("'[]'::jsonb")
INDEXES = (("help_case", "closed_at"), ("task", "created_at"), ("call_leg", "started_at"))


def upgrade() -> None:
    """Make the tables; what is offered now has been offered since its provider was last changed."""
    op.create_table(
        "call_seen",
        sa.Column("id", TEXT, nullable=False, comment="channel id, as in call_leg: what the node itself wrote down"),
        sa.Column("node", TEXT, nullable=False),
        sa.Column("arrived_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("line", TEXT, server_default="", nullable=False),
        sa.Column("terminal", TEXT, server_default="", nullable=False),
        sa.Column("number", TEXT, server_default="", nullable=False, comment="as it came; kept only while the call has no case"),
        sa.Column("taken_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("told_at", TIME, comment="it had no case when it should have had one, and the supervisor was told"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_seen")),
    )
    op.create_index(op.f("ix_call_seen_arrived_at"), "call_seen", ["arrived_at"])
    op.create_index("ix_call_seen_taken_at", "call_seen", ["taken_at"])
    op.create_table(
        "seen_read",
        sa.Column("node", TEXT, nullable=False),
        sa.Column("read_at", TIME, nullable=False, comment="everything that ended before is in call_seen"),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_seen_read")),
    )
    op.create_table(
        "reconciliation",
        sa.Column("day", sa.Date(), nullable=False, comment="in the centre's time zone"),
        sa.Column("checked_at", TIME, nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False, comment="calls that Asterisk saw"),
        sa.Column("legs", sa.Integer(), nullable=False, comment="of them with a case"),
        sa.Column("cases", sa.Integer(), nullable=False, comment="cases that they belong to"),
        sa.Column("orphans", JSONB(), server_default=EMPTY, nullable=False),
        sa.Column("ownerless", JSONB(), server_default=EMPTY, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_reconciliation")),
    )
    op.create_table(
        "weekly_report",
        sa.Column("week", TEXT, nullable=False, comment="ISO, 2026-W48"),
        sa.Column("digest", JSONB(), nullable=False, comment="as it was signed"),
        sa.Column("signer", TEXT, nullable=False),
        sa.Column("remark", TEXT, server_default="", nullable=False),
        sa.Column("signed_by", UUID_, nullable=False),
        sa.Column("signed_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["signed_by"], ["agent.id"], name=op.f("fk_weekly_report_signed_by")),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_weekly_report")),
    )
    op.create_table(
        "weekly_remark",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False, comment="the newest of a person and week counts"),
        sa.Column("week", TEXT, nullable=False),
        sa.Column("agent_id", UUID_, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("written_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_weekly_remark_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_remark")),
    )
    op.create_index(op.f("ix_weekly_remark_week"), "weekly_remark", ["week"])
    op.create_table(
        "supply",
        sa.Column("provider_id", UUID_, nullable=False),
        sa.Column("service_id", UUID_, nullable=False),
        sa.Column("since", TIME, nullable=False, comment="in force without a break"),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_supply_provider_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_supply_service_id")),
        sa.PrimaryKeyConstraint("provider_id", "service_id", name=op.f("pk_supply")),
    )
    op.create_index(op.f("ix_supply_service_id"), "supply", ["service_id"])
    op.execute("""
        INSERT INTO supply (provider_id, service_id, since)
        SELECT ps.provider_id, ps.service_id, p.updated_at FROM provider_service ps JOIN provider p ON p.id = ps.provider_id
        WHERE p.active AND (p.kind = 'worker' OR (p.contract_from <= current_date
            AND (p.contract_until IS NULL OR p.contract_until >= current_date)))
    """)
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}", table)
    for table in ("supply", "weekly_remark", "weekly_report", "reconciliation", "seen_read", "call_seen"):
        op.drop_table(table)
