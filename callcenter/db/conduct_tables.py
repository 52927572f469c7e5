"""Quality reviews, what people contribute, the rules' text in its versions, and who has signed it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.db.schema import Time, Uuid, metadata, now_column, one_of

quality_rubric = sa.Table(
    "quality_rubric",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("items", JSONB, nullable=False, comment="[{id, most, zh, en}], domain/quality.py"),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("saved_by", sa.ForeignKey("agent.id"), comment="null: the one we come with"),
    now_column("saved_at"),
)

quality_review = sa.Table(
    "quality_review",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("recording_id", sa.ForeignKey("recording.id"), nullable=False, unique=True),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), nullable=False, index=True, comment="who spoke"),
    sa.Column("rubric_version", sa.ForeignKey("quality_rubric.version"), nullable=False),
    sa.Column("scores", JSONB, nullable=False, comment="item → points"),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("most", sa.Integer, nullable=False),
    sa.Column("comment", sa.Text, nullable=False, server_default=""),
    sa.Column("reviewed_by", sa.ForeignKey("agent.id"), nullable=False),
    now_column("reviewed_at"),
    sa.Column("answer", sa.Text, nullable=False, server_default="", comment="of who was reviewed, once"),
    sa.Column("answered_at", Time),
    sa.Index("ix_quality_review_reviewed_at", "reviewed_at"),
)

contribution = sa.Table(
    "contribution",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("number", sa.Text, nullable=False, server_default=""),
    sa.Column("proposed_by", sa.ForeignKey("agent.id"), nullable=False),
    now_column("proposed_at"),
    # proposed → accepted | refused
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decided_by", sa.ForeignKey("agent.id")),
    sa.Column("decided_at", Time),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("record", sa.Text, nullable=False, server_default="", comment="ref of the row that was made of it"),
    one_of("kind", "key_number", "resource", "script"),
    one_of("state", "proposed", "accepted", "refused"),
)

rules_text = sa.Table(
    "rules_text",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("published_by", sa.ForeignKey("agent.id"), nullable=False),
    now_column("published_at"),
)

rules_signature = sa.Table(
    "rules_signature",
    metadata,
    sa.Column("version", sa.ForeignKey("rules_text.version"), primary_key=True),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, comment="as signed"),
    now_column("signed_at"),
)

APPEND_ONLY = tuple(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()"
    for table in ("quality_rubric", "rules_text", "rules_signature")
)
"""W-9, W-10: what was published and signed stays as it was. As the migration makes them too."""

for _statement in APPEND_ONLY:
    event.listen(metadata, "after_create", sa.DDL(_statement))  # type: ignore[no-untyped-call]
