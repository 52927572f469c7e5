"""Every table, in SQLAlchemy Core. The partial unique indexes here are what forbids doubles, whatever the code does.

Times are ``timestamptz``. Ids are UUIDs made by us, but for legs (the channel's id in Asterisk) and natural keys.
"""

from __future__ import annotations

from typing import get_args

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.db import (  # noqa: F401 - their tables join the metadata
    catalogue_tables,
    conduct_tables,
    connection_tables,
    consent_tables,
    duty_room_tables,
    order_numbers,
    people_tables,
    report_tables,
    webhook_tables,
)
from callcenter.db.calendar_tables import day_exception, line_hours
from callcenter.db.chains import emergency_access, seal
from callcenter.db.duty_tables import probe, threshold
from callcenter.db.ladder_tables import PERSONAL_CONTACT, attempt, duty_phone, escalation, instance, policy, report
from callcenter.db.paper_tables import delegate, paper, rule_limit
from callcenter.db.queue_tables import agent_skill, queue, queue_seat, seat_event
from callcenter.db.schema import Time, Uuid, list_column, metadata, now_column, one_of
from callcenter.domain.case import Source
from callcenter.domain.roles import ROLES

__all__ = [
    "access",
    "agent",
    "agent_skill",
    "attempt",
    "card",
    "case",
    "case_number",
    "contact",
    "day_exception",
    "delegate",
    "department",
    "district",
    "duty_phone",
    "emergency_access",
    "escalation",
    "instance",
    "journal",
    "leg",
    "line",
    "line_hours",
    "member",
    "member_number",
    "metadata",
    "paper",
    "policy",
    "probe",
    "queue",
    "queue_seat",
    "recording",
    "report",
    "rule_limit",
    "seal",
    "seat",
    "seat_event",
    "session",
    "task",
    "terminal",
    "threshold",
    "timer",
    "warning",
]

# --- the centre: who belongs to whom, which numbers are called -------------------------------------------------------

department = sa.Table(
    "department",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("phone", sa.Text, nullable=False, server_default=""),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    sa.Column(
        "ours",
        sa.Boolean,
        nullable=False,
        server_default=sa.true(),
        comment="false: of another area, whose calls are handed over (C-5)",
    ),
)

