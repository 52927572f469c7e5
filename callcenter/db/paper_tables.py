"""Paperwork, the centre's own limits of rules, and who may sign for whom."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.db.schema import Time, Uuid, metadata, now_column

paper = sa.Table(
    "paper",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("help_case.id"), nullable=False, index=True),
    sa.Column("noun", sa.Text, nullable=False, comment="domain/papers/nouns.py"),
    sa.Column("state", sa.Text, nullable=False, comment="a state of the noun's own table"),
    sa.Column("unfinished", sa.Boolean, nullable=False),
    sa.Column("opened_at", Time, nullable=False),
    sa.Column("opened_by", sa.ForeignKey("agent.id")),
    sa.Column("owner_id", sa.ForeignKey("agent.id"), index=True),
    sa.Column("due_at", Time),
    sa.Column("done_at", Time),
    sa.Column("done_by", sa.ForeignKey("agent.id")),
    sa.Column("overdue", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("data", JSONB, nullable=False, comment="the noun's own fields"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Index("ix_paper_noun", "noun", "opened_at"),
    sa.Index("ix_paper_unfinished", "noun", "due_at", postgresql_where=sa.text("unfinished")),
)

rule_limit = sa.Table(
    "rule_limit",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False, comment="domain/regulations/limits.py"),
    sa.Column("limit_value", sa.Float, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("set_by", sa.ForeignKey("agent.id"), nullable=False),
    now_column("set_at"),
)

delegate = sa.Table(
    "delegate",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), nullable=False, comment="who may sign"),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_until", sa.Date, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("named_by", sa.ForeignKey("agent.id"), nullable=False),
    now_column("named_at"),
    sa.CheckConstraint("valid_from <= valid_until", name="days"),
)
