"""Other systems: their keys, and what was sent with a key of its own so that it happens once."""

from __future__ import annotations

import sqlalchemy as sa

from callcenter.db.schema import Time, list_column, metadata, now_column

api_client = sa.Table(
    "api_client",
    metadata,
    # It acts as a member of staff who can never log in (agent.active is false): traces and journal name it like a person.
    sa.Column("agent_id", sa.ForeignKey("agent.id"), primary_key=True),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True, comment="sha256 of the key: the table lets nobody in"),
    sa.Column("hint", sa.Text, nullable=False, comment="the key's last four characters"),
    list_column("scopes"),
    sa.Column("per_minute", sa.Integer, nullable=False, comment="calls a minute, of all instances together"),
    sa.Column("expires_at", Time, comment="null: until it is revoked"),
    now_column("created_at"),
    sa.Column("created_by", sa.ForeignKey("agent.id"), nullable=False),
    sa.Column("revoked_at", Time),
    sa.Column("revoked_by", sa.ForeignKey("agent.id")),
    sa.Column("last_used_at", Time),
    sa.Column("minute", Time, comment="the minute that calls are counted in"),
    sa.Column("calls", sa.Integer, nullable=False, server_default="0"),
)

sent_once = sa.Table(
    "sent_once",
    metadata,
    sa.Column("agent_id", sa.ForeignKey("agent.id"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True, comment="the Idempotency-Key"),
    sa.Column("fingerprint", sa.Text, nullable=False, comment="sha256 of method, address and body"),
    sa.Column("file", sa.Text, comment="sha256 of an uploaded file"),
    sa.Column("status", sa.Integer, comment="null only within the transaction of the command"),
    sa.Column("media", sa.Text, nullable=False, server_default=""),
    sa.Column("body", sa.LargeBinary),
    now_column("at"),
    sa.Column("expires_at", Time, nullable=False, index=True),
)

sent_part = sa.Table(
    "sent_part",
    metadata,
    # Written by the case's lane in the case's own transaction: if its instance dies before the answer is kept, the command that
    # is sent again finds here that the case knows it already.
    sa.Column("agent_id", sa.ForeignKey("agent.id"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("part", sa.Text, primary_key=True, comment="fact and case"),
    now_column("at"),
    sa.Index("ix_sent_part_at", "at"),
)
