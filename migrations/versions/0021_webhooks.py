"""Other systems are told what happens: subscriptions, messages, and the number of its transaction in each line of the journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision: str | None = "0020"
branch_labels = None
depends_on = None

TEXT = sa.Text()
UUID = sa.UUID()
TIME = sa.DateTime(timezone=True)
CLOCK = sa.func.clock_timestamp()


def upgrade() -> None:
    """Make the tables. Older lines of the journal have no number: they are no news."""
    # Two steps: a column with this default would rewrite the whole journal.
    op.add_column("journal", sa.Column("xid", sa.BigInteger(), comment="number of the transaction that wrote the line"))
    op.alter_column("journal", "xid", server_default=sa.text("CAST(CAST(pg_current_xact_id() AS text) AS bigint)"))
    op.create_index("ix_journal_xid", "journal", ["xid"], postgresql_using="brin", postgresql_with={"autosummarize": "on"})
    op.create_table(
        "webhook",
        sa.Column("id", UUID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("secret", TEXT, nullable=False, comment="signs each message"),
        sa.Column("old_secret", TEXT, comment="signs too, until its time is over"),
        sa.Column("old_secret_until", TIME),
        sa.Column("events", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("persons", sa.Boolean(), server_default=sa.false(), nullable=False, comment="messages name the elder"),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("off_reason", TEXT, server_default="", nullable=False, comment="why it was switched off by itself"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("created_by", UUID, nullable=False),
        sa.Column("horizon", sa.BigInteger(), nullable=False, comment="transaction ids below it are done with"),
        sa.Column("read_at", TIME, server_default=CLOCK, nullable=False),
        sa.Column("since", TIME, server_default=CLOCK, nullable=False, comment="older lines are no news"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.ForeignKeyConstraint(["created_by"], ["agent.id"], name="fk_webhook_created_by"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", TEXT, nullable=False, comment="webhook-id: the same at every try"),
        sa.Column("place", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("webhook_id", UUID, nullable=False),
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="of the journal line"),
        sa.Column("event", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False, comment="exactly what is signed and sent"),
        sa.Column("state", TEXT, server_default="pending", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("next_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("claimed_until", TIME, comment="an instance is sending it; if it dies, another may then"),
        sa.Column("tried_at", TIME),
        sa.Column("status", sa.Integer(), comment="HTTP status of the last try"),
        sa.Column("error", TEXT, server_default="", nullable=False),
        sa.Column("delivered_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name="fk_webhook_delivery_webhook_id"),
        sa.UniqueConstraint("webhook_id", "case_id", "seq", "event", name="uq_webhook_delivery_webhook_id"),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'dead')", name=op.f("ck_webhook_delivery_state")),
    )
    pending = sa.text("state = 'pending'")
    op.create_index("ix_webhook_delivery_pending", "webhook_delivery", ["webhook_id", "case_id", "seq"], postgresql_where=pending)
    op.create_index("ix_webhook_delivery_recent", "webhook_delivery", ["webhook_id", "place"])


def downgrade() -> None:
    """Take them back."""
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
    op.drop_index("ix_journal_xid", "journal")
    op.drop_column("journal", "xid")
