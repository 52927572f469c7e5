"""Queues, who serves them, what people can, and what happened at a seat."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.db.schema import Uuid, list_column, metadata, now_column, one_of

queue = sa.Table(
    "queue",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name_zh", sa.Text, nullable=False, unique=True),
    sa.Column("name_en", sa.Text, nullable=False, server_default=""),
    list_column("lines"),
    sa.Column("priority", sa.Float, nullable=False, server_default="0", comment="weight of a call that arrives, 0-100"),
    sa.Column("ageing", sa.Float, nullable=False, server_default="10", comment="weight for each minute of waiting"),
    sa.Column("dialect", sa.Text, nullable=False, server_default="preferred"),
    sa.Column("district", sa.Text, nullable=False, server_default="none"),
    sa.Column("service", sa.Text, nullable=False, server_default=""),
    sa.Column("service_need", sa.Text, nullable=False, server_default="required"),
    sa.Column("required_seconds", sa.Float, nullable=False, server_default="60"),
    sa.Column("familiar_seconds", sa.Float, nullable=False, server_default="0"),
    sa.Column("seats_after", sa.Float, nullable=False, server_default="30", comment="seconds until seats of other queues serve it"),
    sa.Column("duty_after", sa.Float, comment="seconds until the duty mobiles are phoned; null: never"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    one_of("kind", "emergency", "life_help"),
    one_of("dialect", "none", "preferred", "required"),
    one_of("district", "none", "preferred", "required"),
    one_of("service_need", "none", "preferred", "required"),
    # What keeps a heavy queue from starving a light one stands here too.
    sa.CheckConstraint("priority BETWEEN 0 AND 100 AND ageing > 0", name="ages"),
)

queue_seat = sa.Table(
    "queue_seat",
    metadata,
    sa.Column("queue_id", sa.ForeignKey("queue.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("extension", sa.ForeignKey("seat.extension", ondelete="CASCADE"), primary_key=True, index=True),
)

agent_skill = sa.Table(
    "agent_skill",
    metadata,
    sa.Column("agent_id", sa.ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    one_of("kind", "dialect", "district", "service"),
    sa.Index("ix_agent_skill_value", "kind", "value"),
)

seat_event = sa.Table(
    "seat_event",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("extension", sa.Text, nullable=False, index=True),
    now_column("at"),
    sa.Column("kind", sa.Text, nullable=False, comment="moved, paused, pause_long, forced"),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), comment="who sat there"),
    sa.Column("by_id", sa.ForeignKey("agent.id"), comment="who did it, if it was somebody else"),
    sa.Column("data", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
)
