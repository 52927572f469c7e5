"""Cases with their legs, journal, timers, tasks and recordings; traces of who read what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None

UUID = sa.UUID()
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
JSON = JSONB()
NOW = sa.func.now()


def upgrade() -> None:
    """Make the tables."""
    op.execute(sa.schema.CreateSequence(sa.Sequence("case_number")))
    op.create_table(
        "help_case",
        sa.Column("id", UUID, nullable=False),
        sa.Column("number", TEXT, nullable=False, comment="20261121-000007"),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("line", TEXT, nullable=False),
        sa.Column("terminal", TEXT, comment="serial"),
        sa.Column("caller_number", TEXT, comment="E.164 when it can be read so"),
        sa.Column("caller_display", TEXT, server_default="", nullable=False, comment="as it came, cleaned, ≤ 64"),
        sa.Column("anonymous", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("member_id", UUID),
        sa.Column("candidates", JSON, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("red", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("level", sa.Integer(), server_default="1", nullable=False, comment="presses joined"),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("pressed_at", TIME, nullable=False, comment="last press or call"),
        sa.Column("waiting_since", TIME),
        sa.Column("answered_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("settled_at", TIME),
        sa.Column("closed_at", TIME),
        sa.Column("seat", TEXT, comment="the seat that handles it"),
        sa.Column("agent_id", UUID),
        sa.Column("offer_seat", TEXT),
        sa.Column("offer_leg", TEXT),
        sa.Column("offer_since", TIME),
        sa.Column("ring_until", TIME),
        sa.Column("offers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("passed_seats", JSON, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("wrap_up_until", TIME),
        sa.Column("draft", JSON),
        sa.Column("category", TEXT),
        sa.Column("subcategory", TEXT),
        sa.Column("unreasonable", TEXT),
        sa.Column("disposition", TEXT),
        sa.Column("summary", TEXT),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('emergency', 'life_help')", name=op.f("ck_help_case_kind")),
        sa.CheckConstraint("source IN ('terminal', 'hotline', 'safe_mode')", name=op.f("ck_help_case_source")),
        sa.CheckConstraint(
            "state IN ('waiting', 'talking', 'wrap_up', 'callback', 'open', 'closed')",
            name=op.f("ck_help_case_state"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_help_case_agent_id"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_help_case_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_help_case"),
        sa.UniqueConstraint("number", name="uq_help_case_number"),
    )
    op.create_index("ix_help_case_agent_id", "help_case", ["agent_id"])
    op.create_index("ix_help_case_caller_number", "help_case", ["caller_number"])
    op.create_index(
        "ix_help_case_live",
        "help_case",
        ["state"],
        postgresql_where=sa.text("state IN ('waiting', 'talking', 'wrap_up', 'callback')"),
    )
    op.create_index("ix_help_case_member_id", "help_case", ["member_id"])
    op.create_index("ix_help_case_opened_at", "help_case", ["opened_at"])
    op.create_index("ix_help_case_red", "help_case", ["red"], postgresql_where=sa.text("red"))
    op.create_index(
        "uq_help_case_live_terminal",
        "help_case",
        ["terminal"],
        unique=True,
        postgresql_where=sa.text("terminal IS NOT NULL AND kind = 'emergency' AND state IN ('waiting', 'talking')"),
    )
    op.create_index(
        "uq_help_case_offer_seat",
        "help_case",
        ["offer_seat"],
        unique=True,
        postgresql_where=sa.text("offer_seat IS NOT NULL"),
    )
    op.create_index(
        "uq_help_case_seat",
        "help_case",
        ["seat"],
        unique=True,
        postgresql_where=sa.text("state IN ('talking', 'wrap_up') AND seat IS NOT NULL"),
    )
    op.create_table(
        "call_leg",
        sa.Column("id", TEXT, nullable=False, comment="channel id in Asterisk: a doubled arrival loses here"),
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("party", TEXT, nullable=False),
        sa.Column("seat", TEXT),
        sa.Column("node", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("answered_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("cause", TEXT),
        sa.CheckConstraint("party IN ('caller', 'seat')", name=op.f("ck_call_leg_party")),
        sa.CheckConstraint("state IN ('intent', 'ringing', 'up', 'down')", name=op.f("ck_call_leg_state")),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name="fk_call_leg_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_call_leg"),
    )
    op.create_index("ix_call_leg_case_id", "call_leg", ["case_id"])
    op.create_index("ix_call_leg_live", "call_leg", ["node"], postgresql_where=sa.text("state <> 'down'"))
    op.create_table(
        "journal",
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("agent_id", UUID),
        sa.Column("data", JSON, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_journal_agent_id"),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name="fk_journal_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_journal"),
    )
    op.create_table(
        "timer",
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("data", JSON, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name="fk_timer_case_id"),
        sa.PrimaryKeyConstraint("case_id", "kind", name="pk_timer"),
    )
    op.create_index("ix_timer_due_at", "timer", ["due_at"])
    op.create_table(
        "task",
        sa.Column("id", UUID, nullable=False),
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("owner_id", UUID),
        sa.Column("done_at", TIME),
        sa.Column("outcome", TEXT),
        sa.Column("note", TEXT),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('call_back')", name=op.f("ck_task_kind")),
        sa.CheckConstraint("state IN ('open', 'taken', 'done')", name=op.f("ck_task_state")),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name="fk_task_case_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["agent.id"], name="fk_task_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
    )
    op.create_index("ix_task_case_id", "task", ["case_id"])
    op.create_index("uq_task_open", "task", ["case_id", "kind"], unique=True, postgresql_where=sa.text("state <> 'done'"))
    op.create_table(
        "recording",
        sa.Column("id", UUID, nullable=False),
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("name", TEXT, nullable=False, comment="name in Asterisk's recording folder"),
        sa.Column("node", TEXT, nullable=False),
        sa.Column("seat", TEXT),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("seconds", sa.Float()),
        sa.Column("bytes", sa.BigInteger()),
        sa.Column("sha256", TEXT),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("try_at", TIME, comment="next time to fetch it; null: at once"),
        sa.CheckConstraint("state IN ('recording', 'finished', 'stored', 'lost')", name=op.f("ck_recording_state")),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name="fk_recording_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recording"),
        sa.UniqueConstraint("name", name="uq_recording_name"),
    )
    op.create_index("ix_recording_case_id", "recording", ["case_id"])
    op.create_index(
        "ix_recording_open",
        "recording",
        ["state"],
        postgresql_where=sa.text("state IN ('recording', 'finished')"),
    )
    op.create_table(
        "access",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", TIME, server_default=NOW, nullable=False),
        sa.Column("agent_id", UUID, nullable=False),
        sa.Column("action", TEXT, nullable=False, comment="profile_read, recording_read, credentials_read, import …"),
        sa.Column("subject", TEXT, nullable=False, comment="id of what was read"),
        sa.Column("data", JSON, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_access_agent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_access"),
    )
    op.create_index("ix_access_agent_id", "access", ["agent_id"])
    op.create_table(
        "warning",
        sa.Column("id", UUID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("account", TEXT, server_default="", nullable=False),
        sa.Column("remote", TEXT, server_default="", nullable=False),
        sa.Column("count", sa.Integer(), server_default="1", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_warning"),
    )
    op.create_index("ix_warning_at", "warning", ["at"])


def downgrade() -> None:
    """Drop the tables with all they hold."""
    op.drop_table("warning")
    op.drop_table("access")
    op.drop_table("recording")
    op.drop_table("task")
    op.drop_table("timer")
    op.drop_table("journal")
    op.drop_table("call_leg")
    op.drop_table("help_case")
    op.execute(sa.schema.DropSequence(sa.Sequence("case_number")))
