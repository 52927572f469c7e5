"""Whom the centre tells what happens, and each message on its way."""

from __future__ import annotations

import sqlalchemy as sa

from callcenter.db.schema import Time, Uuid, list_column, metadata, now_column, one_of

webhook = sa.Table(
    "webhook",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False, comment="signs each message"),
    sa.Column("old_secret", sa.Text, comment="signs too, until its time is over"),
    sa.Column("old_secret_until", Time),
    list_column("events"),
    sa.Column("persons", sa.Boolean, nullable=False, server_default=sa.false(), comment="messages name the elder"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("off_reason", sa.Text, nullable=False, server_default="", comment="why it was switched off by itself"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    now_column("created_at"),
    sa.Column("created_by", sa.ForeignKey("agent.id"), nullable=False),
    # How far the journal has been read: every transaction below this number is over.
    sa.Column("horizon", sa.BigInteger, nullable=False, comment="transaction ids below it are done with"),
    sa.Column("read_at", Time, nullable=False, server_default=sa.func.clock_timestamp()),
    sa.Column("since", Time, nullable=False, server_default=sa.func.clock_timestamp(), comment="older lines are no news"),
)

webhook_delivery = sa.Table(
    "webhook_delivery",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, comment="webhook-id: the same at every try"),
    sa.Column("place", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column("webhook_id", sa.ForeignKey("webhook.id"), nullable=False),
    sa.Column("case_id", Uuid, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False, comment="of the journal line"),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False, comment="exactly what is signed and sent"),
    # pending → delivered | dead; dead → pending by a person
    sa.Column("state", sa.Text, nullable=False, server_default="pending"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    now_column("created_at"),
    sa.Column("next_at", Time, nullable=False, server_default=sa.func.now()),
    sa.Column("claimed_until", Time, comment="an instance is sending it; if it dies, another may then"),
    sa.Column("tried_at", Time),
    sa.Column("status", sa.Integer, comment="HTTP status of the last try"),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("delivered_at", Time),
    one_of("state", "pending", "delivered", "dead"),
    sa.UniqueConstraint("webhook_id", "case_id", "seq", "event"),
    sa.Index("ix_webhook_delivery_pending", "webhook_id", "case_id", "seq", postgresql_where=sa.text("state = 'pending'")),
    sa.Index("ix_webhook_delivery_recent", "webhook_id", "place"),
)
