"""The duty supervisor's paper: roster, shifts and their log, messages, inspections, press, outages, alarms that were paged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision: str | None = "0013"
branch_labels = None
depends_on = None

UUID = sa.UUID()
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)

APPEND_ONLY = """
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is written in % stays; a correction is a new entry', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
WRITTEN_ONCE = ("duty_entry", "inspection")
PAGED_AT_FIRST = "'waiting', 'longest_wait', 'ready_seats', 'red'"


def upgrade() -> None:
    """Make the tables."""
    op.add_column(
        "threshold",
        sa.Column("phone", sa.Boolean(), server_default=sa.false(), nullable=False, comment="an alarm rings the duty phones too"),
    )
    op.execute(f"UPDATE threshold SET phone = true WHERE measure IN ({PAGED_AT_FIRST})")  # noqa: S608 - words of ours
    op.create_table(
        "roster_turn",
        sa.Column("id", UUID, nullable=False),
        sa.Column("post", TEXT, nullable=False),
        sa.Column("agent_id", UUID, nullable=False),
        sa.Column("phone_id", UUID, comment="rung first meanwhile"),
        sa.Column("seat", TEXT, comment="where a night seat sits"),
        sa.Column("begins_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("set_by", UUID, nullable=False),
        sa.Column("set_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("post IN ('supervisor', 'seat')", name=op.f("ck_roster_turn_post")),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_roster_turn_lasts")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_roster_turn_agent_id")),
        sa.ForeignKeyConstraint(["phone_id"], ["duty_phone.id"], name=op.f("fk_roster_turn_phone_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["set_by"], ["agent.id"], name=op.f("fk_roster_turn_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_turn")),
    )
    op.create_index(op.f("ix_roster_turn_agent_id"), "roster_turn", ["agent_id"], unique=False)
    op.create_index(op.f("ix_roster_turn_ends_at"), "roster_turn", ["ends_at"], unique=False)
    op.create_index(op.f("ix_roster_turn_phone_id"), "roster_turn", ["phone_id"], unique=False)
    op.create_table(
        "duty_shift",
        sa.Column("id", UUID, nullable=False),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("agent_id", UUID, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("handed_over_at", TIME),
        sa.Column("handed_over_by", UUID, comment="somebody else, if the person had gone"),
        sa.Column("signer", TEXT, comment="交班人, as signed"),
        sa.Column("note", TEXT, server_default="", nullable=False),
        sa.Column("open_items", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("facts", JSONB(), comment="what the system knew at the hand-over; null: still read live"),
        sa.Column("acknowledged_at", TIME),
        sa.Column("acknowledged_by", UUID),
        sa.Column("receiver", TEXT, comment="接班人, as signed"),
        sa.Column("remark", TEXT, server_default="", nullable=False),
        sa.CheckConstraint("state IN ('open', 'handed_over', 'acknowledged')", name=op.f("ck_duty_shift_state")),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["agent.id"], name=op.f("fk_duty_shift_acknowledged_by")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_duty_shift_agent_id")),
        sa.ForeignKeyConstraint(["handed_over_by"], ["agent.id"], name=op.f("fk_duty_shift_handed_over_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
    )
    op.create_index(op.f("ix_duty_shift_agent_id"), "duty_shift", ["agent_id"], unique=False)
    op.create_index(op.f("ix_duty_shift_began_at"), "duty_shift", ["began_at"], unique=False)
    op.create_index("uq_duty_shift_place", "duty_shift", ["place"], unique=True, postgresql_where=sa.text("state = 'open'"))
    op.create_table(
        "duty_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("shift_id", UUID, nullable=False),
        sa.Column("at", TIME, nullable=False, comment="when it happened"),
        sa.Column("written_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("agent_id", UUID, nullable=False),
        sa.Column("kind", TEXT, nullable=False, comment="domain/duty_shift.py"),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("corrects", sa.BigInteger(), comment="the entry that this one corrects"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_duty_entry_agent_id")),
        sa.ForeignKeyConstraint(["corrects"], ["duty_entry.id"], name=op.f("fk_duty_entry_corrects")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shift.id"], name=op.f("fk_duty_entry_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_entry")),
    )
    op.create_index(op.f("ix_duty_entry_shift_id"), "duty_entry", ["shift_id"], unique=False)
    op.create_table(
        "duty_message",
        sa.Column("id", UUID, nullable=False),
        sa.Column("written_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("written_by", UUID, nullable=False),
        sa.Column("department_id", UUID),
        sa.Column("agent_id", UUID),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("due_at", TIME, nullable=False, comment="acknowledged until then, or it warns"),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("read_at", TIME),
        sa.Column("read_by", UUID),
        sa.Column("acknowledged_at", TIME),
        sa.Column("acknowledged_by", UUID),
        sa.Column("reply", TEXT, server_default="", nullable=False),
        sa.CheckConstraint("state IN ('sent', 'read', 'acknowledged')", name=op.f("ck_duty_message_state")),
        sa.CheckConstraint("(department_id IS NULL) <> (agent_id IS NULL)", name=op.f("ck_duty_message_one_addressee")),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["agent.id"], name=op.f("fk_duty_message_acknowledged_by")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_duty_message_agent_id")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_duty_message_department_id")),
        sa.ForeignKeyConstraint(["read_by"], ["agent.id"], name=op.f("fk_duty_message_read_by")),
        sa.ForeignKeyConstraint(["written_by"], ["agent.id"], name=op.f("fk_duty_message_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_message")),
    )
    op.create_index(op.f("ix_duty_message_agent_id"), "duty_message", ["agent_id"], unique=False)
    op.create_index(op.f("ix_duty_message_department_id"), "duty_message", ["department_id"], unique=False)
    op.create_index(
        "ix_duty_message_due", "duty_message", ["due_at"], unique=False, postgresql_where=sa.text("state <> 'acknowledged'")
    )
    op.create_table(
        "inspection",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rubric", TEXT, nullable=False),
        sa.Column("area", TEXT, comment="a room, for 内务卫生"),
        sa.Column("agent_id", UUID, comment="a person, for 劳动纪律"),
        sa.Column("scores", JSONB(), nullable=False, comment="item of domain/inspection.py → points"),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("remark", TEXT, server_default="", nullable=False),
        sa.Column("scored_by", UUID, nullable=False),
        sa.Column("scored_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("rubric IN ('hygiene', 'discipline')", name=op.f("ck_inspection_rubric")),
        sa.CheckConstraint("(area IS NULL) <> (agent_id IS NULL)", name=op.f("ck_inspection_one_subject")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_inspection_agent_id")),
        sa.ForeignKeyConstraint(["scored_by"], ["agent.id"], name=op.f("fk_inspection_scored_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    op.create_index(op.f("ix_inspection_agent_id"), "inspection", ["agent_id"], unique=False)
    op.create_index(op.f("ix_inspection_day"), "inspection", ["day"], unique=False)
    op.create_table(
        "press_clipping",
        sa.Column("id", UUID, nullable=False),
        sa.Column("newspaper", TEXT, nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("page", TEXT, server_default="", nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("added_by", UUID, nullable=False),
        sa.Column("added_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("sent_to", UUID),
        sa.Column("sent_by", UUID),
        sa.Column("sent_at", TIME),
        sa.Column("received_at", TIME),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'image/png', 'image/jpeg')", name=op.f("ck_press_clipping_media_type")
        ),
        sa.CheckConstraint("state IN ('filed', 'sent', 'received')", name=op.f("ck_press_clipping_state")),
        sa.ForeignKeyConstraint(["added_by"], ["agent.id"], name=op.f("fk_press_clipping_added_by")),
        sa.ForeignKeyConstraint(["sent_by"], ["agent.id"], name=op.f("fk_press_clipping_sent_by")),
        sa.ForeignKeyConstraint(["sent_to"], ["agent.id"], name=op.f("fk_press_clipping_sent_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_press_clipping")),
    )
    op.create_index(op.f("ix_press_clipping_published_on"), "press_clipping", ["published_on"], unique=False)
    op.create_index(op.f("ix_press_clipping_sent_to"), "press_clipping", ["sent_to"], unique=False)
    op.create_table(
        "outage",
        sa.Column("id", UUID, nullable=False),
        sa.Column("kind", TEXT, nullable=False, comment="watchdog/wrong.py"),
        sa.Column("about", TEXT, server_default="", nullable=False),
        sa.Column("instance", TEXT, nullable=False, comment="whose watchdog saw it"),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    op.create_index(op.f("ix_outage_began_at"), "outage", ["began_at"], unique=False)
    op.create_index("ix_outage_open", "outage", ["instance"], unique=False, postgresql_where=sa.text("ended_at IS NULL"))
    op.create_table(
        "threshold_alarm",
        sa.Column("id", UUID, nullable=False),
        sa.Column("measure", TEXT, nullable=False, comment="domain/thresholds.py"),
        sa.Column("limit_value", sa.Float(), nullable=False),
        sa.Column("value", sa.Float(), comment="when it became an alarm"),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("phone", sa.Boolean(), nullable=False, comment="whether the duty phones ring"),
        sa.Column("paged_at", TIME, comment="once for each alarm"),
        sa.Column("heard_by", TEXT),
        sa.Column("heard_at", TIME),
        sa.Column("calls", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold_alarm")),
    )
    op.create_index(op.f("ix_threshold_alarm_began_at"), "threshold_alarm", ["began_at"], unique=False)
    op.create_index(
        "uq_threshold_alarm_open", "threshold_alarm", ["measure"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )

    op.execute(APPEND_ONLY)
    for table in WRITTEN_ONCE:
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()")


def downgrade() -> None:
    """Drop the tables, and what is written in them."""
    for table in (
        "threshold_alarm", "outage", "press_clipping", "inspection", "duty_message", "duty_entry", "duty_shift", "roster_turn",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute("DROP FUNCTION append_only()")
    op.drop_column("threshold", "phone")
