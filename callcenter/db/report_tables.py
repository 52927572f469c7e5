"""What reports keep: which calls Asterisk saw, the daily proof that each belongs to a case, the weekly meeting, and since when
somebody offers a service."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.db.schema import Time, list_column, metadata, now_column

call_seen = sa.Table(
    "call_seen",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, comment="channel id, as in call_leg: what the node itself wrote down"),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("arrived_at", Time, nullable=False, index=True),
    sa.Column("ended_at", Time),
    sa.Column("line", sa.Text, nullable=False, server_default=""),
    sa.Column("terminal", sa.Text, nullable=False, server_default=""),
    sa.Column("number", sa.Text, nullable=False, server_default="", comment="as it came; kept only while the call has no case"),
    now_column("taken_at"),
    sa.Column("told_at", Time, comment="it had no case when it should have had one, and the supervisor was told"),
    sa.Index("ix_call_seen_taken_at", "taken_at"),
)

call_placed = sa.Table(
    "call_placed",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, comment="under which the node dialled it, once"),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("placed_at", Time, nullable=False, index=True),
    sa.Column("belongs_to", sa.Text, nullable=False, index=True, comment="the leg or attempt that it is"),
    now_column("taken_at"),
    sa.Column("told_at", Time, comment="it had no case when it should have had one, and the supervisor was told"),
    sa.Index("ix_call_placed_taken_at", "taken_at"),
)

seen_read = sa.Table(
    "seen_read",
    metadata,
    sa.Column("node", sa.Text, primary_key=True),
    sa.Column("read_at", Time, nullable=False, comment="everything that ended before is in call_seen"),
)

reconciliation = sa.Table(
    "reconciliation",
    metadata,
    sa.Column("day", sa.Date, primary_key=True, comment="in the centre's time zone"),
    sa.Column("checked_at", Time, nullable=False),
    sa.Column("seen", sa.Integer, nullable=False, comment="calls that Asterisk saw"),
    sa.Column("legs", sa.Integer, nullable=False, comment="of them with a case"),
    sa.Column("cases", sa.Integer, nullable=False, comment="cases that they belong to"),
    sa.Column("placed", sa.Integer, nullable=False, server_default="0", comment="calls out that Asterisk noted"),
    sa.Column("placed_known", sa.Integer, nullable=False, server_default="0", comment="of them with an attempt or a leg of a case"),
    list_column("lost"),
    list_column("orphans"),
    list_column("ownerless"),
)

weekly_report = sa.Table(
    "weekly_report",
    metadata,
    sa.Column("week", sa.Text, primary_key=True, comment="ISO, 2026-W48"),
    sa.Column("digest", JSONB, nullable=False, comment="as it was signed"),
    sa.Column("signer", sa.Text, nullable=False),
    sa.Column("remark", sa.Text, nullable=False, server_default=""),
    sa.Column("signed_by", sa.ForeignKey("agent.id"), nullable=False),
    now_column("signed_at"),
)

weekly_remark = sa.Table(
    "weekly_remark",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True, comment="the newest of a person and week counts"),
    sa.Column("week", sa.Text, nullable=False, index=True),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    now_column("written_at"),
)

supply = sa.Table(
    "supply",
    metadata,
    sa.Column("provider_id", sa.ForeignKey("provider.id"), primary_key=True),
    sa.Column("service_id", sa.ForeignKey("service.id"), primary_key=True, index=True),
    sa.Column("since", Time, nullable=False, comment="in force without a break"),
)
