"""The duty supervisor's paper: roster, shifts and their log, messages, inspections, press; and what the log fills itself from."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.db.schema import Time, Uuid, list_column, metadata, now_column, one_of

roster_turn = sa.Table(
    "roster_turn",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("post", sa.Text, nullable=False),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), nullable=False, index=True),
    sa.Column("phone_id", sa.ForeignKey("duty_phone.id", ondelete="SET NULL"), index=True, comment="rung first meanwhile"),
    sa.Column("seat", sa.Text, comment="where a night seat sits"),
    sa.Column("begins_at", Time, nullable=False),
    sa.Column("ends_at", Time, nullable=False, index=True),
    sa.Column("set_by", sa.ForeignKey("agent.id"), nullable=False),
    now_column("set_at"),
    one_of("post", "supervisor", "seat"),
    sa.CheckConstraint("begins_at < ends_at", name="lasts"),
)

duty_shift = sa.Table(
    "duty_shift",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), nullable=False, index=True),
    # open → handed_over → acknowledged; see domain/duty_shift.py
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("began_at", Time, nullable=False, index=True),
    sa.Column("handed_over_at", Time),
    sa.Column("handed_over_by", sa.ForeignKey("agent.id"), comment="somebody else, if the person had gone"),
    sa.Column("signer", sa.Text, comment="交班人, as signed"),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    list_column("open_items"),
    sa.Column("facts", JSONB, comment="what the system knew at the hand-over; null: still read live"),
    sa.Column("acknowledged_at", Time),
    sa.Column("acknowledged_by", sa.ForeignKey("agent.id")),
    sa.Column("receiver", sa.Text, comment="接班人, as signed"),
    sa.Column("remark", sa.Text, nullable=False, server_default=""),
    one_of("state", "open", "handed_over", "acknowledged"),
    # Two supervisors who begin at one instant: one of them loses here.
    sa.Index("uq_duty_shift_place", "place", unique=True, postgresql_where=sa.text("state = 'open'")),
)

duty_entry = sa.Table(
    "duty_entry",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("shift_id", sa.ForeignKey("duty_shift.id"), nullable=False, index=True),
    sa.Column("at", Time, nullable=False, comment="when it happened"),
    now_column("written_at"),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False, comment="domain/duty_shift.py"),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("corrects", sa.ForeignKey("duty_entry.id"), comment="the entry that this one corrects"),
)

duty_message = sa.Table(
    "duty_message",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    now_column("written_at"),
    sa.Column("written_by", sa.ForeignKey("agent.id"), nullable=False),
    sa.Column("department_id", sa.ForeignKey("department.id"), index=True),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("due_at", Time, nullable=False, comment="acknowledged until then, or it warns"),
    # sent → read → acknowledged; see domain/duty_message.py
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("read_at", Time),
    sa.Column("read_by", sa.ForeignKey("agent.id")),
    sa.Column("acknowledged_at", Time),
    sa.Column("acknowledged_by", sa.ForeignKey("agent.id")),
    sa.Column("reply", sa.Text, nullable=False, server_default=""),
    one_of("state", "sent", "read", "acknowledged"),
    sa.CheckConstraint("(department_id IS NULL) <> (agent_id IS NULL)", name="one_addressee"),
    sa.Index("ix_duty_message_due", "due_at", postgresql_where=sa.text("state <> 'acknowledged'")),
)

inspection = sa.Table(
    "inspection",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("rubric", sa.Text, nullable=False),
    sa.Column("area", sa.Text, comment="a room, for 内务卫生"),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), index=True, comment="a person, for 劳动纪律"),
    sa.Column("scores", JSONB, nullable=False, comment="item of domain/inspection.py → points"),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("most", sa.Integer, nullable=False),
    sa.Column("remark", sa.Text, nullable=False, server_default=""),
    sa.Column("scored_by", sa.ForeignKey("agent.id"), nullable=False),
    now_column("scored_at"),
    one_of("rubric", "hygiene", "discipline"),
    sa.CheckConstraint("(area IS NULL) <> (agent_id IS NULL)", name="one_subject"),
)

press_clipping = sa.Table(
    "press_clipping",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("newspaper", sa.Text, nullable=False),
    sa.Column("published_on", sa.Date, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("page", sa.Text, nullable=False, server_default=""),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("added_by", sa.ForeignKey("agent.id"), nullable=False),
    now_column("added_at"),
    # filed → sent → received; see domain/press.py
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sent_to", sa.ForeignKey("agent.id"), index=True),
    sa.Column("sent_by", sa.ForeignKey("agent.id")),
    sa.Column("sent_at", Time),
    sa.Column("received_at", Time),
    one_of("state", "filed", "sent", "received"),
    one_of("media_type", "application/pdf", "image/png", "image/jpeg"),
)

outage = sa.Table(
    "outage",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, comment="watchdog/wrong.py"),
    sa.Column("about", sa.Text, nullable=False, server_default=""),
    sa.Column("instance", sa.Text, nullable=False, comment="whose watchdog saw it"),
    sa.Column("began_at", Time, nullable=False, index=True),
    sa.Column("ended_at", Time),
    sa.Index("ix_outage_open", "instance", postgresql_where=sa.text("ended_at IS NULL")),
)

threshold_alarm = sa.Table(
    "threshold_alarm",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("measure", sa.Text, nullable=False, comment="domain/thresholds.py"),
    sa.Column("limit_value", sa.Float, nullable=False),
    sa.Column("value", sa.Float, comment="when it became an alarm"),
    sa.Column("began_at", Time, nullable=False, index=True),
    sa.Column("ended_at", Time),
    sa.Column("phone", sa.Boolean, nullable=False, comment="whether the duty phones ring"),
    sa.Column("paged_at", Time, comment="once for each alarm"),
    sa.Column("heard_by", sa.Text),
    sa.Column("heard_at", Time),
    list_column("calls"),
    # One breach is one alarm, and one round of calls, however many instances judge.
    sa.Index("uq_threshold_alarm_open", "measure", unique=True, postgresql_where=sa.text("ended_at IS NULL")),
)

APPEND_ONLY = (
    """
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is written in % stays; a correction is a new entry', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
""",
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON duty_entry FOR EACH ROW EXECUTE FUNCTION append_only()",
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON inspection FOR EACH ROW EXECUTE FUNCTION append_only()",
)
"""W-9: the database itself refuses to change what was written. As the migration makes them too."""

for _place, _statement in enumerate(APPEND_ONLY):
    event.listen(metadata, "before_create" if _place == 0 else "after_create", sa.DDL(_statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