district = sa.Table(
    "district",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("department_id", sa.ForeignKey("department.id"), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column(
        "places",
        JSONB,
        nullable=False,
        server_default=sa.text("'[]'::jsonb"),
        comment="estates and roads in it, by which an address is recognised",
    ),
)

line = sa.Table(
    "line",
    metadata,
    sa.Column("number", sa.Text, primary_key=True, comment="as dialled, digits only"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    one_of("kind", "emergency", "life_help"),
)

# --- people -----------------------------------------------------------------------------------------------------------

member = sa.Table(
    "member",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("external_ref", sa.Text, unique=True, comment="the centre's own member number: the key of re-imports"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("pinyin", sa.Text, nullable=False, server_default="", comment="wangxiuying"),
    sa.Column("initials", sa.Text, nullable=False, server_default="", comment="wxy"),
    sa.Column("gender", sa.Text, nullable=False),
    sa.Column("birth_date", sa.Date),
    sa.Column("dialect", sa.Text, nullable=False, server_default=""),
    sa.Column("better_ear", sa.Text),
    sa.Column("photo", sa.Text),
    sa.Column("district_id", sa.ForeignKey("district.id")),
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    sa.Column("door_code", sa.Text, nullable=False, server_default=""),
    sa.Column("key_holder", sa.Text, nullable=False, server_default=""),
    sa.Column("lives_alone", sa.Boolean, nullable=False, server_default=sa.false()),
    list_column("illnesses"),
    list_column("medication"),
    list_column("allergies"),
    sa.Column("hospital", sa.Text, nullable=False, server_default=""),
    sa.Column("blood_type", sa.Text, nullable=False, server_default=""),
    sa.Column("remarks", sa.Text, nullable=False, server_default=""),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    now_column("created_at"),
    now_column("updated_at"),
    one_of("gender", "f", "m"),
    sa.CheckConstraint("better_ear IN ('left', 'right', 'both')", name="better_ear"),
    # Search while somebody types: beginnings come from these, everything else from one pass over the table.
    sa.Index("ix_member_name", "name", postgresql_ops={"name": "text_pattern_ops"}),
    sa.Index("ix_member_pinyin", "pinyin", postgresql_ops={"pinyin": "text_pattern_ops"}),
    sa.Index("ix_member_initials", "initials", postgresql_ops={"initials": "text_pattern_ops"}),
)

member_number = sa.Table(
    "member_number",
    metadata,
    sa.Column("member_id", sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Text, primary_key=True, comment="E.164, several members may share one"),
    sa.Column("kind", sa.Text, nullable=False, server_default="phone"),
    one_of("kind", "phone", "mobile"),
    sa.Index("ix_member_number_number", "number", postgresql_ops={"number": "text_pattern_ops"}),
)
# Elders and their neighbours tell the last digits of a number.
sa.Index(
    "ix_member_number_ending",
    sa.func.reverse(member_number.c.number).label("ending"),
    postgresql_ops={"ending": "text_pattern_ops"},
)

contact = sa.Table(
    "contact",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("member_id", sa.ForeignKey("member.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("relation", sa.Text, nullable=False, server_default="", comment="女儿, 儿子, 邻居, 社工 …"),
    sa.Column("number", sa.Text, nullable=False, comment="E.164"),
    sa.Column("position", sa.Integer, nullable=False, comment="order in which they are called, from 1"),
    sa.UniqueConstraint("member_id", "position"),
    sa.Index("ix_contact_personal", "number", postgresql_where=sa.text(PERSONAL_CONTACT)),
)

card = sa.Table(
    "card",
    metadata,
    sa.Column("number", sa.Text, primary_key=True, comment="养老服务卡"),
    sa.Column("member_id", sa.ForeignKey("member.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("valid_until", sa.Date),
)

terminal = sa.Table(
    "terminal",
    metadata,
    sa.Column("serial", sa.Text, primary_key=True),
    sa.Column("member_id", sa.ForeignKey("member.id"), index=True),
    sa.Column("model", sa.Text, nullable=False, server_default=""),
    sa.Column("account", sa.Text, unique=True, comment="SIP account t… when it registers with us"),
    sa.Column("password", sa.Text, comment="its SIP password"),
    sa.Column("number", sa.Text, index=True, comment="E.164 it calls from when it uses the telephone network"),
    sa.Column("battery_percent", sa.Integer),
    sa.Column("last_seen_at", Time),
    sa.Column("last_test_at", Time),
    sa.Column("registered", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("reachable", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("contact_changed_at", Time),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
)

# --- the centre's own people and places -----------------------------------------------------------------------------

agent = sa.Table(
    "agent",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("user", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False, comment="argon2id"),
    sa.Column("seat", sa.Text, comment="usual place"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    now_column("created_at"),
    one_of("role", *ROLES),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True, comment="sha256 of the cookie: the table lets nobody in"),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), nullable=False, index=True),
    sa.Column("seat", sa.Text),
    now_column("created_at"),
    sa.Column("expires_at", Time, nullable=False),
)

seat = sa.Table(
    "seat",
    metadata,
    sa.Column("extension", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password", sa.Text, nullable=False, comment="SIP password of its phone"),
    sa.Column("takes_emergency", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("takes_life_help", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("emergency_only", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), unique=True),
    # offline → paused → ready → offered → talking → wrap_up → ready; see domain/seat.py
    sa.Column("presence", sa.Text, nullable=False, server_default="offline"),
    sa.Column("pause_reason", sa.Text),
    now_column("since"),
    sa.Column("idle_since", Time, nullable=False, server_default=sa.func.now(), comment="orders the idle: longest first"),
    sa.Column("case_id", Uuid, comment="the case offered to, or handled by, this seat"),
    sa.Column("missed_offers", sa.Integer, nullable=False, server_default="0"),
    sa.Column("console_until", Time, comment="lease of the console's socket: without it nothing is offered"),
    sa.Column("console_instance", sa.Text),
    sa.Column("registered", sa.Boolean, nullable=False, server_default=sa.false(), comment="of the chosen device"),
    sa.Column("reachable", sa.Boolean, nullable=False, server_default=sa.false(), comment="of the chosen device"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("device", sa.Text, nullable=False, server_default="desk", comment="which phone rings"),
    sa.Column("microphone", sa.Boolean, nullable=False, server_default=sa.false(), comment="the browser's, as its console says"),
    sa.Column("desk_registered", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("desk_reachable", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("browser_registered", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("browser_reachable", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("browser_password", sa.Text, comment="SIP password of the browser's phone; null: nobody may register it"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("pause_until", Time, comment="when the limit of this pause is reached"),
    sa.Column("pause_long", sa.Boolean, nullable=False, server_default=sa.false(), comment="it is, and the supervisor was told"),
    one_of("device", "desk", "browser"),
    one_of("presence", "offline", "ready", "offered", "talking", "wrap_up", "paused"),
    sa.CheckConstraint("(presence IN ('offered', 'talking', 'wrap_up')) = (case_id IS NOT NULL)", name="busy_has_case"),
)

# --- cases ------------------------------------------------------------------------------------------------------------

case_number = sa.Sequence("case_number", metadata=metadata)

case = sa.Table(
    "help_case",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True, comment="20261121-000007"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("terminal", sa.Text, comment="serial"),
    sa.Column("caller_number", sa.Text, index=True, comment="E.164 when it can be read so"),
    sa.Column("caller_display", sa.Text, nullable=False, server_default="", comment="as it came, cleaned, ≤ 64"),
    sa.Column("anonymous", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("member_id", sa.ForeignKey("member.id"), index=True),
    list_column("candidates"),
    # waiting → talking → wrap_up → open → closed; waiting → callback → open; see domain/case.py
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("red", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("level", sa.Integer, nullable=False, server_default="1", comment="presses joined"),
    sa.Column("opened_at", Time, nullable=False, index=True),
    sa.Column("pressed_at", Time, nullable=False, comment="last press or call"),
    sa.Column("waiting_since", Time),
    sa.Column("answered_at", Time),
    sa.Column("ended_at", Time),
    sa.Column("settled_at", Time),
    sa.Column("closed_at", Time, index=True),
    sa.Column("seat", sa.Text, comment="the seat that handles it"),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), index=True),
    sa.Column("offer_seat", sa.Text),
    sa.Column("offer_leg", sa.Text),
    sa.Column("offer_since", Time),
    sa.Column("ring_until", Time),
    list_column("alarms"),
    sa.Column("offers", sa.Integer, nullable=False, server_default="0"),
    list_column("passed_seats"),
    sa.Column("wrap_up_until", Time),
    sa.Column("draft", JSONB),
    sa.Column("category", sa.Text),
    sa.Column("subcategory", sa.Text),
    sa.Column("unreasonable", sa.Text),
    sa.Column("disposition", sa.Text),
    sa.Column("summary", sa.Text),
    sa.Column("held_since", Time, comment="the caller hears music"),
    sa.Column("calling", JSONB, comment="domain/case.py Calling"),
    sa.Column("transfer", JSONB, comment="domain/case.py Transfer"),
    list_column("listeners"),
    sa.Column("relapse_of", sa.ForeignKey("help_case.id"), index=True, comment="R-20"),
    sa.Column("queue_id", sa.ForeignKey("queue.id", ondelete="SET NULL"), comment="null: the built-in one of its kind"),
    sa.Column("familiar", Uuid, comment="the agent whom this member spoke with last before"),
    sa.Column("opens_at", Time, comment="the line is closed till then, and the caller is told so"),
    sa.Column("parked_at", Time, comment="its seat left it for an emergency"),
    sa.Column("overflow", JSONB, comment="domain/case.py Overflow"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    one_of("kind", "emergency", "life_help"),
    one_of("source", *get_args(Source)),
    one_of("state", "waiting", "talking", "wrap_up", "callback", "open", "closed"),
    sa.Index(
        "ix_help_case_live",
        "state",
        postgresql_where=sa.text("state IN ('waiting', 'talking', 'wrap_up', 'callback')"),
    ),
    sa.Index("ix_help_case_open", "opened_at", postgresql_where=sa.text("state IN ('callback', 'open')")),
    sa.Index("ix_help_case_red", "red", postgresql_where=sa.text("red")),
    # Two presses of one terminal at one instant: one of the two transactions loses here and joins instead. An emergency that
    # is not settled may come back to the queue at any time, so it counts however long ago its button was pressed.
    sa.Index(
        "uq_help_case_live_terminal",
        "terminal",
        unique=True,
        postgresql_where=sa.text(
            "terminal IS NOT NULL AND kind = 'emergency' AND state <> 'closed' AND (red OR state IN ('waiting', 'talking'))"
        ),
    ),
    sa.Index(
        "uq_help_case_offer_seat",
        "offer_seat",
        unique=True,
        postgresql_where=sa.text("offer_seat IS NOT NULL"),
    ),
    sa.Index(
        "uq_help_case_seat",
        "seat",
        unique=True,
        postgresql_where=sa.text("state IN ('talking', 'wrap_up') AND seat IS NOT NULL"),
    ),
)

leg = sa.Table(
    "call_leg",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, comment="channel id in Asterisk: a doubled arrival loses here"),
    sa.Column("case_id", sa.ForeignKey("help_case.id"), nullable=False, index=True),
    sa.Column("party", sa.Text, nullable=False),
    sa.Column("seat", sa.Text),
    sa.Column("node", sa.Text, nullable=False),
    # intent → ringing → up → down
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started_at", Time, nullable=False, index=True),
    sa.Column("answered_at", Time),
    sa.Column("ended_at", Time),
    sa.Column("cause", sa.Text),
    sa.Column("holder", sa.Text, nullable=False, server_default="", comment="the instance whose ARI app holds it"),
    sa.Column("name", sa.Text, nullable=False, server_default="", comment="whom we phoned, or who listens"),
    sa.Column("number", sa.Text, nullable=False, server_default=""),
    one_of("party", "caller", "seat", "contact", "consult", "supervisor"),
    one_of("state", "intent", "ringing", "up", "down"),
    sa.Index("ix_call_leg_live", "node", postgresql_where=sa.text("state <> 'down'")),
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("case_id", sa.ForeignKey("help_case.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("agent_id", sa.ForeignKey("agent.id")),
    sa.Column("data", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="of this line and the one before: db/chains.py"),
    sa.Column("written_at", Time, nullable=False, server_default=sa.func.clock_timestamp()),
    sa.Column(
        "xid",
        sa.BigInteger,
        server_default=sa.text("CAST(CAST(pg_current_xact_id() AS text) AS bigint)"),
        comment="number of the transaction that wrote the line",
    ),
    sa.Index("ix_journal_written_at", "written_at", postgresql_using="brin"),
    sa.Index("ix_journal_xid", "xid", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),
)

timer = sa.Table(
    "timer",
    metadata,
    sa.Column("case_id", sa.ForeignKey("help_case.id"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("due_at", Time, nullable=False, index=True),
    sa.Column("data", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
    sa.Column("lane", sa.Text, nullable=False, server_default="call", comment="who looks for it"),
    one_of("lane", "call", "desk"),
)

task = sa.Table(
    "task",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("help_case.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False, index=True),
    sa.Column("due_at", Time, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("owner_id", sa.ForeignKey("agent.id")),
    sa.Column("done_at", Time),
    sa.Column("outcome", sa.Text),
    sa.Column("note", sa.Text),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("offer_from", Time, comment="from when on it is offered to free seats"),
    sa.Column("offer_seat", sa.Text, comment="on whose screen it is"),
    sa.Column("offer_until", Time),
    list_column("offer_passed"),
    one_of("kind", "call_back"),
    one_of("state", "open", "taken", "done"),
    # One card on a screen at a time.
    sa.Index("uq_task_offer_seat", "offer_seat", unique=True, postgresql_where=sa.text("offer_seat IS NOT NULL")),
    sa.Index("uq_task_open", "case_id", "kind", unique=True, postgresql_where=sa.text("state <> 'done'")),
)

recording = sa.Table(
    "recording",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("help_case.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False, unique=True, comment="name in Asterisk's recording folder"),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("seat", sa.Text),
    # recording → finished (to be fetched) → stored | lost; the elder refuses it: refused (to be deleted) → discarded
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started_at", Time, nullable=False),
    sa.Column("seconds", sa.Float),
    sa.Column("bytes", sa.BigInteger),
    sa.Column("sha256", sa.Text),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("try_at", Time, comment="next time to fetch it; null: at once"),
    one_of("state", "recording", "finished", "stored", "lost", "refused", "discarded"),
    sa.Index("ix_recording_open", "state", postgresql_where=sa.text("state IN ('recording', 'finished', 'refused')")),
)

# --- traces -----------------------------------------------------------------------------------------------------------

access = sa.Table(
    "access",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    now_column("at"),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), nullable=False),
    sa.Column("action", sa.Text, nullable=False, comment="profile_read, recording_read, credentials_read, import …"),
    sa.Column("subject", sa.Text, nullable=False, comment="id of what was read"),
    sa.Column("data", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
    sa.Column("place", sa.Integer, nullable=False, comment="in the chain of this person"),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="of this line and the one before: db/chains.py"),
    sa.UniqueConstraint("agent_id", "place"),
    sa.Index("ix_access_at", "at"),
    sa.Index("ix_access_subject", "subject"),
)

warning = sa.Table(
    "warning",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("at", Time, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False, server_default=""),
    sa.Column("remote", sa.Text, nullable=False, server_default=""),
    sa.Column("count", sa.Integer, nullable=False, server_default="1"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
)
