"""Keys for other systems, and commands that are sent twice and happen once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision: str | None = "0018"
branch_labels = None
depends_on = None

TEXT = sa.Text()
UUID = sa.UUID()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "api_client",
        sa.Column("agent_id", UUID, nullable=False),
        sa.Column("token_hash", TEXT, nullable=False, comment="sha256 of the key: the table lets nobody in"),
        sa.Column("hint", TEXT, nullable=False, comment="the key's last four characters"),
        sa.Column("scopes", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False, comment="calls a minute, of all instances together"),
        sa.Column("expires_at", TIME, comment="null: until it is revoked"),
        sa.Column("created_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("created_by", UUID, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("revoked_by", UUID),
        sa.Column("last_used_at", TIME),
        sa.Column("minute", TIME, comment="the minute that calls are counted in"),
        sa.Column("calls", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name="pk_api_client"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_api_client_agent_id"),
        sa.ForeignKeyConstraint(["created_by"], ["agent.id"], name="fk_api_client_created_by"),
        sa.ForeignKeyConstraint(["revoked_by"], ["agent.id"], name="fk_api_client_revoked_by"),
        sa.UniqueConstraint("token_hash", name="uq_api_client_token_hash"),
    )
    op.create_table(
        "sent_once",
        sa.Column("agent_id", UUID, nullable=False),
        sa.Column("key", TEXT, nullable=False, comment="the Idempotency-Key"),
        sa.Column("fingerprint", TEXT, nullable=False, comment="sha256 of method, address and body"),
        sa.Column("file", TEXT, comment="sha256 of an uploaded file"),
        sa.Column("status", sa.Integer(), comment="null only within the transaction of the command"),
        sa.Column("media", TEXT, server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("at", TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "key", name="pk_sent_once"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_sent_once_agent_id"),
    )
    op.create_index("ix_sent_once_expires_at", "sent_once", ["expires_at"])
    op.create_table(
        "sent_part",
        sa.Column("agent_id", UUID, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("part", TEXT, nullable=False, comment="fact and case"),
        sa.Column("at", TIME, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "key", "part", name="pk_sent_part"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_sent_part_agent_id"),
    )
    op.create_index("ix_sent_part_at", "sent_part", ["at"])


def downgrade() -> None:
    """Take them back, and the staff that was no person with them: nobody may log in as one, so they stay as people who left."""
    op.drop_table("sent_part")
    op.drop_table("sent_once")
    op.drop_table("api_client")
