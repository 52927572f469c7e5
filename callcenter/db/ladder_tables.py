"""The contact ladder's tables. The partial unique indexes are what forbids that anybody is rung twice, whatever the code does."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.db.schema import Time, Uuid, list_column, metadata, now_column, one_of
from callcenter.domain.escalation import COMMUNITY, NEIGHBOUR

OPEN = "state IN ('intent', 'claimed', 'ringing', 'answered')"
RINGS_ON = "state IN ('done', 'void') AND check_at IS NOT NULL"  # a lost node may have left its phone ringing until check_at
# domain/escalation.py: kind_of_relation; a contact who is no community worker has their own telephone.
PERSONAL_CONTACT = f"(relation ~ '{'|'.join(NEIGHBOUR)}' OR relation !~ '{'|'.join(COMMUNITY)}')"

policy = sa.Table(
    "escalation_policy",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False, comment="the highest is today's"),
    sa.Column("data", JSONB, nullable=False, comment="domain/policy.py as_json"),
    sa.Column("saved_by", sa.ForeignKey("agent.id")),
    now_column("saved_at"),
)

duty_phone = sa.Table(
    "duty_phone",
    metadata,
    sa.Column("id", Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False, comment="E.164"),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
)

escalation = sa.Table(
    "escalation",
    metadata,
    sa.Column("case_id", sa.ForeignKey("help_case.id"), primary_key=True),
    # running ⇄ acknowledged; running → exhausted → acknowledged; all → ended; see domain/ladder.py
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("drill", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("started_at", Time, nullable=False),
    sa.Column("policy", JSONB, comment="frozen at the first step"),
    sa.Column("member_id", Uuid, comment="whose contacts were frozen"),
    list_column("frozen"),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("rung", sa.Integer, nullable=False),
    sa.Column("rung_at", Time),
    list_column("passed"),
    list_column("acknowledgements"),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("next_at", Time),
    sa.Column("exhausted_at", Time),
    sa.Column("paged_at", Time),
    sa.Column("pages", sa.Integer, nullable=False),
    list_column("assisted"),
    sa.Column("ended_at", Time),
    sa.Column("outcome", sa.Text),
    one_of("state", "running", "acknowledged", "exhausted", "ended"),
    sa.Index("ix_escalation_live", "case_id", postgresql_where=sa.text("state <> 'ended'")),
)

attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("id", sa.Text, primary_key=True, comment="channel id in Asterisk: dialled once, ever"),
    sa.Column("case_id", sa.ForeignKey("help_case.id"), nullable=False, index=True),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column(
        "rung", sa.Integer, nullable=False, comment="-1 phoning the elder back, -2 asked by a person, -3 paging, -4 safe mode"
    ),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("relation", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("way", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("ring_seconds", sa.Float, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("check_at", Time),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("rang_at", Time),
    sa.Column("answered_at", Time),
    sa.Column("ended_at", Time),
    sa.Column("result", sa.Text),
    sa.Column("key", sa.Text),
    sa.Column("cause", sa.Text),
    sa.Column("said", sa.Integer, nullable=False),
    sa.Column("joined", sa.Boolean, nullable=False),
    sa.Column("closing", sa.Boolean, nullable=False),
    sa.Column("asked_by", sa.ForeignKey("agent.id")),
    sa.Column("reference", sa.Text),
    sa.Column("personal", sa.Boolean, nullable=False, server_default=sa.false(), comment="rings once at a time, over all cases"),
    one_of("state", "intent", "claimed", "ringing", "answered", "done", "void"),
    one_of("way", "trunk", "drill", "account"),
    # No personal number is phoned twice at once, over all cases; a shared one once for each case.
    sa.Index(
        "uq_attempt_personal",
        "way",
        "number",
        unique=True,
        postgresql_where=sa.text(f"{OPEN} AND personal"),
    ),
    sa.Index("ix_attempt_rings_on", "check_at", postgresql_where=sa.text(RINGS_ON)),
    sa.Index("uq_attempt_target", "case_id", "target", unique=True, postgresql_where=sa.text(OPEN)),
    sa.Index("uq_attempt_count", "case_id", "target", "count", unique=True),
)

report = sa.Table(
    "emergency_report",
    metadata,
    sa.Column("case_id", sa.ForeignKey("help_case.id"), primary_key=True),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("written_by", sa.ForeignKey("agent.id")),
    sa.Column("written_at", Time, nullable=False),
    sa.Column("signed_by", sa.ForeignKey("agent.id")),
    sa.Column("signer", sa.Text),
    sa.Column("signed_at", Time),
)

node = sa.Table(
    "node",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("heard_at", Time, nullable=False, comment="last answer to any instance, by the database's clock"),
    sa.Column("refused_at", Time, nullable=False, comment="last time that nothing listened there"),
)

instance = sa.Table(
    "instance",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("app", sa.Text, nullable=False, comment="its ARI application"),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("started_at", Time, nullable=False),
    sa.Column("seen_at", Time, nullable=False, comment="heartbeat, by the database's clock"),
    sa.Column("adopted_by", sa.Text, comment="who took its calls over after it fell silent"),
    sa.Column("adopted_at", Time),
)
