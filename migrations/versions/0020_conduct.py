"""Conduct: quality reviews by a rubric in versions, contributions, the rules' text and its signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision: str | None = "0019"
branch_labels = None
depends_on = None

UUID = sa.UUID()
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")
GUARDED = ("quality_rubric", "rules_text", "rules_signature")


def _empty(name: str, comment: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False, comment=comment)


def upgrade() -> None:
    """Five tables."""
    op.create_table(
        "quality_rubric",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("items", JSONB(), nullable=False, comment="[{id, most, zh, en}], domain/quality.py"),
        _empty("note"),
        sa.Column("saved_by", UUID, comment="null: the one we come with"),
        sa.Column("saved_at", TIME, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["saved_by"], ["agent.id"], name=op.f("fk_quality_rubric_saved_by")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_quality_rubric")),
    )
    op.create_table(
        "quality_review",
        sa.Column("id", UUID, nullable=False),
        sa.Column("recording_id", UUID, nullable=False),
        sa.Column("agent_id", UUID, nullable=False, comment="who spoke"),
        sa.Column("rubric_version", sa.Integer(), nullable=False),
        sa.Column("scores", JSONB(), nullable=False, comment="item → points"),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        _empty("comment"),
        sa.Column("reviewed_by", UUID, nullable=False),
        sa.Column("reviewed_at", TIME, server_default=NOW, nullable=False),
        _empty("answer", "of who was reviewed, once"),
        sa.Column("answered_at", TIME),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_quality_review_recording_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_quality_review_agent_id")),
        sa.ForeignKeyConstraint(["rubric_version"], ["quality_rubric.version"], name=op.f("fk_quality_review_rubric_version")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["agent.id"], name=op.f("fk_quality_review_reviewed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_review")),
        sa.UniqueConstraint("recording_id", name=op.f("uq_quality_review_recording_id")),
    )
    op.create_index(op.f("ix_quality_review_agent_id"), "quality_review", ["agent_id"])
    op.create_index("ix_quality_review_reviewed_at", "quality_review", ["reviewed_at"])
    op.create_table(
        "contribution",
        sa.Column("id", UUID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        _empty("text"),
        _empty("number"),
        sa.Column("proposed_by", UUID, nullable=False),
        sa.Column("proposed_at", TIME, server_default=NOW, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", UUID),
        sa.Column("decided_at", TIME),
        _empty("reason"),
        _empty("record", "ref of the row that was made of it"),
        sa.CheckConstraint("kind IN ('key_number', 'resource', 'script')", name=op.f("ck_contribution_kind")),
        sa.CheckConstraint("state IN ('proposed', 'accepted', 'refused')", name=op.f("ck_contribution_state")),
        sa.ForeignKeyConstraint(["proposed_by"], ["agent.id"], name=op.f("fk_contribution_proposed_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["agent.id"], name=op.f("fk_contribution_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    op.create_table(
        "rules_text",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("published_by", UUID, nullable=False),
        sa.Column("published_at", TIME, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["published_by"], ["agent.id"], name=op.f("fk_rules_text_published_by")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rules_text")),
    )
    op.create_table(
        "rules_signature",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agent_id", UUID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="as signed"),
        sa.Column("signed_at", TIME, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["version"], ["rules_text.version"], name=op.f("fk_rules_signature_version")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_rules_signature_agent_id")),
        sa.PrimaryKeyConstraint("version", "agent_id", name=op.f("pk_rules_signature")),
    )
    for table in GUARDED:
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()")


def downgrade() -> None:
    """They go."""
    for table in ("rules_signature", "rules_text", "contribution", "quality_review", "quality_rubric"):
        op.drop_table(table)
