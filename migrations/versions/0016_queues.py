"""Queues, skills, calls outside hours, parked calls, duty mobiles, limits of pauses, call-backs that are offered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0016"
down_revision: str | None = "0015"
branch_labels = None
depends_on = None

TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
UUID_ = UUID(as_uuid=True)
EMPTY = sa.text("'[]'::jsonb")


def upgrade() -> None:
    """Make the tables and columns."""
    _tables()
    op.add_column(
        "help_case",
        sa.Column(
            "queue_id",
            UUID_,
            sa.ForeignKey("queue.id", name="fk_help_case_queue_id", ondelete="SET NULL"),
            comment="null: the built-in one of its kind",
        ),
    )
    op.add_column("help_case", sa.Column("familiar", UUID_, comment="the agent whom this member spoke with last before"))
    op.add_column("help_case", sa.Column("opens_at", TIME, comment="the line is closed till then, and the caller is told so"))
    op.add_column("help_case", sa.Column("parked_at", TIME, comment="its seat left it for an emergency"))
    op.add_column("help_case", sa.Column("overflow", JSONB(), comment="domain/case.py Overflow"))
    op.add_column("seat", sa.Column("pause_until", TIME, comment="when the limit of this pause is reached"))
    op.add_column(
        "seat",
        sa.Column(
            "pause_long", sa.Boolean(), server_default=sa.false(), nullable=False, comment="it is, and the supervisor was told"
        ),
    )
    op.add_column("task", sa.Column("offer_from", TIME, comment="from when on it is offered to free seats"))
    op.add_column("task", sa.Column("offer_seat", TEXT, comment="on whose screen it is"))
    op.add_column("task", sa.Column("offer_until", TIME))
    op.add_column("task", sa.Column("offer_passed", JSONB(), server_default=EMPTY, nullable=False))
    op.create_index("uq_task_offer_seat", "task", ["offer_seat"], unique=True, postgresql_where=sa.text("offer_seat IS NOT NULL"))
    # What is owed already is offered too.
    op.execute("UPDATE task SET offer_from = created_at WHERE state = 'open'")


def _tables() -> None:
    op.create_table(
        "queue",
        sa.Column("id", UUID_, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name_zh", TEXT, nullable=False),
        sa.Column("name_en", TEXT, server_default="", nullable=False),
        sa.Column("lines", JSONB(), server_default=EMPTY, nullable=False),
        sa.Column("priority", sa.Float(), server_default="0", nullable=False, comment="weight of a call that arrives, 0-100"),
        sa.Column("ageing", sa.Float(), server_default="10", nullable=False, comment="weight for each minute of waiting"),
        sa.Column("dialect", TEXT, server_default="preferred", nullable=False),
        sa.Column("district", TEXT, server_default="none", nullable=False),
        sa.Column("service", TEXT, server_default="", nullable=False),
        sa.Column("service_need", TEXT, server_default="required", nullable=False),
        sa.Column("required_seconds", sa.Float(), server_default="60", nullable=False),
        sa.Column("familiar_seconds", sa.Float(), server_default="0", nullable=False),
        sa.Column(
            "seats_after", sa.Float(), server_default="30", nullable=False, comment="seconds until seats of other queues serve it"
        ),
        sa.Column("duty_after", sa.Float(), comment="seconds until the duty mobiles are phoned; null: never"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_queue"),
        sa.UniqueConstraint("name_zh", name="uq_queue_name_zh"),
        sa.CheckConstraint("kind IN ('emergency', 'life_help')", name=op.f("ck_queue_kind")),
        sa.CheckConstraint("dialect IN ('none', 'preferred', 'required')", name=op.f("ck_queue_dialect")),
        sa.CheckConstraint("district IN ('none', 'preferred', 'required')", name=op.f("ck_queue_district")),
        sa.CheckConstraint("service_need IN ('none', 'preferred', 'required')", name=op.f("ck_queue_service_need")),
        sa.CheckConstraint("priority BETWEEN 0 AND 100 AND ageing > 0", name=op.f("ck_queue_ages")),
    )
    op.create_table(
        "queue_seat",
        sa.Column("queue_id", UUID_, nullable=False),
        sa.Column("extension", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("queue_id", "extension", name="pk_queue_seat"),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name="fk_queue_seat_queue_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["extension"], ["seat.extension"], name="fk_queue_seat_extension", ondelete="CASCADE"),
    )
    op.create_index("ix_queue_seat_extension", "queue_seat", ["extension"])
    op.create_table(
        "agent_skill",
        sa.Column("agent_id", UUID_, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "kind", "value", name="pk_agent_skill"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_agent_skill_agent_id", ondelete="CASCADE"),
        sa.CheckConstraint("kind IN ('dialect', 'district', 'service')", name=op.f("ck_agent_skill_kind")),
    )
    op.create_index("ix_agent_skill_value", "agent_skill", ["kind", "value"])
    op.create_table(
        "seat_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("extension", TEXT, nullable=False),
        sa.Column("at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("kind", TEXT, nullable=False, comment="moved, paused, pause_long, forced"),
        sa.Column("agent_id", UUID_, comment="who sat there"),
        sa.Column("by_id", UUID_, comment="who did it, if it was somebody else"),
        sa.Column("data", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seat_event"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_seat_event_agent_id"),
        sa.ForeignKeyConstraint(["by_id"], ["agent.id"], name="fk_seat_event_by_id"),
    )
    op.create_index("ix_seat_event_extension", "seat_event", ["extension"])


def downgrade() -> None:
    """Drop all of it; calls that are parked or told of opening hours wait on like any others."""
    op.drop_index("uq_task_offer_seat", "task")
    for column in ("offer_passed", "offer_until", "offer_seat", "offer_from"):
        op.drop_column("task", column)
    op.drop_column("seat", "pause_long")
    op.drop_column("seat", "pause_until")
    for column in ("overflow", "parked_at", "opens_at", "familiar", "queue_id"):
        op.drop_column("help_case", column)
    for table in ("seat_event", "agent_skill", "queue_seat", "queue"):
        op.drop_table(table)
