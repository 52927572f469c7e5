"""What elders agree to: versions that are never changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision: str | None = "0022"
branch_labels = None
depends_on = None

TEXT = sa.Text()
UUID = sa.UUID()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of this kind for this member; the latest counts"),
        sa.Column("given", sa.Boolean(), nullable=False, comment="false: refused or withdrawn"),
        sa.Column("at", TIME, nullable=False, comment="when it was said or signed"),
        sa.Column("by_whom", TEXT, nullable=False, comment="the elder, or who speaks for them"),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("note", TEXT, server_default="", nullable=False),
        sa.Column("scan", TEXT, comment="file of the signed paper: sha256 and ending"),
        sa.Column("agent_id", UUID, nullable=False),
        sa.Column("recorded_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_consent_member_id"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_consent_agent_id"),
        sa.UniqueConstraint("member_id", "kind", "version", name="uq_consent_member_id"),
        sa.CheckConstraint(
            "kind IN ('recording', 'family', 'public_help', 'location', 'home_entry')", name=op.f("ck_consent_kind")
        ),
        sa.CheckConstraint("how IN ('spoken', 'paper', 'electronic')", name=op.f("ck_consent_how")),
    )
    op.execute("CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON consent FOR EACH ROW EXECUTE FUNCTION keep_trace()")
    op.execute("CREATE TRIGGER keep_all BEFORE TRUNCATE ON consent FOR EACH STATEMENT EXECUTE FUNCTION keep_trace()")


def downgrade() -> None:
    """Take it back."""
    op.drop_table("consent")
