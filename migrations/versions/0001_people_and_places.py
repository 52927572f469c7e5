"""The centre, its members, and its own people and places."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None

UUID = sa.UUID()
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)
JSON = JSONB()
NOW = sa.func.now()


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "department",
        sa.Column("id", UUID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("phone", TEXT, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_department"),
        sa.UniqueConstraint("name", name="uq_department_name"),
    )
    op.create_table(
        "district",
        sa.Column("id", UUID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("department_id", UUID, nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name="fk_district_department_id"),
        sa.PrimaryKeyConstraint("id", name="pk_district"),
        sa.UniqueConstraint("name", name="uq_district_name"),
    )
    op.create_table(
        "line",
        sa.Column("number", TEXT, nullable=False, comment="as dialled, digits only"),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.CheckConstraint("kind IN ('emergency', 'life_help')", name=op.f("ck_line_kind")),
        sa.PrimaryKeyConstraint("number", name="pk_line"),
    )
    op.create_table(
        "member",
        sa.Column("id", UUID, nullable=False),
        sa.Column("external_ref", TEXT, comment="the centre's own member number: the key of re-imports"),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("pinyin", TEXT, server_default="", nullable=False, comment="wangxiuying"),
        sa.Column("initials", TEXT, server_default="", nullable=False, comment="wxy"),
        sa.Column("gender", TEXT, nullable=False),
        sa.Column("birth_date", sa.Date()),
        sa.Column("dialect", TEXT, server_default="", nullable=False),
        sa.Column("better_ear", TEXT),
        sa.Column("photo", TEXT),
        sa.Column("district_id", UUID),
        sa.Column("address", TEXT, server_default="", nullable=False),
        sa.Column("door_code", TEXT, server_default="", nullable=False),
        sa.Column("key_holder", TEXT, server_default="", nullable=False),
        sa.Column("lives_alone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("illnesses", JSON, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("medication", JSON, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("allergies", JSON, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("hospital", TEXT, server_default="", nullable=False),
        sa.Column("blood_type", TEXT, server_default="", nullable=False),
        sa.Column("remarks", TEXT, server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.CheckConstraint("better_ear IN ('left', 'right', 'both')", name=op.f("ck_member_better_ear")),
        sa.CheckConstraint("gender IN ('f', 'm')", name=op.f("ck_member_gender")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_member_district_id"),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
        sa.UniqueConstraint("external_ref", name="uq_member_external_ref"),
    )
    op.create_index("ix_member_initials", "member", ["initials"], postgresql_ops={"initials": "text_pattern_ops"})
    op.create_index("ix_member_name", "member", ["name"], postgresql_ops={"name": "text_pattern_ops"})
    op.create_index("ix_member_pinyin", "member", ["pinyin"], postgresql_ops={"pinyin": "text_pattern_ops"})
    op.create_table(
        "member_number",
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("number", TEXT, nullable=False, comment="E.164, several members may share one"),
        sa.Column("kind", TEXT, server_default="phone", nullable=False),
        sa.CheckConstraint("kind IN ('phone', 'mobile')", name=op.f("ck_member_number_kind")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_member_number_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "number", name="pk_member_number"),
    )
    op.create_index(
        "ix_member_number_ending",
        "member_number",
        [sa.literal_column("reverse(number)").label("ending")],
        postgresql_ops={"ending": "text_pattern_ops"},
    )
    op.create_index("ix_member_number_number", "member_number", ["number"], postgresql_ops={"number": "text_pattern_ops"})
    op.create_table(
        "contact",
        sa.Column("id", UUID, nullable=False),
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("relation", TEXT, server_default="", nullable=False, comment="女儿, 儿子, 邻居, 社工 …"),
        sa.Column("number", TEXT, nullable=False, comment="E.164"),
        sa.Column("position", sa.Integer(), nullable=False, comment="order in which they are called, from 1"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_contact_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("member_id", "position", name="uq_contact_member_id"),
    )
    op.create_index("ix_contact_member_id", "contact", ["member_id"])
    op.create_table(
        "card",
        sa.Column("number", TEXT, nullable=False, comment="养老服务卡"),
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_card_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_card"),
    )
    op.create_index("ix_card_member_id", "card", ["member_id"])
    op.create_table(
        "terminal",
        sa.Column("serial", TEXT, nullable=False),
        sa.Column("member_id", UUID),
        sa.Column("model", TEXT, server_default="", nullable=False),
        sa.Column("account", TEXT, comment="SIP account t… when it registers with us"),
        sa.Column("password", TEXT, comment="its SIP password"),
        sa.Column("number", TEXT, comment="E.164 it calls from when it uses the telephone network"),
        sa.Column("battery_percent", sa.Integer()),
        sa.Column("last_seen_at", TIME),
        sa.Column("last_test_at", TIME),
        sa.Column("registered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reachable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("contact_changed_at", TIME),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_terminal_member_id"),
        sa.PrimaryKeyConstraint("serial", name="pk_terminal"),
        sa.UniqueConstraint("account", name="uq_terminal_account"),
    )
    op.create_index("ix_terminal_member_id", "terminal", ["member_id"])
    op.create_index("ix_terminal_number", "terminal", ["number"])
    op.create_table(
        "agent",
        sa.Column("id", UUID, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=False, comment="argon2id"),
        sa.Column("seat", TEXT, comment="usual place"),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.CheckConstraint("role IN ('seat', 'supervisor', 'administrator')", name=op.f("ck_agent_role")),
        sa.PrimaryKeyConstraint("id", name="pk_agent"),
        sa.UniqueConstraint("user", name="uq_agent_user"),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", TEXT, nullable=False, comment="sha256 of the cookie: the table lets nobody in"),
        sa.Column("agent_id", UUID, nullable=False),
        sa.Column("seat", TEXT),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_session_agent_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_session"),
    )
    op.create_index("ix_session_agent_id", "session", ["agent_id"])
    op.create_table(
        "seat",
        sa.Column("extension", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("password", TEXT, nullable=False, comment="SIP password of its phone"),
        sa.Column("takes_emergency", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("takes_life_help", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("emergency_only", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("agent_id", UUID),
        sa.Column("presence", TEXT, server_default="offline", nullable=False),
        sa.Column("pause_reason", TEXT),
        sa.Column("since", TIME, server_default=NOW, nullable=False),
        sa.Column("idle_since", TIME, server_default=NOW, nullable=False, comment="orders the idle: longest first"),
        sa.Column("case_id", UUID, comment="the case offered to, or handled by, this seat"),
        sa.Column("missed_offers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("console_until", TIME, comment="lease of the console's socket: without it nothing is offered"),
        sa.Column("console_instance", TEXT),
        sa.Column("registered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reachable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(presence IN ('offered', 'talking', 'wrap_up')) = (case_id IS NOT NULL)",
            name=op.f("ck_seat_busy_has_case"),
        ),
        sa.CheckConstraint(
            "presence IN ('offline', 'ready', 'offered', 'talking', 'wrap_up', 'paused')",
            name=op.f("ck_seat_presence"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_seat_agent_id"),
        sa.PrimaryKeyConstraint("extension", name="pk_seat"),
        sa.UniqueConstraint("agent_id", name="uq_seat_agent_id"),
    )


def downgrade() -> None:
    """Drop the tables with all they hold."""
    op.drop_table("seat")
    op.drop_table("session")
    op.drop_table("agent")
    op.drop_table("terminal")
    op.drop_table("card")
    op.drop_table("contact")
    op.drop_table("member_number")
    op.drop_table("member")
    op.drop_table("line")
    op.drop_table("district")
    op.drop_table("department")
