"""The contact ladder: policy, duty phones, escalations, attempts, reports; several seats ring; instances are known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None

UUID = sa.UUID()
TEXT = sa.Text()
INT = sa.Integer()
TIME = sa.DateTime(timezone=True)
JSON = JSONB()
LIST = sa.text("'[]'::jsonb")
FALSE = sa.text("false")
OPEN = "state IN ('intent', 'claimed', 'ringing', 'answered')"


def upgrade() -> None:
    """Make the tables."""
    # Until now a press long after an unsettled one opened a second case: the latest stands for the terminal.
    op.execute("""
        UPDATE help_case SET red = false WHERE red AND state NOT IN ('waiting', 'talking') AND terminal IS NOT NULL
            AND EXISTS (SELECT 1 FROM help_case later WHERE later.terminal = help_case.terminal AND later.kind = 'emergency'
                AND later.red AND later.state <> 'closed' AND later.opened_at > help_case.opened_at)
    """)
    _one_of_terminal("state <> 'closed' AND (red OR state IN ('waiting', 'talking'))")
    op.add_column("help_case", sa.Column("alarms", JSON, server_default=LIST, nullable=False))
    op.add_column(
        "call_leg",
        sa.Column("holder", TEXT, server_default="", nullable=False, comment="the instance whose ARI app holds it"),
    )
    _check("help_case", "source", "source IN ('terminal', 'hotline', 'safe_mode', 'drill')")
    _check("call_leg", "party", "party IN ('caller', 'seat', 'contact')")
    op.create_table(
        "escalation_policy",
        sa.Column("version", INT, autoincrement=False, nullable=False, comment="the highest is today's"),
        sa.Column("data", JSON, nullable=False, comment="domain/policy.py as_json"),
        sa.Column("saved_by", UUID),
        sa.Column("saved_at", TIME, server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by"], ["agent.id"], name="fk_escalation_policy_saved_by"),
        sa.PrimaryKeyConstraint("version", name="pk_escalation_policy"),
    )
    op.create_table(
        "duty_phone",
        sa.Column("id", UUID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False, comment="E.164"),
        sa.Column("position", INT, nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duty_phone"),
    )
    op.create_table(
        "escalation",
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("drill", sa.Boolean(), server_default=FALSE, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("policy", JSON, comment="frozen at the first step"),
        sa.Column("member_id", UUID, comment="whose contacts were frozen"),
        sa.Column("frozen", JSON, server_default=LIST, nullable=False),
        sa.Column("round", INT, nullable=False),
        sa.Column("rung", INT, nullable=False),
        sa.Column("rung_at", TIME),
        sa.Column("passed", JSON, server_default=LIST, nullable=False),
        sa.Column("acknowledgements", JSON, server_default=LIST, nullable=False),
        sa.Column("level", INT, nullable=False),
        sa.Column("next_at", TIME),
        sa.Column("exhausted_at", TIME),
        sa.Column("paged_at", TIME),
        sa.Column("pages", INT, nullable=False),
        sa.Column("assisted", JSON, server_default=LIST, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("outcome", TEXT),
        sa.CheckConstraint("state IN ('running', 'acknowledged', 'exhausted', 'ended')", name=op.f("ck_escalation_state")),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name="fk_escalation_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_escalation"),
    )
    op.create_index("ix_escalation_live", "escalation", ["case_id"], postgresql_where=sa.text("state <> 'ended'"))
    _attempts()
    op.create_table(
        "emergency_report",
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("written_by", UUID),
        sa.Column("written_at", TIME, nullable=False),
        sa.Column("signed_by", UUID),
        sa.Column("signer", TEXT),
        sa.Column("signed_at", TIME),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name="fk_emergency_report_case_id"),
        sa.ForeignKeyConstraint(["written_by"], ["agent.id"], name="fk_emergency_report_written_by"),
        sa.ForeignKeyConstraint(["signed_by"], ["agent.id"], name="fk_emergency_report_signed_by"),
        sa.PrimaryKeyConstraint("case_id", name="pk_emergency_report"),
    )
    op.create_table(
        "instance",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("app", TEXT, nullable=False, comment="its ARI application"),
        sa.Column("node", TEXT, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False, comment="heartbeat, by the database's clock"),
        sa.Column("adopted_by", TEXT, comment="who took its calls over after it fell silent"),
        sa.Column("adopted_at", TIME),
        sa.PrimaryKeyConstraint("name", name="pk_instance"),
    )


def _attempts() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", TEXT, nullable=False, comment="channel id in Asterisk: dialled once, ever"),
        sa.Column("case_id", UUID, nullable=False),
        sa.Column("round", INT, nullable=False),
        sa.Column("rung", INT, nullable=False, comment="-1 phoning the elder back, -2 asked by a person, -3 paging, -4 safe mode"),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("relation", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("way", TEXT, nullable=False),
        sa.Column("count", INT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ring_seconds", sa.Float(), nullable=False),
        sa.Column("sentence", TEXT, nullable=False),
        sa.Column("check_at", TIME),
        sa.Column("node", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("rang_at", TIME),
        sa.Column("answered_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Column("result", TEXT),
        sa.Column("key", TEXT),
        sa.Column("cause", TEXT),
        sa.Column("said", INT, nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("closing", sa.Boolean(), nullable=False),
        sa.Column("asked_by", UUID),
        sa.Column("reference", TEXT),
        sa.CheckConstraint("state IN ('intent', 'claimed', 'ringing', 'answered', 'done', 'void')", name=op.f("ck_attempt_state")),
        sa.CheckConstraint("way IN ('trunk', 'drill', 'account')", name=op.f("ck_attempt_way")),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name="fk_attempt_case_id"),
        sa.ForeignKeyConstraint(["asked_by"], ["agent.id"], name="fk_attempt_asked_by"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    op.create_index("ix_attempt_case_id", "attempt", ["case_id"])
    op.create_index(
        "uq_attempt_personal", "attempt", ["way", "number"], unique=True,
        postgresql_where=sa.text(f"{OPEN} AND kind IN ('family', 'neighbour')"),
    )  # fmt: skip
    op.create_index("uq_attempt_target", "attempt", ["case_id", "target"], unique=True, postgresql_where=sa.text(OPEN))
    op.create_index("uq_attempt_count", "attempt", ["case_id", "target", "count"], unique=True)


def _one_of_terminal(live: str) -> None:
    op.drop_index("uq_help_case_live_terminal", "help_case")
    op.create_index(
        "uq_help_case_live_terminal", "help_case", ["terminal"], unique=True,
        postgresql_where=sa.text(f"terminal IS NOT NULL AND kind = 'emergency' AND {live}"),
    )  # fmt: skip


def _check(table: str, column: str, condition: str) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, condition)


def downgrade() -> None:
    """Drop the tables with all they hold; drills and contacts' legs go with them."""
    for table in ("instance", "emergency_report", "attempt", "escalation", "duty_phone", "escalation_policy"):
        op.drop_table(table)
    op.execute("DELETE FROM call_leg WHERE party = 'contact'")
    for table in ("journal", "timer", "task", "call_leg", "recording"):
        op.execute(f"DELETE FROM {table} WHERE case_id IN (SELECT id FROM help_case WHERE source = 'drill')")  # noqa: S608
    op.execute("DELETE FROM help_case WHERE source = 'drill'")
    _one_of_terminal("state IN ('waiting', 'talking')")
    _check("call_leg", "party", "party IN ('caller', 'seat')")
    _check("help_case", "source", "source IN ('terminal', 'hotline', 'safe_mode')")
    op.drop_column("call_leg", "holder")
    op.drop_column("help_case", "alarms")
