"""Consents of elders: append-only, like the traces."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event

from callcenter.db import chains  # noqa: F401 - its function is used, and must be made before
from callcenter.db.schema import Time, metadata, now_column, one_of
from callcenter.domain.consent import KINDS, WAYS

consent = sa.Table(
    "consent",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("member_id", sa.ForeignKey("member.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, comment="of this kind for this member; the latest counts"),
    sa.Column("given", sa.Boolean, nullable=False, comment="false: refused or withdrawn"),
    sa.Column("at", Time, nullable=False, comment="when it was said or signed"),
    sa.Column("by_whom", sa.Text, nullable=False, comment="the elder, or who speaks for them"),
    sa.Column("how", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("scan", sa.Text, comment="file of the signed paper: sha256 and ending"),
    sa.Column("agent_id", sa.ForeignKey("agent.id"), nullable=False),
    now_column("recorded_at"),
    one_of("kind", *KINDS),
    one_of("how", *WAYS),
    sa.UniqueConstraint("member_id", "kind", "version"),
)
KEEP = (
    "CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON consent FOR EACH ROW EXECUTE FUNCTION keep_trace()",
    "CREATE TRIGGER keep_all BEFORE TRUNCATE ON consent FOR EACH STATEMENT EXECUTE FUNCTION keep_trace()",
)
for _statement in KEEP:
    event.listen(metadata, "after_create", sa.DDL(_statement))  # type: ignore[no-untyped-call]
